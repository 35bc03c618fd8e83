// An address of this machine for tests that cannot use 127.0.0.1.
import { execFileSync } from "node:child_process";
import { asRoot } from "./root.mjs";

// Firefox pairs with no 127 address, and coturn relays to none: one of the documentation range on the loopback interface will do.
export function localAddress() {
  const address = "198.18.0.1";
  const have = execFileSync("ip", ["-4", "addr", "show", "dev", "lo"], { encoding: "utf8" });
  if (!have.includes(address)) asRoot(["ip", "addr", "add", `${address}/32`, "dev", "lo"]);
  return address;
}
