// A TURN client (RFC 8656) as small as it goes: asks for whatever it is told to and says what the answer was.
import { createHash, createHmac, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";

const COOKIE = 0x2112a442;
export const ALLOCATE = 0x003, CREATE_PERMISSION = 0x008, CHANNEL_BIND = 0x009, CONNECT = 0x00a;
const SEND = 0x016, DATA = 0x017;
const USERNAME = 0x0006, INTEGRITY = 0x0008, ERROR = 0x0009, CHANNEL = 0x000c, PEER = 0x0012, PAYLOAD = 0x0013,
  REALM = 0x0014, NONCE = 0x0015, RELAYED = 0x0016, FAMILY = 0x0017, TRANSPORT = 0x0019;
const UDP = 17;
export const TCP = 6;
const PATIENCE_MS = 2000;

// coturn's REST scheme.
export function credentials(secret, id = "test", seconds = 3600) {
  const username = `${Math.floor(Date.now() / 1000) + seconds}:${id}`;
  return { username, password: createHmac("sha1", secret).update(username).digest("base64") };
}

function attribute(type, value) {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

// The sixteen or four bytes of an address as it is written: `::ffff:127.0.0.1` stays IPv6.
function bytesOf(address) {
  if (!isIPv6(address)) return Buffer.from(address.split(".").map(Number));
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    `${((a << 8) | +b).toString(16)}:${((c << 8) | +d).toString(16)}`);
  const [left, right] = plain.split("::").map((part) => (part ? part.split(":") : []));
  const groups = right ? [...left, ...Array(8 - left.length - right.length).fill("0"), ...right] : left;
  const bytes = Buffer.alloc(16);
  groups.forEach((group, i) => bytes.writeUInt16BE(parseInt(group, 16), 2 * i));
  return bytes;
}

function xorAddress(address, port, transaction) {
  const bytes = bytesOf(address);
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(COOKIE, 0);
  transaction.copy(mask, 4);
  const value = Buffer.alloc(4 + bytes.length);
  value[1] = bytes.length === 4 ? 1 : 2;
  value.writeUInt16BE(port ^ (COOKIE >>> 16), 2);
  bytes.forEach((byte, i) => (value[4 + i] = byte ^ mask[i]));
  return attribute(PEER, value);
}

function read(message) {
  const found = { type: message.readUInt16BE(0), attributes: new Map() };
  for (let at = 20; at + 4 <= message.length; ) {
    const length = message.readUInt16BE(at + 2);
    found.attributes.set(message.readUInt16BE(at), message.subarray(at + 4, at + 4 + length));
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  const error = found.attributes.get(ERROR);
  found.error = error ? error[2] * 100 + error[3] : 0;
  return found;
}

export class TurnClient {
  constructor(server, { username, password } = {}) {
    Object.assign(this, { server, username, password, waiting: new Map(), received: [] });
  }

  static async open(server, who) {
    const client = new TurnClient(server, who);
    client.socket = createSocket(isIPv6(server.address) ? "udp6" : "udp4");
    client.socket.on("message", (message) => client.take(message));
    await new Promise((done) => client.socket.bind(0, done));
    return client;
  }

  take(message) {
    if (message.readUInt16BE(0) === DATA) return void this.received.push(read(message).attributes.get(PAYLOAD));
    const key = message.toString("hex", 8, 20);
    this.waiting.get(key)?.(read(message));
    this.waiting.delete(key);
  }

  // One message of `attributes` (transaction => Buffer[]), signed once realm and nonce are known.
  write(type, attributes, transaction) {
    const parts = attributes(transaction);
    if (this.nonce)
      parts.push(attribute(USERNAME, Buffer.from(this.username)), attribute(REALM, this.realm), attribute(NONCE, this.nonce));
    const head = Buffer.alloc(20);
    head.writeUInt16BE(type, 0);
    head.writeUInt32BE(COOKIE, 4);
    transaction.copy(head, 8);
    const body = Buffer.concat(parts);
    head.writeUInt16BE(body.length + (this.nonce ? 24 : 0), 2);
    if (!this.nonce) return Buffer.concat([head, body]);
    const key = createHash("md5").update(`${this.username}:${this.realm}:${this.password}`).digest();
    const signature = createHmac("sha1", key).update(head).update(body).digest();
    return Buffer.concat([head, body, attribute(INTEGRITY, signature)]);
  }

  // {error: 0 or the code, attributes}; error "silence" when nothing came.
  async ask(type, attributes) {
    const transaction = randomBytes(12);
    const answer = await new Promise((done) => {
      const timer = setTimeout(() => done({ error: "silence", attributes: new Map() }), PATIENCE_MS);
      this.waiting.set(transaction.toString("hex"), (reply) => {
        clearTimeout(timer);
        done(reply);
      });
      this.socket.send(this.write(type, attributes, transaction), this.server.port, this.server.address);
    });
    if ((answer.error === 401 && !this.nonce && this.username) || answer.error === 438) {
      this.realm = answer.attributes.get(REALM) ?? this.realm;
      this.nonce = answer.attributes.get(NONCE);
      return this.ask(type, attributes);
    }
    return answer;
  }

  // `family`: 4 or 6; `transport`: what the relayed address is to speak.
  async allocate({ family = 4, transport = UDP } = {}) {
    const answer = await this.ask(ALLOCATE, () => [
      attribute(TRANSPORT, Buffer.from([transport, 0, 0, 0])),
      ...(family === 6 ? [attribute(FAMILY, Buffer.from([2, 0, 0, 0]))] : []),
    ]);
    this.relayed = answer.attributes.get(RELAYED);
    return answer.error;
  }

  async permit(address, port = 0) {
    return (await this.ask(CREATE_PERMISSION, (transaction) => [xorAddress(address, port, transaction)])).error;
  }

  async bind(address, port) {
    const channel = attribute(CHANNEL, Buffer.from([0x40, 0x01, 0, 0]));
    return (await this.ask(CHANNEL_BIND, (transaction) => [channel, xorAddress(address, port, transaction)])).error;
  }

  async connect(address, port) {
    return (await this.ask(CONNECT, (transaction) => [xorAddress(address, port, transaction)])).error;
  }

  // No answer is foreseen.
  send(address, port, payload) {
    const { nonce } = this;
    this.nonce = undefined; // indications are not signed
    const message = this.write(SEND, (transaction) => [xorAddress(address, port, transaction), attribute(PAYLOAD, Buffer.from(payload))], randomBytes(12));
    this.nonce = nonce;
    this.socket.send(message, this.server.port, this.server.address);
  }

  close() {
    this.socket.close();
  }
}
