// A bad network between a browser and the gateway: banyan-network, told what to be like while it works.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort, root } from "../support/gateway.mjs";

const program = join(root, process.env.BANYAN_BUILD ?? "build", "banyan-network");
const host = "127.0.0.1";

export class BadNetwork {
  // In front of a port of this machine.
  static async start(port, seed = 1) {
    const network = new BadNetwork();
    network.to = port;
    network.port = await freePort();
    network.child = spawn(program, [host, network.port, host, port, seed].map(String), { stdio: ["pipe", "pipe", "inherit"] });
    const child = network.child;
    process.once("exit", () => child.kill("SIGKILL"));
    network.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    if ((await network.lines.next()).done) throw new Error("banyan-network does not start");
    return network;
  }

  // `which`: "up" (towards the gateway), "down" or "both"; `shape`: {rate, queue, loss, ...} of tests/network/link.h.
  set(which, shape) {
    this.child.stdin.write(`${which} ${Object.entries(shape).map(([name, value]) => `${name}=${value}`).join(" ")}\n`);
  }

  // What went through since the last time: {up, down}.
  async stats() {
    this.child.stdin.write("stats\n");
    return JSON.parse((await this.lines.next()).value);
  }

  // For addInitScript: connections of that page go through here, by changing the candidates of the gateway's answers.
  get detour() {
    return [
      ({ to, port }) => {
        const Real = window.RTCPeerConnection.prototype;
        const original = Real.setRemoteDescription;
        Real.setRemoteDescription = function ({ type, sdp }) {
          const lines = sdp.split("\r\n").filter((line) => !/^a=candidate:\S+ \d+ tcp/i.test(line));
          const moved = lines.map((line) => line.replace(new RegExp(`^(a=candidate:.* )\\S+ ${to} typ`), `$1127.0.0.1 ${port} typ`));
          return original.call(this, { type, sdp: moved.join("\r\n") });
        };
      },
      { to: this.to, port: this.port },
    ];
  }

  async stop() {
    const gone = new Promise((done) => this.child.on("exit", done));
    this.child.stdin.end();
    await gone;
  }
}
