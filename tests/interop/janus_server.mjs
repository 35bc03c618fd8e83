// Debian's Janus as a WHIP and WHEP server: a small HTTP face for its own API. What is published is an ordinary offer. A
// watcher's offer is no use to Janus, which makes one of its own: that goes back as if it were the answer, and the watcher's as
// the answer to it; the payload types fit when the publisher offered the same ones.
import { createServer } from "node:http";
import { cpus } from "node:os";
import { Janus } from "../load/janus.mjs";

const text = async (request) => {
  let body = "";
  for await (const piece of request) body += piece;
  return body;
};

const setup = (sdp, role) => sdp.replace(/a=setup:\w+/g, `a=setup:${role}`);

export class JanusServer {
  static async start(nat) {
    const server = new JanusServer();
    server.deleted = 0;
    server.handles = new Map();
    server.janus = await Janus.start(`0-${cpus().length - 1}`, nat);
    await server.janus.open();
    server.http = createServer((request, response) =>
      server.serve(request, response).catch((error) => response.writeHead(500).end(String(error))),
    );
    await new Promise((done) => server.http.listen(0, "127.0.0.1", done));
    server.url = `http://127.0.0.1:${server.http.address().port}`;
    return server;
  }

  get log() {
    return this.janus.log.slice(-3000);
  }

  async publish(handle, sdp) {
    const joined = await this.janus.ask(handle, { request: "join", ptype: "publisher", room: 1, display: "link" });
    this.feed = joined.data.id;
    return (await this.janus.ask(handle, { request: "publish" }, { type: "offer", sdp })).sdp;
  }

  async watch(handle, sdp) {
    const join = { request: "join", ptype: "subscriber", room: 1, streams: [{ feed: this.feed }] };
    const offer = await this.janus.ask(handle, join);
    await this.janus.ask(handle, { request: "start" }, { type: "answer", sdp: setup(sdp, "active") });
    return setup(offer.sdp, "passive");
  }

  async serve(request, response) {
    if (request.method === "DELETE") {
      const handle = this.handles.get(request.url);
      await this.janus.post(`/${this.janus.session}/${handle}`, { janus: "detach" });
      this.deleted++;
      response.writeHead(200).end();
      return;
    }
    const offer = await text(request);
    const handle = await this.janus.attach();
    const answer = request.url === "/whip" ? await this.publish(handle, offer) : await this.watch(handle, offer);
    const location = `/session/${handle}`;
    this.handles.set(location, handle);
    response.writeHead(201, { "content-type": "application/sdp", location, etag: '"1"' }).end(answer);
  }

  async stop() {
    this.http.closeAllConnections?.();
    await new Promise((done) => this.http.close(done));
    await this.janus.close();
    await this.janus.stop();
  }
}
