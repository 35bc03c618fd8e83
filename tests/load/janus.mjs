// Debian's Janus with its videoroom, as it is shipped, on loopback: started with a configuration of our own in a temporary
// directory, driven through its HTTP interface. A subscriber gets Janus's offer as if it were an answer to the client's own.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { endsWithUs, folder } from "../support/ending.mjs";
import { until } from "../support/gateway.mjs";
import { onCore } from "./load.mjs";

const lib = "/usr/lib/x86_64-linux-gnu/janus";
const room = 1;

function configure(dir, port, nat) {
  for (const part of ["plugins", "transports"]) mkdirSync(join(dir, part));
  writeFileSync(
    join(dir, "janus.jcfg"),
    `general: {
  configs_folder = "${dir}"
  plugins_folder = "${lib}/plugins"
  transports_folder = "${lib}/transports"
  events_folder = "${dir}/none"
  loggers_folder = "${dir}/none"
  debug_level = 2
  session_timeout = 0
}
nat: { ${nat} }
plugins: { disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so" }
transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so" }
events: { broadcast = false }
`,
  );
  writeFileSync(
    join(dir, "janus.transport.http.jcfg"),
    `general: { json = "compact", base_path = "/janus", http = true, port = ${port}, ip = "127.0.0.1", https = false }\nadmin: { admin_http = false }\n`,
  );
  writeFileSync(
    join(dir, "janus.plugin.videoroom.jcfg"),
    `room-${room}: { publishers = 2, bitrate = 4000000, fir_freq = 0, audiocodec = "opus", videocodec = "vp8" }\n`,
  );
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

// Who makes the DTLS connection is settled beforehand: the client does, always. Janus begins once it has a candidate, so it
// gets one that leads nowhere; the real one it finds by the client's checks.
const connecting = (sdp) =>
  sdp
    .replace(/a=setup:actpass/g, "a=setup:active")
    .replace(/a=ice-options:trickle\r\n/g, "a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n");

export class Janus {
  // On processor `core`; `nat`: that part of its configuration.
  static async start(core, nat = 'ice_lite = true, ice_enforce_list = "127.0.0.1"') {
    const janus = new Janus();
    const port = await freePort();
    const { dir, remove } = folder("janus");
    Object.assign(janus, { dir, remove });
    janus.base = `http://127.0.0.1:${port}/janus`;
    janus.log = "";
    janus.waiting = new Map();
    janus.hangUp = new AbortController();
    configure(janus.dir, port, nat);
    const [command, ...args] = onCore(core, "janus", "--configs-folder", janus.dir, "--config", join(janus.dir, "janus.jcfg"));
    janus.child = endsWithUs(spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] }));
    janus.child.stdout.on("data", (data) => (janus.log += data));
    janus.child.stderr.on("data", (data) => (janus.log += data));
    janus.gone = new Promise((done) => janus.child.on("exit", done));
    await until("Janus answers", () => janus.alive(), 20);
    return janus;
  }

  // nice and taskset become the program they start.
  get pid() {
    return this.child.pid;
  }

  async alive() {
    if (this.child.exitCode !== null) throw new Error(`Janus ended:\n${this.log}`);
    try {
      return (await fetch(`${this.base}/info`)).ok;
    } catch {
      return false;
    }
  }

  async post(path, body) {
    const transaction = Math.random().toString(36).slice(2);
    const response = await fetch(`${this.base}${path}`, { method: "POST", body: JSON.stringify({ ...body, transaction }) });
    const reply = await response.json();
    if (reply.janus === "error") throw new Error(`Janus: ${reply.error.reason}`);
    return reply;
  }

  // Events come by one long poll after the other; a handle has one question open at a time.
  async poll() {
    while (this.session) {
      const signal = this.hangUp.signal;
      const events = await fetch(`${this.base}/${this.session}?maxev=20`, { signal }).then((r) => r.json());
      for (const event of [events].flat()) {
        if (event.janus !== "event") continue;
        this.waiting.get(event.sender)?.done(event);
        this.waiting.delete(event.sender);
      }
    }
  }

  giveUp(error) {
    this.session = null;
    for (const { fail } of this.waiting.values()) fail(error);
  }

  async open() {
    this.session = (await this.post("", { janus: "create" })).data.id;
    this.polling = this.poll().catch((error) => this.giveUp(error));
  }

  async attach() {
    return (await this.post(`/${this.session}`, { janus: "attach", plugin: "janus.plugin.videoroom" })).data.id;
  }

  async ask(handle, body, jsep) {
    const reply = new Promise((done, fail) => this.waiting.set(handle, { done, fail }));
    await this.post(`/${this.session}/${handle}`, { janus: "message", body, ...(jsep ? { jsep } : {}) });
    const event = await reply;
    const data = event.plugindata.data;
    if (data.error) throw new Error(`Janus: ${data.error}`);
    return { data, sdp: event.jsep?.sdp };
  }

  async publish(sdp) {
    const handle = await this.attach();
    const joined = await this.ask(handle, { request: "join", ptype: "publisher", room, display: "bench" });
    this.feed = joined.data.id;
    const jsep = { type: "offer", sdp: connecting(sdp) };
    return (await this.ask(handle, { request: "publish" }, jsep)).sdp;
  }

  async watch(sdp) {
    const handle = await this.attach();
    const offer = await this.ask(handle, { request: "join", ptype: "subscriber", room, streams: [{ feed: this.feed }] });
    await this.ask(handle, { request: "start" }, { type: "answer", sdp: connecting(sdp) });
    return offer.sdp;
  }

  answer = (role, _client, sdp) => (role === "publish" ? this.publish(sdp) : this.watch(sdp));

  async close() {
    const session = this.session;
    this.session = null;
    this.hangUp.abort();
    if (session) await this.post(`/${session}`, { janus: "destroy" });
    await this.polling;
  }

  async stop() {
    this.child.kill("SIGTERM");
    const patience = setTimeout(() => this.child.kill("SIGKILL"), 10000);
    await this.gone;
    clearTimeout(patience);
    this.remove();
  }
}
