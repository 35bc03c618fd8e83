// A gateway of the test's own: free ports, a directory that goes away, demo people. Used by every test that needs
// the real program.
import { execFile, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { endsWithUs, folder } from "./ending.mjs";
import { until } from "./until.mjs";

export { until };

// The repository's root; Node.js 18 knows no import.meta.dirname.
export const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
const build = resolve(root, process.env.BANYAN_BUILD ?? "build");
const run = promisify(execFile);
const START_SECONDS = 120; // one that ends before is told at once
// The certificate is self-signed; only this process's own gateways are asked.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
process.removeAllListeners("warning");

// Ports are asked for below the kernel's own range, so that nothing outgoing takes them meanwhile.
let next = 20000 + ((process.pid * 40) % 10000);

function isFree(port, host) {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(port, host, () => server.close(() => done(true)));
  });
}

export async function freePort(count = 1) {
  for (;;) {
    const first = next;
    next += count;
    let free = true;
    for (let port = first; port < first + count; port++) free &&= await isFree(port, "0.0.0.0");
    if (free) return first;
  }
}

// A command as it is run in a network namespace; without one it stays as it is.
export const inside = (netns, ...command) => (netns ? ["ip", "netns", "exec", netns, ...command] : command);

export class Gateway {
  // `netns`: the network namespace it runs in, where it listens on all addresses and is reached at `address`.
  // `address`: what candidates advertise; `lecture`: a media file to play; `media`: more of the media options ("a: 1, b: 2");
  // `people`: false for a machine on its first evening; `holidays`: a folder of its own for them; `limitations`: a file of its own;
  // `options`: more YAML lines; `pages`: where HTTPS listens, else on 127.0.0.1.
  static async start({ netns, address = "127.0.0.1", lecture = "", shards = 2, media = "", options = "", holidays, limitations, pages, people = true } = {}) {
    const gateway = new Gateway();
    gateway.netns = netns;
    gateway.pages = pages;
    gateway.host = netns ? address : "localhost";
    const listen = netns ? "0.0.0.0" : "127.0.0.1";
    const { dir, remove } = folder("test");
    Object.assign(gateway, { dir, remove });
    gateway.https = await freePort();
    gateway.http = await freePort();
    gateway.media = await freePort(shards);
    gateway.config = join(gateway.dir, "banyan.yaml");
    writeFileSync(
      gateway.config,
      `data_dir: ${gateway.dir}/var
web_dir: ${root}/build/web
holidays_dir: ${holidays ? join(gateway.dir, holidays) : `${root}/configs/holidays`}
limitations_file: ${limitations ? join(gateway.dir, limitations) : `${root}/configs/limitations.txt`}
https: {listen: "${pages ?? `${listen}:${gateway.https}`}"}
http: {listen: "127.0.0.1:${gateway.http}"}
media: {port: ${gateway.media}, address: "${address}", shards: ${shards}${media && ", "}${media}}
demo: {people: ${people}, lecture: "${lecture}"}
${options}
`,
    );
    gateway.log = "";
    await gateway.up();
    return gateway;
  }

  get url() {
    return `https://${this.pages ?? `${this.host}:${this.https}`}`;
  }

  get pid() {
    return this.child.pid;
  }

  async up() {
    const [command, ...args] = inside(this.netns, this.program("banyan"), "--config", this.config);
    this.child = endsWithUs(spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] }));
    this.child.stderr.on("data", (data) => (this.log += data));
    this.gone = new Promise((done) => this.child.on("exit", (code, signal) => done({ code, signal })));
    const ended = this.gone.then(({ code }) => {
      throw new Error(`the gateway ended with ${code}`);
    });
    ended.catch(() => {});
    await Promise.race([ended, until("the gateway answers", () => this.alive(), START_SECONDS)]).catch(async (error) => {
      await this.kill(); // it would keep its ports and its disk
      throw new Error(`${error.message}\n${this.log}`);
    });
  }

  async alive() {
    try {
      if (this.netns) return Boolean(await this.ctl("status")); // no HTTP from here into there
      return (await fetch(`http://127.0.0.1:${this.http}/healthz`)).ok;
    } catch {
      return false;
    }
  }

  get people() {
    return JSON.parse(readFileSync(join(this.dir, "var/demo.json"), "utf8"));
  }

  program(name) {
    return join(build, name);
  }

  async ctl(...args) {
    const { stdout } = await run(this.program("banyanctl"), ["--config", this.config, ...args]);
    return stdout.trim();
  }

  token(room, ...rights) {
    return this.ctl("token", "--room", room, ...rights.map((right) => `--${right}`));
  }

  // The power cut of a process: nothing can be said or saved any more.
  async kill() {
    this.child.kill("SIGKILL");
    await this.gone;
  }

  // Resident memory in KiB.
  memory() {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]);
  }

  async stop() {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGTERM");
    const end = await Promise.race([
      this.gone,
      new Promise((done) => setTimeout(() => done({ code: "no end within 30 s" }), 30000)),
    ]);
    await this.kill(); // in case it has not ended
    this.remove();
    return end;
  }
}
