// The record of a consultation: written, read back, sealed, printed; and who may not.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask, Live, signIn } from "../../support/live.mjs";
import { change, meeting, restart, rows, withGateway } from "./world.mjs";

const csrf = { "x-banyan": "1" };
const at = (id, rest = "record") => `/v1/consultations/${id}/${rest}`;
const read = (gateway, who, id) => ask(gateway, "GET", at(id), who);
const put = (gateway, who, id, rev, fields) => ask(gateway, "PUT", at(id), { ...who, headers: csrf, json: { rev, fields } });
const post = (gateway, who, path, json) => ask(gateway, "POST", path, { ...who, headers: csrf, json });
const slug = (reply) => reply.body.type?.replace("/problems/", "");

const whole = {
  identity: "refused",
  category: "labour",
  facts: "老板姓王，欠了三个月工资，有微信记录。",
  claim: "要回工资",
  advice: "先去人社局投诉，再申请仲裁。",
  limitation_told: "yes",
  risk_told: "yes",
  legal_aid_told: "yes",
  next_steps: "带身份证和微信记录去人社局。",
  confirmation: "absent",
};

async function saved(gateway, who, id, rev, fields) {
  const reply = await put(gateway, who, id, rev, fields);
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  assert.equal(reply.body.rev, rev + 1);
  return reply.body;
}

const draftToSeal = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu, id } = await meeting(gateway);
    const begun = (await read(gateway, people.liu, id)).body;
    assert.deepEqual([begun.rev, begun.state, begun.fields], [0, "drafting", { category: "family", language: "zh-CN" }]);
    assert.ok(begun.form.fields.length > 30 && begun.form.points.includes("children"));
    assert.equal(begun.known.lawyer, "刘志远");

    const fields = { ...whole, limitation_kind: "labour", limitation_from: "2026-01-31" };
    const first = await saved(gateway, people.liu, id, 0, fields);
    assert.deepEqual([first.fields.facts, first.known.limitation_deadline], [whole.facts, "2027-01-31"]);
    assert.equal((await put(gateway, people.liu, id, 1, fields)).body.rev, 1, "the same again is no revision");
    const old = await put(gateway, people.liu, id, 0, { facts: "an older page" });
    assert.deepEqual([old.status, slug(old), old.body.newest.rev, old.body.newest.fields.facts], [409, "record-changed", 1, whole.facts]);
    await liu.told("record", ({ rev, consultation }) => rev === 1 && consultation === id);
    assert.equal(booth.last("record"), undefined, "drafts are not told to the booth");

    await liu.do("end", { consultation: id });
    await booth.consultation("closed");
    const { advice: _, ...lacking } = fields;
    await saved(gateway, people.liu, id, 1, lacking); // goes on after the call
    const refused = await post(gateway, people.liu, at(id, "record/seal"), { rev: 2 });
    assert.deepEqual([refused.status, slug(refused), refused.body.field], [422, "field-missing", "advice"]);
    await saved(gateway, people.liu, id, 2, fields);
    const sealed = await post(gateway, people.liu, at(id, "record/seal"), { rev: 3 });
    assert.deepEqual([sealed.status, sealed.body.state, sealed.body.rev], [200, "sealed", 4]);
    assert.match(sealed.body.known.number, /^\d{8}-001$/);
    const again = await post(gateway, people.liu, at(id, "record/seal"), { rev: 3 });
    assert.deepEqual(again.body, sealed.body, "its answer was lost");
    assert.equal(slug(await put(gateway, people.liu, id, 4, whole)), "record-sealed");
    const [{ detail }] = rows(gateway, "SELECT detail FROM audit WHERE action = 'record_seal'");
    assert.equal(detail, `sha256:${sealed.body.hash} rev 4`);
    assert.deepEqual(JSON.parse(await gateway.ctl("--json", "audit", "verify")).entries > 0, true);
  });

const sheets = () =>
  withGateway(async (gateway) => {
    const { people, id } = await meeting(gateway);
    const fields = { ...whole, identity: "given", resident_name: "买买提·吐尔逊 𬱖", contact: "=HYPERLINK(1)", facts: "<img src=x>" };
    await saved(gateway, people.liu, id, 0, fields);
    const page = await ask(gateway, "GET", at(id, "record.html"), people.liu);
    assert.match(page.headers["content-type"], /^text\/html/);
    assert.ok(page.body.includes("&lt;img src=x&gt;") && !page.body.includes("<img"));
    assert.ok(page.body.includes("草稿"));
    await post(gateway, people.liu, at(id, "record/seal"), { rev: 1 });
    const sealed = (await ask(gateway, "GET", at(id, "record.html"), people.liu)).body;
    assert.match(sealed, /已封存 · SHA-256 [0-9a-f]{64}/);
    const csv = await ask(gateway, "GET", at(id, "record.csv"), people.liu);
    assert.match(csv.headers["content-disposition"], /^attachment; filename="record-c-[A-Za-z0-9]{16}\.csv"$/);
    assert.ok(csv.body.startsWith("\ufeff\"编号\","));
    assert.ok(csv.body.includes("\"买买提·吐尔逊 𬱖\"") && csv.body.includes("\"'=HYPERLINK(1)\""));
    const noted = rows(gateway, "SELECT action FROM audit WHERE action IN ('record_print', 'record_export')");
    assert.equal(noted.length, 3);
  });

const badFields = () =>
  withGateway(async (gateway) => {
    const { people, id } = await meeting(gateway);
    const wrong = { facts: "字".repeat(4001), gender: "x", limitation_from: "2026-02-30", groups: "elder,elder", number: "1", companion: "a\nb", lawyer: "我" };
    for (const [field, value] of Object.entries(wrong)) {
      const reply = await put(gateway, people.liu, id, 0, { ...whole, [field]: value });
      assert.deepEqual([reply.status, reply.body.field], [422, field]);
    }
    for (const value of [7, null, [], {}, true]) assert.equal((await put(gateway, people.liu, id, 0, { claim: value })).body.field, "claim");
    for (const value of [undefined, null, 7, "x", []]) assert.equal((await put(gateway, people.liu, id, 0, value)).body.field, "fields");
    for (const rev of [undefined, null, -1, 0.5, "0", [], 1e99]) {
      const reply = await put(gateway, people.liu, id, rev, whole);
      assert.deepEqual([reply.status, reply.body.field], [400, "rev"]);
    }
    assert.equal((await put(gateway, people.liu, id, 7, whole)).status, 409);
    assert.equal((await ask(gateway, "PUT", at(id), { ...people.liu, json: { rev: 0, fields: whole } })).body.field, "x-banyan");
    assert.equal((await ask(gateway, "DELETE", at(id, "readback"), { ...people.liu, headers: csrf })).body.field, "rev");
    assert.deepEqual(rows(gateway, "SELECT * FROM record_rev"), [], "nothing of it was saved");
    await saved(gateway, people.liu, id, 0, { facts: "字".repeat(4000) });
  });

// A7 of the acceptance scenarios: every other role, every address, and an entry for each attempt.
const notForYou = () =>
  withGateway(async (gateway) => {
    const { people, id } = await meeting(gateway);
    await saved(gateway, people.liu, id, 0, whole);
    const { password } = gateway.people.staff;
    const others = await Promise.all(["desk", "sysadmin", "secadmin", "auditor"].map((name) => signIn(gateway, name, password)));
    const ways = [
      ["GET", "record"],
      ["PUT", "record", { rev: 1, fields: {} }],
      ["POST", "record/seal", { rev: 1 }],
      ["GET", "record.html"],
      ["GET", "record.csv"],
      ["GET", "readback"],
      ["POST", "readback", { rev: 1 }],
      ["DELETE", "readback?rev=1"],
      ["PUT", "readback/facts", { rev: 1, answer: "right" }],
    ];
    const count = () => rows(gateway, "SELECT count(*) AS n FROM audit WHERE action = 'record_refused'")[0].n;
    const tryAll = async (who, expected) => {
      for (const [method, rest, json] of ways) {
        const before = count();
        const reply = await ask(gateway, method, at(id, rest), { ...who, headers: csrf, json });
        assert.ok(expected.includes(reply.status), `${method} ${rest}: ${reply.status}`);
        assert.ok(!JSON.stringify(reply.body).includes("老板"), `${method} ${rest} says something`);
        assert.equal(count(), before + 1, `${method} ${rest} is noted`);
      }
    };
    for (const who of [...others, people.hall]) await tryAll(who, [403]);
    await tryAll(people.member, [403]);
    await tryAll(people.chen, [403, 404]); // a lawyer, but not of this one
    const [last] = rows(gateway, "SELECT actor, object FROM audit WHERE action = 'record_refused' ORDER BY n DESC LIMIT 1");
    assert.deepEqual(last, { actor: "lawyer:u-lawyer-2", object: id });
    for (const [method, rest, json] of ways) assert.equal((await ask(gateway, method, at(id, rest), { headers: csrf, json })).status, 401);
    assert.equal((await ask(gateway, "GET", "/v1/records", others[0])).status, 403);
    assert.equal((await read(gateway, people.liu, "c-0000000000000000")).status, 404);
    assert.equal((await read(gateway, people.liu, id)).body.rev, 1, "nothing has changed");
    assert.ok(JSON.parse(await gateway.ctl("--json", "audit", "verify")).entries > 60);
  });

const ownList = () =>
  withGateway(async (gateway) => {
    const { people, liu, id } = await meeting(gateway);
    const list = async (who = people.liu) => (await ask(gateway, "GET", "/v1/records", who)).body.records;
    const [{ consultation, state, ended_at: ended, category }] = await list();
    assert.deepEqual([consultation, state, ended, category], [id, "drafting", 0, "family"]);
    await liu.do("end", { consultation: id });
    assert.ok((await list())[0].ended_at > 0, "one that nobody has written yet is on the list");
    await saved(gateway, people.liu, id, 0, whole);
    await post(gateway, people.liu, at(id, "record/seal"), { rev: 1 });
    assert.equal((await list())[0].state, "sealed");
    assert.deepEqual(await list(people.chen), []);
  });

const readBack = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu, id } = await meeting(gateway);
    const fields = { ...whole, confirmation: "readback" };
    const hear = async () => (await ask(gateway, "GET", at(id, "readback"), people.booth)).body;
    const answer = (item, value, rev) =>
      ask(gateway, "PUT", at(id, `readback/${item}`), { ...people.booth, json: { rev, answer: value } });
    await saved(gateway, people.liu, id, 0, fields);
    assert.equal(slug(await answer("facts", "right", 1)), "not-reading");
    assert.equal((await post(gateway, people.liu, at(id, "readback"), { rev: 1 })).body.state, "readback");
    await booth.told("record", ({ state, rev }) => state === "readback" && rev === 2);
    assert.ok(!JSON.stringify(booth.events).includes("老板"), "events do not say what is in it");
    const heard = await hear();
    assert.deepEqual(heard.items.map(({ field }) => field), ["facts", "claim", "advice", "next_steps"]);
    assert.deepEqual([heard.items[0].text, heard.items[0].answer], [whole.facts, null]);
    assert.equal(heard.fields, undefined);

    assert.equal((await answer("facts", "right", 2)).body.rev, 3);
    assert.equal((await answer("claim", "change", 3)).body.items[1].answer, "change");
    await liu.told("record", ({ rev }) => rev === 4);
    const now = (await read(gateway, people.liu, id)).body;
    assert.deepEqual(now.answers, { facts: "right", claim: "change" });
    assert.equal(slug(await post(gateway, people.liu, at(id, "record/seal"), { rev: 4 })), "not-confirmed");
    await saved(gateway, people.liu, id, 4, { ...fields, claim: "要回三个月工资" });
    await booth.told("record", ({ rev }) => rev === 5);
    const stale = await answer("claim", "right", 4);
    assert.deepEqual([stale.status, stale.body.newest.items[1].text], [409, "要回三个月工资"]);
    for (const [item, rev] of [["claim", 5], ["advice", 6], ["next_steps", 7]]) assert.equal((await answer(item, "right", rev)).status, 200);
    for (const value of [undefined, 7, "", "yes"]) assert.equal((await answer("facts", value, 8)).body.field, "answer");
    assert.equal((await answer("category", "right", 8)).status, 404);
    assert.equal((await post(gateway, people.liu, at(id, "record/seal"), { rev: 8 })).body.state, "sealed");
    assert.equal((await hear()).state, "sealed", "what is taken away is printed from it");
    await booth.do("leave");
    await liu.consultation("closed");
    assert.equal((await ask(gateway, "GET", at(id, "readback"), people.booth)).status, 404, "the next resident hears nothing");
  });

const leftWhileReading = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu, id } = await meeting(gateway);
    await saved(gateway, people.liu, id, 0, whole);
    await post(gateway, people.liu, at(id, "readback"), { rev: 1 });
    await booth.do("leave");
    await liu.consultation("closed");
    const { state, rev } = (await read(gateway, people.liu, id)).body;
    assert.deepEqual([state, rev], ["drafting", 2]);
    assert.equal((await post(gateway, people.liu, at(id, "record/seal"), { rev: 2 })).body.state, "sealed");
  });

// Every file that a thief of the data directory gets.
function everyFile(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((one) =>
    one.isDirectory() ? everyFile(join(dir, one.name)) : one.isFile() ? [join(dir, one.name)] : [],
  );
}

const atRest = () =>
  withGateway(async (gateway) => {
    const { people, id } = await meeting(gateway);
    const marker = "marker-7f3a91";
    await saved(gateway, people.liu, id, 0, { ...whole, facts: marker });
    await saved(gateway, people.liu, id, 1, { ...whole, facts: `${marker} again` });
    const dir = join(gateway.dir, "var");
    assert.equal(statSync(join(dir, "record.key")).mode & 0o777, 0o600);
    const search = () => everyFile(dir).filter((file) => readFileSync(file).includes(marker));
    assert.deepEqual(search(), []);
    await restart(gateway);
    assert.equal((await read(gateway, people.liu, id)).body.fields.facts, `${marker} again`);
    assert.deepEqual(search(), []);
    assert.ok(!gateway.log.includes(marker));

    // A revision that somebody put in the place of another does not open.
    await saved(gateway, people.liu, id, 2, whole);
    await restart(gateway, () =>
      change(gateway, "DROP TRIGGER record_rev_keep; UPDATE record_rev SET body = (SELECT body FROM record_rev WHERE n = 1) WHERE n = 3"),
    );
    assert.equal(slug(await read(gateway, people.liu, id)), "record-damaged");
  });

const lostKey = () =>
  withGateway(async (gateway) => {
    const { people, id } = await meeting(gateway);
    await saved(gateway, people.liu, id, 0, whole);
    const shelf = join(gateway.dir, "shelf");
    mkdirSync(shelf);
    const told = JSON.parse(await gateway.ctl("--json", "backup", shelf));
    assert.match(told.record_key, /not in this backup.*record\.key/);
    assert.ok(!existsSync(join(told.backup, "record.key")));
    const file = join(gateway.dir, "var/record.key");
    const key = readFileSync(file);
    await gateway.kill();
    rmSync(file);
    await assert.rejects(gateway.up(), /records\.key_file/, "no new key in silence");
    assert.ok(!existsSync(file));
    writeFileSync(file, createHash("sha256").update("another").digest(), { mode: 0o600 });
    await gateway.up();
    assert.equal((await read(gateway, people.liu, id)).status, 503);
    await gateway.kill();
    writeFileSync(file, key, { mode: 0o600 });
    await gateway.up();
    assert.equal((await read(gateway, people.liu, id)).body.fields.facts, whole.facts);
  });

// The power goes while revisions are saved: what was answered is there.
const killedWhileSaving = () =>
  withGateway(async (gateway) => {
    const { people, id } = await meeting(gateway);
    let answered = 0;
    for (let round = 0; round < 8; round++) {
      const before = answered;
      const saving = (async () => {
        for (;;) {
          const reply = await put(gateway, people.liu, id, answered, { ...whole, facts: `revision ${answered + 1}` }).catch(() => null);
          if (reply?.status !== 200) return;
          answered = reply.body.rev;
        }
      })();
      while (answered < before + 3 + round) await new Promise((done) => setTimeout(done, 1));
      await gateway.kill();
      await saving;
      await gateway.up();
      const { rev, fields } = (await read(gateway, people.liu, id)).body;
      assert.ok(rev === answered || rev === answered + 1, `${answered} answered, ${rev} there`);
      assert.equal(fields.facts, `revision ${rev}`);
      answered = rev;
    }
    assert.deepEqual(rows(gateway, "SELECT max(n) - count(*) AS holes FROM record_rev"), [{ holes: 0 }]);
  });

const twoPages = () =>
  withGateway(async (gateway) => {
    const { people, id } = await meeting(gateway);
    const replies = await Promise.all(Array.from({ length: 12 }, (_, i) => put(gateway, people.liu, id, 0, { ...whole, facts: `page ${i}` })));
    assert.equal(replies.filter(({ status }) => status === 200).length, 1);
    const kept = replies.find(({ status }) => status === 200).body.fields.facts;
    for (const reply of replies.filter(({ status }) => status !== 200))
      assert.deepEqual([reply.status, reply.body.newest.fields.facts], [409, kept]);
  });

export const record = {
  "a record: from the draft to the seal": draftToSeal,
  "a record is printed and exported as the register wants it": sheets,
  "a record's wrong fields are refused by name": badFields,
  "a record is nobody else's, and every attempt is noted": notForYou,
  "a record is on its lawyer's list until it is sealed": ownList,
  "a record is read back item by item": readBack,
  "a record whose resident has left is a draft again": leftWhileReading,
  "a record's words are in no file": atRest,
  "a record's key is never replaced in silence": lostKey,
  "a record's answered revisions survive the power": killedWhileSaving,
  "a record written by two pages at once has one next revision": twoPages,
};
