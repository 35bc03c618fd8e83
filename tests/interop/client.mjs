// A client in a process of its own (aiortc or webrtcbin), as a test drives it: events to wait for, orders to give.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { endsWithUs } from "../support/ending.mjs";
import { inside, until } from "../support/gateway.mjs";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;

// An address that clients on this machine can reach: its own, for most ICE agents leave 127.0.0.1 out.
export const localAddress = () =>
  Object.values(networkInterfaces())
    .flat()
    .find((at) => at.family === "IPv4" && !at.internal)?.address ?? "127.0.0.1";

export class Client {
  static running = new Set();

  // `kind`: "aiortc" or "webrtcbin"; `role`: "publish", "watch", or "serve" (a WHIP and WHEP server); `options`: {colour, tone, codec}.
  // `options.netns`: the network namespace it runs in.
  constructor(kind, role, url, token, { netns, ...options } = {}) {
    const rest = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    // Debian's Python: the clients are Debian packages.
    const program = role === "serve" ? "aiortc_server.py" : `${kind}_client.py`;
    const [command, ...args] = inside(netns, "/usr/bin/python3", join(here, program), role, url, token, ...rest);
    this.child = endsWithUs(spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] }));
    this.name = `${kind} (${role})`;
    this.url = url;
    this.token = token;
    this.events = {};
    this.errors = "";
    this.child.stderr.on("data", (data) => (this.errors = (this.errors + data).slice(-3000)));
    this.child.stdin.on("error", () => {});
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      const event = JSON.parse(line);
      (this.events[event.event] ??= []).push(event);
      if (event.event === "seen") this.events.seen = [event];
    });
    this.gone = new Promise((done) => this.child.on("exit", done));
    this.gone.then(() => (this.ended = true));
    Client.running.add(this);
    this.gone.then(() => Client.running.delete(this));
  }

  last(event) {
    return this.events[event]?.at(-1);
  }

  get seen() {
    return this.last("seen") ?? { frames: 0 };
  }

  get location() {
    return this.last("created").location;
  }

  async until(event, seconds = 20) {
    try {
      const found = () => this.last(event) ?? this.ended;
      return (await until(`${this.name}: ${event}`, found, seconds)) && this.needed(event);
    } catch (error) {
      const { seen, ...rest } = this.events;
      error.message += `\n${JSON.stringify(rest)}\n${JSON.stringify(seen)}\n${this.errors}`;
      throw error;
    }
  }

  needed(event) {
    if (this.last(event)) return this.last(event);
    throw new Error(`${this.name} ended without ${event}`);
  }

  order(what) {
    this.child.stdin.write(`${JSON.stringify(what)}\n`);
  }

  // Waits until new pictures have this colour and the sound is this tone.
  async sees(colour, tone, seconds = 20) {
    const first = this.seen.frames;
    const near = (seen) =>
      seen.frames >= first + 10 &&
      seen.colour?.every((value, at) => Math.abs(value - colour[at]) < 30) &&
      Math.abs(seen.tone - tone) < 10;
    try {
      await until(`${this.name}: sees ${colour} and hears ${tone} Hz`, () => near(this.seen), seconds);
    } catch (error) {
      const { seen, created, ...rest } = this.events;
      const facts = [`saw ${JSON.stringify(seen)} from ${first}`, JSON.stringify(rest), created?.[0].answer, this.errors];
      error.message += `\n${facts.join("\n")}`;
      throw error;
    }
  }

  async close() {
    this.order({ do: "close" });
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 5000);
    await this.gone;
    clearTimeout(timer);
  }

  // The power cut of a client: nothing can be said any more.
  async kill() {
    this.child.kill("SIGKILL");
    await this.gone;
  }

  static closeAll() {
    return Promise.all([...Client.running].map((client) => client.close()));
  }
}
