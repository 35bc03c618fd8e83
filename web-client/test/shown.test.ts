// The one sentence about the line when the gateway sends no picture because of the network.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Consultation } from "../core/types";
import { zhCN } from "../words/zh-CN";

// Pages look at these while they are loaded.
Object.assign(globalThis, {
    window: globalThis,
    location: { pathname: "/e/abc", search: "", origin: "https://localhost" },
    localStorage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
});

const talking = { booth: { id: "b-1", name: "一号" }, id: "c-1", state: "connected", lawyer: { id: "l", name: "刘敏", law_firm: "" } } as unknown as Consultation;

test("a member at home is told why the picture is away, and only while it flows", async () => {
    const { lineOf } = await import("../pages/elder/flow");
    const state = { watching: "flowing", soundOnly: true, away: false, lecture: { state: "live" } };
    assert.equal(lineOf(state as never), "sound-only");
    assert.equal(lineOf({ ...state, soundOnly: false } as never), "fine");
    assert.equal(lineOf({ ...state, watching: "lost" } as never), "lost");
});

test("resident and lawyer are told as well; a lost line is the worse news", async () => {
    const booth = await import("../pages/booth/meeting");
    const lawyer = await import("../pages/lawyer/call");
    const { noCall } = await import("../core/call");
    const call = { ...noCall, watching: "flowing", publishing: "flowing", soundOnly: true };
    const state = { away: false, consultation: talking, call };
    for (const says of [booth.callSentence, lawyer.callSentence]) {
        assert.deepEqual(says(state as never).slice(0, 2), ["warn", zhCN.common.soundOnly]);
        assert.equal(says({ ...state, call: { ...call, watching: "lost" } } as never)[0], "lost");
        assert.notEqual(says({ ...state, call: { ...call, soundOnly: false } } as never)[1], zhCN.common.soundOnly);
    }
});
