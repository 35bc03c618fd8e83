// What people agree to: every answer is a row, and a recording hangs on all of them.
import assert from "node:assert/strict";
import { Live } from "../../support/live.mjs";
import { addPeople, change, meeting, pages, restart, rows, wish, withGateway } from "./world.mjs";

const wording = "2026-11-3";
const answers = (gateway) => rows(gateway, "SELECT party, kind, given, wording, withdrawn_at > 0 AS withdrawn FROM consent ORDER BY n");
const recording = async (page, state) =>
  (await page.told("consultation", (one) => one?.state === "connected" && (one.recording?.state ?? "off") === state)).recording;
const sensitive = (page, state) => page.told("consultation", (one) => one?.sensitive === state);

const kept = () =>
  withGateway(async (gateway) => {
    const { booth, liu } = await pages(gateway);
    await liu.do("on_duty");
    const { id, sensitive: before } = await booth.do("ask", wish());
    assert.equal(before, "none");
    assert.equal((await booth.do("consent", { reason: "sensitive", text: "no", consent: wording })).sensitive, "no");
    await liu.consultation("offered");
    await liu.do("accept", { consultation: id });
    await liu.do("ask_consent", { consultation: id, reason: "sensitive", consent: wording });
    assert.equal((await sensitive(booth, "asked")).id, id);
    await booth.do("consent", { reason: "sensitive", text: "yes", consent: wording });
    assert.equal((await sensitive(liu, "yes")).id, id);
    await booth.do("withdraw", { reason: "sensitive" });
    assert.deepEqual(answers(gateway), [
      { party: "b-demo", kind: "notice", given: 1, wording: "2026-11", withdrawn: 0 },
      { party: "b-demo", kind: "sensitive", given: 0, wording, withdrawn: 0 },
      { party: "b-demo", kind: "sensitive", given: 1, wording, withdrawn: 1 },
    ]);
    assert.throws(() => change(gateway, "UPDATE consent SET given = 1 WHERE n = 2"), /a consent is only withdrawn/);
    assert.throws(() => change(gateway, "UPDATE consent SET withdrawn_at = 0 WHERE n = 3"), /a consent is only withdrawn/);
    const noted = rows(gateway, "SELECT action, detail FROM audit WHERE detail LIKE 'sensitive%' ORDER BY n");
    assert.deepEqual(noted.map(({ action }) => action), ["consent", "consent", "withdraw"]);
    assert.equal(noted[2].detail, `sensitive b-demo ${wording} withdrawn`);
  });

const recorded = () =>
  withGateway(async (gateway) => {
    const { booth, liu, id, people } = await meeting(gateway);
    assert.equal(await booth.refused("consent", { reason: "recording", text: "yes", consent: wording }), "not-asked");
    await liu.do("ask_consent", { consultation: id, reason: "recording", consent: wording });
    assert.deepEqual((await recording(booth, "asked")).agreed, ["u-lawyer-1"]);
    await booth.do("consent", { reason: "recording", text: "yes", consent: wording });
    assert.deepEqual((await recording(liu, "running")).agreed, ["b-demo", "u-lawyer-1"]);
    const again = await Live.open(gateway, people.booth);
    assert.equal(again.state.consultation.recording.state, "running", "also when the page is loaded again");
    await booth.do("withdraw", { reason: "recording" });
    await recording(liu, "off");
    await liu.do("ask_consent", { consultation: id, reason: "recording", consent: wording });
    await booth.do("consent", { reason: "recording", text: "yes", consent: wording });
    await gateway.kill();
    await gateway.up();
    const after = await Live.open(gateway, people.booth);
    assert.equal(after.state.consultation.recording, undefined, "after a restart everybody is asked anew");
    assert.equal(answers(gateway).filter(({ kind }) => kind === "recording").length, 4);
  });

const badAnswers = () =>
  withGateway(async (gateway) => {
    await restart(gateway, () => addPeople(gateway));
    const { booth, liu, chen, id } = await meeting(gateway);
    const wrong = [
      [booth, { do: "consent", text: "yes", consent: wording }, "reason"],
      [booth, { do: "consent", reason: "notice", text: "yes", consent: wording }, "reason"],
      [booth, { do: "consent", reason: "sensitive", text: "perhaps", consent: wording }, "text"],
      [booth, { do: "consent", reason: "sensitive", text: 1, consent: wording }, "text"],
      [booth, { do: "consent", reason: "sensitive", text: "yes" }, "consent"],
      [booth, { do: "consent", reason: "sensitive", text: "yes", consent: "x".repeat(48) }, "consent"],
      [booth, { do: "withdraw", reason: "recording" }, "reason"],
      [liu, { do: "ask_consent", consultation: id, reason: "recording", consent: "ein Satz" }, "consent"],
      [liu, { do: "ask_consent", consultation: id, reason: "" }, "reason"],
    ];
    for (const [page, message, field] of wrong) {
      const { ok, error } = await page.say(message);
      assert.deepEqual([ok, error?.field], [false, field], JSON.stringify(message));
    }
    for (const verb of ["ask_consent", "consent", "withdraw"])
      assert.equal(await chen.refused(verb, { consultation: id, reason: "recording", text: "yes", consent: wording }), "not-connected");
    assert.equal(await booth.refused("ask_consent", { consultation: id, reason: "recording" }), "unknown-command");
  });

export const consents = {
  "every answer to what is asked is a row that stays": kept,
  "a recording runs only while both agree, and never by itself after a restart": recorded,
  "answers that are none are refused by the field": badAnswers,
};
