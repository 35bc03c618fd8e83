// Links between servers: a gateway pulls from another one's WHEP and pushes to another one's WHIP. The others are a second
// gateway of ours, one with full ICE, an aiortc server, and Debian's Janus behind a small adapter.
import { Gateway, until } from "../support/gateway.mjs";
import { report } from "../support/report.mjs";
import { Client, localAddress } from "./client.mjs";

const address = localAddress();
const here = await Gateway.start({ address, shards: 1 });
const there = await Gateway.start({ address, shards: 1 });
const nat = await Gateway.start({ address, shards: 1, options: "media: {ice: full}" });
for (const gateway of [here, there, nat]) process.on("exit", () => gateway.child.kill("SIGKILL"));
let rooms = 0;

const RED = [200, 60, 60];
const paint = (tone) => ({ colour: RED.join(","), tone, codec: "VP8" });
const links = async (gateway) => JSON.parse(await gateway.ctl("--json", "links")).links;
const link = async (gateway, id) => (await links(gateway)).find((one) => one.id === id);

async function begin(gateway, kind, room, url, token, ...more) {
  const about = token ? ["--token", token] : [];
  const text = await gateway.ctl(kind, "--json", "--room", room, "--url", url, "--insecure", ...about, ...more);
  return JSON.parse(text).id;
}

async function untilUp(gateway, id, seconds = 20) {
  try {
    await until(`link ${id} is up`, async () => (await link(gateway, id))?.state === "up", seconds);
  } catch (error) {
    error.message += `\n${JSON.stringify(await link(gateway, id))}\n${gateway.log.slice(-2000)}`;
    throw error;
  }
}

async function publisher(gateway, room, tone) {
  const client = new Client("aiortc", "publish", `${gateway.url}/whip/${room}`, await gateway.token(room, "publish"), paint(tone));
  await client.until("connected");
  return client;
}

async function watcher(gateway, room) {
  const client = new Client("aiortc", "watch", `${gateway.url}/whep/${room}`, await gateway.token(room, "view"), { codec: "VP8" });
  await client.until("connected");
  return client;
}

const tests = {};
for (const [name, other] of [["a second gateway", there], ["a gateway with full ICE", nat]]) {
  tests[`a pull from ${name} shows its room here`] = async () => {
    const room = `pulled-${++rooms}`;
    await publisher(other, room, 600);
    const id = await begin(here, "pull", room, `${other.url}/whep/${room}`, await other.token(room, "view"));
    await untilUp(here, id);
    await (await watcher(here, room)).sees(RED, 600);
  };
  tests[`a push to ${name} shows our room there`] = async () => {
    const room = `pushed-${++rooms}`;
    await publisher(here, room, 800);
    const id = await begin(here, "push", room, `${other.url}/whip/${room}?source=hall`, await other.token(room, "publish"));
    await untilUp(here, id);
    await (await watcher(other, room)).sees(RED, 800);
  };
}

const failed = await report(
  Object.fromEntries(
    Object.entries(tests).map(([name, test]) => [
      name,
      async () => {
        try {
          await test();
        } finally {
          await Client.closeAll();
          for (const { id } of await links(here)) await here.ctl("unlink", "--id", id);
        }
      },
    ]),
  ),
);
let bad = 0;
for (const gateway of [here, there, nat]) {
  const end = await gateway.stop();
  if (end.code === 0) continue;
  bad++;
  console.log(`not ok - the gateway ends well: ${JSON.stringify(end)}\n${gateway.log.slice(-3000)}`);
}
process.exit(failed || bad ? 1 : 0);
