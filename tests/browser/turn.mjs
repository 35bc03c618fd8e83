// A lawyer in an office whose firewall lets little out: the pages, and a TURN server that stands for the gateway.
import assert from "node:assert/strict";
import { Network } from "../support/network.mjs";
import { Coturn } from "../turn/coturn.mjs";
import { Clinic } from "./consultation.mjs";
import { fakeMedia } from "./media.mjs";
import { keepConnections } from "./probe.mjs";

// Chromium would have to know the certificate's maker; with the pages it is told to go on.
const trusting = ["--ignore-certificate-errors"];

// How each connection of the page leaves this machine: "relay/tls", "host/udp".
async function exits() {
  const found = [];
  for (const connection of window.connections) {
    if (connection.connectionState !== "connected") continue;
    const stats = await connection.getStats();
    for (const report of stats.values()) {
      if (report.type !== "transport" || !report.selectedCandidatePairId) continue;
      const local = stats.get(stats.get(report.selectedCandidatePairId).localCandidateId);
      found.push(`${local.candidateType}/${local.relayProtocol ?? local.protocol}`);
    }
  }
  return found;
}

// A lawyer in an office of his own network, and a TURN server outside. `allowed`: what the office's firewall lets out, of
// (addresses, coturn); left out: all. `tls`: the relay's port for TLS.
export async function inOffice({ allowed, tls, watch }, test) {
  const office = Network.create({ addresses: 2 });
  const [pages, relay] = office.here;
  const coturn = await Coturn.start({ address: relay, gateway: pages, tls });
  let clinic;
  try {
    if (allowed) office.allowOnly(...allowed({ pages, relay, coturn }));
    clinic = await Clinic.open({
      watch,
      media: [fakeMedia("resident"), [...fakeMedia("lawyer"), ...trusting]],
      programs: [undefined, office.program("/usr/bin/chromium")],
      gateway: { address: pages, pages: `${pages}:443`, options: coturn.options("udp", "tcp", "tls") },
    });
    await test(clinic, { office, pages });
    assert.deepEqual(clinic.lawyer.faults, []);
  } finally {
    if (clinic) await clinic.close();
    await coturn.stop();
    office.remove();
  }
}

const behindFirewall = (allowed, exit) =>
  inOffice({ allowed, tls: 443, watch: keepConnections }, async (clinic) => {
    await clinic.meet();
    await clinic.faceToFace();
    assert.deepEqual(await clinic.lawyer.evaluate(exits), [exit, exit]);
    for (const way of await clinic.booth.evaluate(exits)) assert.match(way, /host\/udp/);
  });

// The media ports are closed, a TURN server of the district is open by UDP.
export const mediaPortsClosed = () =>
  behindFirewall(({ pages, relay, coturn }) => [`ip daddr ${pages} tcp dport 443`, `ip daddr ${relay} udp dport ${coturn.port}`], "relay/udp");

// Nothing but TCP to port 443 leaves the office.
export const only443 = () => behindFirewall(() => ["tcp dport 443"], "relay/tls");
