// node tests/interop/links.mjs [TEXT]: those whose name has it.
//
// Links between servers: a gateway pulls from another one's WHEP and pushes to another one's WHIP. The others are a second
// gateway of ours, one with full ICE, an aiortc server, and Debian's Janus behind a small adapter.
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { Gateway, freePort, until } from "../support/gateway.mjs";
import { report } from "../support/report.mjs";
import { Client, localAddress } from "./client.mjs";
import { JanusServer } from "./janus_server.mjs";

const address = localAddress();
const here = await Gateway.start({ address, shards: 1 });
const there = await Gateway.start({ address, shards: 1 });
const nat = await Gateway.start({ address, shards: 1, options: "media: {ice: full}" });
const only = process.argv[2] ?? "";
let rooms = 0;

const RED = [200, 60, 60];
const paint = (tone) => ({ colour: RED.join(","), tone, codec: "VP8" });
const links = async (gateway) => JSON.parse(await gateway.ctl("--json", "links")).links;
const link = async (gateway, id) => (await links(gateway)).find((one) => one.id === id);

async function begin(gateway, kind, room, url, token, ...more) {
  const about = token ? ["--token", token] : [];
  const text = await gateway.ctl(kind, "--json", "--room", room, "--url", url, "--insecure", ...about, ...more);
  return JSON.parse(text).id;
}

async function untilUp(gateway, id, seconds = 20) {
  try {
    await until(`link ${id} is up`, async () => (await link(gateway, id))?.state === "up", seconds);
  } catch (error) {
    error.message += `\n${JSON.stringify(await link(gateway, id))}\n${gateway.log.slice(-2000)}`;
    throw error;
  }
}

async function publisher(gateway, room, tone) {
  const client = new Client("aiortc", "publish", `${gateway.url}/whip/${room}`, await gateway.token(room, "publish"), paint(tone));
  await client.until("connected");
  return client;
}

async function watcher(gateway, room) {
  const client = new Client("aiortc", "watch", `${gateway.url}/whep/${room}`, await gateway.token(room, "view"), { codec: "VP8" });
  await client.until("connected");
  return client;
}

const tests = {};
for (const [name, other] of [["a second gateway", there], ["a gateway with full ICE", nat]]) {
  tests[`a pull from ${name} shows its room here`] = async () => {
    const room = `pulled-${++rooms}`;
    await publisher(other, room, 600);
    const id = await begin(here, "pull", room, `${other.url}/whep/${room}`, await other.token(room, "view"));
    await untilUp(here, id);
    await (await watcher(here, room)).sees(RED, 600);
  };
  tests[`a push to ${name} shows our room there`] = async () => {
    const room = `pushed-${++rooms}`;
    await publisher(here, room, 800);
    const id = await begin(here, "push", room, `${other.url}/whip/${room}?source=hall`, await other.token(room, "publish"));
    await untilUp(here, id);
    await (await watcher(other, room)).sees(RED, 800);
  };
}

const BLUE = [60, 60, 200];

async function aiortc(port) {
  const server = new Client("aiortc", "serve", `http://${address}:${port ?? (await freePort())}`, "open-sesame");
  await server.until("serving");
  return server;
}

tests["a pull from aiortc, which sends us on by a 307, shows its picture here; ended, aiortc is told"] = async () => {
  const room = `pulled-${++rooms}`;
  const server = await aiortc();
  const id = await begin(here, "pull", room, `${server.url}/moved/whep`, "open-sesame");
  await untilUp(here, id);
  await (await watcher(here, room)).sees(BLUE, 700);
  await here.ctl("unlink", "--id", id);
  await server.until("deleted", 5);
};

tests["a push to aiortc shows our room there; it waits for somebody who publishes"] = async () => {
  const room = `pushed-${++rooms}`;
  const server = await aiortc();
  const id = await begin(here, "push", room, `${server.url}/whip`, "open-sesame");
  await until("it says what it waits for", async () => (await link(here, id)).error === "nobody publishes in the room");
  await publisher(here, room, 900);
  await untilUp(here, id);
  await server.sees(RED, 900);
};

// Janus's DTLS is active for what it gets and passive for what it gives: here both roles are played.
for (const [name, nat] of [
  ["an ICE-lite end", `ice_lite = true, ice_enforce_list = "${address}"`],
  ["an end with full ICE", `ice_enforce_list = "${address}"`],
])
  tests[`a push to Janus, ${name}, and a pull from it`] = async () => {
    const [from, to] = [`pushed-${++rooms}`, `pulled-${++rooms}`];
    const janus = await JanusServer.start(nat);
    try {
      await publisher(here, from, 500);
      await untilUp(here, await begin(here, "push", from, `${janus.url}/whip`));
      const id = await begin(here, "pull", to, `${janus.url}/whep`);
      await untilUp(here, id);
      await (await watcher(here, to)).sees(RED, 500);
      await here.ctl("unlink", "--id", id);
      await until("Janus is told", () => janus.deleted === 1);
    } catch (error) {
      error.message += `\n${janus.log}`;
      throw error;
    } finally {
      for (const { id } of await links(here)) await here.ctl("unlink", "--id", id);
      await janus.stop();
    }
  };

tests["a pull goes on when the other server was away and comes back"] = async () => {
  const room = `pulled-${++rooms}`;
  const port = await freePort();
  const id = await begin(here, "pull", room, `http://${address}:${port}/whep`, "open-sesame");
  await until("it tries again", async () => (await link(here, id)).attempts >= 2);
  const before = await aiortc(port);
  await untilUp(here, id);
  const eyes = await watcher(here, room);
  await eyes.sees(BLUE, 700);
  await before.close(); // says close_notify
  await until("it waits again", async () => (await link(here, id)).state !== "up");
  await aiortc(port);
  await untilUp(here, id);
  await eyes.sees(BLUE, 700);
};

tests["a refusal is told, and tried again"] = async () => {
  const room = `pulled-${++rooms}`;
  const server = await aiortc();
  const id = await begin(here, "pull", room, `${server.url}/whep`, "wrong");
  await until("the refusal is told", async () => (await link(here, id)).error === "the other server answers 401");
  await until("it tries again", async () => (await link(here, id)).attempts >= 2);
};

// A WHEP server that would have everything its own way.
async function stubborn() {
  const seen = { asked: 0, deleted: 0 };
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === "DELETE") seen.deleted++;
    else seen.asked++;
    const offer = { "content-type": "application/sdp", location: "/sessions/1" };
    request.on("end", () => response.writeHead(request.method === "DELETE" ? 200 : 406, offer).end("v=0\r\n"));
  });
  const port = await freePort();
  await new Promise((go) => server.listen(port, address, go));
  return { seen, url: `http://${address}:${port}/whep`, close: () => server.close() };
}

tests["a counter-offer (406) is refused for good: the same offer is not made again"] = async () => {
  const room = `pulled-${++rooms}`;
  const server = await stubborn();
  const id = await begin(here, "pull", room, server.url);
  await until("it is refused", async () => (await link(here, id)).state === "refused");
  await until("the other server is told", () => server.seen.deleted === 1);
  if (!(await link(here, id)).error.includes("406")) throw new Error(JSON.stringify(await link(here, id)));
  await new Promise((go) => setTimeout(go, 2500)); // by then it would have tried again
  if (server.seen.asked !== 1) throw new Error(`asked ${server.seen.asked} times`);
  await here.ctl("unlink", "--id", id);
  if (await link(here, id)) throw new Error("it is still there");
  server.close();
};

tests["a link survives a killed gateway, and an ended one does not come back"] = async () => {
  const room = `pulled-${++rooms}`;
  const kept = () => readFileSync(join(here.dir, "var/links.json"), "utf8");
  await publisher(there, room, 600);
  const id = await begin(here, "pull", room, `${there.url}/whep/${room}`, await there.token(room, "view"), "--source", "camera");
  const ended = await begin(here, "pull", room, `http://${address}:${await freePort()}/whep`);
  await here.ctl("unlink", "--id", ended);
  await until("both are known on disk", () => kept().includes(id) && !kept().includes(ended));
  if (statSync(join(here.dir, "var/links.json")).mode & 0o77) throw new Error("others can read its token");
  await here.kill();
  await here.up();
  await untilUp(here, id);
  const all = await links(here);
  if (all.length !== 1 || all[0].source !== "camera") throw new Error(JSON.stringify(all));
  await (await watcher(here, room)).sees(RED, 600);
};

tests["a certificate nobody vouches for is refused unless --insecure"] = async () => {
  const room = `pulled-${++rooms}`;
  const token = await there.token(room, "view");
  const { id } = JSON.parse(
    await here.ctl("pull", "--json", "--room", room, "--url", `${there.url}/whep/${room}`, "--token", token),
  );
  await until("the refusal is told", async () => /peer certificate|SSL/i.test((await link(here, id)).error ?? ""));
};

tests["what cannot be a link is refused with its reason"] = async () => {
  const refused = async (args, reason) => {
    const answer = await here.ctl(...args).catch((error) => String(error.stderr));
    if (!answer.includes(reason)) throw new Error(`${args.join(" ")}: ${answer}`);
  };
  const url = "https://other.example/whep/a";
  await refused(["pull", "--room", "a"], "--room and --url are needed");
  await refused(["pull", "--room", "a/b", "--url", url], "a room's name is");
  await refused(["push", "--room", "c-secret", "--url", url], "a consultation stays on this gateway");
  for (const bad of ["file:///etc/passwd", "gopher://a/", "https://u:p@a/", "//a/whep", "https://", "a", "https://a/#x"])
    await refused(["pull", "--room", "a", "--url", bad], "url is an http or https address");
  await refused(["pull", "--room", "a", "--url", url, "--token", "a\r\nx: y"], "a token is at most");
  await refused(["pull", "--room", "a", "--url", url, "--source", "attic"], "source is camera");
  await refused(["unlink", "--id", "nothing"], "there is no link with this --id");
  await begin(here, "pull", "twice", url);
  await refused(["pull", "--room", "twice", "--url", url], "this link is there already");
};

tests["only the system's administrator may make links"] = async () => {
  const url = `http://127.0.0.1:${here.http}/v1/rooms/a/pulls`;
  const headers = { "content-type": "application/json", "x-banyan": "1" };
  const body = JSON.stringify({ url: "https://other.example/whep/a" });
  const nobody = await fetch(url, { method: "POST", headers, body });
  if (nobody.status !== 401) throw new Error(`nobody: ${nobody.status}`);
  const { name, password } = here.people.lawyers[0];
  const signIn = await fetch(`${here.url}/v1/sessions`, { method: "POST", headers, body: JSON.stringify({ name, password }) });
  const cookie = signIn.headers.get("set-cookie").split(";")[0];
  const lawyer = await fetch(`${here.url}/v1/rooms/a/pulls`, { method: "POST", headers: { ...headers, cookie }, body });
  if (lawyer.status !== 403) throw new Error(`a lawyer: ${lawyer.status}`);
};

const failed = await report(
  Object.fromEntries(
    Object.entries(tests).filter(([name]) => name.includes(only)).map(([name, test]) => [
      name,
      async () => {
        try {
          await test();
        } finally {
          await Client.closeAll();
          for (const { id } of await links(here)) await here.ctl("unlink", "--id", id);
        }
      },
    ]),
  ),
);
let bad = 0;
for (const gateway of [here, there, nat]) {
  const end = await gateway.stop();
  if (end.code === 0) continue;
  bad++;
  console.log(`not ok - the gateway ends well: ${JSON.stringify(end)}\n${gateway.log.slice(-3000)}`);
}
process.exit(failed || bad ? 1 : 0);
