// What coturn does under our configuration: it relays between people of ours and the gateway's media ports, and nobody
// gets it to speak to anything else.
//
//     node tests/turn/run.mjs [NAME...]
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { localAddress } from "../support/address.mjs";
import { untilEnd } from "../support/ending.mjs";
import { freePort, Gateway, until } from "../support/gateway.mjs";
import { Live, signIn, visit } from "../support/live.mjs";
import { report } from "../support/report.mjs";
import { Coturn } from "./coturn.mjs";
import { credentials, TCP, TurnClient } from "./client.mjs";

const here = localAddress();
const FORBIDDEN = 403;

async function withCoturn(test, options = {}) {
  const coturn = await Coturn.start({ address: here, gateway: here, ...options });
  const clients = [];
  const open = async (who) => {
    clients.push(await TurnClient.open(coturn, who));
    return clients.at(-1);
  };
  try {
    await test(coturn, open);
  } finally {
    for (const client of clients) client.close();
    await coturn.stop();
  }
}

// A UDP port that remembers what came.
async function listener(address = here) {
  const socket = createSocket("udp4");
  const heard = [];
  socket.on("message", (data) => heard.push(data.toString()));
  await new Promise((done) => socket.bind(0, address, done));
  return { heard, port: socket.address().port, close: () => socket.close() };
}

const denied = {
  4: [
    "127.0.0.1", "127.0.0.2", "127.255.255.255", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "169.254.0.1", "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1", "198.18.0.2",
    "192.0.2.1", "203.0.113.1", "8.8.8.8",
  ],
  6: [
    "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", `::ffff:${here}`, "64:ff9b::7f00:1",
    "2002:7f00:1::", "fe80::1", "fc00::1", "fd00::1", "ff02::1", "2001:db8::1", "2606:4700::1111",
  ],
};

const relaysToNothingElse = () =>
  withCoturn(async (coturn, open) => {
    for (const family of [4, 6]) {
      const client = await open(credentials(coturn.secret));
      assert.equal(await client.allocate({ family }), 0, `an IPv${family} allocation`);
      for (const address of denied[family]) {
        assert.equal(await client.permit(address), FORBIDDEN, `permission for ${address}`);
        assert.equal(await client.bind(address, 22), FORBIDDEN, `a channel to ${address}`);
      }
    }
    const client = await open(credentials(coturn.secret));
    await client.allocate();
    assert.equal(await client.permit(here), 0, "the gateway's own address is what it is for");
  }, { more: ["--relay-ip=::1"] });

const relaysToTheGateway = () =>
  withCoturn(async (coturn, open) => {
    const [gateway, loopback] = [await listener(), await listener("127.0.0.1")];
    try {
      const client = await open(credentials(coturn.secret));
      await client.allocate();
      client.send(here, gateway.port, "too early");
      await client.permit(here);
      client.send("127.0.0.1", loopback.port, "inside");
      client.send(here, gateway.port, "check");
      await until("the gateway hears it", () => gateway.heard.length);
      assert.deepEqual(gateway.heard, ["check"]);
      assert.deepEqual(loopback.heard, []);
    } finally {
      gateway.close();
      loopback.close();
    }
  });

const strangers = () =>
  withCoturn(async (coturn, open) => {
    const cases = {
      nobody: [{}, 401],
      "another secret": [credentials("north"), 401],
      "a time that is over": [credentials(coturn.secret, "test", -60), 401],
      "another password": [{ ...credentials(coturn.secret), password: "x" }, 401],
    };
    for (const [who, [credential, error]] of Object.entries(cases)) {
      const client = await open(credential);
      assert.equal(await client.allocate(), error, who);
      assert.equal(client.relayed, undefined, who);
    }
  });

const noTcpBehindIt = () =>
  withCoturn(async (coturn, open) => {
    const client = await open(credentials(coturn.secret));
    assert.notEqual(await client.allocate({ transport: TCP }), 0);
    assert.equal(await client.allocate(), 0);
    assert.notEqual(await client.connect(here, 22), 0);
  });

const onePersonsShare = () =>
  withCoturn(async (coturn, open) => {
    const allocate = async (id) => (await open(credentials(coturn.secret, id))).allocate();
    for (let n = 0; n < 5; n++) assert.equal(await allocate("one"), 0);
    assert.equal(await allocate("one"), 486, "the sixth");
    assert.equal(await allocate("two"), 0, "another's first");
  }, { more: ["--user-quota=5"] });

// The answer to a stranger is smaller than what makes it worth while to forge an address.
const amplifiesNothing = () =>
  withCoturn(async (coturn) => {
    const questions = [
      "000100002112a442" + "00".repeat(12), // Binding
      "000300082112a442" + "00".repeat(12) + "0019000411000000", // Allocate
      "000100000000000000000000000000000000000000", // RFC 3489
      "ff".repeat(40),
    ].map((hex) => Buffer.from(hex, "hex"));
    for (const question of questions) {
      const socket = createSocket("udp4");
      let bytes = 0;
      socket.on("message", (data) => (bytes += data.length));
      for (let n = 0; n < 5; n++) socket.send(question, coturn.port, here);
      await new Promise((done) => setTimeout(done, 500)); // answers of a stranger: all that may still come
      socket.close();
      assert.ok(bytes <= 5 * 3 * question.length, `${bytes} bytes for ${5 * question.length}`);
    }
  });

// turnserver.nft: of the gateway's address only its media ports are reached, whatever else listens there.
async function mediaPortsAlone() {
  const media = await freePort(2);
  const table = `banyan_test_turn_${process.pid}`;
  await withCoturn(async (coturn, open) => {
    const rules = readFileSync(join(coturn.dir, "etc/turnserver.nft"), "utf8")
      .replaceAll("banyan_turn", table)
      .replaceAll("49152-57343", `${coturn.relay}-${coturn.relay + 199}`)
      .replaceAll("8801-8864", `${media}-${media + 1}`);
    execFileSync("nft", ["-f", "-"], { input: rules });
    const reopen = untilEnd(() => execFileSync("nft", ["delete", "table", "inet", table]));
    const gateway = createSocket("udp4");
    const other = await listener();
    try {
      const heard = [];
      gateway.on("message", (data) => heard.push(data.toString()));
      await new Promise((done) => gateway.bind(media + 1, here, done));
      // One that tries another port loses its allocation (coturn gives up after the kernel's refusal).
      for (const [port, text] of [[other.port, "to the telephone"], [media + 1, "to the media port"]]) {
        const client = await open(credentials(coturn.secret));
        assert.equal(await client.allocate(), 0);
        assert.equal(await client.permit(here), 0);
        client.send(here, port, text);
      }
      await until("the media port hears it", () => heard.length);
      assert.deepEqual([heard, other.heard], [["to the media port"], []]);
    } finally {
      reopen();
      gateway.close();
      other.close();
    }
  }, { user: "turnserver" });
}

// Whoever takes part is told servers with credentials that coturn takes; which tell nobody's name.
async function credentialsOfTheGateway() {
  const coturn = await Coturn.start({ address: here, gateway: here });
  const gateway = await Gateway.start({ address: here, options: coturn.options("udp", "tcp", "tls") });
  try {
    const { hall, link } = gateway.people;
    const people = [await signIn(gateway, hall.name, hall.password), await visit(gateway, link)];
    for (const who of people) {
      const live = await Live.open(gateway, who);
      const [{ urls, username, credential: password }] = (live.state.lecture ?? live.state.lectures[0]).media.ice_servers;
      assert.deepEqual(urls, ["udp", "tcp", "tls"].map((how) => coturn.url(how)));
      assert.match(username, /^\d+:[0-9a-f]{16}$/);
      const client = await TurnClient.open(coturn, { username, password });
      assert.equal(await client.allocate(), 0);
      client.close();
      await live.close();
    }
  } finally {
    await gateway.stop();
    await coturn.stop();
  }
}

const all = {
  "TURN relays to the gateway": relaysToTheGateway,
  "TURN relays to nothing else": relaysToNothingElse,
  "TURN reaches the gateway's media ports alone": mediaPortsAlone,
  "TURN opens no TCP connections": noTcpBehindIt,
  "strangers get no allocation": strangers,
  "one person has a share of TURN": onePersonsShare,
  "TURN amplifies nothing": amplifiesNothing,
  "coturn takes the credentials that pages are told": credentialsOfTheGateway,
};
const wanted = process.argv.slice(2);
const tests = Object.entries(all).filter(([name]) => !wanted.length || wanted.some((part) => name.includes(part)));
process.exit(await report(Object.fromEntries(tests)));
