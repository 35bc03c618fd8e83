// Calls under fire: a lecture's packets are counted while strangers flood the media port, and while everything its
// people sent is sent again by others.
//     node tests/hostile/fire.mjs [SECONDS]
import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { cpus } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { load } from "../load/load.mjs";
import { Gateway, root } from "../support/gateway.mjs";
import { report } from "../support/report.mjs";
import { counted, need } from "./harness.mjs";
import { nowhere } from "./udp.mjs";

const SECONDS = Number(process.argv[2] ?? 8);
const RATE = 100000;
const LOSS = 0.01;
const TRIES = 3; // on a machine with other work to do, one of them is undisturbed
const run = promisify(execFile);
const cores = { server: 0, load: Math.min(1, cpus().length - 1) };

const gateway = await Gateway.start({ shards: 1, options: "limits: {media_rate: 0}" });
process.on("exit", () => gateway.child.kill("SIGKILL"));
const tokens = { publish: await gateway.token("fire", "publish"), watch: await gateway.token("fire", "view") };

const post = async (role, sdp) => {
  const reply = await fetch(`http://127.0.0.1:${gateway.http}/${role === "publish" ? "whip" : "whep"}/fire`, {
    method: "POST",
    headers: { "content-type": "application/sdp", authorization: `Bearer ${tokens[role]}` },
    body: sdp,
  });
  need(reply.status === 201, `${role}: ${reply.status}`);
  return reply.text();
};

// A lecture with `viewers`, its result; `meanwhile` begins when everybody has an answer. `through(role, answer)` may
// lead somebody another way.
async function lecture(viewers, meanwhile, through = (role, answer) => answer) {
  const answers = [];
  let attack = null;
  const args = ["--viewers", viewers, "--seconds", SECONDS, "--sampled", viewers, "--server-pid", gateway.pid];
  const result = await load(cores, "publish-watch", args, async (role, client, sdp) => {
    const answer = await post(role, sdp);
    answers.push(answer);
    if (answers.length === viewers + 1) attack = meanwhile(answers);
    return through(role, answer);
  });
  return { result, attack: await attack };
}

const loss = ({ lost, received }) => lost / Math.max(1, lost + received);
const counts = ({ lost, received, duplicates }) => `${received} received, ${lost} lost, ${duplicates} twice`;

async function flood() {
  const losses = [];
  while (losses.length < TRIES && !(losses.at(-1) < LOSS)) losses.push(await flooded());
  need(losses.at(-1) < LOSS, `the call lost ${losses.map((part) => (100 * part).toFixed(2)).join(", ")} %`);
}

async function flooded() {
  const log = gateway.log.length;
  const dropped = await counted(gateway, "banyan_drops_total");
  const { result, attack } = await lecture(4, async ([answer]) => {
    const ufrag = /a=ice-ufrag:(\S+)/.exec(answer)[1];
    const args = ["--port", gateway.media, "--rate", RATE, "--seconds", SECONDS + 6, "--ufrag", ufrag, "--from", nowhere];
    return JSON.parse((await run("nice", ["-n", "0", join(root, "build/banyan-flood"), ...args.map(String)])).stdout);
  });
  const fell = (await counted(gateway, "banyan_drops_total")) - dropped;
  console.log(`# ${attack.rate} datagrams/s, ${fell} of ${attack.sent} dropped by the gateway; ${counts(result)}`);
  need(attack.rate > 0.9 * RATE, `no more than ${attack.rate} datagrams/s were sent`);
  need(attack.back === 0, `${attack.back} bytes came back to strangers`);
  need(fell > 0, "the gateway dropped nothing");
  need(gateway.log.length - log < 1 << 20, `the log grew by ${gateway.log.length - log} bytes`);
  return loss(result);
}

// Stands between somebody and the gateway and keeps what was sent.
async function relay() {
  const kept = [];
  const [near, far] = [0, 1].map(() => createSocket({ type: "udp4", recvBufferSize: 4 << 20 }));
  for (const socket of [near, far]) await new Promise((done) => socket.bind(0, "127.0.0.1", done));
  let client = null;
  near.on("message", (data, from) => {
    client = from.port;
    if (kept.length < 2000) kept.push(data);
    far.send(data, gateway.media, "127.0.0.1");
  });
  far.on("message", (data) => client && near.send(data, client, "127.0.0.1"));
  const lead = (answer) => answer.replaceAll(` ${gateway.media} typ host`, ` ${near.address().port} typ host`);
  return { kept, lead, again: (data) => far.send(data, gateway.media, "127.0.0.1"), close: () => [near, far].map((s) => s.close()) };
}

async function replay() {
  const between = await relay();
  const stranger = createSocket("udp4");
  let back = 0;
  stranger.on("message", (data) => (back += data.length));
  await new Promise((done) => stranger.bind(0, nowhere, done));
  let sent = 0;
  const { result } = await lecture(
    2,
    async () => {
      for (const end = Date.now() + (SECONDS + 3) * 1000; Date.now() < end; ) {
        for (const data of between.kept.slice(0, 60).concat(between.kept.slice(-40))) {
          stranger.send(data, gateway.media, "127.0.0.1"); // from another address
          between.again(data); // and from the publisher's own
          sent += 2;
        }
        await new Promise((go) => setTimeout(go, 50));
      }
    },
    (role, answer) => (role === "publish" ? between.lead(answer) : answer),
  );
  stranger.close();
  between.close();
  console.log(`# ${sent} datagrams sent again; ${counts(result)}`);
  need(between.kept.length > 100 && sent > 1000, "nothing was sent again");
  need(back === 0, `${back} bytes came back to a stranger`);
  need(result.duplicates === 0, `${result.duplicates} packets reached a viewer twice`);
  need(loss(result) < LOSS, `the call lost ${(100 * loss(result)).toFixed(2)} %`);
}

const failed = await report({
  "100,000 datagrams of strangers a second do not disturb a call": flood,
  "checks, handshakes and media sent again by others move nothing": replay,
});
const end = await gateway.stop();
if (end.code !== 0) console.log(`not ok - the gateway ends well: ${JSON.stringify(end)}\n${gateway.log.slice(-3000)}`);
process.exit(failed || end.code !== 0 ? 1 : 0);
