// ICE-TCP from strangers: bad framing, silence, half-open connections. Nothing is answered, nothing is kept.
import { connect } from "node:net";
import { until } from "../support/gateway.mjs";
import { need } from "./harness.mjs";
import { dtlsSamples, rtpSamples, stunSamples } from "./samples.mjs";

const framed = (data, said = data.length) => Buffer.concat([Buffer.from([said >> 8, said & 255]), data]);

function open(gateway, at = 0) {
  const socket = connect({ port: gateway.media + (at % 2), host: "127.0.0.1" });
  socket.back = 0;
  socket.on("data", (data) => (socket.back += data.length));
  socket.on("error", () => {});
  socket.on("close", () => (socket.over = true));
  return new Promise((done) => socket.on("connect", () => done(socket)).on("close", () => done(socket)));
}

const streams = (ufrag) => [
  framed(Buffer.alloc(10), 65535),
  framed(Buffer.alloc(3000), 3000),
  framed(Buffer.alloc(100), 2000),
  Buffer.alloc(1),
  Buffer.alloc(4000),
  Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
  Buffer.concat(stunSamples(ufrag).map((data) => framed(data))),
  Buffer.concat(dtlsSamples().map((data) => framed(data))),
  Buffer.concat(
    rtpSamples()
      .filter((data) => data.length < 1500)
      .map((data) => framed(data)),
  ),
];

export async function badFraming(gateway, ufrag) {
  const sockets = [];
  for (const [at, bytes] of streams(ufrag).entries()) {
    const socket = await open(gateway, at);
    socket.write(bytes);
    sockets.push(socket);
  }
  // One byte at a time.
  const slow = await open(gateway);
  for (const byte of framed(stunSamples(ufrag)[0]).subarray(0, 12)) slow.write(Buffer.from([byte]));
  sockets.push(slow, ...(await Promise.all(Array.from({ length: 40 }, (_, at) => open(gateway, at)))));
  // The announced 65535 bytes can never be a packet: that connection is over.
  await until("a frame that is too long ends its connection", () => sockets[0].over, 5);
  for (const socket of sockets) {
    need(socket.back === 0, `${socket.back} bytes came back to a stranger`);
    socket.destroy();
  }
}

// More silent connections than a shard keeps: those that are too many go at once, the others after ten seconds.
export async function silent(gateway) {
  const sockets = await Promise.all(Array.from({ length: 700 }, (_, at) => open(gateway, at)));
  const left = () => sockets.filter((socket) => !socket.over).length;
  await until("strangers are limited", () => left() <= 2 * 256, 5);
  await until("silent strangers are closed", () => left() === 0, 20);
}
