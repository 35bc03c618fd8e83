// What only root may do to this machine (a disk, an address, a rule of the firewall): a developer has sudo for it.
import { execFileSync } from "node:child_process";

// Runs a command and gives what it says; `input` is what it reads.
export function asRoot([command, ...args], input = "") {
  const all = process.getuid() ? ["sudo", command, ...args] : [command, ...args];
  return execFileSync(all[0], all.slice(1), { input, encoding: "utf8" });
}
