// What `make clinic` finds out, in build/clinic.json: each part under its name, with the time it was found.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/gateway.mjs";

const file = join(root, "build/clinic.json");

function before() {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {}; // the first time
  }
}

export function keep(part, what) {
  mkdirSync(join(root, "build"), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...before(), [part]: { at: new Date(), ...what } }, null, 1)}\n`);
}

export const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
