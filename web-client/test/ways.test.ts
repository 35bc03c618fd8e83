import assert from "node:assert/strict";
import { test } from "node:test";
import { bestWay, measuredOf, nothingTried, qualityOf, verdictOf, type Results } from "../core/preflight";
import { isThere, onlyThis, serversOf, targetOf } from "../core/ways";

const answer = [
    "v=0",
    "a=candidate:1 1 udp 2130706431 192.0.2.7 7000 typ host",
    "a=candidate:2 1 TCP 1671430143 192.0.2.7 7000 typ host tcptype passive",
    "a=candidate:3 1 udp 2130706430 2001:db8::7 7000 typ host",
    "a=end-of-candidates",
    "",
].join("\r\n");
const servers = [{ urls: ["stun:192.0.2.9"] }, { urls: ["turn:192.0.2.9:3478?transport=udp", "turns:192.0.2.9:443?transport=tcp"], username: "u", credential: "c" }];

test("a way is tried with its own candidates and servers alone", () => {
    assert.equal(onlyThis("udp", answer).match(/candidate:/g)?.length, 2);
    assert.deepEqual(onlyThis("tcp", answer).match(/candidate:\d/g), ["candidate:2"]);
    assert.ok(onlyThis("tcp", answer).endsWith("a=end-of-candidates\r\n"));
    assert.deepEqual(serversOf("udp", servers), { iceServers: [] });
    const turns = serversOf("turns", servers);
    assert.equal(turns.iceTransportPolicy, "relay");
    assert.deepEqual(turns.iceServers, [{ urls: ["turns:192.0.2.9:443?transport=tcp"], username: "u", credential: "c" }]);
    assert.deepEqual([isThere("turn", []), isThere("turns", servers), isThere("tcp", [])], [false, true, true]);
});

test("a closed way names what has to be opened", () => {
    assert.equal(targetOf("udp", answer, servers), "192.0.2.7:7000");
    assert.equal(targetOf("turns", answer, servers), "192.0.2.9:443");
    assert.equal(targetOf("udp", "", servers), "");
    assert.equal(targetOf("udp", "a=candidate:3 1 udp 1 2001:db8::7 7000 typ host", servers), "[2001:db8::7]:7000");
});

test("round trip and loss are those of both directions", () => {
    const measured = measuredOf([
        { type: "candidate-pair", state: "succeeded", currentRoundTripTime: 0.0234 },
        { type: "candidate-pair", state: "failed", currentRoundTripTime: 9 },
        { type: "inbound-rtp", packetsReceived: 95, packetsLost: 5 },
        { type: "inbound-rtp", packetsReceived: 100, packetsLost: -2 },
    ]);
    assert.equal(measured.rtt, 23);
    assert.ok(Math.abs(measured.lost - 5 / 198) < 0.001, String(measured.lost));
    assert.deepEqual(measuredOf([]), { rtt: 0, lost: 0 });
    assert.equal(measuredOf([{ type: "outbound-rtp", packetsSent: 200 }, { type: "remote-inbound-rtp", packetsLost: 20 }]).lost, 0.1);
});

test("what it comes to is the best way's, and a missing camera is said", () => {
    const ways: Results = { ...nothingTried.ways, udp: { state: "closed", target: "", measured: null }, turn: { state: "open", target: "", measured: { rtt: 900, lost: 0 } } };
    const devices = { stream: {} as MediaStream, camera: true, microphone: true, trouble: null };
    assert.equal(bestWay(ways), "turn");
    assert.deepEqual([qualityOf({ rtt: 20, lost: 0 }), qualityOf({ rtt: 20, lost: 0.05 }), qualityOf({ rtt: 20, lost: 0.2 })], ["good", "fair", "poor"]);
    assert.equal(verdictOf(devices, { ways, echo: null, done: false }), "trying");
    assert.equal(verdictOf(devices, { ways, echo: null, done: true }), "slow");
    const tcp: Results = { ...ways, tcp: { state: "open", target: "", measured: { rtt: 20, lost: 0 } } };
    assert.equal(verdictOf(devices, { ways: tcp, echo: null, done: true }), "works");
    assert.equal(verdictOf({ ...devices, camera: false, trouble: "busy" }, { ways: tcp, echo: null, done: true }), "noDevice");
    assert.equal(verdictOf(devices, { ...nothingTried, done: true }), "noWay");
});
