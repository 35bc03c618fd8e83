// Who cannot wait leaves a number: it is kept, answered once, and in no event.
import assert from "node:assert/strict";
import { ask, Live, signIn } from "../../support/live.mjs";
import { addPeople, pages, restart, rows, wish, withGateway } from "./world.mjs";

const phone = "13876543210";
const word = (more = {}) => ({ category: "labour", text: phone, half_day: "", key: `k-${Math.random()}`, ...more });

// "2026-11-24-am", the first the booth may offer.
const firstHalfDay = async (gateway, booth) => (await ask(gateway, "GET", "/v1/half-days", booth)).body.half_days[0];

const message = () =>
  withGateway(async (gateway) => {
    await restart(gateway, () => addPeople(gateway));
    const { booth, liu, people } = await pages(gateway);
    const desk = await Live.open(gateway, await signIn(gateway, "staff", gateway.people.hall.password));
    await booth.do("leave_word", word());
    const left = await liu.told("message", () => true);
    assert.deepEqual([left.id, left.kind, left.phone, left.due_at - left.asked_at], [1, "message", phone, 86400000]);
    await desk.told("message", ({ id }) => id === 1);
    const half_day = await firstHalfDay(gateway, people.booth);
    await booth.do("leave_word", word({ half_day }));
    assert.equal((await desk.told("message", ({ id }) => id === 2)).half_day, half_day);
    assert.equal(rows(gateway, `SELECT n FROM event WHERE body LIKE '%${phone}%'`).length, 0, "no event has the number");

    await restart(gateway);
    const again = await Live.open(gateway, people.liu);
    assert.deepEqual(again.state.messages.map(({ id, kind }) => [id, kind]), [[1, "message"], [2, "appointment"]]);
    await again.do("answer", { message: 1 });
    assert.equal(await again.refused("answer", { message: 1 }), "no-message");
    const [row] = rows(gateway, "SELECT answered_by, answered_at > 0 AS answered FROM message WHERE id = 1");
    assert.deepEqual(row, { answered_by: "u-lawyer-1", answered: 1 });
    assert.deepEqual((await Live.open(gateway, people.chen)).state.messages.map(({ id }) => id), [2]);
    const staff = await signIn(gateway, "staff", gateway.people.hall.password);
    const board = async () => (await ask(gateway, "GET", "/v1/desk", staff)).body.messages.map(({ id }) => id);
    assert.deepEqual(await board(), [2]);
    await (await Live.open(gateway, staff)).do("answer", { message: 2 });
    assert.deepEqual(await board(), []);
  });

const refusedWish = () =>
  withGateway(async (gateway) => {
    await restart(gateway, () => addPeople(gateway));
    const { booth, people } = await pages(gateway);
    const staff = await signIn(gateway, "staff", gateway.people.hall.password);
    const desk = await Live.open(gateway, staff);
    await booth.do("leave_word", word({ half_day: await firstHalfDay(gateway, people.booth) }));
    const wrong = { message: [0, 9, "1", undefined], reason: ["", undefined, 7, "x".repeat(160), "a\nb"] };
    for (const [field, values] of Object.entries(wrong))
      for (const value of values) {
        const { ok, error } = await desk.say({ do: "refuse_wish", message: 1, reason: "律师出差", [field]: value });
        assert.deepEqual([ok, error?.field], [false, field], `${field}: ${JSON.stringify(value)}`);
      }
    await desk.do("refuse_wish", { message: 1, reason: "那天律师出差" });
    await desk.told("message", ({ reason }) => reason === "那天律师出差");
    await restart(gateway);
    const again = await Live.open(gateway, staff);
    const kept = async () => (await ask(gateway, "GET", "/v1/desk", staff)).body.messages.map(({ reason, phone: number }) => [reason, number]);
    assert.deepEqual(await kept(), [["那天律师出差", phone]], "whoever calls knows what to say");
    await again.do("answer", { message: 1 });
    assert.deepEqual(await kept(), []);
    const acts = rows(gateway, "SELECT action, detail FROM audit WHERE object = 'message:1' ORDER BY n");
    assert.deepEqual(acts.map(({ action, detail }) => `${action} ${detail}`), ["leave_word left", "refuse_wish refused", "answer answered"]);
  });

const insteadOfWaiting = () =>
  withGateway(async (gateway) => {
    const { booth, liu } = await pages(gateway);
    await liu.do("on_duty");
    await booth.do("ask", wish());
    await liu.consultation("offered");
    const closed = await booth.do("leave_word", word());
    assert.deepEqual([closed.state, closed.end_reason], ["closed", "message"]);
    await liu.told("consultation", (data) => data === null);
    assert.deepEqual(rows(gateway, "SELECT end_reason FROM consultation"), [{ end_reason: "message" }]);
  });

const badWords = () =>
  withGateway(async (gateway) => {
    const { booth, liu } = await pages(gateway);
    const wrong = {
      category: ["", "unknown", undefined, 7],
      text: ["", "123", "call me", undefined, {}],
      half_day: ["tomorrow", "2020-01-01-am", "2026-02-31-am", 7],
    };
    for (const [field, values] of Object.entries(wrong))
      for (const value of values) {
        const { ok, error } = await booth.say({ do: "leave_word", ...word({ [field]: value }) });
        assert.deepEqual([ok, error?.field], [false, field], `${field}: ${JSON.stringify(value)}`);
      }
    for (const value of [undefined, 0, -1, "1", 9e15]) assert.equal(await liu.refused("answer", { message: value }), "no-message");
    assert.equal(await booth.refused("answer", { message: 1 }), "unknown-command");
    assert.equal(rows(gateway, "SELECT id FROM message").length, 0);
  });

const estimates = () =>
  withGateway(
    async (gateway) => {
      const { booth, liu } = await pages(gateway);
      assert.equal(booth.state.clinic.wait_offer_ms, 90000, "clinic.wait_offer_s is told");
      assert.equal((await booth.do("ask", wish())).minutes, undefined, "nobody is on duty: no number is better than a wrong one");
      await liu.do("on_duty");
      assert.equal((await booth.consultation("offered")).minutes > 0, true);
    },
    { options: "clinic: {wait_offer_s: 90}" },
  );

export const messages = {
  "a message and a wish for an appointment are kept, told and answered once": message,
  "a wish that cannot be is refused with the reason its resident is told": refusedWish,
  "a message instead of waiting ends the waiting": insteadOfWaiting,
  "a wrong message is refused by its field": badWords,
  "minutes are told while somebody is on duty": estimates,
};
