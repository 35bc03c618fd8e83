// An address of this machine for tests that cannot use 127.0.0.1.
import { networkInterfaces } from "node:os";
import { asRoot } from "./root.mjs";

// Firefox pairs with no 127 address, and coturn relays to none: one of the documentation range on the loopback interface will do.
export function localAddress() {
  const address = "198.18.0.1";
  // "replace": another test may be adding it just now.
  if (!networkInterfaces().lo?.some((at) => at.address === address)) asRoot(["ip", "addr", "replace", `${address}/32`, "dev", "lo"]);
  return address;
}
