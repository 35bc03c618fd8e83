// Debian's coturn with the configuration that configs/coturn/install makes, in a directory of the test's own.
import { execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { endsWithUs, folder } from "../support/ending.mjs";
import { freePort, root, until } from "../support/gateway.mjs";

// Relay ports as in turnserver.conf are many: a test takes a few of its own.
const RELAY_PORTS = 200;

function makeCertificate(file, key, name) {
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
    "-subj", `/CN=${name}`, "-addext", `subjectAltName=IP:${name}`, "-keyout", key, "-out", file], { stdio: "ignore" });
}

function answers(address, port) {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  const question = Buffer.alloc(20);
  question.writeUInt16BE(1, 0);
  question.writeUInt32BE(0x2112a442, 4);
  return new Promise((done) => {
    const end = (value) => {
      clearTimeout(timer);
      socket.close();
      done(value);
    };
    const timer = setTimeout(() => end(false), 200);
    socket.on("message", () => end(true));
    socket.on("error", () => end(false));
    socket.send(question, port, address);
  });
}

export class Coturn {
  // `address`: where it listens; `gateway`: what it may relay to; `more`: further arguments;
  // `user`: whom it runs as; `tls`: its TLS port.
  static async start({ address, gateway, tls, user, more = [] }) {
    const coturn = new Coturn();
    coturn.address = address;
    const { dir, remove } = folder("turn");
    Object.assign(coturn, { dir, remove });
    coturn.port = await freePort();
    coturn.tls = tls ?? (await freePort());
    coturn.relay = await freePort(RELAY_PORTS);
    coturn.install(gateway);
    const at = (name) => join(coturn.dir, name);
    makeCertificate(at("certificate.pem"), at("key.pem"), address);
    if (user) execFileSync("chown", ["-R", user, coturn.dir]);
    coturn.spawn([
      ...(user ? ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--init-groups"] : []),
      "turnserver", "-c", at("etc/turnserver.conf"), "--pidfile=", `--userdb=${at("db")}`,
      `--listening-ip=${address}`, `--relay-ip=${address}`, `--listening-port=${coturn.port}`,
      `--tls-listening-port=${coturn.tls}`, `--min-port=${coturn.relay}`, `--max-port=${coturn.relay + RELAY_PORTS - 1}`,
      `--cert=${at("certificate.pem")}`, `--pkey=${at("key.pem")}`, ...more,
    ]);
    await until("coturn answers", () => coturn.child.exitCode === null && answers(address, coturn.port)).catch((error) => {
      throw new Error(`${error.message}\n${coturn.log}`);
    });
    return coturn;
  }

  install(gateway) {
    execFileSync(join(root, "configs/coturn/install"), [this.address, gateway], { env: { ...process.env, DESTDIR: this.dir } });
    this.conf = readFileSync(join(this.dir, "etc/turnserver.conf"), "utf8");
    this.secret = /^static-auth-secret=(.+)$/m.exec(this.conf)[1];
  }

  spawn([program, ...args]) {
    this.log = "";
    const child = (this.child = endsWithUs(spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] })));
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (this.log += data));
    this.gone = new Promise((done) => child.on("exit", done));
  }

  // The URL of this server for options and pages.
  url(how) {
    if (how === "tls") return `turns:${this.address}:${this.tls}?transport=tcp`;
    return `turn:${this.address}:${this.port}?transport=${how}`;
  }

  // The lines of the gateway's configuration that go with it.
  options(...ways) {
    return `turn: {urls: "${ways.map((how) => this.url(how)).join(", ")}", secret: ${this.secret}}`;
  }

  async stop() {
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 3000);
    await this.gone;
    clearTimeout(timer);
    this.remove();
  }
}
