// `make instructions`: how many instructions of its own the gateway needs for a forwarded packet, beside the floor's for
// the same traffic. Counted by callgrind in the running program, so other work on the machine changes little. The kernel's
// are not in it, and OpenSSL takes the path of a processor without AVX-512 in both. VIEWERS=20, SECONDS=5.
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Gateway, root, until } from "../support/gateway.mjs";
import { load } from "./load.mjs";

const run = promisify(execFile);
const viewers = Number(process.env.VIEWERS ?? 20);
const seconds = Number(process.env.SECONDS ?? 5);
const settle = 2000;
const where = join(root, process.env.BANYAN_BUILD ?? "build", "callgrind");
const callgrind = (name, ...more) => ["valgrind", "--tool=callgrind", `--callgrind-out-file=${where}/${name}`, ...more];
const wait = (ms) => new Promise((go) => setTimeout(go, ms));

async function metric(gateway, name) {
  const text = await (await fetch(`http://127.0.0.1:${gateway.http}/metrics`)).text();
  return Number(text.split("\n").find((line) => line.startsWith(name))?.split(" ").at(-1));
}

const packetsOut = (gateway) => metric(gateway, 'banyan_packets_total{shard="0",direction="out"}');

// Only what happens in between is counted: everybody is there, nobody joins.
async function count(gateway) {
  await until("everybody watches", async () => (await metric(gateway, 'banyan_sessions{role="viewer"}')) === viewers, 60);
  await wait(settle);
  await run("callgrind_control", ["-i", "on", String(gateway.pid)]);
  const before = await packetsOut(gateway);
  await wait(seconds * 1000);
  const after = await packetsOut(gateway);
  await run("callgrind_control", ["-i", "off", String(gateway.pid)]);
  await run("callgrind_control", ["-d", String(gateway.pid)]);
  return after - before;
}

async function measureGateway() {
  const options = `limits: {media_rate: 0, per_address: ${viewers + 100}}`;
  const under = callgrind("gateway", "--instr-atstart=no");
  const gateway = await Gateway.start({ shards: 1, options, under });
  try {
    const tokens = ["--publish-token", await gateway.token("bench", "publish"), "--watch-token", await gateway.token("bench", "view")];
    const url = ["--url", `http://127.0.0.1:${gateway.http}`, "--room", "bench", ...tokens];
    const watching = load(null, "publish-watch", [...url, "--viewers", viewers, "--seconds", seconds + settle / 1000 + 4, "--server-pid", gateway.pid]);
    const packets = await count(gateway);
    await watching;
    return packets;
  } finally {
    await gateway.stop();
  }
}

async function measureFloor() {
  const under = callgrind("floor", "--toggle-collect=send_measured");
  const floor = await load(null, "floor", ["--segments", "--viewers", viewers, "--seconds", seconds], null, under);
  return floor.sent * viewers;
}

// The dump's total and its functions, the dearest first.
async function read(name, packets) {
  const file = readdirSync(where).filter((entry) => entry === name || entry.startsWith(`${name}.`)).sort().at(-1);
  const { stdout } = await run("callgrind_annotate", ["--threshold=99", join(where, file)], { maxBuffer: 1 << 26 });
  const rows = [...stdout.matchAll(/^\s*([\d,]+) .*?\)?\s+(\S*?):(\S+)(?: \[(.*)\])?$/gm)].map(([, cost, , what, object]) => ({
    instructions: Number(cost.replaceAll(",", "")) / packets,
    what: what.startsWith("0x") ? `${what.replace(/^0x0*/, "0x")} of ${object?.split("/").at(-1)}` : what,
  }));
  const total = Number(/([\d,]+) .*PROGRAM TOTALS/.exec(stdout)[1].replaceAll(",", "")) / packets;
  return { name, packets, total, rows };
}

function print({ name, packets, total, rows }) {
  console.log(`\n${name}: ${total.toFixed(0)} instructions a packet (${packets} packets)`);
  for (const { instructions, what } of rows.slice(0, 25)) console.log(`${instructions.toFixed(0).padStart(8)}  ${what}`);
}

mkdirSync(where, { recursive: true });
const floor = await read("floor", await measureFloor());
const gateway = await read("gateway", await measureGateway());
for (const found of [floor, gateway]) print(found);
console.log(`\n${viewers} viewers: ${(gateway.total / floor.total).toFixed(2)} times the floor`);
writeFileSync(join(where, "instructions.json"), `${JSON.stringify({ viewers, seconds, floor, gateway }, null, 1)}\n`);
