// Every field that openapi.json describes, wrong in every way its schema can be: a problem that names the field, and
// nothing has changed. A route that is new is here by itself; it only has to say in `world` who may send it, and what.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../support/gateway.mjs";
import { ask, Live, stranger } from "../../support/live.mjs";
import { jpeg } from "../../support/papers.mjs";
import { call, staffOf } from "./accounts.mjs";
import { whip } from "./clinic.mjs";
import { papers } from "./papers.mjs";
import { meeting, rows, wish, withGateway } from "./world.mjs";

const described = JSON.parse(readFileSync(join(root, "signaling/api/openapi.json"), "utf8"));
const follow = (schema) => (schema.$ref ? described.components.schemas[schema.$ref.split("/").pop()] : schema);
const hour = 3600000;

// --- what is wrong by a schema -------------------------------------------------------------------

const kinds = { string: "text", integer: 7, boolean: true, array: [], object: {} };
const ofAnotherKind = (type) => [null, 1.5, ...Object.entries(kinds).filter(([kind]) => kind !== type).map(([, value]) => value)];

function wrongText(schema, needed) {
  const length = schema.maxLength ?? 64;
  const isChosen = schema.enum || schema.pattern;
  return [
    ...(needed || isChosen ? [""] : []),
    ...(isChosen ? ["nobody knows this", "字".repeat(40)] : []),
    ...(isChosen ? [] : ["x".repeat(length + 1), "字".repeat(length)]),
    "a\u0001b",
    "\u001b[2Ja",
    "a\u007fb",
  ];
}

const integers = ({ minimum, maximum }) => [...(minimum === undefined ? [] : [minimum - 1]), ...(maximum === undefined ? [] : [maximum + 1]), -(2 ** 53), 2 ** 62];

function wrongItems({ items, minItems }) {
  const each = wrongValues(follow(items), true).map((value) => [value]);
  return [...each, ...(minItems ? [[]] : []), Array(1000).fill(items.enum?.[0] ?? "a")];
}

function wrongMembers({ additionalProperties }) {
  return additionalProperties ? [{ "no such field": "a" }, { "": "a" }] : [];
}

// A field that must be there must not be empty either.
function wrongValues(schema, needed) {
  const type = schema.type ?? "string";
  const own = { string: wrongText, integer: integers, array: wrongItems, object: wrongMembers }[type]?.(schema, needed) ?? [];
  return [...ofAnotherKind(type), ...own];
}

// --- who sends what, right -----------------------------------------------------------------------

async function dissatisfied(gateway, booth, liu, id) {
  await liu.do("end", { consultation: id });
  await booth.consultation("closed");
  await booth.do("rate", { consultation: id, score: 1 });
}

// A clinic with one of everything, and for each request of openapi.json: [who, right body or query, parts of the path].
async function world(gateway) {
  const met = await meeting(gateway);
  const { people, booth, liu } = met;
  await dissatisfied(gateway, booth, liu, met.id);
  const { id } = await booth.do("ask", wish());
  await liu.consultation("offered");
  await liu.do("accept", { consultation: id });
  const { media } = await booth.consultation("connected");
  const [desk, sysadmin, secadmin] = await Promise.all(["desk", "sysadmin", "secadmin"].map((name) => staffOf(gateway, name)));
  const shift = { lawyer: "u-lawyer-1", from: Date.now() + hour, until: Date.now() + 9 * hour };
  assert.equal((await call(gateway, desk, "POST", "/v1/shifts", shift)).status, 201);
  const [{ id: added }] = (await call(gateway, desk, "GET", "/v1/shifts")).body.shifts;
  const booking = { kind: "lawyer", place: "b-demo", lawyer: "u-lawyer-1", category: "family", name: "王阿姨", phone: "13876543210", starts_at: shift.from + hour, ends_at: shift.from + 2 * hour };
  assert.equal((await call(gateway, desk, "POST", "/v1/appointments", booking)).status, 204);
  assert.equal((await call(gateway, people.liu, "POST", "/v1/swaps", { shift: added, lawyer: "u-lawyer-2" })).status, 204);
  const [{ id: swap }] = (await call(gateway, desk, "GET", "/v1/swaps")).body.swaps;
  const [task] = (await call(gateway, desk, "GET", "/v1/tasks")).body.tasks;
  const { n: paper } = await (await papers(gateway, people.booth, id, "POST", "?name=a", jpeg())).json();
  const fields = { facts: "老板姓王。", advice: "先投诉。", claim: "要回工资", next_steps: "去人社局。" };
  const record = await call(gateway, people.liu, "PUT", `/v1/consultations/${id}/record`, { rev: 0, fields });
  const session = (await whip(gateway, "whep", media.room, media.token)).headers.location.split("/").pop();
  const rev = { rev: record.body.rev };
  const begun = await call(gateway, people.liu, "POST", `/v1/consultations/${id}/readback`, rev);
  assert.equal(begun.status, 200);
  rev.rev = begun.body.rev;
  const [account] = gateway.people.lawyers;
  const nobody = { get from() { return stranger(); } };
  const part = { consultation: id, paper, session, shift: added, swap, task: task.id, user: "u-lawyer-1", centre: "c-demo", booth: "b-demo",
    appointment: rows(gateway, "SELECT id FROM appointment")[0].id, room: "lecture-demo", item: "facts" };
  const centre = { district: "江北区", street: "槐园街道", name: "槐园社区", phone: "023-6210 0001", address: "槐园路 1 号" };
  const person = { display_name: "王丽", centre: rows(gateway, "SELECT id FROM centre")[0].id, centres: ["ct-demo"], law_firm: "榕树", licence_no: "1", skills: ["family"], languages: ["zh-CN"], district: "江北区", street: "槐园街道" };
  part.centre = person.centre;
  return {
    part,
    requests: {
      "POST /v1/sessions": [nobody, { ...account, code: "123456", new_password: "榕树下乘凉 2026", enrolment: "x" }],
      "POST /v1/sessions/second-factor": [nobody, account],
      "POST /v1/booths/enrol": [nobody, { code: "111111" }],
      "POST /v1/me/unlock": [people.chen, { password: gateway.people.lawyers[1].password }],
      "POST /v1/users": [secadmin, { name: "wang.li", role: "lawyer", ...person }],
      "PATCH /v1/users/{user}": [secadmin, { ...person, disabled: false }],
      "POST /v1/centres": [sysadmin, centre],
      "PATCH /v1/centres/{centre}": [sysadmin, centre],
      "POST /v1/booths": [sysadmin, { centre: person.centre, name: "咨询室" }],
      "PATCH /v1/booths/{booth}": [sysadmin, { name: "咨询室" }],
      "POST /v1/tasks/{task}/done": [desk, { note: "打过电话" }],
      "POST /v1/shifts": [desk, { ...shift, lawyer: "u-lawyer-2" }],
      "POST /v1/shifts/{shift}/hand-over": [desk, { lawyer: "u-lawyer-2" }],
      "POST /v1/appointments": [desk, booking],
      "POST /v1/appointments/{appointment}/decision": [desk, { decision: "refuse", reason: "没有空", place: "b-demo", lawyer: "u-lawyer-2", starts_at: booking.starts_at, ends_at: booking.ends_at }],
      "POST /v1/places": [desk, { name: "调解室" }],
      "POST /v1/swaps": [people.liu, { shift: added, lawyer: "u-lawyer-2" }],
      "POST /v1/swaps/{swap}/answer": [people.chen, { shift: added, agrees: true }],
      "POST /v1/rooms/{room}/pulls": [sysadmin, { url: "https://elsewhere.example/whep/x", token: "t", insecure: false, audio: true, video: true, source: "hall" }],
      "POST /v1/rooms/{room}/pushes": [sysadmin, { url: "https://elsewhere.example/whip/x", token: "t", insecure: false, audio: true, video: true }],
      "PUT /v1/consultations/{consultation}/record": [people.liu, { ...rev, fields }],
      "POST /v1/consultations/{consultation}/record/seal": [people.liu, rev],
      "POST /v1/consultations/{consultation}/readback": [people.liu, rev],
      "DELETE /v1/consultations/{consultation}/readback": [people.liu, rev],
      "PUT /v1/consultations/{consultation}/readback/{item}": [people.booth, { ...rev, answer: "right" }],
      "PATCH /v1/consultations/{consultation}/papers/{paper}": [people.booth, { shown: true, kept: true }],
      "POST /v1/consultations/{consultation}/papers": [people.booth, { name: "合同" }, { text: jpeg(), type: "image/jpeg" }],
      "POST /media/{session}/layer": [media, { mediaId: "1", rid: "f", encodingId: "f", spatialLayerId: 0, temporalLayerId: 0, maxSpatialLayerId: 0, maxTemporalLayerId: 0, maxWidth: 640, maxHeight: 480, paused: false }],
      "GET /v1/clinic": [nobody, { booth: "b-demo" }],
      "GET /v1/statistics": [desk, { period: "2026-11", centre: person.centre }],
      "GET /v1/statistics.csv": [desk, { period: "2026-11", centre: person.centre }],
      "GET /v1/workload": [desk, { period: "2026-11", lawyer: "u-lawyer-1" }],
      "GET /v1/workload.csv": [desk, { period: "2026-11", lawyer: "u-lawyer-1" }],
    },
  };
}

// --- sent ----------------------------------------------------------------------------------------

// What is kept of people and consultations; who signed in, and what was refused, may be noted.
const noted = ["audit", "event", "session", "sqlite_sequence"];
function kept(gateway) {
  const tables = rows(gateway, "SELECT name FROM sqlite_master WHERE type = 'table'").map(({ name }) => name);
  return tables.filter((name) => !noted.includes(name)).map((name) => [name, JSON.stringify(rows(gateway, `SELECT * FROM "${name}"`))]);
}

const short = (value) => String(value?.raw ?? JSON.stringify(value)).slice(0, 40);

// What is wrong with an answer, or nothing.
function fault(reply, field) {
  const told = `${reply.status} ${JSON.stringify(reply.body).slice(0, 160)}`;
  if (reply.status < 400 || reply.status >= 500) return told;
  if (!/^application\/problem\+json/.test(reply.headers["content-type"])) return `no problem: ${told}`;
  if (!reply.body.type || !reply.body.title || reply.body.status !== reply.status) return `half a problem: ${told}`;
  if (reply.body.field !== field) return `blames ${reply.body.field}, not ${field}: ${told}`;
  return null;
}

class Sender {
  faults = [];
  count = 0;

  constructor(gateway, part) {
    Object.assign(this, { gateway, part });
  }

  address(path) {
    return path.replace(/\{(\w+)\}/g, (_, name) => this.part[name]);
  }

  async wrong(what, field, method, path, who, message) {
    const from = { token: who.token, cookie: who.cookie, from: who.from, headers: { "x-banyan": "1" } };
    const found = await ask(this.gateway, method, path, { ...from, ...message }).then((reply) => fault(reply, field), String);
    this.count++;
    if (found) this.faults.push(`${what}: ${found}`);
  }

  async bodies(method, path, [who, right], schema) {
    const send = (what, field, message) => this.wrong(`${method} ${path} ${what}`, field, method, this.address(path), who, message);
    for (const [field, of] of Object.entries(schema.properties)) {
      const needed = schema.required?.includes(field) ?? false;
      for (const value of [...(needed ? [undefined] : []), ...wrongValues(follow(of), needed)])
        await send(`${field} = ${short(value)}`, field, { json: { ...right, [field]: value } });
      const start = JSON.stringify(right).slice(0, -1).replace(`"${field}":`, `"other":`);
      for (const raw of ["\"\\u0000\"", "\"\\ud800\"", Buffer.from([0x22, 0xff, 0x22]), "99999999999999999999", "1e999", "\"a", "\"\u0001\""])
        await send(`${field} = ${raw}`, "body", { text: Buffer.concat([Buffer.from(`${start},"${field}":`), Buffer.from(raw), Buffer.from("}")]) });
    }
    for (const text of ["", "{", "[]", "7", "null", `${JSON.stringify(right)}x`]) await send(`body ${text.slice(0, 10)}`, "body", { text });
    await send("as a form", "content-type", { text: JSON.stringify(right), type: "application/x-www-form-urlencoded" });
  }

  // A part of the address that is nobody's; a room is there when somebody says so.
  async parts(method, path, [who, right]) {
    for (const [, name] of path.matchAll(/\{(\w+)\}/g))
      for (const part of [...(name === "room" ? [] : ["nobody", "0", "-1"]), "x".repeat(100)]) {
        const at = path.replace(`{${name}}`, part);
        await this.wrong(`${method} ${at}`, name, method, this.address(at), who, { json: right });
      }
  }

  async queries(method, path, [who, right, message], parameters) {
    for (const { name, schema, required } of parameters) {
      const values = schema.type === "integer" ? ["", "x", "-1", "1.5", "99999999999999999999"] : [...wrongText(schema, false), "%ff", "%00"];
      for (const value of [...(required ? [undefined] : []), ...values]) {
        const query = Object.entries({ ...right, [name]: value }).filter(([, one]) => one !== undefined);
        const text = query.map(([key, one]) => `${key}=${/^%/.test(one) ? one : encodeURIComponent(one)}`).join("&");
        await this.wrong(`${method} ${path}?${name}=${short(value)}`, name, method, `${this.address(path)}?${text}`, who, message);
      }
    }
  }
}

// [method, path, schema of the JSON body or null, query parameters]
function requests() {
  const all = [];
  for (const [path, item] of Object.entries(described.paths))
    for (const method of ["get", "post", "put", "patch", "delete"]) {
      const body = item[method]?.requestBody?.content["application/json"]?.schema;
      const query = (item[method]?.parameters ?? []).filter((one) => one.in === "query");
      if (body || query.length) all.push([method.toUpperCase(), path, body ? follow(body) : null, query]);
    }
  return all;
}

// Bodies that are no object of fields, and files: papers.mjs, recording.mjs and tests/hostile see to them. A photo's version is for
// caches alone.
const elsewhere = [
  "POST /media/{session}/events",
  "POST /whip/{room}",
  "GET /v1/consultations/{consultation}/recordings/{recording}",
  "GET /v1/lawyers/{lawyer}/photo",
];

const wrongFields = () =>
  withGateway(async (gateway) => {
    const { part, requests: right } = await world(gateway);
    const sender = new Sender(gateway, part);
    const before = kept(gateway);
    for (const [method, path, schema, query] of requests()) {
      const name = `${method} ${path}`;
      if (elsewhere.includes(name)) continue;
      assert.ok(right[name], `${name} is new: say in world() who sends it, and what`);
      if (schema) await sender.bodies(method, path, right[name], schema);
      if (schema) await sender.parts(method, path, right[name]);
      if (query.length) await sender.queries(method, path, right[name], query);
    }
    assert.equal(sender.faults.length, 0, `${sender.faults.length} of ${sender.count}:\n${sender.faults.join("\n")}`);
    assert.deepEqual(kept(gateway), before, "nothing of it was kept");
  });

export const wrongs = { "every field of every request, wrong in every way: it is named, and nothing changes": wrongFields };
