// What `make bench` measures: each function starts a server (or none), drives it by build/banyan-load and returns its result.
// The server has core 0, the load core 1.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { offer } from "../conformance/offer.mjs";
import { Gateway, until } from "../support/gateway.mjs";
import { Janus } from "./janus.mjs";
import { load, niceness } from "./load.mjs";

const cores = { server: 0, load: Math.min(1, cpus().length - 1) };
export const quick = process.env.BENCH === "quick";
const seconds = Number(process.env.BENCH_SECONDS ?? (quick ? 2 : 4));

// Threads that are there already move, and those they start stay with them.
function pin(pid, where = cores.server) {
  execFileSync("taskset", ["-a", "-p", "-c", String(where), String(pid)]);
  if (niceness) execFileSync("renice", ["-n", String(niceness), "-p", ...readdirSync(`/proc/${pid}/task`)]);
}

// Servers that run now: none outlives an interrupted bench.
const running = new Set();

async function withServer(server, use) {
  running.add(server);
  try {
    return await use(server);
  } finally {
    running.delete(server);
    await server.stop();
  }
}

for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, async () => {
    await Promise.all([...running].map((server) => server.stop()));
    process.exit(1);
  });

const options = (sessions) => `limits: {media_rate: 0, per_address: ${sessions + 500}}`;

async function takeTokens(gateway) {
  gateway.publish = await gateway.token("bench*", "publish");
  gateway.watch = await gateway.token("bench*", "view");
}

async function withGateway(sessions, use, media = "", shards = 1) {
  return withServer(await Gateway.start({ shards, media, options: options(sessions) }), async (gateway) => {
    pin(gateway.pid, shards > 1 ? `${cores.server},${cores.load}` : cores.server);
    await takeTokens(gateway);
    return use(gateway);
  });
}

function watch(gateway, room, args, where = cores, under = []) {
  const at = ["--url", `http://127.0.0.1:${gateway.http}`, "--room", room];
  const tokens = ["--publish-token", gateway.publish, "--watch-token", gateway.watch];
  return load(where, "publish-watch", [...at, ...tokens, "--server-pid", gateway.pid, ...args], null, under);
}

const lecture = (viewers, kbit) => ["--viewers", viewers, "--kbit", kbit, "--seconds", seconds];
// Both ways of each, camera and sound: so many rooms with one who publishes and one who watches.
const ways = (pairs, span) => ["--rooms", 2 * pairs, "--viewers", 2 * pairs, "--kbit", 1000, "--spread", "--sampled", 2 * pairs, "--seconds", span];

export const banyan = (viewers, kbit, ...more) =>
  withGateway(viewers, (gateway) => watch(gateway, "bench", [...lecture(viewers, kbit), ...more]));

// Two shards on both cores, one of which the load has, too: tells what a packet costs that crosses a bridge, and that both
// carry viewers, not how many two free cores would carry.
export const twoShards = (viewers, kbit) =>
  withGateway(viewers, (gateway) => watch(gateway, "bench", [...lecture(viewers, kbit), "--spread"]), "", 2);

export async function janus(viewers, kbit) {
  return withServer(await Janus.start(cores.server), async (server) => {
    await server.open();
    const result = await load(cores, "publish-watch", [...lecture(viewers, kbit), "--server-pid", server.pid], server.answer);
    await server.close();
    return result;
  });
}

export const floor = (viewers, kbit, ...more) =>
  load(cores, "floor", ["--viewers", viewers, "--kbit", kbit, "--seconds", Math.ceil(seconds / 2), ...more]);

export const relayFloor = (pairs) => load(cores, "relay-floor", ["--viewers", 2 * pairs, "--kbit", 1000, "--spread", "--seconds", seconds]);

export const consultations = (pairs) =>
  withGateway(4 * pairs, (gateway) => watch(gateway, "bench", ways(pairs, seconds)));

// The media of so many consultations at a gateway that is asked for other things meanwhile: it goes before nothing, on any core.
// Calls `then` once all watch, so many seconds before it ends.
export async function mediaWhile(gateway, pairs, span, then) {
  await takeTokens(gateway);
  const media = watch(gateway, "bench", ways(pairs, span), null, ["nice", "-n", String(-niceness)]);
  const begun = until("everybody watches", () => isFull(gateway, 2 * pairs), 60).then(then);
  const [result, other] = await Promise.all([media, begun]);
  return { media: result, other };
}

// A lecture beside consultations, at one gateway: the consultations' result, and the lecture's in it.
export const beside = (pairs, viewers) =>
  withGateway(4 * pairs + viewers, async (gateway) => {
    const both = [watch(gateway, "bench-l", ["--viewers", viewers, "--spread", "--seconds", seconds + 6]), watch(gateway, "bench", ways(pairs, seconds + 2))];
    const [lectureResult, result] = await Promise.all(both);
    const load_cores = result.load_cores + lectureResult.load_cores;
    const others_on_load_core = Math.max(0, result.others_on_load_core - lectureResult.load_cores);
    return { ...result, load_cores, others_on_load_core, server_us_per_packet: undefined, lecture: lectureResult };
  });

// Viewers come and go while others watch.
export const joins = (viewers, rate, span) =>
  withGateway(viewers + 10 * rate, (gateway) => watch(gateway, "bench", ["--viewers", viewers, "--spread", "--seconds", span, "--join-rate", rate]));

// The gateway is full: everybody else is refused at once, and those who watch lose nothing.
async function refuse(gateway, times) {
  const url = `http://127.0.0.1:${gateway.http}/whep/bench`;
  const headers = { "content-type": "application/sdp", authorization: `Bearer ${gateway.watch}` };
  const took = [];
  for (let i = 0; i < times; i++) {
    const begin = performance.now();
    const response = await fetch(url, { method: "POST", headers, body: offer({ direction: "recvonly" }) });
    await response.text();
    if (response.status !== 503 || !(Number(response.headers.get("retry-after")) > 0))
      throw new Error(`a full gateway answered ${response.status}, retry-after ${response.headers.get("retry-after")}`);
    took.push(performance.now() - begin);
  }
  return { count: times, max_ms: Math.max(...took) };
}

async function isFull(gateway, viewers) {
  const text = await (await fetch(`http://127.0.0.1:${gateway.http}/metrics`)).text();
  return text.includes(`banyan_sessions{role="viewer"} ${viewers}\n`);
}

export const overload = (viewers) =>
  withGateway(
    viewers,
    async (gateway) => {
      const watching = watch(gateway, "bench", ["--viewers", viewers, "--spread", "--seconds", seconds + 6]);
      const refused = until("everybody watches", () => isFull(gateway, viewers), 60).then(async () => {
        await new Promise((go) => setTimeout(go, 3500)); // joining is over, measuring has begun
        return refuse(gateway, 50);
      });
      const [result, refusals] = await Promise.all([watching, refused]);
      return { ...result, refusals };
    },
    `sessions_max: ${viewers + 1}`,
  );
