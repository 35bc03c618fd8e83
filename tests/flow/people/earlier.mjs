// What lawyers wrote before for the same resident: shown while he agrees, to his lawyer, and noted.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "../../support/live.mjs";
import { staffOf } from "./accounts.mjs";
import { change, meeting, restart, rows, wish, withGateway } from "./world.mjs";

const wording = "2026-11-4";
const phone = "13876543210";
const at = (id, rest) => `/v1/consultations/${id}/${rest}`;
const earlier = (gateway, who, id, rest = "earlier") => ask(gateway, "GET", at(id, rest), who);
const send = (gateway, who, method, path, json) => ask(gateway, method, path, { ...who, headers: { "x-banyan": "1" }, json });
const noted = (gateway, action) => rows(gateway, `SELECT actor, object, detail FROM audit WHERE action = '${action}' ORDER BY n`);

const fields = {
  identity: "given", resident_name: "王秀兰", category: "labour", facts: "老板姓王，欠了三个月工资。", claim: "要回工资", advice: "先去人社局投诉。",
  summary: "工资要得回来。先投诉，再仲裁。别拖过明年一月。", limitation_told: "yes", limitation_kind: "labour", limitation_from: "2026-01-31",
  risk_told: "yes", legal_aid_told: "yes", next_steps: "带身份证去人社局。", confirmation: "absent",
};

// A meeting with its record sealed, of somebody who left this number.
async function sealed({ gateway, booth, lawyer, who, id }) {
  await booth.do("identify", { identity: "phone", text: phone });
  const written = await send(gateway, who, "PUT", at(id, "record"), { rev: 0, fields });
  assert.equal(written.status, 200, JSON.stringify(written.body));
  assert.equal((await send(gateway, who, "POST", at(id, "record/seal"), { rev: 1 })).status, 200);
  await lawyer.do("end", { consultation: id });
  await booth.consultation("closed");
}

// The same number meets the other lawyer.
async function again({ booth, liu, chen }) {
  await liu.do("off_duty");
  await chen.do("on_duty");
  const { id } = await booth.do("ask", wish());
  await chen.consultation("offered");
  await booth.do("identify", { identity: "phone", text: phone });
  await chen.do("accept", { consultation: id });
  await chen.consultation("connected");
  return id;
}

const shown = () =>
  withGateway(async (gateway) => {
    const all = await meeting(gateway);
    const { booth, chen, people } = all;
    await sealed({ gateway, booth, lawyer: all.liu, who: people.liu, id: all.id });
    const id = await again(all);

    const before = await earlier(gateway, people.chen, id);
    assert.deepEqual([before.status, before.body.type], [403, "/problems/not-agreed"], "nobody has been asked");
    assert.equal((await booth.do("consent", { reason: "earlier", text: "yes", consent: wording })).earlier, "yes");
    await chen.told("consultation", (one) => one?.earlier === "yes");
    const [one, ...none] = (await earlier(gateway, people.chen, id)).body.earlier;
    assert.deepEqual(none, []);
    assert.deepEqual(
      [one.consultation, one.category, one.lawyer, one.sealed, one.summary, one.limitation_deadline],
      [all.id, "family", "刘志远", true, fields.summary, "2027-01-31"],
    );
    const opened = await earlier(gateway, people.chen, id, `earlier/${all.id}`);
    assert.deepEqual([opened.status, opened.body.state, opened.body.fields.facts], [200, "sealed", fields.facts]);
    assert.deepEqual(noted(gateway, "earlier_list"), [{ actor: "lawyer:u-lawyer-2", object: all.id, detail: id }]);
    assert.deepEqual(noted(gateway, "earlier_read"), [{ actor: "lawyer:u-lawyer-2", object: all.id, detail: id }]);

    // to read, not to write, and not by the door of one's own
    assert.equal((await send(gateway, people.chen, "PUT", at(all.id, "record"), { rev: 2, fields })).status, 404);
    assert.equal((await earlier(gateway, people.chen, all.id, "record")).status, 404);
    // nobody else, and nothing else
    assert.equal((await earlier(gateway, people.liu, id)).status, 403, "he is not its lawyer");
    assert.equal((await earlier(gateway, people.booth, id)).status, 403);
    assert.equal((await earlier(gateway, people.chen, id, "earlier/c-elsewhere")).status, 404);
    assert.equal((await earlier(gateway, people.chen, id, `earlier/${id}`)).status, 404, "the running one is none of them");
    assert.ok(noted(gateway, "record_refused").some(({ actor, object }) => actor === "lawyer:u-lawyer-1" && object === id));

    await booth.do("withdraw", { reason: "earlier" });
    await chen.told("consultation", (told) => told?.earlier === "no");
    assert.equal((await earlier(gateway, people.chen, id)).status, 403, "taken back");
    assert.equal((await earlier(gateway, people.chen, id, `earlier/${all.id}`)).status, 403);
    await chen.do("ask_consent", { consultation: id, reason: "earlier", consent: wording });
    await booth.do("consent", { reason: "earlier", text: "yes", consent: wording });
    assert.equal((await earlier(gateway, people.chen, id)).status, 200);
    await chen.do("end", { consultation: id });
    assert.equal((await earlier(gateway, people.chen, id)).status, 403, "it was for this talk");
  });

const staffMayNot = () =>
  withGateway(async (gateway) => {
    const all = await meeting(gateway);
    const desk = await staffOf(gateway, "desk");
    await all.booth.do("identify", { identity: "phone", text: phone });
    await all.booth.do("consent", { reason: "earlier", text: "yes", consent: wording });
    assert.equal((await earlier(gateway, desk, all.id)).status, 403);
    assert.equal((await earlier(gateway, desk, all.id, `earlier/${all.id}`)).status, 403);
    const tried = noted(gateway, "record_refused").filter(({ actor }) => actor.startsWith("staff:"));
    assert.equal(tried.length, 2, "and it is noted");
    assert.equal((await ask(gateway, "GET", at(all.id, "earlier"))).status, 401);
  });

const files = (gateway) =>
  readdirSync(join(gateway.dir, "var"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name)));

const hashed = () =>
  withGateway(async (gateway) => {
    const { booth, liu, id } = await meeting(gateway);
    await booth.do("identify", { identity: "phone", text: phone });
    const [{ hash }] = rows(gateway, "SELECT hash FROM person");
    assert.match(hash, /^[0-9a-f]{64}$/);
    assert.ok(!files(gateway).some((bytes) => bytes.includes(phone)), "the number itself is nowhere");
    await booth.do("identify", { identity: "name", text: "王秀兰" });
    assert.deepEqual(rows(gateway, "SELECT * FROM person"), [], "taken back");
    await booth.do("identify", { identity: "phone", text: phone });
    await liu.do("end", { consultation: id });
    await restart(gateway, () => change(gateway, `UPDATE consultation SET ended_at = ${Date.now() - 401 * 86400000} WHERE id = '${id}'`));
    const { classes } = JSON.parse(await gateway.ctl("purge", "--json"));
    const { count, left } = classes.find(({ class: name }) => name === "persons");
    assert.deepEqual([count, left], [1, 0]);
    assert.deepEqual(rows(gateway, "SELECT * FROM person"), []);
    assert.ok(!files(gateway).some((bytes) => bytes.includes(hash)), "nor is what was kept of it");
  });

export const earlierOnes = {
  "earlier consultations are shown to a resident's lawyer while he agrees": shown,
  "staff see nothing of earlier consultations": staffMayNot,
  "of a telephone number only a keyed hash is kept, and not for ever": hashed,
};
