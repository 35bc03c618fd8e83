// A gateway behind a NAT. Three network namespaces: the outside with a STUN and TURN server (coturn), a gateway and clients; a
// router that hides the inside behind its one address and forwards nothing but HTTPS; the inside with a gateway of full ICE.
//
//     node tests/interop/nat.mjs [TEXT]: those whose name has it.
import { execFileSync, spawn } from "node:child_process";
import { endsWithUs, untilEnd } from "../support/ending.mjs";
import { Gateway, inside, until } from "../support/gateway.mjs";
import { report } from "../support/report.mjs";
import { Client } from "./client.mjs";

const only = process.argv[2] ?? "";
const names = Object.fromEntries(["out", "nat", "in"].map((name) => [name, `banyan-${name}-${process.pid}`]));
const [OUT, NAT, IN] = ["203.0.113.1", "203.0.113.9", "192.168.77.2"];
const SECRET = "only-for-this-test";
const RED = [200, 60, 60];

const run = (command, ...args) => execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
const run_in = (name, ...command) => run(...inside(names[name], ...command));
const nft = (text) => {
  const [command, ...args] = inside(names.nat, "nft", "-f", "-");
  execFileSync(command, args, { input: text });
};

function link(a, ifa, addressA, b, ifb, addressB) {
  run("ip", "link", "add", ifa, "netns", names[a], "type", "veth", "peer", "name", ifb, "netns", names[b]);
  for (const [name, device, address] of [[a, ifa, addressA], [b, ifb, addressB]]) {
    run_in(name, "ip", "address", "add", `${address}/24`, "dev", device);
    run_in(name, "ip", "link", "set", device, "up");
  }
}

// What comes from outside unasked is dropped without a word, as routers of homes do.
const rules = (port, more = "") => `flush ruleset
table ip router {
  chain before { type nat hook prerouting priority dstnat; iifname "o1" tcp dport ${port} dnat to ${IN}; }
  chain after { type nat hook postrouting priority srcnat; oifname "o1" masquerade; }
  chain input { type filter hook input priority filter; iifname "o1" meta l4proto udp drop; }
  chain forward { type filter hook forward priority filter; ${more} }
}
`;

function build() {
  for (const name of Object.values(names)) {
    run("ip", "netns", "add", name);
    untilEnd(() => run("ip", "netns", "del", name));
    run(...inside(name, "ip", "link", "set", "lo", "up"));
  }
  link("out", "o0", OUT, "nat", "o1", NAT);
  link("nat", "i1", "192.168.77.1", "in", "i0", IN);
  run_in("nat", "sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
  run_in("in", "ip", "route", "add", "default", "via", "192.168.77.1");
}

function startTurn() {
  const options = ["-n", "--no-cli", "--no-tls", "--no-dtls", "--use-auth-secret", `--static-auth-secret=${SECRET}`];
  const places = [`--listening-ip=${OUT}`, `--relay-ip=${OUT}`, "--realm=test", "--log-file=stdout", "--simple-log", "--pidfile=/dev/null"];
  const [command, ...args] = inside(names.out, "turnserver", ...options, ...places);
  const child = endsWithUs(spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] }));
  child.log = "";
  for (const output of [child.stdout, child.stderr]) output.on("data", (data) => (child.log += data));
  return child;
}

build();
const turn = startTurn();
const outer = await Gateway.start({ netns: names.out, address: OUT, shards: 1 });
const full = `media: {ice: full, stun: "stun:${OUT}", turn: "turn:${OUT}?transport=udp"}\nturn: {secret: "${SECRET}"}\n`;
const inner = await Gateway.start({ netns: names.in, address: NAT, shards: 1, options: full });
nft(rules(inner.https));

const links = async () => JSON.parse(await inner.ctl("--json", "links")).links;

async function begin(kind, room, url, token) {
  const more = ["--room", room, "--url", url, "--token", token, "--insecure"];
  const { id } = JSON.parse(await inner.ctl(kind, "--json", ...more));
  const state = async () => (await links()).find((one) => one.id === id);
  try {
    await until(`${kind} is up`, async () => (await state())?.state === "up", 20);
  } catch (error) {
    error.message += `\n${JSON.stringify(await state())}`;
    throw error;
  }
}

async function outside(gateway, role, room, options) {
  const [path, right] = role === "publish" ? ["whip", "publish"] : ["whep", "view"];
  const token = await gateway.token(room, right);
  const client = new Client("aiortc", role, `${gateway.url}/${path}/${room}`, token, { netns: names.out, ...options });
  await client.until("connected", 30);
  return client;
}

const paint = (tone) => ({ colour: RED.join(","), tone, codec: "VP8" });
const has = (answer, what) => {
  if (!what.test(answer)) throw new Error(`no ${what} in\n${answer}`);
};

const tests = {};
tests["it pulls from a server outside and pushes to it"] = async () => {
  await outside(outer, "publish", "a", paint(600));
  await begin("pull", "a", `${outer.url}/whep/a`, await outer.token("a", "view"));
  await begin("push", "a", `${outer.url}/whip/b?source=hall`, await outer.token("b", "publish"));
  await (await outside(outer, "watch", "b")).sees(RED, 600);
};

tests["clients outside publish and watch through the NAT, at the address STUN told"] = async () => {
  const publisher = await outside(inner, "publish", "c", paint(800));
  has(publisher.last("created").answer, new RegExp(`a=candidate:.* ${NAT} \\d+ typ srflx`));
  has(publisher.last("created").answer, /a=end-of-candidates/);
  if (/a=ice-lite/.test(publisher.last("created").answer)) throw new Error("an end with full ICE says ice-lite");
  await (await outside(inner, "watch", "c")).sees(RED, 800);
};

tests["where nothing but the TURN server can be reached by UDP, everything goes through it"] = async () => {
  nft(rules(inner.https, "udp dport 3478 accept; udp sport 3478 accept; meta l4proto udp drop;"));
  const publisher = await outside(inner, "publish", "d", paint(500));
  has(publisher.last("created").answer, new RegExp(`a=candidate:.* ${OUT} \\d+ typ relay`));
  await (await outside(inner, "watch", "d")).sees(RED, 500);
  await begin("push", "d", `${outer.url}/whip/e?source=hall`, await outer.token("e", "publish"));
  await (await outside(outer, "watch", "e")).sees(RED, 500);
};

// RFC 7675: without consent nothing is sent any more, and nothing stays behind.
tests["a client that is cut off is gone within the time of its consent"] = async () => {
  nft(rules(inner.https));
  const watcher = await outside(inner, "watch", "f");
  const before = inner.log.length;
  nft(rules(inner.https, "meta l4proto udp drop;"));
  await until("the session is ended", () => inner.log.slice(before).includes("session ended: consent"), 45);
  await watcher.kill();
};

const failed = await report(
  Object.fromEntries(
    Object.entries(tests)
      .filter(([name]) => name.includes(only))
      .map(([name, test]) => [
        name,
        async () => {
          try {
            await test();
          } catch (error) {
            error.message += `\n${inner.log.slice(-2000)}\n${turn.log.slice(-3000)}`;
            throw error;
          } finally {
            await Client.closeAll();
            for (const { id } of await links()) await inner.ctl("unlink", "--id", id);
          }
        },
      ]),
  ),
);
let bad = 0;
for (const gateway of [outer, inner]) {
  const end = await gateway.stop();
  if (end.code === 0) continue;
  bad++;
  console.log(`not ok - the gateway ends well: ${JSON.stringify(end)}\n${gateway.log.slice(-3000)}`);
}
turn.kill("SIGKILL");
process.exit(failed || bad ? 1 : 0);
