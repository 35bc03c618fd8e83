// Clients nobody here wrote: Debian's aiortc and GStreamer's webrtcbin publish and watch through WHIP and WHEP.
import { Gateway, until } from "../support/gateway.mjs";
import { report } from "../support/report.mjs";
import { Client, localAddress } from "./client.mjs";

const gateway = await Gateway.start({ address: localAddress() });
const kinds = ["aiortc", "webrtcbin"];
let rooms = 0;

// A room with a publisher's and a watcher's token.
async function room() {
  const name = `interop-${++rooms}`;
  return {
    whip: `${gateway.url}/whip/${name}`,
    whep: `${gateway.url}/whep/${name}`,
    publish: await gateway.token(name, "publish"),
    view: await gateway.token(name, "view"),
  };
}

const paint = (colour, tone, codec = "VP8") => ({ colour: colour.join(","), tone, codec });
const settled = (test) => async () => {
  try {
    await test();
  } finally {
    await Client.closeAll();
  }
};

async function forwards(from, to, codec, { watcherFirst = false } = {}) {
  const colour = from === "aiortc" ? [200, 60, 60] : [60, 60, 200];
  const tone = to === "aiortc" ? 600 : 1000;
  const at = await room();
  const publish = () => new Client(from, "publish", at.whip, at.publish, paint(colour, tone, codec));
  const watch = () => new Client(to, "watch", at.whep, at.view, { codec });
  const first = watcherFirst ? watch() : publish();
  await first.until("connected");
  const second = watcherFirst ? publish() : watch();
  await second.until("connected");
  await (watcherFirst ? first : second).sees(colour, tone);
}

const tests = {};
for (const from of kinds)
  for (const to of kinds) tests[`${from} -> gateway -> ${to}, VP8 and Opus`] = () => forwards(from, to, "VP8");
tests["webrtcbin -> gateway -> webrtcbin, H.264 and Opus"] = () => forwards("webrtcbin", "webrtcbin", "H264");
for (const to of kinds)
  tests[`a publisher that comes after the watcher (${to})`] = () =>
    forwards("aiortc", to, "VP8", { watcherFirst: true });

tests["a counter-offer is answered (aiortc), and its watcher sees and hears"] = async () => {
  const at = await room();
  new Client("aiortc", "publish", at.whip, at.publish, paint([200, 60, 60], 700));
  const watcher = new Client("aiortc", "watch", at.whep, at.view, { counter: "yes" });
  const { status } = await watcher.until("answered");
  if (status !== 204) throw new Error(`the answer is answered with ${status}`);
  await watcher.sees([200, 60, 60], 700);
};

tests["a second publisher's room is not mixed with the first's"] = async () => {
  const [one, two] = [await room(), await room()];
  new Client("aiortc", "publish", one.whip, one.publish, paint([200, 60, 60], 500));
  new Client("webrtcbin", "publish", two.whip, two.publish, paint([60, 200, 60], 900));
  const watchers = [
    new Client("webrtcbin", "watch", one.whep, one.view),
    new Client("aiortc", "watch", two.whep, two.view),
  ];
  await watchers[0].sees([200, 60, 60], 500);
  await watchers[1].sees([60, 200, 60], 900);
};

tests["a watcher goes on with the publisher that comes back"] = async () => {
  const at = await room();
  const before = new Client("aiortc", "publish", at.whip, at.publish, paint([200, 60, 60], 500));
  const watcher = new Client("aiortc", "watch", at.whep, at.view);
  await watcher.sees([200, 60, 60], 500);
  before.order({ do: "delete" });
  await before.until("deleted");
  new Client("webrtcbin", "publish", at.whip, at.publish, paint([60, 200, 60], 900));
  await watcher.sees([60, 200, 60], 900);
};

// W5: the media of a deleted session ends at once, and its client is told by close_notify.
for (const [role, other] of [
  ["publish", "watch"],
  ["watch", "publish"],
])
  tests[`DELETE by the one who ${role}es ends its media at once`] = async () => {
    const at = await room();
    const clients = {
      publish: new Client("aiortc", "publish", at.whip, at.publish, paint([200, 60, 60], 500)),
      watch: new Client("aiortc", "watch", at.whep, at.view),
    };
    await clients.watch.sees([200, 60, 60], 500);
    clients[role].order({ do: "delete" });
    if ((await clients[role].until("deleted")).status !== 200)
      throw new Error("DELETE is not answered with 200");
    await clients[role].until("ended", 2);
    // What was decoded late may still come; then the picture stands for a second.
    await until("no picture comes after DELETE", async () => {
      const { frames } = clients.watch.seen;
      await new Promise((go) => setTimeout(go, 1000));
      return clients.watch.seen.frames === frames;
    }, 4);
    if (clients[other].last("ended")) throw new Error("the other session ended as well");
  };

// W6: a page that is left says close_notify; the session is gone without a DELETE.
tests["a publisher that leaves without DELETE is gone"] = async () => {
  const at = await room();
  const publisher = new Client("aiortc", "publish", at.whip, at.publish, paint([200, 60, 60], 500));
  await publisher.until("connected");
  const headers = { authorization: `Bearer ${at.publish}` };
  const status = async () => (await fetch(publisher.location, { headers })).status;
  if ((await status()) !== 200) throw new Error("the running session is not there");
  await publisher.close();
  await until("the session is gone", async () => (await status()) === 404, 3);
};

// RFC 8827 section 5.6: no certificate but the offered one, or anybody on the way could listen.
tests["a watcher whose certificate is not the offered one sees nothing"] = async () => {
  const at = await room();
  const publisher = new Client("aiortc", "publish", at.whip, at.publish, paint([200, 60, 60], 500));
  await publisher.until("connected");
  const impostor = new Client("aiortc", "watch", at.whep, at.view, { impostor: "yes" });
  await impostor.until("created");
  const headers = { authorization: `Bearer ${at.view}` };
  const status = async () => (await fetch(impostor.location, { headers })).status;
  await until("the impostor's session is gone", async () => (await status()) === 404, 10);
  if (impostor.seen.frames) throw new Error(`the impostor saw ${impostor.seen.frames} pictures`);
  const metrics = await (await fetch(`http://127.0.0.1:${gateway.http}/metrics`)).text();
  if (!/^banyan_sessions_ended_total\{reason="fingerprint"\} 1$/m.test(metrics))
    throw new Error("the reason is not counted");
  if (publisher.last("ended")) throw new Error("the publisher's session ended as well");
};

const failed = await report(
  Object.fromEntries(Object.entries(tests).map(([name, test]) => [name, settled(test)])),
);
const end = await gateway.stop();
if (end.code !== 0)
  console.log(`not ok - the gateway ends well: ${JSON.stringify(end)}\n${gateway.log.slice(-3000)}`);
process.exit(failed || end.code !== 0 ? 1 : 0);
