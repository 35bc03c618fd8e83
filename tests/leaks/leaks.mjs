// Clients of every kind come and go, thousands of times, some of them only half-way. When they are gone the gateway
// holds what it held before: its own blocks of memory, descriptors and threads exactly, the heap nearly. What is counted
// of that is what is in use, libraries' blocks too (heap.c): resident memory also tells how well freed pieces fit together.
//     node tests/leaks/leaks.mjs [COUNT]      COUNT of each kind, one kind after the other (10000: `make leaks`)
//     node tests/leaks/leaks.mjs --short      500 of each kind, all at once
// With `--full-ice` those who publish and watch meet a gateway that does full ICE, an agent and a socket pair for each; of
// them 100 are a short run.
import { execFile, execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import WebSocket from "ws";
import { offer } from "../conformance/offer.mjs";
import { Gateway, root, until } from "../support/gateway.mjs";
import { ask, enrol, Live } from "../support/live.mjs";
import { report } from "../support/report.mjs";

const build = process.env.BANYAN_BUILD ?? "build";
const short = process.argv.includes("--short");
const full = process.argv.includes("--full-ice");
const [wanted, only = ""] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const count = short ? (full ? 100 : 500) : Number(wanted ?? 10000);
const LANES = full ? 8 : 1; // an agent takes its time, for all of its sessions at once
const PORTIONS = 5;
const KIB_PER_100 = 1;
const GROWTH_KIB = 128; // of a short run, in which every kind's first pages are touched
const MEASURED = build === "build"; // with sanitizers memory says nothing
const run = promisify(execFile);
const comings = join(root, "build", "banyan-comings"); // the clients need no sanitizers

// Whoever reads it is told what the heap holds. Pieces that threads or GLib keep for themselves would count as held: none
// are kept.
const fifo = join(tmpdir(), `banyan-heap-${process.pid}`);
if (MEASURED) execFileSync("mkfifo", [fifo]);
const watched = MEASURED
  ? {
      BANYAN_HEAP: fifo,
      LD_PRELOAD: join(root, "build", "banyan-heap.so"),
      GLIBC_TUNABLES: "glibc.malloc.tcache_count=0",
      G_SLICE: "always-malloc",
    }
  : {};
Object.assign(process.env, watched);
const gateway = await Gateway.start({
  media: `ice: ${full ? "full" : "lite"}`,
  options: "limits: {media_rate: 0, per_address: 20000}",
});
for (const name of Object.keys(watched)) delete process.env[name];
process.on("exit", () => {
  gateway.child.kill("SIGKILL");
  rmSync(fifo, { force: true });
});
// The daily retention job keeps the statements of its first run, 41 KiB; its turn would come after ten minutes of a long run.
await gateway.ctl("purge");
const booth = await enrol(gateway, gateway.people.booth_code);

// --- ways to come and to go --------------------------------------------------------------------------

async function media(kind, n) {
  const all = `leak-${kind}-*`;
  const tokens = ["--publish-token", await gateway.token(all, "publish"), "--watch-token", await gateway.token(all, "view")];
  const lane = (room) =>
    run(comings, ["--kind", kind, "--count", Math.ceil(n / LANES), "--port", gateway.http, "--room", room, ...tokens].map(String), { timeout: 1200000 });
  await Promise.all(Array.from({ length: LANES }, (_, at) => lane(`leak-${kind}-${at}-`)));
}

async function repeated(n, atOnce, one) {
  for (let at = 0; at < n; at += atOnce)
    await Promise.all(Array.from({ length: Math.min(atOnce, n - at) }, (_, k) => one(at + k)));
}

// A page that says hello and leaves.
const page = async () => (await Live.open(gateway, booth)).close();

// One that opens its WebSocket, says nothing and breaks off.
function mute() {
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.http}/v1/live`);
  return new Promise((done, fail) => {
    socket.on("open", () => socket.terminate());
    socket.on("close", done);
    socket.on("error", fail);
  });
}

// A connection that sends `bytes` and breaks off, or (`waits`) is closed by the gateway.
const broken = (port, bytes, waits = false) =>
  new Promise((done) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("connect", () => socket.write(bytes, () => waits || socket.resetAndDestroy()));
    socket.on("error", () => {});
    socket.on("close", done);
  });

// One that sends `bytes` and breaks off as soon as it is answered.
const answered = (port, bytes) =>
  new Promise((done) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => socket.write(bytes));
    socket.on("data", () => socket.resetAndDestroy());
    socket.on("error", () => {});
    socket.on("close", done);
  });

// A watching session that is never connected: by an offer, or by an empty one that is answered by a counter-offer.
const watching = await gateway.token("leak", "view");
async function watch(sdp, status) {
  const made = await ask(gateway, "POST", "/whep/leak", { type: "application/sdp", text: sdp, token: watching });
  if (made.status !== status) throw new Error(`${made.status} ${JSON.stringify(made.body)}`);
  return made.headers.location;
}

const counted = () => watch("v=0\r\no=- 7 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", 406);

// Somebody whose event stream breaks off, at once or when it has begun, and who then leaves.
async function listen(at) {
  const session = await watch(offer({ direction: "recvonly" }), 201);
  const made = await ask(gateway, "POST", `${session}/events`, { json: ["active"], token: watching });
  await (at % 2 ? broken : answered)(gateway.http, `GET ${made.headers.location} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await ask(gateway, "DELETE", session, { token: watching });
}

const upgrade = "GET /v1/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
const frame = Buffer.from([0, 40, 0, 1, 0, 20]); // the beginning of one
const published = (names) => Object.fromEntries(names.map((name) => [name, (n) => media(name, n)]));
const byUdp = published(["whip", "whip-bye", "whip-gone", "whep", "whep-gone", "post", "dtls"]);
const others = {
  ...published(["whep-tcp", "dtls-tcp"]),
  "an event stream, broken off": (n) => repeated(n, 8, listen),
  "a counter-offer, left alone": (n) => repeated(n, 8, counted),
  "a page": (n) => repeated(n, 8, page),
  "a WebSocket without a word": (n) => repeated(n, 8, mute),
  "half an upgrade": (n) => repeated(n, 32, () => broken(gateway.http, upgrade)),
  "half a body": (n) =>
    repeated(n, 32, () =>
      broken(gateway.http, "POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"),
    ),
  "half a TLS handshake": (n) => repeated(n, 32, () => broken(gateway.https, Buffer.from("160301020001000100", "hex"))),
  "ICE-TCP, broken off": (n) => repeated(n, 32, (at) => broken(gateway.media + (at % 2), frame)),
  "ICE-TCP, silent": (n) => repeated(n, 256, (at) => broken(gateway.media + (at % 2), frame, true)),
};
const kinds = full ? byUdp : { ...byUdp, ...others };

// --- what the gateway holds ---------------------------------------------------------------------------

const number = (text, name) =>
  text
    .split("\n")
    .filter((line) => line.startsWith(name))
    .reduce((sum, line) => sum + Number(line.split(" ").pop()), 0);

// The connection of this question must be gone before descriptors are counted.
async function metrics() {
  const { body } = await ask(gateway, "GET", "/metrics");
  await new Promise((go) => setTimeout(go, 100));
  return body;
}

// Nobody is there any more, and this was so a moment ago, too.
async function quiet() {
  let held = "";
  await until(
    "everything is gone",
    async () => {
      const now = await holdings();
      const same = now.idle && held === JSON.stringify([now.blocks, now.descriptors]);
      held = JSON.stringify([now.blocks, now.descriptors]);
      await new Promise((go) => setTimeout(go, 500));
      return same;
    },
    100,
  );
}

async function holdings() {
  const text = await metrics();
  const proc = `/proc/${gateway.pid}`;
  return {
    idle:
      number(text, "banyan_sessions{") + number(text, "banyan_websockets ") + number(text, "banyan_tcp_connections ") === 0 &&
      number(text, "banyan_http_connections ") <= 1,
    blocks: number(text, "banyan_memory_blocks "),
    descriptors: readdirSync(`${proc}/fd`).length,
    threads: readdirSync(`${proc}/task`).length,
    heap: MEASURED ? Math.round(Number(readFileSync(fifo, "utf8").split(" ")[0]) / 1024) : 0,
    memory: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`${proc}/status`, "utf8"))[1]),
  };
}

function same(before, after) {
  for (const what of ["blocks", "descriptors", "threads"])
    if (before[what] !== after[what]) throw new Error(`${what}: ${before[what]} before, ${after[what]} after`);
}

// KiB of heap in use a hundred comings.
function growth(points) {
  const [first, last] = [points[0], points.at(-1)];
  return (100 * (last.heap - first.heap)) / (last.n - first.n);
}

// --- long: one kind after the other -------------------------------------------------------------------

const long = (kind) => async () => {
  const come = async (n) => {
    await kinds[kind](n);
    await quiet();
    return holdings();
  };
  await come(Math.ceil(count / PORTIONS)); // pools are touched for the first time
  const before = await come(Math.ceil(count / PORTIONS));
  const points = [{ n: 0, ...before }];
  for (let n = 0; n < count; n += count / PORTIONS)
    points.push({ n: n + count / PORTIONS, ...(await come(Math.ceil(count / PORTIONS))) });
  const grows = growth(points);
  const over = (what) => points.map((point) => point[what]).join(" ");
  console.log(`# ${kind}: ${grows.toFixed(3)} KiB per 100; in use ${over("heap")}, resident ${over("memory")} KiB`);
  same(before, points.at(-1));
  if (MEASURED && grows > KIB_PER_100) throw new Error(`memory grows by ${grows.toFixed(2)} KiB per 100`);
};

// --- short: all at once -------------------------------------------------------------------------------

async function together(names, n) {
  await Promise.all(names.map((kind) => kinds[kind](n)));
  await quiet();
  return holdings();
}

// Those who leave a session behind pile up until its time is over, and the heap keeps that size: of them only what is
// allocated is looked at.
const lingering = (kind) => /gone|post|dtls|left alone/.test(kind);

async function leavers() {
  const names = Object.keys(kinds).filter((kind) => !lingering(kind));
  const before = await together(names, count); // as many at once as later: memory is touched for the first time
  const after = await together(names, count);
  const grown = after.heap - before.heap;
  console.log(`# in use ${before.heap} KiB before, ${after.heap} KiB after, ${after.blocks} blocks; resident ${before.memory}, ${after.memory} KiB`);
  same(before, after);
  if (MEASURED && grown > GROWTH_KIB) throw new Error(`memory grew by ${grown} KiB`);
}

async function vanishers() {
  const before = await holdings();
  same(before, await together(Object.keys(kinds).filter(lingering), count));
}

const failed = await report(
  short
    ? {
        [`${count} of each kind come and go, and nothing stays`]: leavers,
        [`${count} of each kind vanish half-way, and nothing stays`]: vanishers,
      }
    : Object.fromEntries(
        Object.keys(kinds)
          .filter((kind) => kind.includes(only))
          .map((kind) => [`${count} times: ${kind}`, long(kind)]),
      ),
);
const end = await gateway.stop();
if (end.code !== 0) console.log(`not ok - the gateway ends well: ${JSON.stringify(end)}\n${gateway.log.slice(-3000)}`);
process.exit(failed || end.code !== 0 ? 1 : 0);
