// HTTP by hand: bytes on a socket, whatever they are, and the reply that comes.
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

// 127.0.0.x is this machine's for every x: so the throttle of one address does not hide the rest.
export const source = (round) => `127.0.0.${2 + (round % 250)}`;

export function open({ port, from, tls = false }) {
  const options = { port, host: "127.0.0.1", localAddress: from, rejectUnauthorized: false };
  const socket = tls ? connectTls({ ...options, ALPNProtocols: ["http/1.1"] }) : connect(options);
  socket.on("error", () => {});
  return socket;
}

function parse(data) {
  const end = data.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [first, ...lines] = data.subarray(0, end).toString("latin1").split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
  const status = Number(first.split(" ")[1]);
  const body = data.subarray(end + 4);
  const whole = body.length >= Number(headers["content-length"] ?? 0);
  return { status, headers, body: body.toString(), whole };
}

// The first reply to `bytes`, or null when the connection was closed, or silent for `seconds`, without one.
export function exchange(address, bytes, { seconds = 5, head = false } = {}) {
  return new Promise((done) => {
    const socket = open(address);
    let data = Buffer.alloc(0);
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      done(parse(data));
    };
    const timer = setTimeout(finish, seconds * 1000);
    socket.on("data", (more) => {
      data = Buffer.concat([data, more]);
      const reply = parse(data);
      if (reply && (head || reply.whole) && reply.status !== 100) finish();
    });
    socket.on("close", finish);
    socket.write(bytes);
  });
}

export function request(method, target, { headers = {}, body } = {}) {
  const given = { host: "localhost", ...headers };
  const content = body === undefined ? Buffer.alloc(0) : Buffer.from(body);
  if (body !== undefined) given["content-length"] ??= content.length;
  const lines = Object.entries(given).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1"),
    content,
  ]);
}
