// `make bench`: one publisher and 10, 50, 200 viewers at our gateway and at Debian's Janus, and what encrypting and sending
// alone costs on this machine, all in one run because only ratios of one run mean anything. The server has core 0, the
// load core 1. Prints a table and writes build/bench.json.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { Gateway, root } from "../support/gateway.mjs";
import { Janus } from "./janus.mjs";
import { load, niceness } from "./load.mjs";

const sizes = (process.env.BENCH_VIEWERS ?? "10,50,200").split(",").map(Number);
const seconds = Number(process.env.BENCH_SECONDS ?? 4);
// What disturbs one round rarely disturbs the next: processor times are averaged, delays are the quieter round's.
const rounds = Number(process.env.BENCH_ROUNDS ?? 2);
const cores = { server: 0, load: Math.min(1, cpus().length - 1) };
// More of a core than this taken by others, and a run says little about delay.
const noisy = 0.1;

// Threads that are there already move, and those they start stay with them.
function pin(pid) {
  execFileSync("taskset", ["-a", "-p", "-c", String(cores.server), String(pid)]);
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

async function measureBanyan(viewers) {
  const options = `limits: {media_rate: 0, per_address: ${viewers + 100}}`;
  return withServer(await Gateway.start({ shards: 1, options }), async (gateway) => {
    pin(gateway.pid);
    const publish = await gateway.token("bench", "publish");
    const watch = await gateway.token("bench", "view");
    const url = `http://127.0.0.1:${gateway.http}`;
    const where = ["--url", url, "--room", "bench", "--publish-token", publish, "--watch-token", watch];
    return load(cores, "publish-watch", [...where, ...common(viewers), "--server-pid", gateway.pid]);
  });
}

async function measureJanus(viewers) {
  return withServer(await Janus.start(cores.server), async (janus) => {
    await janus.open();
    const result = await load(cores, "publish-watch", [...common(viewers), "--server-pid", janus.pid], janus.answer);
    await janus.close();
    return result;
  });
}

const common = (viewers) => ["--viewers", viewers, "--seconds", seconds];
const measureFloor = (viewers, ...more) => load(cores, "floor", ["--viewers", viewers, "--seconds", Math.ceil(seconds / 2), ...more]);

const measures = [
  ["floor: AES-128-GCM + UDP_SEGMENT", (viewers) => measureFloor(viewers, "--segments")],
  ["Banyan", measureBanyan],
  ["Debian's Janus 1.1.2", measureJanus],
  ["floor: AES-128-GCM + sendmmsg", (viewers) => measureFloor(viewers)],
];

const columns = [
  ["what", 34, (r) => r.what],
  ["viewers", 8, (r) => r.viewers],
  ["us/packet", 10, (r) => r.server_us_per_packet?.toFixed(2)],
  ["x floor", 8, (r) => r.times_floor?.toFixed(2)],
  ["p50 ms", 8, (r) => ms(r.delay_us?.p50)],
  ["p99 ms", 8, (r) => ms(r.delay_us?.p99)],
  ["lost", 8, (r) => r.lost],
  ["KiB/viewer", 11, (r) => (r.delay_us ? Math.round(r.memory_kib_per_viewer) : undefined)],
  ["server", 7, (r) => percent(r.server_cores)],
  ["load", 6, (r) => percent(r.load_cores)],
  ["others", 7, (r) => percent(r.others)],
  ["", 0, (r) => r.remark],
];

const ms = (us) => (us === undefined ? undefined : (us / 1000).toFixed(2));
const percent = (part) => (part === undefined ? undefined : `${Math.round(part * 100)}%`);

function line(values) {
  return values.map((value, i) => (i ? String(value ?? "-").padStart(columns[i][1]) : String(value).padEnd(columns[i][1]))).join(" ");
}

// What a reader must know before believing a row.
function remark(result) {
  const remarks = [];
  if (result.error) remarks.push(result.error);
  if (result.failed_rounds) remarks.push(`${result.failed_rounds} rounds failed`);
  if (result.load_was_bottleneck) remarks.push("the load was the bottleneck");
  if (result.starved_viewers) remarks.push(`${result.starved_viewers} viewers starved`);
  if (result.others > noisy) remarks.push("noisy");
  return remarks.join(", ");
}

async function attempt(what, measure, viewers) {
  const begin = Date.now();
  try {
    const result = { what, ...(await measure(viewers)), took_seconds: (Date.now() - begin) / 1000 };
    result.others = Math.max(result.others_on_server_core, result.others_on_load_core);
    return result;
  } catch (error) {
    return { what, viewers, error: error.message };
  }
}

async function measureRound(viewers) {
  const rows = [];
  for (const [what, measure] of measures) rows.push(await attempt(what, measure, viewers));
  for (const row of rows) row.times_floor = row.server_us_per_packet / rows[0].server_us_per_packet;
  return rows;
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

// The same measurement of every round as one row.
function combine(rows) {
  const good = rows.filter((row) => !row.error).sort((a, b) => a.others - b.others);
  if (good.length === 0) return rows[0];
  return {
    ...good[0],
    server_us_per_packet: mean(good.map((row) => row.server_us_per_packet)),
    times_floor: mean(good.map((row) => row.times_floor)),
    lost: good.reduce((sum, row) => sum + row.lost, 0),
    failed_rounds: rows.length - good.length,
    rounds: rows,
  };
}

async function measureSize(viewers) {
  const all = [];
  for (let round = 0; round < rounds; round++) all.push(await measureRound(viewers));
  const rows = measures.map((_, i) => combine(all.map((round) => round[i])));
  for (const row of rows) {
    row.remark = remark(row);
    console.log(line(columns.map(([, , value]) => value(row))));
  }
  return rows;
}

function describeMachine() {
  const model = /model name\s*:\s*(.*)/.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1];
  const kernel = readFileSync("/proc/sys/kernel/osrelease", "utf8").trim();
  return { model, cores: cpus().length, kernel, load_average: loadavg()[0], niceness };
}

const machine = describeMachine();
const started = new Date();
console.log(`${machine.model}, ${machine.cores} cores, Linux ${machine.kernel}, load average ${machine.load_average.toFixed(1)}`);
console.log("one publisher, VP8 2 Mbit/s at 30 frames/s and Opus: 306 packets/s a viewer; processor time of the server");
console.log("a packet that a viewer received; delay from the publisher's send to the kernel's receipt at the viewer\n");
console.log(line(columns.map(([name]) => name)));
const rows = [];
for (const viewers of sizes) rows.push(...(await measureSize(viewers)));
mkdirSync(join(root, "build"), { recursive: true });
writeFileSync(join(root, "build/bench.json"), `${JSON.stringify({ started, machine, seconds, rounds, rows }, null, 1)}\n`);
console.log(`\n${Math.round((Date.now() - started) / 1000)} s; build/bench.json`);
process.exit(rows.some((row) => row.error) ? 1 : 0);
