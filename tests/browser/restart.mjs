// A call whose way through the network changes: ICE restarts by PATCH, in the same sessions, and both go on seeing and
// hearing each other.
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { localAddress } from "../interop/client.mjs";
import { untilEnd } from "../support/ending.mjs";
import { Gateway, until } from "../support/gateway.mjs";
import { asRoot } from "../support/root.mjs";
import { firefoxAtHome, openFirefox } from "./browsers.mjs";
import { Clinic } from "./consultation.mjs";
import { keepConnections } from "./probe.mjs";

// The requests about media of a page from now on: ["PATCH 200", ...]
function mediaRequests(page) {
  const seen = [];
  page.on("response", (response) => {
    if (/\/(media|whip|whep)\//.test(response.url())) seen.push(`${response.request().method()} ${response.status()}`);
  });
  return seen;
}

// What the connections of the page run on: the pairs in use, and with whom DTLS was set up.
async function ways() {
  const all = [];
  for (const connection of window.connections) {
    if (!connection.remoteDescription || connection.connectionState === "closed") continue;
    const stats = await connection.getStats();
    for (const report of stats.values()) {
      if (report.type !== "transport") continue;
      const pair = stats.get(report.selectedCandidatePairId);
      all.push({
        ice: connection.iceConnectionState,
        ufrag: /a=ice-ufrag:(\S+)/.exec(connection.remoteDescription.sdp)[1],
        certificate: /a=fingerprint:(.*)/.exec(connection.remoteDescription.sdp)[1],
        dtls: report.dtlsState,
        port: pair && stats.get(pair.localCandidateId).port,
        protocol: pair && stats.get(pair.localCandidateId).protocol,
      });
    }
  }
  return all;
}

const isOpen = ({ ice }) => ice === "connected" || ice === "completed";

// A restart of every session of the booth, and none of them is a new one.
async function hasMoved(clinic, before, requests, seconds) {
  let now;
  await until("every session of the booth has restarted", async () => {
    now = await clinic.booth.evaluate(ways);
    return requests.filter((one) => one === "PATCH 200").length >= before.length &&
      now.every((way, i) => isOpen(way) && way.port && way.port !== before[i].port);
  }, seconds).catch((error) => {
    throw new Error(`${error.message}; ${requests}; ${JSON.stringify({ before, now })}`);
  });
  assert.equal(now.length, before.length);
  for (const [i, way] of now.entries()) {
    assert.notEqual(way.ufrag, before[i].ufrag);
    assert.deepEqual([way.certificate, way.dtls], [before[i].certificate, "connected"]);
  }
  assert.deepEqual([...new Set(requests)], ["PATCH 200"], "neither a new session nor a refusal");
}

// The browser says that the network is another one.
export async function networkChanges(how) {
  const clinic = await Clinic.open({ watch: keepConnections, ...how });
  try {
    await clinic.meet();
    await clinic.faceToFace();
    const before = await clinic.booth.evaluate(ways);
    assert.equal(before.length, 2);
    const requests = mediaRequests(clinic.booth);
    await clinic.booth.evaluate(() => window.dispatchEvent(new Event("online")));
    await hasMoved(clinic, before, requests, 20);
    await clinic.faceToFace();
    assert.deepEqual(clinic.booth.faults, []);
  } finally {
    await clinic.close();
  }
}

// The same with a gateway that has full ICE, as behind a NAT.
export const networkChangesWithFullIce = () => networkChanges({ gateway: { address: localAddress(), options: "media: {ice: full}" } });

const TABLE = `banyan_test_way_${process.pid}`;
const nft = (text) => asRoot(["nft", "-f", "-"], text);

// Nothing passes any more between the gateway's media ports and these ports of a page, and no TCP at all, until the
// result is called.
export function closeWays({ media }, ports) {
  nft(`table inet ${TABLE} {
  chain in {
    type filter hook input priority 0; policy accept;
    udp sport { ${ports} } udp dport ${media}-${media + 1} drop
    udp dport { ${ports} } udp sport ${media}-${media + 1} drop
    tcp dport ${media}-${media + 1} drop
  }
}
`);
  return untilEnd(() => nft(`delete table inet ${TABLE}\n`));
}

// Nobody says anything: the old way is just dead, as behind a router that was started again.
export async function wayIsLost() {
  const clinic = await Clinic.open({ watch: keepConnections, gateway: { address: localAddress() } });
  let reopen = () => {};
  try {
    await clinic.meet();
    await clinic.faceToFace();
    const before = await clinic.booth.evaluate(ways);
    assert.deepEqual(before.map(({ protocol }) => protocol), ["udp", "udp"]);
    const requests = mediaRequests(clinic.booth);
    reopen = closeWays(clinic.gateway, before.map(({ port }) => port));
    await hasMoved(clinic, before, requests, 25);
    await clinic.faceToFace();
    assert.deepEqual(clinic.booth.faults, []);
  } finally {
    reopen();
    await clinic.close();
  }
}

// Watches the packets of the only connection from now on: the longest time (ms) without a new one.
function watchGap() {
  const [connection] = window.connections;
  const seen = { packets: 0, at: performance.now(), gap: 0 };
  window.gap = seen;
  const look = async () => {
    let packets = 0;
    (await connection.getStats()).forEach((one) => {
      if (one.type === "inbound-rtp") packets += one.packetsReceived ?? 0;
    });
    seen.gap = Math.max(seen.gap, performance.now() - seen.at);
    if (packets > seen.packets) Object.assign(seen, { packets, at: performance.now() });
    setTimeout(look, 50);
  };
  return look();
}

const credentials = () => window.connections.map((one) => /a=ice-ufrag:(\S+)/.exec(one.remoteDescription.sdp)[1]);

// Firefox watches the lecture while its network changes three times.
export async function firefoxGoesOn() {
  const gateway = await Gateway.start({ lecture: resolve("build/demo/lecture.webm"), address: localAddress() });
  const browser = await openFirefox();
  try {
    const page = await firefoxAtHome(browser, gateway);
    await page.evaluate(watchGap);
    for (let n = 0; n < 3; n++) {
      const [before, { packets }] = [await page.evaluate(credentials), await page.evaluate(() => window.gap)];
      await page.evaluate(() => window.dispatchEvent(new Event("online")));
      await until("Firefox has other credentials and goes on receiving", async () => {
        const [now, seen] = [await page.evaluate(credentials), await page.evaluate(() => window.gap)];
        assert.equal(now.length, 1, "a new connection");
        return now[0] !== before[0] && seen.packets > packets + 200;
      }, 20);
    }
    const { gap } = await page.evaluate(() => window.gap);
    assert.ok(gap < 2000, `for ${gap} ms nothing came`);
  } finally {
    await browser.close();
    await gateway.stop();
  }
}
