// Hostile input of every kind against a running gateway, while a session runs that must not notice.
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, localAddress } from "../interop/client.mjs";
import { Gateway, until } from "../support/gateway.mjs";
import { report } from "../support/report.mjs";
import { bend, offer } from "../conformance/offer.mjs";
import { counted, need, settled, survives } from "./harness.mjs";
import { badHeads, badPaths, badTls, everyRoute, extensions, fields, isProblem, routes } from "./http.mjs";
import { hostileFragments, hostileOffers, oddFragments, oddOffers } from "./offers.mjs";
import { exchange, request, source } from "./raw.mjs";
import {
  dtlsSamples,
  helloFlood,
  rtcpSamples,
  rtcpStorm,
  rtpSamples,
  rtpStreams,
  stunSamples,
} from "./samples.mjs";
import { badFraming, silent } from "./tcp.mjs";
import { nowhere, silence } from "./udp.mjs";
import { afterHello, badFrames, beforeHello, noHello } from "./websocket.mjs";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const gateway = await Gateway.start({ address: localAddress(), options: "limits: {media_rate: 0}" });
process.on("exit", () => gateway.child.kill("SIGKILL")); // however this ends
const at = (kind, room) => `${gateway.url}/${kind}/${room}`;
const tokens = {
  whip: await gateway.token("hostile", "publish"),
  whep: await gateway.token("hostile", "view"),
};

// Two who behave, and two of another room who do not.
const start = async (room) => {
  const publisher = new Client("aiortc", "publish", at("whip", room), await gateway.token(room, "publish"));
  await publisher.until("connected");
  const viewer = new Client("aiortc", "watch", at("whep", room), await gateway.token(room, "view"));
  await viewer.sees([200, 40, 40], 440);
  return { publisher, viewer };
};
const good = await start("quiet");
const bad = await start("loud");
const viewer = good.viewer;
const answer = good.publisher.last("created").answer;
const ufrag = /a=ice-ufrag:(\S+)/.exec(answer)[1];
const ssrc = Number(/a=ssrc:(\d+)/.exec(viewer.last("created").answer)[1]);

// What `client` sends along its own, checked path.
async function inject(client, datagrams, protect = false) {
  const before = client.events.injected?.length ?? 0;
  client.order({ do: "inject", protect, data: datagrams.map((data) => data.toString("hex")) });
  await until(
    "the datagrams are sent",
    () => (client.events.injected?.length ?? 0) > before || client.last("gone"),
    10,
  );
}

const dropsBecause = async (...reasons) => {
  let sum = 0;
  for (const reason of reasons) sum += await counted(gateway, `banyan_drops_total{reason="${reason}"`);
  return sum;
};

const forgedDtls = async (datagrams) => {
  const dropped = () => dropsBecause("dtls", "not_ours", "too_long");
  const before = await dropped();
  for (const client of [good.publisher, good.viewer]) {
    await inject(client, datagrams);
    need(!client.last("ended"), "a forged record ended the session");
  }
  const all = 2 * datagrams.length;
  await until("each is counted as dropped", async () => (await dropped()) - before >= all, 5);
};

const forgedMedia = async (datagrams) => {
  const before = await counted(gateway, 'banyan_drops_total{reason="srtp_auth"');
  for (const client of [good.publisher, good.viewer]) await inject(client, datagrams);
  const dropped = async () => (await counted(gateway, 'banyan_drops_total{reason="srtp_auth"')) - before;
  await until("what was forged is dropped", async () => (await dropped()) > datagrams.length, 5);
};

const http = (round) => ({ port: gateway.http, from: source(round) });

async function offers(round) {
  for (const [kind, direction] of [
    ["whip", "sendonly"],
    ["whep", "recvonly"],
  ]) {
    const headers = { authorization: `Bearer ${tokens[kind]}`, "content-type": "application/sdp" };
    const post = (body) => exchange(http(round), request("POST", `/${kind}/hostile`, { headers, body }));
    // A watcher's offer may be answered by a counter-offer: a session all the same.
    const end = (reply) => exchange(http(round), request("DELETE", reply.headers.location, { headers }));
    for (const [name, body] of hostileOffers(direction)) {
      const reply = await post(body);
      if (kind === "whep" && reply?.status === 406) await end(reply);
      else isProblem(reply, `${kind}: ${name}`, { field: true });
    }
    for (const [name, body] of oddOffers(direction)) {
      const reply = await post(body);
      if (![201, 406].includes(reply?.status)) isProblem(reply, `${kind}: ${name}`, { field: true });
      else await end(reply);
    }
  }
}

// What is no answer to a counter-offer leaves it as it was.
async function answers(round) {
  const headers = { authorization: `Bearer ${tokens.whep}`, "content-type": "application/sdp" };
  const nothing = "v=0\r\no=- 7 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
  const opened = await exchange(http(round), request("POST", "/whep/hostile", { headers, body: nothing }));
  need(opened?.status === 406, `no counter-offer: ${opened?.status}`);
  const { location } = opened.headers;
  const patch = (body) => exchange(http(round), request("PATCH", location, { headers, body }));
  const all = [...hostileOffers("recvonly"), ...oddOffers("recvonly"), ["the offer itself", opened.body]];
  for (const [name, body] of all) isProblem(await patch(body), `answer: ${name}`, { field: true });
  const end = await exchange(http(round), request("DELETE", location, { headers }));
  need(end?.status === 200, `DELETE: ${end?.status}`);
}

async function fragments(round) {
  const headers = { authorization: `Bearer ${tokens.whip}`, "content-type": "application/sdp" };
  const opened = await exchange(http(round), request("POST", "/whip/hostile", { headers, body: offer() }));
  need(opened?.status === 201, `no session to trickle to: ${opened?.status}`);
  const { location, etag } = opened.headers;
  const patch = (body) =>
    exchange(
      http(round),
      request("PATCH", location, {
        headers: { ...headers, "content-type": "application/trickle-ice-sdpfrag", "if-match": etag },
        body,
      }),
    );
  for (const body of hostileFragments)
    isProblem(await patch(body), `fragment ${body.slice(0, 40)}`, { field: true });
  for (const body of oddFragments) {
    const reply = await patch(body);
    if (reply?.status !== 204) isProblem(reply, `fragment ${body.slice(0, 40)}`, { field: true });
  }
  const end = await exchange(http(round), request("DELETE", location, { headers }));
  need(end?.status === 200, `DELETE: ${end?.status}`);
}

async function watcherExtensions(round) {
  const headers = { authorization: `Bearer ${tokens.whep}`, "content-type": "application/sdp" };
  const body = offer({ direction: "recvonly" });
  const opened = await exchange(http(round), request("POST", "/whep/hostile", { headers, body }));
  need(opened?.status === 201, `no session: ${opened?.status}`);
  await extensions(http(round), opened.headers.location, tokens.whep);
  const end = await exchange(http(round), request("DELETE", opened.headers.location, { headers }));
  need(end?.status === 200, `DELETE: ${end?.status}`);
}

// Everybody's token or cookie.
async function signIn(path, body) {
  const headers = { "content-type": "application/json", "x-banyan": "1" };
  const reply = await exchange(http(249), request("POST", path, { headers, body: JSON.stringify(body) }));
  need(reply?.status === 201, `${path}: ${reply?.status} ${reply?.body}`);
  return { token: JSON.parse(reply.body).token, cookie: reply.headers["set-cookie"]?.split(";")[0] };
}
const { booth_code: code, link, lawyers, hall } = gateway.people;
const person = ({ name, password }) => signIn("/v1/sessions", { name, password });
const people = {
  booth: await signIn("/v1/booths/enrol", { code }),
  member: await signIn(`/v1/links/${link}/session`, {}),
  lawyer: await person(lawyers[0]),
  hall: await person(hall),
};

// An offer's candidates are where an attacker wants datagrams to go: an ICE-lite server sends none there.
async function reflectsNothing(round) {
  const target = createSocket("udp4");
  await new Promise((done) => target.bind(0, nowhere, done));
  let got = 0;
  target.on("message", (data) => (got += data.length));
  const { port } = target.address();
  const line = `a=candidate:1 1 udp 99 ${nowhere} ${port} typ host\r\n`;
  const headers = { authorization: `Bearer ${tokens.whip}`, "content-type": "application/sdp" };
  const body = bend(offer(), "a=rtcp-mux\r\n", `a=rtcp-mux\r\n${line}`);
  const reply = await exchange(http(round), request("POST", "/whip/hostile", { headers, body }));
  need(reply?.status === 201, `the offer is answered with ${reply?.status}`);
  await new Promise((go) => setTimeout(go, 300)); // time enough for a first check
  await exchange(http(round), request("DELETE", reply.headers.location, { headers }));
  target.close();
  need(got === 0, `${got} bytes went to a candidate`);
}

// More publishers than a room has room for: whoever is too many hears so at once, and when to come again.
async function fullRoom() {
  const headers = { authorization: `Bearer ${await gateway.token("full", "publish")}`, "content-type": "application/sdp" };
  const post = () => exchange(http(0), request("POST", "/whip/full", { headers, body: offer() }));
  const end = ({ headers: { location } }) => exchange(http(0), request("DELETE", location, { headers }));
  const inside = [];
  for (let at = 0; at < 64; at++) inside.push(await post());
  need(inside.every((reply) => reply?.status === 201), `64 publishers: ${inside.map((reply) => reply?.status)}`);
  const refused = await post();
  need(refused?.status === 503 && JSON.parse(refused.body).field === "room", `the 65th publisher: ${refused?.status} ${refused?.body}`);
  need(Number(refused.headers["retry-after"]) > 0, "nobody says when to come again");
  await end(inside.pop());
  const next = await until("there is room again", async () => {
    const reply = await post();
    return reply?.status === 201 && reply;
  }, 5);
  for (const reply of [...inside, next]) await end(reply);
}

// The race for the handshake: strangers shout ClientHellos and alerts while a lawful client connects.
async function race() {
  let shouting = true;
  const shout = (async () => {
    while (shouting) await silence(gateway, [...helloFlood(100), ...dtlsSamples()], { sockets: 8 });
  })();
  const client = new Client("aiortc", "publish", at("whip", "race"), await gateway.token("race", "publish"));
  try {
    await client.until("connected");
  } finally {
    shouting = false;
    await shout;
    await client.close();
  }
}

await settled(gateway);
const stays = (attack, rounds) => () => survives(gateway, viewer, attack, rounds);
const tests = {
  "STUN from strangers is met with silence": stays(() => silence(gateway, stunSamples(ufrag))),
  "DTLS from strangers is met with silence": stays(() => silence(gateway, dtlsSamples())),
  "a flood of ClientHellos from many addresses is met with silence": stays(() =>
    silence(gateway, helloFlood(600), { sockets: 60 }),
  ),
  "a client connects while strangers shout ClientHellos and alerts": stays(race, 3),
  "nothing is sent to the candidates of an offer": stays(reflectsNothing),
  "RTP and RTCP from strangers are met with silence": stays(() =>
    silence(gateway, [...rtpSamples(), ...rtcpSamples(ssrc)]),
  ),
  "forged DTLS on a session's own path changes nothing": stays(() =>
    forgedDtls([...dtlsSamples(), ...helloFlood(50)]),
  ),
  "forged SRTP and SRTCP on a session's own path change nothing": stays(() =>
    forgedMedia(
      [...rtpSamples(), ...rtcpSamples(ssrc), ...rtpStreams(300)].filter((data) => data.length < 1500),
    ),
  ),
  "an authenticated publisher's malformed and endless streams hurt nobody": stays(() =>
    inject(
      bad.publisher,
      [...rtpSamples(), ...rtcpSamples(), ...rtpStreams(300)].filter((data) => data.length < 1400),
      true,
    ),
  ),
  "an authenticated viewer's malformed RTCP and storms hurt nobody": stays(() =>
    inject(
      bad.viewer,
      [...rtcpSamples(ssrc), ...rtcpStorm(ssrc, 300)].filter((data) => data.length < 1400),
      true,
    ),
  ),
  "hostile offers are refused with the field that is wrong": stays(offers),
  "a publisher too many is refused before he is let in": fullRoom,
  "hostile fragments are refused": stays(fragments),
  "hostile answers to a counter-offer are refused": stays(answers),
  "hostile wishes for events and layers are refused": stays(watcherExtensions),
  "every field in a wrong type is refused by name": stays((round) => fields(gateway, round)),
  "every route refuses what it does not want": stays((round) => everyRoute(gateway, round, tokens)),
  "hostile paths find nothing": stays((round) => badPaths(gateway, round, tokens)),
  "malformed requests are refused": stays((round) => badHeads(gateway, round)),
  "garbage instead of TLS is let go": stays((round) => badTls(gateway, round)),
  "a WebSocket's nonsense before hello is an error, not an end": stays((round) =>
    beforeHello(gateway, source(round)),
  ),
  ...Object.fromEntries(
    Object.entries(people).map(([role, who]) => [
      `a WebSocket of role ${role} cannot do what is not its own`,
      stays((round) => afterHello(gateway, source(round), role, who)),
    ]),
  ),
  "malformed WebSocket frames end their connection": stays((round) => badFrames(gateway, source(round))),
  "a WebSocket that says no hello is closed after five seconds": () => noHello(gateway),
  "ICE-TCP that is no ICE is met with silence": stays(() => badFraming(gateway, ufrag)),
  "silent ICE-TCP connections are few and short": stays(() => silent(gateway), 1),
  "the routes above are all there are": () => {
    const table = readFileSync(join(here, "../../signaling/api/routes.c"), "utf8");
    const known = [...table.matchAll(/\{HTTP_(\w+), "([^"]+)"/g)].filter(([, method]) => method !== "OPTIONS");
    for (const [, method, path] of known) {
      const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`);
      need(
        routes.some((route) => route[0] === method && pattern.test(route[1])),
        `${method} ${path} is not tried`,
      );
    }
  },
  "the two who behaved saw nothing of all this": async () => {
    await viewer.sees([200, 40, 40], 440);
    need(!good.publisher.last("ended") && !viewer.last("ended"), "a session ended");
    need(gateway.log.length < 1 << 20, `the log grew to ${gateway.log.length} bytes`);
  },
};
const only = process.argv[2] ?? "";
const failed = await report(Object.fromEntries(Object.entries(tests).filter(([name]) => name.includes(only))));
await Client.closeAll();
const end = await gateway.stop();
if (end.code !== 0)
  console.log(`not ok - the gateway ends well: ${JSON.stringify(end)}\n${gateway.log.slice(-3000)}`);
process.exit(failed || end.code !== 0 ? 1 : 0);
