// What the booth says aloud: everything it asks for can be said in both languages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FallingEstimate, minuteSteps } from "../core/estimate";
import type { Consultation } from "../core/types";
import { en } from "../words/en";
import { Readback } from "../pages/booth/readback";
import { aheadPrompt, minutesPrompt, prompts } from "../words/prompts";
import { zhCN } from "../words/zh-CN";

// Pages look at these while they are loaded.
Object.assign(globalThis, {
    window: globalThis,
    location: { pathname: "/booth", search: "", origin: "https://localhost" },
    localStorage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
});

const chinese = prompts(zhCN);

test("every prompt has words in both languages", () => {
    const english = prompts(en);
    assert.deepEqual([...english.keys()], [...chinese.keys()]);
    for (const [name, text] of chinese) assert.match(text, /[\u4e00-\u9fff]/, name);
    for (const [name, text] of english) assert.match(text, /^[^\u4e00-\u9fff]+$/, name);
});

test("numbers are said as people say them", () => {
    assert.equal(chinese.get("ahead-2"), "前面还有两位。");
    assert.equal(chinese.get("minutes-12"), "大约十二分钟。");
    assert.equal(chinese.get("minutes-30"), "大约三十分钟。");
});

test("any number of people and of minutes can be said", () => {
    for (let n = 0; n < 300; n++) assert.ok(chinese.has(aheadPrompt(n)), `${n} people`);
    for (const minutes of [...minuteSteps, Infinity]) assert.ok(chinese.has(minutesPrompt(minutes)), `${minutes} minutes`);
});

const booth = { id: "b", name: "", centre: "" };
const clinic = { centre: { name: "", phone: "" }, duty_lawyers: [{ id: "l", name: "刘敏", law_firm: "", free: false }], waiting: 3 };
const one = { id: "c-1", booth: { id: "b-1", name: "一号" }, state: "waiting", position: 3, minutes: 18, lawyer: { id: "l", name: "刘敏", law_firm: "" } } as unknown as Consultation;
const closed = { ...one, state: "closed", end_reason: "lost" } as Consultation;

/** A screen, the state that leads to it, and the prompts that must be heard there. */
const screens: [string, object, RegExp][] = [
    ["consent", { step: "consent" }, /^consentTitle consent-1 consent-2 consent-3 consent-4 consent-5 consentChoose$/],
    ["declined", { step: "declined" }, /declined/],
    ["category", { step: "category" }, /category/],
    ["not in the queue", { step: "category", askFailed: true }, /askFailed/],
    ["the number of an appointment", { step: "category", numbering: true }, /^number$/],
    ["danger", { step: "danger" }, /danger/],
    ["waiting", { consultation: one }, /^ahead-2 minutes-20$/],
    ["nobody on duty", { consultation: { ...one, minutes: undefined } }, /nobody/],
    ["a message or an appointment", { leaving: { category: "other", kind: null, halfDay: null } }, /^leave$/],
    ["which day", { leaving: { category: "other", kind: "appointment", halfDay: null } }, /^leaveDay$/],
    ["which number", { leaving: { category: "other", kind: "message", halfDay: null } }, /^leavePhone$/],
    ["a number was left", { step: "thanks", left: "message" }, /^ended-message$/],
    ["offered", { consultation: { ...one, state: "offered" } }, /offered/],
    ["meeting", { consultation: { ...one, state: "connected" } }, /meeting/],
    ["reading back", { consultation: { ...one, state: "connected" }, read: { state: "readback", rev: 2, items: [{ answer: null }] } }, /^readback$/],
    ["all is right", { consultation: { ...one, state: "connected" }, read: { state: "readback", rev: 3, items: [{ answer: "right" }] } }, /^takeaway$/],
    ["lost while reading", { consultation: { ...one, state: "connected" }, away: true, read: { state: "readback", rev: 2, items: [{ answer: null }] } }, /reconnecting/],
    ["line lost", { consultation: { ...one, state: "connected" }, away: true }, /reconnecting/],
    ["lawyer's line lost", { consultation: { ...one, state: "suspended" } }, /lawyerAway/],
    ["leaving?", { consultation: { ...one, state: "connected" }, ending: true }, /^end$/],
    ["rating", { step: "rating", consultation: closed }, /rating/],
    ["thanks", { step: "thanks", consultation: closed }, /ended-lost/],
    ["thanks for a rating", { step: "thanks", consultation: closed, rated: true }, /rated/],
    ["nobody there", { step: "consent", touchedAt: -61000 }, /^idle$/],
];

test("every screen says its sentence, by prompts that there are", async () => {
    const { said } = await import("../pages/booth/aloud");
    const { noCall } = await import("../core/call");
    const call = { ...noCall, watching: "flowing", publishing: "flowing", camera: true, microphone: true };
    const flow = { estimate: new FallingEstimate(), readback: new Readback(() => null) };
    for (const [screen, state, expected] of screens) {
        const whole = { token: "t", booth, clinic, consultation: null, away: false, touchedAt: 0, rated: false, call, ...state };
        const { read = null } = state as { read?: object };
        flow.readback.store.set({ doc: read as never });
        const now = said(whole as never, flow as never, 0);
        assert.match(now.prompts.join(" "), expected, screen);
        for (const name of now.prompts) assert.ok(chinese.has(name), `${screen}: ${name}`);
    }
});
