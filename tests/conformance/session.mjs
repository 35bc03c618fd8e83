// The items that need a client with media (Debian's aiortc) or half a minute's patience, run side by side.
import { Client } from "../interop/client.mjs";
import { until } from "../support/gateway.mjs";
import { offer } from "./offer.mjs";
import { need } from "./server.mjs";

const publish = async (server, { connected = true } = {}) => {
  const client = new Client("aiortc", "publish", server.endpoints.whip, server.tokens.whip);
  await client.until(connected ? "connected" : "created");
  return client;
};

const status = async (server, client) =>
  (await server.ask("GET", client.location, { token: server.tokens.whip })).status;

const gone = (server, client, seconds) =>
  until("the session is gone", async () => [404, 410].includes(await status(server, client)), seconds);

export const sessions = {
  // Media that stops is seen in tests/interop.
  "W5 DELETE: 200, close_notify to the client; again: 404": async (server) => {
    const client = await publish(server);
    const session = { kind: "whip", url: client.location };
    const first = await server.close(session);
    need(first.status === 200, `DELETE: ${first.status}`);
    await client.until("ended", 2);
    const again = await server.close(session);
    need(again.status === 404, `the second DELETE: ${again.status}`);
    await client.close();
  },

  "W6 a client that says close_notify, or is silent for 30 s, has no session any more": async (server) => {
    const [leaves, dies] = await Promise.all([publish(server), publish(server)]);
    await dies.kill();
    await leaves.close();
    await gone(server, leaves, 3);
    need((await status(server, dies)) < 300, "consent is over before its time");
    await gone(server, dies, 45);
  },

  "W28 HTTPS, unguessable addresses, unfinished sessions freed, a flood told to wait": async (server) => {
    need(server.endpoints.whip.startsWith("https:"), "not HTTPS");
    const unfinished = await Promise.all([1, 2, 3, 4].map(() => server.open("whip")));
    const names = unfinished.map(({ url }) => url.split("/").pop());
    need(new Set(names).size === 4, "an address was given twice");
    // 122 bits are 21 letters of base 64, 31 of base 16.
    for (const name of names) need(name.length >= (/^[\da-f-]+$/i.test(name) ? 31 : 21), `too short: ${name}`);
    const alike = [...names[0]].filter((letter, at) => names.every((name) => name[at] === letter));
    need(alike.length < names[0].length / 2, "the addresses are alike");
    await Promise.all(unfinished.map((session) => gone(server, { location: session.url }, 45)));
    await flood(server);
  },
};

// Offers until the server says wait; whatever it took is given back.
async function flood(server) {
  const all = [];
  for (let round = 0; round < 40 && !all.some(({ status: code }) => [429, 503].includes(code)); round++) {
    const sdp = offer();
    all.push(...(await Promise.all(Array.from({ length: 50 }, () => server.post("whip", sdp)))));
  }
  const waits = all.filter(({ status: code }) => [429, 503].includes(code));
  need(waits.length, `${all.length} offers at once, and never a 429 or 503`);
  for (const reply of waits) need(reply.headers.get("retry-after"), `${reply.status} without Retry-After`);
  for (const reply of all.filter(({ status: code }) => code === 201)) {
    const url = new URL(reply.headers.get("location"), server.endpoints.whip).href;
    await until(
      "a session of the flood can be deleted",
      async () => (await server.close({ kind: "whip", url })).status !== 429,
      10,
    );
  }
}
