// A call whose way through the network changes: ICE restarts by PATCH, in the same sessions, and both go on seeing and
// hearing each other.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { localAddress } from "../interop/client.mjs";
import { until } from "../support/gateway.mjs";
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

// What the connections of the page run on: the pairs in use, and how often DTLS was set up.
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
        port: pair && stats.get(pair.localCandidateId).port,
        protocol: pair && stats.get(pair.localCandidateId).protocol,
        certificate: report.remoteCertificateId,
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
    assert.equal(way.certificate, before[i].certificate);
  }
  assert.deepEqual([...new Set(requests)], ["PATCH 200"], "neither a new session nor a refusal");
}

// The browser says that the network is another one.
export async function networkChanges() {
  const clinic = await Clinic.open({ watch: keepConnections });
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

const TABLE = "banyan_test_way";
const nft = (text) => execFileSync("nft", ["-f", "-"], { input: text });

// Nothing passes any more between the gateway's media ports and the ports the booth uses, and no TCP at all.
function closeWays({ media }, ports) {
  nft(`table inet ${TABLE} {
  chain in {
    type filter hook input priority 0; policy accept;
    udp sport { ${ports} } udp dport ${media}-${media + 1} drop
    udp dport { ${ports} } udp sport ${media}-${media + 1} drop
    tcp dport ${media}-${media + 1} drop
  }
}
`);
}

// Nobody says anything: the old way is just dead, as behind a router that was started again.
export async function wayIsLost() {
  const clinic = await Clinic.open({ watch: keepConnections, address: localAddress() });
  try {
    await clinic.meet();
    await clinic.faceToFace();
    const before = await clinic.booth.evaluate(ways);
    assert.deepEqual(before.map(({ protocol }) => protocol), ["udp", "udp"]);
    const requests = mediaRequests(clinic.booth);
    closeWays(clinic.gateway, before.map(({ port }) => port).join(", "));
    await hasMoved(clinic, before, requests, 25);
    await clinic.faceToFace();
    assert.deepEqual(clinic.booth.faults, []);
  } finally {
    try {
      nft(`delete table inet ${TABLE}\n`);
    } catch {
      // the test ended before there was one
    }
    await clinic.close();
  }
}
