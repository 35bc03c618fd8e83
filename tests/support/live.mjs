// People of a gateway as their pages are: REST with a cookie or a token, and the live WebSocket.
import { request } from "node:http";
import WebSocket from "ws";
import { until } from "./gateway.mjs";

let strangers = 0;

// Every caller of this has an address of its own, so that one test's attempts do not throttle another's.
export const stranger = () => {
  strangers++;
  return `127.1.${strangers >> 8}.${strangers & 255}`;
};

// One request: {status, headers, cookie, body}; body is the JSON when there is any, else the text.
export function ask(gateway, method, path, { json, text, type, token, cookie, headers = {}, from } = {}) {
  const body = json === undefined ? text : JSON.stringify(json);
  const given = { ...headers };
  if (body !== undefined) given["content-type"] = type ?? "application/json";
  if (body !== undefined) given["content-length"] = Buffer.byteLength(body);
  if (token) given.authorization = `Bearer ${token}`;
  if (cookie) given.cookie = cookie;
  return new Promise((done, fail) => {
    const options = { host: "127.0.0.1", port: gateway.http, method, path, headers: given, localAddress: from, agent: false };
    const asked = request(options, (reply) => {
      const parts = [];
      reply.on("data", (part) => parts.push(part));
      reply.on("error", fail);
      reply.on("end", () => done(read(reply, Buffer.concat(parts).toString())));
    });
    asked.setTimeout(30000, () => asked.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
    asked.on("error", fail);
    asked.end(body);
  });
}

function read({ statusCode: status, headers }, text) {
  const isJson = /json/.test(headers["content-type"] ?? "");
  const set = headers["set-cookie"]?.[0];
  return { status, headers, set, cookie: set?.split(";")[0], body: isJson ? JSON.parse(text) : text };
}

// A page's WebSocket. What it was told stays in `events`; `state` is what hello was answered with.
export class Live {
  events = [];
  replies = new Map();
  ref = 0;

  // `who`: {token} or {cookie}; hello is said at once unless `silent`.
  static async open(gateway, who, { since, silent } = {}) {
    const live = new this();
    live.socket = new WebSocket(`ws://127.0.0.1:${gateway.http}/v1/live`, { headers: who.cookie ? { cookie: who.cookie } : {} });
    live.socket.on("close", (code) => (live.code = code));
    live.socket.on("error", () => {}); // "close" follows
    live.socket.on("message", (data) => live.hear(data));
    await until("the WebSocket opens", () => live.socket.readyState !== WebSocket.CONNECTING);
    if (!silent) await live.hello(who.token, since);
    return live;
  }

  hear(text) {
    this.take(JSON.parse(text));
  }

  take(message) {
    if ("reply" in message) this.replies.set(message.reply, message);
    else this.events.push(message);
  }

  async hello(token, since) {
    this.greeting = await this.say({ do: "hello", token, since });
    Object.assign(this, { state: this.greeting.state, n: this.greeting.n });
    return this.greeting;
  }

  // Sends a command and gives its whole reply.
  async say(message) {
    const ref = ++this.ref;
    this.socket.send(JSON.stringify({ ...message, ref }));
    return until(`a reply to ${message.do}`, () => {
      if (this.code && !this.replies.has(ref)) throw new Error(`closed with ${this.code} before a reply to ${message.do}`);
      return this.replies.get(ref);
    });
  }

  // Sends a command that has to be carried out and gives its data.
  async do(verb, members = {}) {
    const reply = await this.say({ do: verb, ...members });
    if (!reply.ok) throw new Error(`${verb}: ${JSON.stringify(reply.error)}`);
    return reply.data;
  }

  // Sends a command that has to be refused and gives the problem's slug.
  async refused(verb, members = {}) {
    const reply = await this.say({ do: verb, ...members });
    if (reply.ok) throw new Error(`${verb} was carried out: ${JSON.stringify(reply.data)}`);
    return reply.error.type.replace("/problems/", "");
  }

  last(kind) {
    return this.events.findLast(({ event }) => event === kind);
  }

  // Waits until the newest event of this kind fits, and gives its data.
  async told(kind, fits, seconds = 30) {
    try {
      await until("", () => this.last(kind) && fits(this.last(kind).data), seconds);
    } catch {
      throw new Error(`no ${kind} with ${fits} within ${seconds} s; the last: ${JSON.stringify(this.last(kind))}`);
    }
    return this.last(kind).data;
  }

  // The consultation in this state, as events tell it.
  consultation(state, seconds) {
    return this.told("consultation", (data) => (data?.state ?? null) === state, seconds);
  }

  // The code that the WebSocket was closed with, by whoever.
  ended(seconds = 30) {
    return until("the WebSocket ends", () => this.code, seconds);
  }

  get numbers() {
    return this.events.filter(({ n }) => n).map(({ n }) => n);
  }

  // The network is gone: no close frame.
  async lose() {
    this.socket.terminate();
    await this.ended();
  }

  async close() {
    this.socket.close();
    await this.ended();
  }
}

export async function signIn(gateway, name, password) {
  const reply = await ask(gateway, "POST", "/v1/sessions", { json: { name, password }, from: stranger() });
  if (reply.status !== 201) throw new Error(`${name} cannot sign in: ${reply.status} ${JSON.stringify(reply.body)}`);
  return { cookie: reply.cookie, user: reply.body.user };
}

export async function enrol(gateway, code) {
  const reply = await ask(gateway, "POST", "/v1/booths/enrol", { json: { code }, from: stranger() });
  if (reply.status !== 201) throw new Error(`the booth cannot be enrolled: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}

export async function visit(gateway, link) {
  const reply = await ask(gateway, "POST", `/v1/links/${link}/session`, { from: stranger() });
  if (reply.status !== 201) throw new Error(`the link is not good: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}
