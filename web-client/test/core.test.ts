// The parts that need no browser.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { Backoff } from "../core/backoff";
import { Climb, withBound } from "../core/climb";
import { duration, learnDate, secondsLeft, serverNow } from "../core/clock";
import { FallingEstimate, roundMinutes } from "../core/estimate";
import { levelWord, peakDb } from "../core/level";
import { withRed } from "../core/redundancy";
import { answerWith, fragmentOf } from "../core/restart";
import { Store } from "../core/store";
import { uuid } from "../core/uuid";

// Node 18 has the browser's crypto only in a module.
if (!("crypto" in globalThis)) Object.assign(globalThis, { crypto: webcrypto });

test("back-off doubles, is spread over half its length, and stops growing", () => {
    const least = new Backoff(500, 10000, () => 0);
    const most = new Backoff(500, 10000, () => 0.999999);
    assert.deepEqual([least.next(), least.next(), least.next()], [250, 500, 1000]);
    for (let i = 0; i < 40; i++) most.next();
    assert.ok(most.next() <= 10000);
    most.reset();
    assert.ok(most.next() <= 500);
});

test("the estimate for one person never rises, and another person's starts anew", () => {
    const estimate = new FallingEstimate();
    assert.equal(estimate.minutes("a", 8), 8);
    assert.equal(estimate.minutes("a", 12), 8);
    assert.equal(estimate.minutes("a", 3), 3);
    assert.equal(estimate.minutes("b", 11), 12);
});

test("minutes are said in steps, and not beyond an hour", () => {
    assert.equal(roundMinutes(1), 1);
    assert.equal(roundMinutes(31), 40);
    assert.equal(roundMinutes(61), Infinity);
});

test("a wrong clock is corrected by the gateway's, a right one is left alone", () => {
    const wrong = 1_000_000;
    learnDate("Sun, 22 Nov 2026 07:00:00 GMT", wrong);
    const off = Math.abs(serverNow(wrong) - Date.UTC(2026, 10, 22, 7, 0, 0));
    assert.ok(off <= 500);
    learnDate("nonsense", wrong);
    assert.ok(serverNow(wrong) > wrong);
    learnDate(new Date(5_000_000).toUTCString(), 5_000_300);
    assert.equal(serverNow(5_000_300), 5_000_300);
});

test("an offer's countdown never shows more than the offer lasts, nor less than nothing", () => {
    assert.equal(secondsLeft(0, 30000, 0), 30);
    assert.equal(secondsLeft(0, 30000, -60000), 30);
    assert.equal(secondsLeft(0, 30000, 29001), 1);
    assert.equal(secondsLeft(0, 30000, 99999), 0);
});

test("durations read like a clock", () => {
    assert.equal(duration(0), "0:00");
    assert.equal(duration(187000), "3:07");
    assert.equal(duration(3729000), "1:02:09");
    assert.equal(duration(-5), "0:00");
});

test("levels are words", () => {
    assert.equal(levelWord(peakDb(new Float32Array(100))), "silent");
    assert.equal(levelWord(peakDb([0.004, -0.003])), "quiet");
    assert.equal(levelWord(peakDb([0.2, -0.25])), "good");
    assert.equal(levelWord(peakDb([0.99])), "loud");
});

test("a store tells its listeners once a change and not without one", () => {
    const store = new Store({ a: 1, b: 2 });
    let told = 0;
    const end = store.listen(() => told++);
    store.set({ a: 1 });
    assert.equal(told, 0);
    store.set({ a: 3, b: 4 });
    assert.equal(told, 1);
    end();
    store.set({ a: 5 });
    assert.equal(told, 1);
    assert.deepEqual(store.get(), { a: 5, b: 4 });
});

test("keys are version 4 UUIDs and differ", () => {
    assert.match(uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(uuid(), uuid());
});

const offered = [
    "v=0", "a=group:BUNDLE v a",
    "m=video 9 UDP/TLS/RTP/SAVPF 96", "a=ice-ufrag:mine", "a=ice-pwd:0123456789012345678901", "a=mid:v",
    "a=candidate:1 1 udp 1 192.0.2.7 5000 typ host",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=ice-ufrag:mine", "a=ice-pwd:0123456789012345678901", "a=mid:a", "",
].join("\r\n");

test("a restart's fragment is of the section that carries all", () => {
    assert.deepEqual(fragmentOf(offered).split("\r\n"), [
        "a=group:BUNDLE v a", "a=ice-ufrag:mine", "a=ice-pwd:0123456789012345678901",
        "m=video 9 UDP/TLS/RTP/SAVPF 0", "a=mid:v", "a=candidate:1 1 udp 1 192.0.2.7 5000 typ host", "",
    ]);
    assert.throws(() => fragmentOf(offered.replace(/a=ice-pwd.*\r\n/g, "")));
});

test("after a restart all sections of the answer have the new credentials, and nothing else is new", () => {
    const answer = answerWith("a=ice-lite\r\na=ice-ufrag:fresh\r\na=ice-pwd:$&$1\r\nm=video 9 RTP/AVP 0\r\n", offered);
    assert.equal(answer.match(/a=ice-ufrag:fresh\r\n/g)?.length, 2);
    assert.equal(answer.match(/a=ice-pwd:\$&\$1\r\n/g)?.length, 2);
    assert.equal(answer.replace(/fresh/g, "mine").replace(/\$&\$1/g, "0123456789012345678901"), offered);
});

test("an answer says the same with RED first or last, and nothing where there is none", () => {
    const sound = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\n";
    const picture = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=rtpmap:96 VP8/90000\r\n";
    const first = withRed(sound + picture, true);
    assert.equal(first, (sound + picture).replace("111 63", "63 111"));
    assert.equal(withRed(first ?? "", false), sound + picture);
    assert.equal(withRed(sound.replace("red", "telephone-event"), true), null);
    assert.equal(withRed(picture, true), null);
});

test("an answer bounds the picture alone, and only once", () => {
    const sound = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n";
    const picture = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n";
    const data = "m=application 9 UDP/DTLS/SCTP x\r\nc=IN IP4 0.0.0.0\r\n";
    const bound = picture.replace("a=mid", "b=AS:2520\r\na=mid");
    assert.equal(withBound(sound + picture + data, 2520), sound + bound + data);
    assert.equal(withBound(sound + bound + data, 2521), sound + bound.replace("2520", "2521") + data);
    assert.equal(withBound(sound + data, 2520), null);
});

test("more is tried for while the belief rises on a short way, seldom when it does not help, and not without need", () => {
    const most = 1_800_000;
    const way = 0.05;
    const grows = (climb: Climb, seconds: number, believed: number, by: number): number[] => {
        const tried = [];
        for (let s = 0; s < seconds; s++) if (climb.look(1000 * s, { believed: believed * by ** s, most, way })) tried.push(s);
        return tried;
    };
    assert.deepEqual(grows(new Climb(), 20, 300_000, 1), [], "a belief that stays is what the network takes");
    assert.deepEqual(grows(new Climb(), 20, 1_500_000, 1.05), [], "enough");
    assert.deepEqual(grows(new Climb(), 50, 100_000, 1.02), [], "too narrow for it");
    assert.deepEqual(grows(new Climb(), 50, 310_000, 1.02), [2, 6, 14, 30, 46], "did not help");
    const climb = new Climb();
    const seen = [400_000, 420_000, 450_000, 1_100_000, 1_150_000, 1_700_000];
    const tries = seen.map((believed, s) => climb.look(1000 * s, { believed, most, way }));
    assert.deepEqual(tries, [false, false, true, false, true, false]);
    const waits = new Climb();
    waits.look(0, { believed: most, most, way: 0.03 });
    assert.deepEqual(grows(waits, 20, 400_000, 1.05), [], "packets wait on the way");
});
