// `make instructions`: how many instructions of its own a forwarded packet costs, beside the floor's for the same traffic.
// Counted by callgrind, so whatever else the machine does changes nothing. The kernel's are not in it, and OpenSSL takes
// the path of a processor without AVX-512. VIEWERS=50, SECONDS=4.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../support/gateway.mjs";
import { load } from "./load.mjs";

const run = promisify(execFile);
const viewers = Number(process.env.VIEWERS ?? 50);
const seconds = Number(process.env.SECONDS ?? 4);
const where = join(root, process.env.BANYAN_BUILD ?? "build", "callgrind");

// What is run, and the function in it that counts.
const measures = [
  ["floor", "floor_burst", ["--segments"]],
  ["forward", "forward_burst", []],
  ["forward, with transport-wide numbers", "forward_burst", ["--counted"]],
];

// A packet is what srtp_protect() was called for by one of the functions that count. Names stand in the dump where they
// come first, later there is only their number.
function packetsIn(dump) {
  const number = /fn=\((\d+)\) srtp_protect$/m.exec(dump)[1];
  const calls = dump.matchAll(new RegExp(`^cfn=\\(${number}\\).*\\n(?:c[a-z]+=.*\\n)*?calls=(\\d+)`, "gm"));
  return [...calls].reduce((sum, [, times]) => sum + Number(times), 0);
}

async function read(name, file) {
  const packets = packetsIn(readFileSync(file, "utf8"));
  const { stdout } = await run("callgrind_annotate", ["--threshold=99", file], { maxBuffer: 1 << 26 });
  const rows = [...stdout.matchAll(/^\s*([\d,]+) .*?\)?\s+(\S*?):(\S+)(?: \[(.*)\])?$/gm)].map(([, cost, , what, object]) => ({
    instructions: Number(cost.replaceAll(",", "")) / packets,
    what: what.startsWith("0x") ? `${what.replace(/^0x0*/, "0x")} of ${object?.split("/").at(-1)}` : what,
  }));
  const total = Number(/([\d,]+) .*PROGRAM TOTALS/.exec(stdout)[1].replaceAll(",", "")) / packets;
  return { name, packets, total, rows };
}

async function measure([name, counted, args], i) {
  const file = join(where, `dump.${i}`);
  const under = ["valgrind", "--tool=callgrind", `--callgrind-out-file=${file}`, `--toggle-collect=${counted}`];
  const mode = name.split(",")[0];
  await load(null, mode, [...args, "--viewers", viewers, "--seconds", seconds], null, under);
  return read(name, file);
}

function print({ name, packets, total, rows }) {
  console.log(`\n${name}: ${total.toFixed(0)} instructions a packet (${packets} packets)`);
  for (const { instructions, what } of rows.slice(0, 25)) console.log(`${instructions.toFixed(0).padStart(8)}  ${what}`);
}

rmSync(where, { recursive: true, force: true });
mkdirSync(where, { recursive: true });
const found = [];
for (const [i, what] of measures.entries()) found.push(await measure(what, i));
for (const one of found) print(one);
console.log(`\n${viewers} viewers:`);
for (const { name, total } of found) console.log(`${name.padEnd(40)}${total.toFixed(0).padStart(7)}${(total / found[0].total).toFixed(2).padStart(7)} x floor`);
writeFileSync(join(where, "instructions.json"), `${JSON.stringify({ viewers, seconds, found }, null, 1)}\n`);
