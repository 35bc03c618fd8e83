// Lectures and consultations over bad networks, in real browsers: a table, and build/network.json.
//
//     node tests/network/run.mjs [--only lecture|consultation] [NAME...]
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/gateway.mjs";
import { measure, misses } from "./measure.mjs";
import * as places from "./places.mjs";
import { scenarios } from "./scenarios.mjs";

const columns = [
  ["fps", 5, 1], ["height", 6], ["freezes", 7], ["hiccups", 7], ["longest_ms", 10], ["concealed", 9, 1], ["kbps", 6], ["used", 5], ["queue_ms", 8],
  ["rtt_ms", 6], ["nacks", 5], ["repaired", 8], ["plis", 4], ["keyframes", 9], ["continues_ms", 12], ["back_ms", 7],
];

const cell = (value, width, digits = 0) =>
  (value === undefined ? "" : value === null ? "never" : value.toFixed(digits)).padStart(width);
const row = (name, cells, rest = "") => console.log(`${name.padEnd(31)} ${cells.join(" ")}  ${rest}`);

const args = process.argv.slice(2);
const only = args[0] === "--only" ? args.splice(0, 2)[1] : null;
const wanted = Object.entries(scenarios).filter(([name]) => !args.length || args.some((part) => name.includes(part)));
const results = [];

for (const [placeName, open] of Object.entries(places)) {
  if (only && only !== placeName) continue;
  const place = await open();
  console.log(`\n${placeName}`);
  row("", columns.map(([name, width]) => name.padStart(width)));
  try {
    for (const [name, scenario] of wanted) {
      const { worst, all } = await measure(place, scenario);
      const missed = misses(worst, scenario.goal);
      results.push({ place: placeName, scenario: name, ...worst, viewers: all, missed });
      row(name, columns.map(([column, width, digits]) => cell(worst[column], width, digits)), missed.length ? `MISSED: ${missed.join("; ")}` : "");
    }
  } finally {
    await place.close();
  }
}

mkdirSync(join(root, "build"), { recursive: true });
writeFileSync(join(root, "build/network.json"), JSON.stringify({ at: new Date().toISOString(), results }, null, 1));
const missed = results.filter((one) => one.missed.length).length;
console.log(`\n${results.length} measured, ${missed} missed a goal; all figures in build/network.json`);
