// What a test takes from this machine (processes, folders, disks, networks, rules of the firewall) goes back however the
// test ends: in order, by an error that nobody caught, or because a signal says so.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const taken = new Set();

// Gives back at the end of this process at the latest, the last taken first; at once when the result is called.
export function untilEnd(giveBack) {
  const once = () => taken.delete(once) && giveBack();
  taken.add(once);
  return once;
}

process.on("exit", () => {
  for (const giveBack of [...taken].reverse())
    try {
      giveBack();
    } catch {
      // the others are given back all the same
    }
});
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

// A process that does not outlive this one.
export function endsWithUs(child) {
  child.once("exit", untilEnd(() => child.kill("SIGKILL")));
  return child;
}

// A folder for the time of a test: {dir, remove}.
export function folder(name) {
  const dir = mkdtempSync(join(tmpdir(), `banyan-${name}-`));
  // Who was just killed may still write into it.
  return { dir, remove: untilEnd(() => rmSync(dir, { recursive: true, force: true, maxRetries: 10 })) };
}
