// /v1/live by hand: frames and messages that a page would never send.
import { randomBytes } from "node:crypto";
import { until } from "../support/gateway.mjs";
import { need } from "./harness.mjs";
import { open } from "./raw.mjs";

export class Socket {
  static async open(gateway, { from, cookie } = {}) {
    const self = new Socket();
    self.messages = [];
    self.data = Buffer.alloc(0);
    self.raw = open({ port: gateway.http, from });
    self.waiting = new Set();
    self.raw.on("data", (more) => self.take(more));
    self.raw.on("close", () => {
      self.closed ??= 1006;
      self.look();
    });
    const key = randomBytes(16).toString("base64");
    self.raw.write(
      `GET /v1/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${cookie ? `Cookie: ${cookie}\r\n` : ""}\r\n`,
    );
    await self.until("the WebSocket opens", () => self.up);
    need(self.up, "no WebSocket");
    return self;
  }

  // Waits for a condition, or the end of the connection; looks whenever something came.
  until(what, condition) {
    return new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`${what}: not within 5 s`)), 5000);
      const look = () => {
        if (!condition() && !this.closed) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        done();
      };
      this.waiting.add(look);
      look();
    });
  }

  look() {
    for (const look of this.waiting) look();
  }

  take(more) {
    this.data = Buffer.concat([this.data, more]);
    const end = this.data.indexOf("\r\n\r\n");
    if (!this.up && end < 0) return;
    if (!this.up) {
      this.up = this.data.subarray(9, 12).toString() === "101";
      this.data = this.data.subarray(end + 4);
    }
    while (this.frame());
    this.look();
  }

  frame() {
    if (this.data.length < 2) return false;
    const small = this.data[1] & 127;
    const head = small === 126 ? 4 : small === 127 ? 10 : 2;
    if (this.data.length < head) return false;
    const length =
      small === 126 ? this.data.readUInt16BE(2) : small === 127 ? Number(this.data.readBigUInt64BE(2)) : small;
    if (this.data.length < head + length) return false;
    const body = this.data.subarray(head, head + length);
    const kind = this.data[0] & 15;
    if (kind === 1) this.messages.push(JSON.parse(body.toString()));
    if (kind === 8) this.closed = body.length >= 2 ? body.readUInt16BE(0) : 1005;
    this.data = this.data.subarray(head + length);
    return true;
  }

  // One frame as it is given: `first` is its first byte, `said` the length it claims.
  send(body, { first = 0x81, mask = true, said } = {}) {
    const data = Buffer.from(body);
    const length = said ?? data.length;
    const long = length > 65535 ? 127 : length > 125 ? 126 : length;
    const size = Buffer.alloc(long === 127 ? 8 : long === 126 ? 2 : 0);
    if (long === 127) size.writeBigUInt64BE(BigInt(length));
    else if (long === 126) size.writeUInt16BE(length);
    const key = mask ? randomBytes(4) : Buffer.alloc(0);
    const hidden = mask ? data.map((byte, at) => byte ^ key[at % 4]) : data;
    this.raw.write(Buffer.concat([Buffer.from([first, (mask ? 0x80 : 0) | long]), size, key, hidden]));
  }

  // The answer to one message.
  async ask(message) {
    const count = this.messages.length;
    this.send(typeof message === "string" || Buffer.isBuffer(message) ? message : JSON.stringify(message));
    await this.until(
      `an answer to ${JSON.stringify(message)?.slice(0, 60)}`,
      () => this.messages.length > count,
    );
    return this.messages[count];
  }

  // Events of others may come between; the reply with this number is waited for.
  async reply(message) {
    this.send(JSON.stringify(message));
    const find = () => this.messages.find((one) => one.reply === message.ref);
    await this.until(`a reply to ${JSON.stringify(message).slice(0, 60)}`, find);
    return find();
  }

  async endsWith(code) {
    await this.until(`the WebSocket ends with ${code}`, () => this.closed);
    need(this.closed === code, `closed with ${this.closed} instead of ${code}`);
  }

  end() {
    this.raw.destroy();
  }
}

async function within(gateway, options, test) {
  const socket = await Socket.open(gateway, options);
  try {
    await test(socket);
  } finally {
    socket.end();
  }
}

const nonsense = [
  "",
  "hello",
  "{",
  "[]",
  "null",
  "7",
  "{}",
  '{"do":7}',
  '{"do":null}',
  '{"do":["hello"]}',
  '{"do":"hello","do":"hello"}',
  '{"do":"ask"}',
  '{"do":""}',
  '{"\\u0000":1}',
  `${'{"do":'.repeat(3000)}1${"}".repeat(3000)}`,
  `{"do":"${"x".repeat(10240)}"}`,
];

// Messages before hello: an error that names the member, and the socket stays.
export async function beforeHello(gateway, from) {
  await within(gateway, { from }, async (socket) => {
    for (const text of nonsense) {
      const answer = await socket.ask(text);
      need(answer?.event === "error" && answer.data.field, `${text.slice(0, 30)}: ${JSON.stringify(answer)}`);
      need(
        answer.data.status >= 400 && answer.data.status < 500,
        `${text.slice(0, 30)}: ${answer.data.status}`,
      );
    }
  });
  for (const token of ["x", 7, null, "", "x".repeat(10240), { a: 1 }])
    await within(gateway, { from }, async (socket) => {
      const answer = await socket.reply({ do: "hello", ref: 1, token });
      need(answer && !answer.ok && answer.error.status === 401, `token ${token}: ${JSON.stringify(answer)}`);
      await socket.endsWith(1008);
    });
}

const values = [7, null, true, [], {}, "", "x".repeat(10240), "'; DROP TABLE events; --"];
const commands = {
  booth: ["ask", "cancel", "leave", "alarm", "leave_word", "agree", "consent", "withdraw"],
  lawyer: ["accept", "decline", "end", "alarm", "say", "answer", "invite", "put_out", "park", "joint", "transfer", "hand_over", "part", "ask_consent", "consent", "withdraw"],
  hall: ["start", "end_lecture"],
  staff: ["close_alarm", "answer"],
};
const members = ["consultation", "category", "language", "consent", "key", "reason", "lecture"];

async function greet(socket, token, extra = {}) {
  const answer = await socket.reply({ do: "hello", ref: 1, token, ...extra });
  need(answer?.ok, `hello: ${JSON.stringify(answer)}`);
}

const refused = (answer, what, status) => {
  need(answer && answer.ok === false, `${what}: ${JSON.stringify(answer)?.slice(0, 200)}`);
  need(answer.error.status >= 400 && answer.error.status < 500, `${what}: ${answer.error.status}`);
  if (status) need(answer.error.status === status, `${what}: ${answer.error.status} instead of ${status}`);
};

// Commands of a signed-in person that are not his, or whose members are of a wrong type. `who`: {token} or {cookie}.
export async function afterHello(gateway, from, role, { token, cookie }) {
  await within(gateway, { from, cookie }, async (socket) => {
    await greet(socket, token, { since: "x", role: "admin" });
    let ref = 1;
    const reply = (message) => socket.reply({ ref: ++ref, ...message });
    refused(await reply({ do: "hello", token }), "hello twice", 404);
    refused(await reply({ do: "x".repeat(10240) }), "an unknown command", 404);
    for (const names of Object.values(commands))
      for (const name of names)
        if (!commands[role]?.includes(name))
          refused(await reply({ do: name, consultation: "c-1", lecture: "l" }), `${role}: ${name}`, 404);
    for (const name of commands[role] ?? [])
      for (const member of members)
        for (const value of values)
          refused(
            await reply({ do: name, [member]: value }),
            `${name} ${member} ${JSON.stringify(value).slice(0, 20)}`,
          );
    // JSON text with a zero in it is refused as a whole: there is no number to reply to.
    for (const text of [...nonsense.slice(0, 9), '{"do":"ask","key":"a\\u0000b"}'])
      need((await socket.ask(text))?.event === "error", `${text} after hello`);
  });
  for (const since of [-1, 1e18, 1.5, "x", null, [], {}])
    await within(gateway, { from, cookie }, (socket) => greet(socket, token, { since }));
}

// [what, the frames, the code of RFC 6455 section 7.4.1 that ends the connection]
const frames = [
  ["a binary message", (socket) => socket.send("{}", { first: 0x82 }), [1003]],
  ["no mask", (socket) => socket.send("{}", { mask: false }), [1002]],
  ["a reserved bit", (socket) => socket.send("{}", { first: 0xc1 }), [1002]],
  ["an unknown opcode", (socket) => socket.send("{}", { first: 0x83 }), [1002]],
  ["a continuation of nothing", (socket) => socket.send("{}", { first: 0x80 }), [1002]],
  ["a fragmented ping", (socket) => socket.send("", { first: 0x09 }), [1002]],
  ["a ping of 126 bytes", (socket) => socket.send("x".repeat(126), { first: 0x89 }), [1002]],
  ["no UTF-8", (socket) => socket.send(Buffer.from([0xff, 0xfe])), [1007]],
  ["a frame of 2^62 bytes", (socket) => socket.send("x", { said: 2 ** 62 }), [1009]],
  ["a message of 4 MB", (socket) => socket.send("x".repeat(1 << 22)), [1009]],
  ["a close of one byte", (socket) => socket.send("x", { first: 0x88 }), [1002]],
  ["a close with code 999", (socket) => socket.send(Buffer.from([3, 231]), { first: 0x88 }), [1002]],
  [
    "a message without an end",
    (socket) => {
      socket.send("x".repeat(1000), { first: 0x01 });
      for (let at = 0; at < 2000; at++) socket.send("x".repeat(1000), { first: 0x00 });
    },
    [1009],
  ],
];

export async function badFrames(gateway, from) {
  for (const [what, attack, codes] of frames)
    await within(gateway, { from }, async (socket) => {
      attack(socket);
      await socket.until(`${what}: the WebSocket ends`, () => socket.closed);
      // A connection that is closed while we still send may reset before its code is read.
      need(
        [...codes, 1006].includes(socket.closed),
        `${what}: closed with ${socket.closed} instead of ${codes}`,
      );
    });
  await within(gateway, { from }, async (socket) => {
    for (let at = 0; at < 2000; at++) socket.send("ping", { first: 0x89 });
    need((await socket.ask("{}"))?.event === "error", "no answer after a flood of pings");
  });
}

// Twenty that connect and say nothing.
export async function noHello(gateway) {
  const began = Date.now();
  const sockets = await Promise.all(Array.from({ length: 20 }, () => Socket.open(gateway)));
  for (const socket of sockets) await until("a silent WebSocket is closed", () => socket.closed, 8);
  need(Date.now() - began > 4000, "closed before its five seconds");
  for (const socket of sockets) {
    need(socket.closed === 1008, `closed with ${socket.closed}`);
    socket.end();
  }
}
