// The core extensions of a WHEP server: server-sent events (E6) and layers (E7). They may be missing, unless the server is
// said to have them.
import { Client } from "../interop/client.mjs";
import { until } from "../support/gateway.mjs";
import { offer } from "./offer.mjs";
import { links, need } from "./server.mjs";

const EVENTS = "urn:ietf:params:whep:ext:core:server-sent-events";
const LAYER = "urn:ietf:params:whep:ext:core:layer";
const KNOWN = ["active", "inactive", "layers", "reconnect", "viewercount"];

// An event stream as a client reads it: fields, comments and events, piece by piece.
export class Reader {
  events = [];
  comments = 0;
  ended = false;

  async open(url, headers = {}) {
    this.stop = new AbortController();
    const reply = await fetch(url, { headers: { accept: "text/event-stream", ...headers }, signal: this.stop.signal });
    this.status = reply.status;
    this.type = (reply.headers.get("content-type") ?? "").split(";")[0].trim();
    if (reply.ok) this.done = this.read(reply.body).catch(() => {}).finally(() => (this.ended = true));
    else await reply.text();
    return this;
  }

  async read(body) {
    let text = "";
    for await (const piece of body) {
      text += Buffer.from(piece).toString();
      const blocks = text.split("\n\n");
      text = blocks.pop();
      for (const block of blocks) this.take(block.split("\n"));
    }
  }

  take(lines) {
    if (lines.some((line) => line.startsWith(":"))) this.comments++;
    const value = (name) => lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
    const [event] = value("event");
    if (event) this.events.push({ event, lines: value("data"), data: JSON.parse(value("data").join("\n")) });
  }

  of(name) {
    return this.events.filter(({ event }) => event === name);
  }

  async until(name, seconds = 5) {
    await until(`the event ${name}`, () => this.of(name).length, seconds).catch((error) => {
      throw new Error(`${error.message}; came: ${JSON.stringify(this.events)}`);
    });
    return this.of(name).at(-1).data;
  }

  close() {
    this.stop.abort();
    return this.done;
  }
}

const linkOf = (session, rel) => links(session.reply).find((link) => link.rel === rel);

// A watching session and the address of its extension; skipped where there is none.
function within(rel, word, test) {
  return (server) =>
    server.within(
      "whep",
      async (session) => {
        const link = linkOf(session, rel);
        need(link || !server.having.includes(word), `no Link to ${rel}`);
        if (link) await test(server, session, new URL(link.url, session.url).href, link);
      },
      offer({ direction: "recvonly" }),
    );
}

const ask = (server, url, events, options = {}) =>
  server.ask("POST", url, {
    token: server.tokens.whep,
    type: events && "application/json",
    body: events && JSON.stringify(events),
    ...options,
  });

async function stream(server, url, events) {
  const reply = await ask(server, url, events);
  need(reply.status === 201, `POST of ${events}: ${reply.status} ${reply.text}`);
  need(reply.headers.get("location"), "no Location of the stream");
  return new URL(reply.headers.get("location"), url).href;
}

const headers = (server) => ({ authorization: `Bearer ${server.tokens.whep}` });

export const extensions = {
  "E6 a Link with the events there are; POST of some: 201 and Location": within(EVENTS, "events", async (server, session, url, link) => {
    const told = (link.events ?? KNOWN.join()).split(",");
    need(!server.having.includes("events") || KNOWN.every((name) => told.includes(name)), `events: ${told}`);
    for (const some of [[told[0]], told, undefined]) {
      const at = await stream(server, url, some);
      need(at.startsWith(new URL(url).origin), `another server's stream: ${at}`);
      const end = await server.ask("DELETE", at, { token: server.tokens.whep });
      need(end.status >= 200 && end.status < 300, `DELETE: ${end.status}`);
    }
  }),

  "E6 an event that is not there, or no JSON array: 4xx and no stream": within(EVENTS, "events", async (server, session, url) => {
    for (const wrong of [["active", "weather"], ["weather"], "active", { events: ["active"] }, [1], [null]]) {
      const reply = await ask(server, url, wrong);
      need(reply.status === 400, `${JSON.stringify(wrong)}: ${reply.status}`);
      need(!reply.headers.get("location"), `${JSON.stringify(wrong)}: a stream all the same`);
    }
    need((await ask(server, url, ["active"], { body: "[" })).status === 400, "half a JSON array is taken");
    need((await ask(server, url, ["active"], { type: "text/plain" })).status === 415, "text/plain is taken");
    need((await ask(server, url, ["active"], { token: null })).status === 401, "no token is needed");
  }),

  "E6 GET: text/event-stream; no inactive at first; it goes on until DELETE, then 404": within(EVENTS, "events", async (server, session, url) => {
    const at = await stream(server, url, ["active", "inactive", "viewercount"]);
    const reader = await new Reader().open(at, headers(server));
    try {
      need(reader.status === 200 && reader.type === "text/event-stream", `GET: ${reader.status} ${reader.type}`);
      await new Promise((go) => setTimeout(go, 1000));
      need(!reader.ended, "the stream ends by itself");
      need(!reader.of("inactive").length, "inactive at first");
      for (const { event, lines } of reader.events) need(lines.length === 1, `${event} has ${lines.length} data lines`);
      await server.ask("DELETE", at, { token: server.tokens.whep });
      await until("the stream is ended", () => reader.ended, 5);
      const again = await new Reader().open(at, headers(server));
      need(again.status === 404, `GET after DELETE: ${again.status}`);
    } finally {
      await reader.close();
    }
  }),

  "E6 a stream ends with its session": async (server) => {
    const session = await server.open("whep", offer({ direction: "recvonly" }));
    const link = linkOf(session, EVENTS);
    if (!link) return void (await server.close(session));
    const at = await stream(server, new URL(link.url, session.url).href, ["active"]);
    const reader = await new Reader().open(at, headers(server));
    await server.close(session);
    await until("the stream is ended", () => reader.ended, 5);
    need((await new Reader().open(at, headers(server))).status === 404, "the stream outlives its session");
  },

  "E7 a Link, and events with layers beside it; a wish: 200; a wrong one: 4xx": within(LAYER, "layers", async (server, session, url) => {
    need(linkOf(session, EVENTS)?.events?.includes("layers"), "layers without their event");
    const post = (body) =>
      server.ask("POST", url, { token: server.tokens.whep, type: "application/json", body: JSON.stringify(body) });
    for (const wish of [{}, { mediaId: "1" }, { mediaId: "1", maxHeight: 360 }, { temporalLayerId: 0, maxSpatialLayerId: 1 }])
      need((await post(wish)).status === 200, `${JSON.stringify(wish)}: ${(await post(wish)).status}`);
    const wrong = [
      { mediaId: "7" },
      { mediaId: 1 },
      { rid: 1 },
      { spatialLayerId: -1 },
      { temporalLayerId: "0" },
      { maxWidth: 1.5 },
      [],
      "hd",
    ];
    for (const wish of wrong) {
      const { status } = await post(wish);
      need(status >= 400 && status < 500, `${JSON.stringify(wish)}: ${status}`);
    }
  }),
};

// With media: a publisher comes and goes.
export const happenings = {
  "E6 active, layers, viewercount and inactive tell of a publisher who comes and goes": async (server) => {
    const watcher = new Client("aiortc", "watch", server.endpoints.whep, server.tokens.whep);
    await watcher.until("connected");
    const { links: told } = watcher.last("created");
    const link = links({ headers: new Headers(told ? { link: told } : {}) }).find(({ rel }) => rel === EVENTS);
    need(link || !server.having.includes("events"), `no Link to ${EVENTS}`);
    if (!link) return watcher.close();
    const at = await stream(server, new URL(link.url, watcher.location).href, undefined);
    const reader = await new Reader().open(at, headers(server));
    try {
      need((await reader.until("viewercount")).viewercount >= 1, "nobody watches");
      const publisher = new Client("aiortc", "publish", server.endpoints.whip, server.tokens.whip);
      await publisher.until("connected");
      need(JSON.stringify(await reader.until("active", 15)) === "{}", "active says more than {}");
      if (server.having.includes("layers")) {
        const told = () => reader.of("layers").at(-1)?.data["1"]?.[0];
        await until("a layer is told", told, 15);
        const named = ["rid", "spatialLayerId", "temporalLayerId"].some((name) => name in told());
        need(named, JSON.stringify(told()));
      }
      need(!reader.of("inactive").length, "inactive while there is a publisher");
      await server.close({ kind: "whip", url: publisher.location });
      await reader.until("inactive", 10);
      for (const { event, lines } of reader.events) need(lines.length === 1, `${event} has ${lines.length} data lines`);
      await publisher.close();
    } finally {
      await reader.close();
      await watcher.close();
    }
  },
};
