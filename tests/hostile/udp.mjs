// Datagrams to the media port from strangers: whatever they are, nothing may come back.
import { createSocket } from "node:dgram";
import { randomBytes } from "node:crypto";
import { until } from "../support/gateway.mjs";
import { counted, need } from "./harness.mjs";

// An address nobody had before. On 127.0.0.1 a stranger may get the port of somebody who has just left, and with it what
// was still on its way to him: a close_notify of this gateway (39 bytes), or anything of a neighbour's.
const [a, b, c] = randomBytes(3);
export const nowhere = `127.${2 + (a % 250)}.${b}.${1 + (c % 250)}`;

// Sends each datagram from one of `sockets` new sockets; returns what came back, in bytes, and says what it was.
async function spray(gateway, datagrams, sockets) {
  let back = 0;
  const all = [];
  for (let at = 0; at < sockets; at++) {
    const socket = createSocket("udp4");
    await new Promise((done) => socket.bind(0, nowhere, done));
    socket.on("message", (data, from) => {
      back += data.length;
      console.log(`# ${data.length} bytes from ${from.address}:${from.port}: ${data.toString("hex").slice(0, 80)}`);
    });
    all.push(socket);
  }
  const send = (data, at) =>
    new Promise((done) => all[at % sockets].send(data, gateway.media + (at % 2), "127.0.0.1", done));
  // A few at a time, so that all of them fit into the socket's buffer.
  for (let at = 0; at < datagrams.length; at += 64) {
    await Promise.all(datagrams.slice(at, at + 64).map((data, k) => send(data, at + k)));
    await new Promise((go) => setTimeout(go, 2));
  }
  return { all, back: () => back };
}

// All are dropped for a reason that is counted, and not one is answered.
export async function silence(gateway, datagrams, { sockets = 4 } = {}) {
  const before = await counted(gateway, "banyan_drops_total");
  const sent = await spray(gateway, datagrams, sockets);
  try {
    const dropped = async () => (await counted(gateway, "banyan_drops_total")) >= before + datagrams.length;
    await until(`${datagrams.length} datagrams are dropped and counted`, dropped, 5);
    need(sent.back() === 0, `${sent.back()} bytes came back to strangers`);
  } finally {
    for (const socket of sent.all) socket.close();
  }
}
