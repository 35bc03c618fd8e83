// Third parties, caucus and transfers, as the pages of all who meet see them.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ask, Live } from "../../support/live.mjs";
import { meeting, pages, restart, rows, wish, withGateway } from "./world.mjs";

const written = (gateway) => {
  const dir = join(gateway.dir, "var");
  const names = readdirSync(dir).filter((name) => name.startsWith("banyan.db"));
  return gateway.log + names.map((name) => readFileSync(join(dir, name), "latin1")).join("");
};

const inside = (data) => (data?.parties ?? []).filter(({ state }) => state === "inside").map(({ role }) => role);
const offer = { type: "application/sdp", text: "v=0\r\n" };

// What the gateway says to somebody who would publish in this room with this token, or watch: 404 to a stranger, 4xx about
// the offer to one of them.
async function door(gateway, { room, token }, way = "whip") {
  const { status, body } = await ask(gateway, "POST", `/${way}/${room}?source=camera`, { ...offer, token });
  return status === 404 ? "shut" : (assert.ok(status === 400 || status === 422, `${status} ${JSON.stringify(body)}`), "open");
}

async function invite(all, role = "interpreter", text = "古丽") {
  const { booth, liu, id } = all;
  await liu.do("invite", { consultation: id, role, text });
  const { parties } = await booth.told("consultation", (data) => data.parties?.some(({ state }) => state === "asked"));
  return parties.find(({ state }) => state === "asked");
}

async function link(all, role) {
  const party = await invite(all, role);
  await all.booth.do("agree", { party: party.id, answer: "yes" });
  const { links } = await all.liu.told("links", (data) => data.links.length > 0);
  assert.equal(links[0].party, party.id);
  return { party, secret: links[0].link };
}

// Somebody who has come in by a link.
export async function guest(gateway, all, role) {
  const { party, secret } = await link(all, role);
  const made = await ask(gateway, "POST", `/v1/guests/${secret}/session`, { json: {} });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const live = await Live.open(gateway, made.body);
  return { ...all, party, secret, token: made.body.token, live };
}

const invited = () =>
  withGateway(async (gateway) => {
    const all = await meeting(gateway);
    const { booth, liu, chen, id, people } = all;
    assert.equal(await chen.refused("invite", { consultation: id, role: "family", text: "x" }), "not-your-consultation");
    const asked = await invite(all);
    assert.deepEqual([asked.role, asked.name], ["interpreter", "古丽"]);
    assert.equal(await liu.refused("invite", { consultation: id, role: "family", text: "x" }), "asked-already");
    await booth.do("agree", { party: asked.id, answer: "no" });
    await liu.told("consultation", (data) => data.parties?.every(({ state }) => state === "inside"));
    assert.equal(liu.last("links"), undefined, "no yes, no link");
    const { live, party, secret, token } = await guest(gateway, all);
    assert.deepEqual(inside(await booth.told("consultation", (data) => inside(data).length === 3)), ["resident", "lawyer", "interpreter"]);
    const { consultation } = live.state;
    assert.equal(consultation.me.name, "古丽");
    assert.equal(consultation.category, undefined, "a third party is told nothing of what it is about");
    assert.equal(new Set(consultation.parties.map(({ publication }) => publication)).size, 3);
    assert.equal(await door(gateway, consultation.media), "open");
    const { status, body } = await ask(gateway, "POST", `/v1/guests/${secret}/session`, { json: {} });
    assert.deepEqual([status, body.type], [409, "/problems/link-used"], "a link is good once");
    assert.equal((await Live.open(gateway, { token })).state.consultation.id, id, "but for its device again and again");
    assert.ok(!written(gateway).includes(secret), "the link is in no file");
    const [answer] = rows(gateway, "SELECT state, answered_at, end_reason FROM third_party WHERE end_reason = 'refused'");
    assert.ok(answer.answered_at > 0, "a no is kept with its time");
    await liu.do("put_out", { consultation: id, party: party.id });
    assert.equal((await live.consultation("closed")).end_reason, "put_out");
    assert.equal(await door(gateway, consultation.media), "shut");
    const late = await Live.open(gateway, { token }, { silent: true });
    assert.equal((await late.hello(token)).ok, false);
    assert.deepEqual(inside(await booth.told("consultation", (data) => inside(data).length === 2)), ["resident", "lawyer"]);
    assert.ok(rows(gateway, "SELECT DISTINCT action FROM audit WHERE object = '" + id + "'").length >= 5);
    void people;
  });

const endsWithTheCall = () =>
  withGateway(async (gateway) => {
    const all = await guest(gateway, await meeting(gateway));
    const { secret } = await link(all);
    await all.booth.do("leave");
    assert.equal((await all.live.consultation("closed")).end_reason, "finished");
    assert.equal((await ask(gateway, "GET", `/v1/guests/${secret}`)).status, 404);
    assert.equal((await ask(gateway, "POST", `/v1/guests/${secret}/session`, { json: {} })).status, 404);
    assert.deepEqual(rows(gateway, "SELECT DISTINCT state FROM third_party"), [{ state: "closed" }]);
  });

const looked = () =>
  withGateway(async (gateway) => {
    const all = await meeting(gateway);
    const { secret } = await link(all);
    for (let i = 0; i < 3; i++) {
      const { status, body } = await ask(gateway, "GET", `/v1/guests/${secret}`);
      assert.deepEqual([status, body.me.name, body.lawyer.length > 0], [200, "古丽", true], "looking uses nothing up");
    }
    assert.equal((await ask(gateway, "POST", `/v1/guests/${secret}/session`, { json: {} })).status, 201);
    assert.equal((await ask(gateway, "GET", `/v1/guests/${secret}`)).status, 409);
    assert.equal((await ask(gateway, "GET", "/v1/guests/nobody")).status, 404);
  });

const caucus = () =>
  withGateway(async (gateway) => {
    const all = await guest(gateway, await meeting(gateway));
    const { booth, liu, live, id, party, people } = all;
    await liu.do("park", { consultation: id, party: "b-demo" });
    assert.equal((await booth.told("consultation", (data) => data.parked)).parked, "b-demo");
    await live.told("consultation", (data) => data.parked === "b-demo");
    await restart(gateway);
    const again = await Live.open(gateway, people.booth);
    assert.equal(again.state.consultation.parked, "b-demo", "a lost page comes back parked");
    const lawyer = await Live.open(gateway, people.liu);
    await lawyer.do("joint", { consultation: id });
    await again.told("consultation", (data) => !data.parked);
    await lawyer.do("park", { consultation: id, party: party.id });
    await lawyer.do("put_out", { consultation: id, party: party.id });
    await again.told("consultation", (data) => !data.parked && inside(data).length === 2);
    assert.equal(await lawyer.refused("park", { consultation: id, party: "u-9" }), "no-party");
    await lawyer.do("park", { consultation: id, party: "b-demo" });
    await lawyer.do("end", { consultation: id });
    assert.deepEqual(rows(gateway, "SELECT parked FROM consultation"), [{ parked: "" }], "never survives the end");
  });

const record = (gateway, who, id) => ask(gateway, "GET", `/v1/consultations/${id}/record`, who);

const blind = () =>
  withGateway(async (gateway) => {
    const { booth, liu, chen, id, media, people } = await meeting(gateway);
    assert.equal(await liu.refused("transfer", { consultation: id, how: "blind" }), "nobody-free");
    await chen.do("on_duty");
    await chen.told("lawyer", ({ on_duty }) => on_duty);
    const saved = await ask(gateway, "PUT", `/v1/consultations/${id}/record`, { ...people.liu, headers: { "x-banyan": "1" }, json: { rev: 0, fields: { facts: "欠租三个月" } } });
    assert.equal(saved.status, 200, JSON.stringify(saved.body));
    await liu.do("transfer", { consultation: id, how: "blind", to: people.chen.user.id });
    assert.equal((await booth.told("consultation", (data) => data.transferring)).lawyer, null);
    await liu.consultation(null);
    assert.deepEqual([await door(gateway, media.liu), await door(gateway, media.liu, "whep")], ["shut", "shut"], "it is not his any more");
    assert.equal(await door(gateway, media.booth, "whep"), "open", "parked until the next one accepts");
    assert.equal((await chen.consultation("offered")).by.id, people.liu.user.id);
    assert.equal((await record(gateway, people.chen, id)).status, 404, "not before it is accepted");
    await chen.do("accept", { consultation: id });
    assert.equal((await booth.consultation("connected")).lawyer.id, people.chen.user.id);
    assert.equal(await door(gateway, media.liu), "shut");
    const { status, body } = await record(gateway, people.chen, id);
    assert.deepEqual([status, body.fields?.facts], [200, "欠租三个月"], "the draft goes with it");
    assert.equal((await record(gateway, people.liu, id)).status, 404);
  });

// The one it was meant for declines; nobody else is there: it is the first lawyer's again, without a press.
const blindBack = () =>
  withGateway(async (gateway) => {
    const { booth, liu, chen, id, people } = await meeting(gateway);
    await chen.do("on_duty");
    await chen.told("lawyer", ({ on_duty }) => on_duty);
    await liu.do("transfer", { consultation: id, how: "blind", to: people.chen.user.id });
    await chen.consultation("offered");
    await chen.do("decline", { consultation: id, reason: "not_my_field" });
    await booth.consultation("connected");
    assert.equal((await liu.consultation("connected")).lawyer.id, people.liu.user.id);
  });

const passed = () =>
  withGateway(async (gateway) => {
    const { booth, liu, chen, people } = await pages(gateway);
    await liu.do("on_duty");
    const { id } = await booth.do("ask", wish());
    await liu.consultation("offered");
    assert.equal(await liu.refused("transfer", { consultation: id, how: "blind", to: people.chen.user.id }), "nobody-free");
    await chen.do("on_duty");
    await chen.told("lawyer", ({ on_duty }) => on_duty);
    await liu.do("transfer", { consultation: id, how: "blind", to: people.chen.user.id });
    await liu.consultation(null);
    await chen.consultation("offered");
  });

const attended = () =>
  withGateway(async (gateway) => {
    const { booth, liu, chen, id, media, people } = await meeting(gateway);
    await chen.do("on_duty");
    await chen.told("lawyer", ({ on_duty }) => on_duty);
    await liu.do("transfer", { consultation: id, how: "attended", to: people.chen.user.id });
    const asked = await chen.consultation("offered");
    assert.deepEqual([asked.by.id, asked.media], [people.liu.user.id, undefined]);
    await chen.do("accept", { consultation: id });
    const joined = await chen.consultation("connected");
    assert.equal(await door(gateway, joined.media), "open");
    assert.deepEqual(inside(await booth.told("consultation", (data) => inside(data).length === 3)), ["resident", "lawyer", "colleague"]);
    assert.equal(await chen.refused("end", { consultation: id }), "not-your-consultation");
    assert.equal((await record(gateway, people.chen, id)).status, 404, "it is not his record yet");
    await liu.do("part", { consultation: id });
    await chen.consultation(null);
    assert.equal(await door(gateway, joined.media), "shut");
    await liu.do("transfer", { consultation: id, how: "attended", to: people.chen.user.id });
    await chen.consultation("offered");
    await chen.do("accept", { consultation: id });
    await liu.do("hand_over", { consultation: id });
    await liu.consultation(null);
    assert.equal((await booth.told("consultation", (data) => data.lawyer?.id === people.chen.user.id)).state, "connected");
    assert.equal(await door(gateway, media.liu), "shut");
    assert.equal(await door(gateway, media.booth), "open", "the resident's call went on");
    assert.equal((await record(gateway, people.chen, id)).status, 200);
  });

const about = () =>
  withGateway(async (gateway) => {
    const { booth, liu, people } = await pages(gateway);
    const { id } = await booth.do("ask", wish());
    await booth.do("about", { age_band: "80_plus", text: "槐园物业公司" });
    await liu.do("on_duty");
    await liu.consultation("offered");
    assert.deepEqual(await liu.told("about", () => true), { consultation: id, age_band: "80_plus", adverse_party: "槐园物业公司" });
    assert.equal((await Live.open(gateway, people.liu)).state.about.age_band, "80_plus");
    for (const [members, field] of [[{ age_band: "old" }, "age_band"], [{ age_band: 80 }, "age_band"], [{ text: "长".repeat(40) }, "text"]]) {
      const { ok, error } = await booth.say({ do: "about", ...members });
      assert.deepEqual([ok, error?.field], [false, field]);
    }
    await booth.do("cancel");
    await gateway.kill();
    assert.ok(!Buffer.from(written(gateway), "latin1").includes("槐园物业公司"), "it is in no file");
    await gateway.up();
  });

const wrong = () =>
  withGateway(async (gateway) => {
    const { booth, liu, id } = await meeting(gateway);
    const tries = [
      [liu, "invite", { role: "friend", text: "x" }, "role"],
      [liu, "invite", { role: 7, text: "x" }, "role"],
      [liu, "invite", { role: "family", text: "" }, "text"],
      [liu, "invite", { role: "family", text: "长".repeat(40) }, "text"],
      [liu, "put_out", { party: "nobody" }, "party"],
      [liu, "transfer", { how: "quickly" }, "how"],
      [liu, "transfer", { how: "attended", to: {} }, "to"],
      [booth, "agree", { party: "nobody", answer: "yes" }, "party"],
      [booth, "agree", { party: [], answer: "yes" }, "party"],
    ];
    for (const [who, verb, members, field] of tries) {
      const { ok, error } = await who.say({ do: verb, consultation: id, ...members });
      assert.deepEqual([ok, error?.field], [false, field], `${verb} ${JSON.stringify(members)}`);
    }
    const { status } = await ask(gateway, "GET", "/g/whatever");
    assert.equal(status, 200, "the page itself says that a link is not good");
  });

export const parties = {
  "a third party comes in by a link that is good once, after the resident's yes, and is put out": invited,
  "a third party and his link end with the consultation": endsWithTheCall,
  "looking at an invitation uses nothing up": looked,
  "caucus: who is parked stays so over a lost page and a restart, and never over the end": caucus,
  "a blind transfer frees the lawyer, and the draft goes with it": blind,
  "a blind transfer nobody takes goes back to the first lawyer": blindBack,
  "an offer is passed on to a colleague": passed,
  "an attended transfer: thanked and gone, then handed over in the running call": attended,
  "age band and adverse party are for the conflict check alone and in no file": about,
  "wrong wishes about third parties are refused by their field": wrong,
};
