// The event streams and layers of watching sessions, beyond what any WHEP server owes: drain, one stream a session, pages.
import assert from "node:assert/strict";
import { Reader } from "../conformance/events.mjs";
import { offer } from "../conformance/offer.mjs";
import { Client, localAddress } from "../interop/client.mjs";
import { Gateway, until } from "../support/gateway.mjs";
import { ask, Live } from "../support/live.mjs";
import { report } from "../support/report.mjs";

async function withGateway(test) {
  const gateway = await Gateway.start({ address: localAddress() });
  try {
    await test(gateway);
  } finally {
    await Client.closeAll();
    await gateway.stop();
  }
}

const sdp = (kind) => ({ type: "application/sdp", text: offer({ direction: kind === "whip" ? "sendonly" : "recvonly" }) });

// A session in room "e" that sends nothing and is not connected: {url, token}.
async function session(gateway, kind = "whep", path = "e") {
  const token = await gateway.token("e", kind === "whip" ? "publish" : "view");
  const made = await ask(gateway, "POST", `/${kind}/${path}`, { ...sdp(kind), token });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return { url: made.headers.location, token };
}

async function stream(gateway, { url, token }, events) {
  const made = await ask(gateway, "POST", `${url}/events`, { json: events, token });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.headers.location;
}

const read = (gateway, at) => new Reader().open(gateway.url + at);
const ended = (reader) => until("the stream is ended", () => reader.ended);

const drains = () =>
  withGateway(async (gateway) => {
    const watching = await session(gateway);
    const token = watching.token;
    // The address as it was used, for the client to use again.
    const made = await fetch(`${gateway.url}${watching.url}/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: '["reconnect"]',
    });
    const reader = await read(gateway, made.headers.get("location"));
    const deaf = await read(gateway, await stream(gateway, await session(gateway), ["active"]));
    await gateway.ctl("drain");
    assert.deepEqual(await reader.until("reconnect"), { url: `${gateway.url}/whep/e` });
    await assert.rejects(gateway.ctl("drain", "--to", "https://other/path"));
    await assert.rejects(gateway.ctl("drain", "--to", 'https://a"b'));
    await gateway.ctl("drain", "--to", "https://other.example.org:8443");
    await until("the other gateway is told", () => reader.of("reconnect").length === 2);
    assert.deepEqual(await reader.until("reconnect"), { url: "https://other.example.org:8443/whep/e" });
    // What runs goes on.
    assert.equal((await ask(gateway, "GET", watching.url, { token })).status, 200);
    gateway.child.kill("SIGTERM");
    await ended(reader);
    await ended(deaf);
    assert.equal(reader.of("reconnect").length, 3, "the end is told as well");
    assert.deepEqual(deaf.events, []);
  });

const onePerSession = () =>
  withGateway(async (gateway) => {
    const watching = await session(gateway);
    const [first, second] = [await stream(gateway, watching, ["active"]), await stream(gateway, watching, ["active"])];
    assert.equal((await read(gateway, first)).status, 404);
    const readers = [await read(gateway, second), await read(gateway, second)];
    await ended(readers[0]); // whoever comes back takes his own place
    assert.equal(readers[1].ended, false);
    const { body: metrics } = await ask(gateway, "GET", "/metrics");
    assert.match(metrics, /^banyan_event_streams 1$/m);
    const third = await stream(gateway, watching, ["viewercount"]);
    await ended(readers[1]);
    const stranger = await gateway.token("e", "view");
    assert.equal((await ask(gateway, "POST", `${watching.url}/events`, { json: ["active"], token: stranger })).status, 403);
    assert.equal((await ask(gateway, "DELETE", third, { token: stranger })).status, 403);
    const last = await read(gateway, third);
    assert.deepEqual(await last.until("viewercount"), { viewercount: 0 });
    await last.close();
  });

// Or a proxy, or a router, would take the silence for the end.
const isKeptOpen = () =>
  withGateway(async (gateway) => {
    const reader = await read(gateway, await stream(gateway, await session(gateway), ["active"]));
    await until("a comment comes", () => reader.comments > 0, 20);
    assert.deepEqual([reader.ended, reader.events], [false, []]);
    await reader.close();
  });

const publishersHaveNone = () =>
  withGateway(async (gateway) => {
    const { url, token } = await session(gateway, "whip");
    for (const [path, json] of [
      ["events", ["active"]],
      ["layer", {}],
    ]) {
      const { status, body } = await ask(gateway, "POST", `${url}/${path}`, { json, token });
      assert.deepEqual([status, body.field], [404, "session"]);
    }
  });

// A page that has no event stream is told on its WebSocket; another member is not.
const pagesAreTold = () =>
  withGateway(async (gateway) => {
    const made = await ask(gateway, "POST", `/v1/links/${gateway.people.link}/session`, { json: {} });
    const { token, lecture } = made.body;
    const [page, hall] = await Promise.all([
      Live.open(gateway, { token }),
      ask(gateway, "POST", "/v1/sessions", { json: gateway.people.hall }).then((who) => Live.open(gateway, who)),
    ]);
    const address = (kind) => `${gateway.url}/${kind}/${lecture.room}`;
    const publisher = new Client("aiortc", "publish", address("whip"), await gateway.token(lecture.room, "publish"));
    await publisher.until("connected");
    const watcher = new Client("aiortc", "watch", address("whep"), lecture.media.token);
    await watcher.until("connected");
    const url = new URL(watcher.location).pathname;
    const reader = await read(gateway, await stream(gateway, { url, token: lecture.media.token }));
    const layers = await reader.until("layers", 15);
    assert.equal(layers["1"].filter(({ current }) => current).length, 1);
    assert.equal(layers.paused, undefined);
    const wish = (json) => ask(gateway, "POST", `${url}/layer`, { json, token: lecture.media.token });
    const shown = () => page.events.filter(({ event }) => event === "shown").map(({ data }) => data);
    const session = url.split("/").pop();
    assert.equal((await wish({ paused: true })).status, 200);
    await until("the pause is told", () => reader.of("layers").at(-1).data.paused === "client", 5);
    await until("the page is told", () => shown().length === 1);
    assert.deepEqual(shown()[0], { session, paused: "client" });
    assert.equal((await wish({})).status, 200);
    await until("the page is told again", () => shown().length === 2);
    assert.deepEqual(shown()[1], { session, paused: null });
    await until("the pause is over", () => !("paused" in reader.of("layers").at(-1).data), 5);
    assert.equal(hall.events.filter(({ event }) => event === "shown").length, 0);
    await reader.close();
  });

process.exit(
  await report({
    "drain tells viewers to connect again, here or elsewhere; what runs goes on": drains,
    "a session has one event stream, and that one reader": onePerSession,
    "a silent stream is kept open by comments": isKeptOpen,
    "a publisher's session has neither events nor layers": publishersHaveNone,
    "a pause of the picture is told to its page alone, with its reason": pagesAreTold,
  }),
);
