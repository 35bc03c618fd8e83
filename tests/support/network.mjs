// A network of a browser's own: a namespace with one cable to this machine, and whatever firewall the test puts there.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder, untilEnd } from "./ending.mjs";

const ip = (...args) => execFileSync("ip", args, { stdio: ["ignore", "pipe", "pipe"] });
let made = 0;

// Eight addresses of 10.211.0.0/16 for each network of each test process.
function block() {
  const at = (((process.pid % 2048) * 4 + (made++ % 4)) * 8) & 0xffff;
  return (n) => `10.211.${at >> 8}.${(at & 255) + n}`;
}

export class Network {
  // `addresses`: how many this machine has on the cable (at most five).
  static create({ addresses = 1 } = {}) {
    const network = new Network();
    const address = block();
    network.name = `banyan${process.pid}-${made}`;
    network.cable = `b${process.pid}-${made}`;
    network.here = Array.from({ length: addresses }, (_, i) => address(i + 1));
    network.there = address(6);
    ip("netns", "add", network.name);
    network.remove = untilEnd(() => ip("netns", "del", network.name)); // the cable goes with it
    ip("link", "add", network.cable, "type", "veth", "peer", "name", "eth0", "netns", network.name);
    const inside = (...args) => ip("-n", network.name, ...args);
    // No IPv6: an address that is good only after a second of asking around is a change of the network to every browser there is.
    ip("link", "set", network.cable, "addrgenmode", "none");
    inside("link", "set", "eth0", "addrgenmode", "none");
    for (const one of network.here) ip("addr", "add", `${one}/29`, "dev", network.cable);
    ip("link", "set", network.cable, "up");
    inside("addr", "add", `${network.there}/29`, "dev", "eth0");
    inside("link", "set", "lo", "up");
    inside("link", "set", "eth0", "up");
    inside("route", "add", "default", "via", network.here[0]);
    network.dir = folder("network").dir;
    return network;
  }

  // Of what goes out only this may ("tcp dport 443"), each a match of nftables.
  allowOnly(...matches) {
    const rules = ["oif lo", ...matches].map((match) => `    ${match} accept`).join("\n");
    const text = `flush ruleset\ntable inet wall {\n  chain out {\n    type filter hook output priority 0; policy drop;\n${rules}\n  }\n}\n`;
    execFileSync("ip", ["netns", "exec", this.name, "nft", "-f", "-"], { input: text });
  }

  // A program that runs another one in this network.
  program(path) {
    const file = join(this.dir, "run");
    writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${this.name} ${path} "$@"\n`, { mode: 0o755 });
    return file;
  }
}
