// `make bench`: what the media core costs, carries and delays, beside what encrypting and sending alone cost on this machine
// and beside Debian's Janus, all in one run because only ratios of one run mean anything. Prints a table and what of the
// goals is reached, and writes build/bench.json. BENCH=quick: a small part of it, in a minute. BENCH_ONLY=TEXT: only the
// groups whose title has the text; BENCH_ROW=TEXT: of them only floors and rows whose name has it.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { root } from "../support/gateway.mjs";
import { niceness } from "./load.mjs";
import { banyan, beside, consultations, floor, janus, joins, overload, quick, relayFloor, twoShards } from "./measures.mjs";

// What disturbs one round rarely disturbs the next: processor times are averaged, delays are the quieter round's.
const rounds = Number(process.env.BENCH_ROUNDS ?? (quick ? 1 : 2));
// More of a core than this taken by others, and a run says little about delay.
const noisy = 0.1;

const ours = [
  ["Banyan, a frame at once", (viewers, kbit) => banyan(viewers, kbit)],
  ["Banyan, as a browser sends", (viewers, kbit) => banyan(viewers, kbit, "--spread")],
];
const counted = ["Banyan, transport-wide feedback", (viewers, kbit) => banyan(viewers, kbit, "--spread", "--counted")];
const spread = ["floor: the same, as a browser sends", (viewers, kbit) => floor(viewers, kbit, "--segments", "--spread")];
const segments = ["floor: AES-128-GCM + UDP_SEGMENT", (viewers, kbit) => floor(viewers, kbit, "--segments")];
const singly = ["floor: AES-128-GCM + sendmmsg", (viewers, kbit) => floor(viewers, kbit)];
const debian = ["Debian's Janus 1.1.2", janus];

// Each group's first row is the floor the others are compared with. `own`: rows of one round, that have no floor.
const lecture = (viewers, kbit, measures, times = rounds) => ({
  title: `lecture, ${viewers} viewers of ${kbit / 1000} Mbit/s`,
  times,
  measures: measures.map(([what, measure]) => [what, () => measure(viewers, kbit)]),
});
const consult = (pairs) => ({
  title: `${pairs} consultations, both ways camera and sound`,
  times: rounds,
  measures: [
    ["floor: relaying", () => relayFloor(pairs)],
    ["Banyan", () => consultations(pairs)],
  ],
});
const alone = (title, what, measure) => ({ title, times: 1, own: true, measures: [[what, measure]] });

const plan = quick
  ? [
      lecture(50, 2000, [segments, ...ours, counted, spread, debian]),
      consult(20),
      alone("50 join a second beside 50 who watch", "Banyan", () => joins(50, 50, 5)),
      alone("full at 50 viewers", "Banyan", () => overload(50)),
    ]
  : [
      lecture(50, 2000, [segments, ...ours, spread]),
      lecture(200, 2000, [segments, ...ours, counted, spread, debian, singly]),
      lecture(500, 2000, [segments, ...ours, spread]),
      lecture(2000, 1000, [segments, ...ours, spread], 1),
      lecture(1000, 1000, [segments, ours[1], ["Banyan, two shards, the load beside", twoShards], spread], 1),
      consult(100),
      alone("100 consultations beside a lecture of 500", "Banyan", () => beside(100, 500)),
      alone("100 join a second for a minute beside 500 who watch", "Banyan", () => joins(500, 100, 60)),
      alone("full at 200 viewers", "Banyan", () => overload(200)),
    ];

const { BENCH_ONLY: only = "", BENCH_ROW: row = "" } = process.env;
// Rows whose publisher sends as a browser does: trains are shorter then, and dearer for the bare loop, too.
const sendsSo = ({ what }) => what === ours[1][0] || what === counted[0] || what.includes("two shards");
const chosen = plan
  .filter(({ title }) => title.includes(only))
  .map((group) => ({ ...group, measures: group.measures.filter(([what], i) => i === 0 || what === spread[0] || what.includes(row)) }));

// --- the table --------------------------------------------------------------------------------------------------------

const ms = (us) => (us === undefined ? undefined : (us / 1000).toFixed(2));
const percent = (part) => (part === undefined ? undefined : `${Math.round(part * 100)}%`);

const columns = [
  ["what", 34, (r) => r.what],
  ["us/packet", 10, (r) => r.server_us_per_packet?.toFixed(2)],
  ["x floor", 8, (r) => r.times_floor?.toFixed(2)],
  ["x same", 7, (r) => r.times_same?.toFixed(2)],
  ["p50 ms", 8, (r) => ms(r.delay_us?.p50)],
  ["p99 ms", 8, (r) => ms(r.delay_us?.p99)],
  ["lost", 8, (r) => r.lost],
  ["KiB/viewer", 11, (r) => (r.mode === "publish-watch" && r.rooms === 1 ? Math.round(r.memory_kib_per_viewer) : undefined)],
  ["KiB/room", 9, (r) => (r.mode === "publish-watch" && r.rooms > 1 ? Math.round(r.memory_kib_per_room) : undefined)],
  ["server", 7, (r) => percent(r.server_cores)],
  ["load", 6, (r) => percent(r.load_cores)],
  ["others", 7, (r) => percent(r.others)],
  ["", 0, (r) => r.remark],
];

function line(values) {
  return values.map((value, i) => (i ? String(value ?? "-").padStart(columns[i][1]) : String(value).padEnd(columns[i][1]))).join(" ");
}

// What a reader must know before believing a row, and what its columns do not say.
function remark(result) {
  const remarks = [];
  if (result.error) remarks.push(result.error);
  if (result.failed_rounds) remarks.push(`${result.failed_rounds} rounds failed`);
  if (result.load_was_bottleneck) remarks.push("the load was the bottleneck");
  if (result.starved_viewers) remarks.push(`${result.starved_viewers} viewers starved`);
  if (result.others > noisy) remarks.push("noisy");
  const { joins: came, refusals, lecture: hall } = result;
  if (came) remarks.push(`first picture p50 ${ms(came.p50)} p99 ${ms(came.p99)} ms, ${came.watched} of ${came.begun}`);
  if (refusals) remarks.push(`${refusals.count} refused with 503, at most ${refusals.max_ms.toFixed(1)} ms`);
  if (hall) remarks.push(`the lecture: p99 ${ms(hall.delay_us.p99)} ms, ${hall.lost} lost`);
  return remarks.join(", ");
}

// --- measuring --------------------------------------------------------------------------------------------------------

async function attempt(what, measure) {
  const begin = Date.now();
  try {
    const result = { what, ...(await measure()), took_seconds: (Date.now() - begin) / 1000 };
    result.others = Math.max(result.others_on_server_core, result.others_on_load_core);
    return result;
  } catch (error) {
    return { what, error: error.message };
  }
}

async function measureRound({ measures, own }) {
  const rows = [];
  for (const [what, measure] of measures) rows.push(await attempt(what, measure));
  if (own) return rows;
  const browser = rows.find(({ what }) => what === spread[0]);
  for (const row of rows) {
    row.times_floor = row.server_us_per_packet / rows[0].server_us_per_packet;
    if (browser && sendsSo(row)) row.times_same = row.server_us_per_packet / browser.server_us_per_packet;
  }
  return rows;
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

// The same measurement of every round as one row.
function combine(rows) {
  const good = rows.filter((row) => !row.error).sort((a, b) => a.others - b.others);
  if (good.length === 0) return rows[0];
  if (rows.length === 1) return rows[0];
  return {
    ...good[0],
    server_us_per_packet: mean(good.map((row) => row.server_us_per_packet)),
    times_floor: mean(good.map((row) => row.times_floor)),
    times_same: good[0].times_same && mean(good.map((row) => row.times_same)),
    lost: good.reduce((sum, row) => sum + row.lost, 0),
    failed_rounds: rows.length - good.length,
    rounds: rows,
  };
}

async function measureGroup(group) {
  const all = [];
  console.log(`\n${group.title}`);
  for (let round = 0; round < group.times; round++) all.push(await measureRound(group));
  const rows = group.measures.map((_, i) => combine(all.map((round) => round[i])));
  for (const row of rows) {
    row.remark = remark(row);
    console.log(line(columns.map(([, , value]) => value(row))));
  }
  return { title: group.title, rows };
}

// --- the goals --------------------------------------------------------------------------------------------------------

// What was found, by what was measured: `of("lecture, 200", "as a browser")`.
const finder = (groups) => (title, what) =>
  groups.find((group) => group.title.startsWith(title))?.rows.find((row) => row.what.includes(what) && !row.error);

function judge(groups) {
  const of = finder(groups);
  const goals = [];
  // `bare`: the floor's row, or rows, of the same run: what no server can be better than.
  const goal = (name, row, value, most, unit = "", bare = undefined) => {
    if (!row || value(row) === undefined) return;
    goals.push({ name, value: value(row), most, unit, met: value(row) <= most, floor: bare && value(bare) });
  };
  for (const viewers of [50, 200, 500]) goal(`lecture of ${viewers}: times the floor`, of(`lecture, ${viewers} `, "at once"), (r) => r.times_floor, 1.5);
  for (const viewers of [200, 500])
    goal(`lecture of ${viewers}, a browser sends: times such a floor`, of(`lecture, ${viewers} `, "as a browser"), (r) => r.times_same, 1.5);
  goal("transport-wide feedback: times such a floor", of("lecture, 200 ", "feedback"), (r) => r.times_same, 1.5);
  const janus200 = of("lecture, 200 ", "Janus");
  if (janus200) goal("lecture of 200: part of Janus's cost", of("lecture, 200 ", "at once"), (r) => r.server_us_per_packet / janus200.server_us_per_packet, 1 / 6);
  const hall = of("lecture, 200 ", "as a browser");
  goal("lecture of 200: p50", hall, (r) => r.delay_us.p50 / 1000, 1, "ms");
  goal("lecture of 200: p99", hall, (r) => r.delay_us.p99 / 1000, 6, "ms");
  goal("a viewer's memory", hall, (r) => r.memory_kib_per_viewer * 1.024, 100, "kB");
  const many = of("lecture, 2000 ", "as a browser");
  const costs = (what) => {
    const all = [50, 200, 500, 2000].map((viewers) => of(`lecture, ${viewers} `, what)?.server_us_per_packet).filter(Boolean);
    return all.length === 4 ? all : undefined;
  };
  const apart = (all) => Math.max(...all) / Math.min(...all);
  goal("lectures: dearest packet against cheapest", costs("at once"), apart, 1.15, "", costs("UDP_SEGMENT"));
  goal("lecture of 2000: lost", many, (r) => (100 * r.lost) / (r.received + r.lost), 0.1, "%");
  goal("lecture of 2000: p99", many, (r) => r.delay_us.p99 / 1000, 30, "ms", of("lecture, 2000 ", "the same"));
  const pairs = of("100 consultations, ", "Banyan");
  goal("consultations: times the floor", pairs, (r) => r.times_floor, 1.5);
  goal("consultations: p99", pairs, (r) => r.delay_us.p99 / 1000, 1, "ms", of("100 consultations, ", "relaying"));
  goal("a consultation side's memory", pairs, (r) => r.memory_kib_per_room * 1.024, 200, "kB");
  goal("consultations beside a lecture: p99", of("100 consultations beside", "Banyan"), (r) => r.delay_us.p99 / 1000, 5, "ms");
  const joining = of("100 join", "Banyan");
  goal("joins: first picture p99", joining, (r) => r.joins.p99 / 1000, 500, "ms");
  goal("joins: lost by those who watch", joining, (r) => r.lost, 0);
  goal("joins: failed", joining, (r) => r.joins.begun - r.joins.watched, 0);
  const full = of("full at", "Banyan");
  goal("full: refused within", full, (r) => r.refusals.max_ms, 100, "ms");
  goal("full: lost by those who watch", full, (r) => r.lost, 0);
  return goals;
}

function describeMachine() {
  const model = /model name\s*:\s*(.*)/.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1];
  const kernel = readFileSync("/proc/sys/kernel/osrelease", "utf8").trim();
  return { model, cores: cpus().length, kernel, load_average: loadavg()[0], niceness };
}

const machine = describeMachine();
const started = new Date();
console.log(`${machine.model}, ${machine.cores} cores, Linux ${machine.kernel}, load average ${machine.load_average.toFixed(1)}`);
console.log("VP8 at 30 frames/s and Opus: 306 packets/s at 2 Mbit/s; processor time of the server a packet that a viewer received;");
console.log("delay from the publisher's send to the kernel's receipt at the viewer; a frame at once or, as a browser sends, in steps");
console.log("of 5 ms at 2.5 times the bitrate; others: what neither server nor load took of the busier core\n");
console.log(line(columns.map(([name]) => name)));
const groups = [];
for (const group of chosen) groups.push(await measureGroup(group));
const goals = judge(groups);
console.log("\ngoals");
for (const { name, value, most, unit, met, floor: bare } of goals) {
  const beside = bare === undefined ? "" : `; the floor itself: ${bare.toFixed(2)}`;
  console.log(`${met ? "reached" : "MISSED "}  ${name.padEnd(50)} ${value.toFixed(2).padStart(9)} ${unit.padEnd(3)} at most ${Number(most.toFixed(2))}${beside}`);
}
mkdirSync(join(root, "build"), { recursive: true });
writeFileSync(join(root, "build/bench.json"), `${JSON.stringify({ started, machine, groups, goals }, null, 1)}\n`);
console.log(`\n${Math.round((Date.now() - started) / 1000)} s; build/bench.json`);
process.exit(groups.some(({ rows }) => rows.some((row) => row.error)) ? 1 : 0);
