// Recordings side by side.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clockAt, fileAt, lanesOf, lengthOf, spansOf, type Recorded } from "../core/timeline";

const file = (n: number, participant: string, began_at: number, duration_ms: number): Recorded => ({
    n, participant, began_at, duration_ms, recording: `r-${n}`, part: 1, role: "resident", name: "", video: true,
});

test("files that follow each other are one lane, a face and a screen at once are two", () => {
    const lanes = lanesOf([file(0, "b", 1000, 9000), file(1, "l", 1200, 60000), file(2, "b", 10500, 5000), file(3, "l", 5000, 8000)]);
    assert.deepEqual(lanes.map((lane) => [lane.participant, lane.files.map(({ n }) => n)]), [["b", [0, 2]], ["l", [1]], ["l", [3]]]);
});

test("what was not recorded takes no time, a short gap stays", () => {
    const files = [file(0, "b", 1000, 9000), file(1, "b", 11000, 1000), file(2, "b", 600000, 5000), file(3, "l", 600500, 2000)];
    const spans = spansOf(files);
    assert.deepEqual(spans, [{ from: 1000, to: 12000 }, { from: 600000, to: 605000 }]);
    assert.equal(lengthOf(spans), 16000);
    assert.deepEqual([0, 10999, 11000, 15999, 99999].map((at) => clockAt(spans, at)), [1000, 11999, 600000, 604999, 605000]);
    assert.equal(clockAt([], 5), 0);
});

test("at each moment at most one file of a lane plays", () => {
    const [lane] = lanesOf([file(0, "b", 1000, 9000), file(1, "b", 9500, 1000)]);
    assert.ok(lane);
    assert.deepEqual([0, 1000, 9400, 9600, 10400, 10500].map((at) => fileAt(lane, at)?.n ?? null), [null, 0, 0, 1, 1, null]);
});
