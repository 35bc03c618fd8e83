// Accounts: made, signed in to with a second factor, changed, disabled; and who may do that.
import assert from "node:assert/strict";
import { ask, Live, signIn, stranger } from "../../support/live.mjs";
import { code } from "../../support/totp.mjs";
import { until } from "../../support/gateway.mjs";
import { everybody, restart, rows, wish, withGateway } from "./world.mjs";

const csrf = { "x-banyan": "1" };
export const staffOf = (gateway, name) => signIn(gateway, name, gateway.people.staff.password);
export const call = (gateway, who, method, path, json) => ask(gateway, method, path, { ...who, json, headers: csrf });

const isRefused = (reply, status, slug, field) => {
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  assert.deepEqual([reply.body.type, reply.body.field], [`/problems/${slug}`, field]);
};

const wang = {
  name: "wang.li",
  role: "lawyer",
  display_name: "王丽",
  law_firm: "榕树律师事务所",
  licence_no: "11501202010000009",
  skills: ["family", "labour"],
  languages: ["zh-CN", "yue"],
};

const enter = (gateway, json) => ask(gateway, "POST", "/v1/sessions", { json, from: stranger() });

async function made(gateway, secadmin, body = wang) {
  const reply = await call(gateway, secadmin, "POST", "/v1/users", body);
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  assert.match(reply.body.password, /^[A-Za-z0-9]{12}$/);
  return { id: reply.body.user.id, name: body.name, password: reply.body.password };
}

// From the one-time password to the first session, as the page does it.
export async function firstSignIn(gateway, { name, password }, chosen = "榕树下乘凉 2026") {
  const key = await ask(gateway, "POST", "/v1/sessions/second-factor", { json: { name, password }, from: stranger() });
  assert.equal(key.status, 201, JSON.stringify(key.body));
  const { enrolment } = key.body;
  const reply = await enter(gateway, { name, password, new_password: chosen, enrolment, code: code(key.body.key) });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return { cookie: reply.cookie, key: key.body.key, password: chosen };
}

// --- the way of a new lawyer ---------------------------------------------------------------------

const newLawyer = () =>
  withGateway(async (gateway) => {
    const secadmin = await staffOf(gateway, "secadmin");
    const account = await made(gateway, secadmin);
    const { name, password } = account;
    isRefused(await enter(gateway, { name, password }), 401, "new-password-needed", "new_password");
    for (const weak of ["short1", "onlyletters", "1234567890123", password])
      isRefused(await enter(gateway, { name, password, new_password: weak }), 422, "weak-password", "new_password");
    const chosen = "榕树下乘凉 2026";
    isRefused(await enter(gateway, { name, password, new_password: chosen }), 401, "second-factor-needed", "enrolment");
    const begun = await ask(gateway, "POST", "/v1/sessions/second-factor", { json: { name, password }, from: stranger() });
    assert.match(begun.body.key, /^[A-Z2-7]{32}$/);
    assert.equal(begun.body.uri, `otpauth://totp/Banyan:${name}?secret=${begun.body.key}`);
    assert.equal(begun.headers["cache-control"], "no-store");
    const { enrolment, key } = begun.body;
    const all = { name, password, new_password: chosen, enrolment };
    isRefused(await enter(gateway, all), 401, "code-needed", "code");
    isRefused(await enter(gateway, { ...all, code: code(key, 7) }), 401, "wrong-code", "code");
    for (const other of ["x", `${enrolment.slice(0, -2)}AA`])
      isRefused(await enter(gateway, { ...all, enrolment: other, code: code(key) }), 422, "enrolment-too-old", "enrolment");
    const [now, next] = [code(key), code(key, 1)]; // both are good however the half minute turns meanwhile
    const first = await enter(gateway, { ...all, code: now });
    assert.equal(first.status, 201, "and only now all of it is kept");

    isRefused(await enter(gateway, { name, password }), 401, "sign-in-failed");
    isRefused(await enter(gateway, { name, password: chosen }), 401, "code-needed", "code");
    isRefused(await enter(gateway, { name, password: chosen, code: now }), 401, "wrong-code", "code");
    assert.equal((await enter(gateway, { name, password: chosen, code: next })).status, 201);
    isRefused(await enter(gateway, { name, password: chosen, code: next }), 401, "wrong-code", "code");
    isRefused(
      await ask(gateway, "POST", "/v1/sessions/second-factor", { json: { name, password: chosen }, from: stranger() }),
      409, "second-factor-there", "name",
    );
    const [{ factor }] = rows(gateway, `SELECT factor FROM user WHERE name = '${name}'`);
    assert.ok(factor && !factor.includes(key), "the secret is not in the database as it is");

    // The clinic knows the new lawyer without a restart.
    const live = await Live.open(gateway, first);
    assert.deepEqual(live.state.lawyer, { id: account.id, name: "王丽", law_firm: "榕树律师事务所", on_duty: false });
    const { booth } = await everybody(gateway);
    const page = await Live.open(gateway, booth);
    await live.do("on_duty");
    await page.do("ask", wish());
    const { id } = await live.consultation("offered");
    await live.do("accept", { consultation: id });
    assert.equal((await page.consultation("connected")).lawyer.name, "王丽");
  });

const codesAreThrottled = () =>
  withGateway(async (gateway) => {
    const account = await made(gateway, await staffOf(gateway, "secadmin"));
    const { key, password } = await firstSignIn(gateway, account);
    const attempt = (guess) => enter(gateway, { name: account.name, password, code: guess });
    for (let at = 0; at < 5; at++) isRefused(await attempt(code(key, 20 + at)), 401, "wrong-code", "code");
    // Each came from another address.
    isRefused(await attempt(code(key, 1)), 429, "too-many-attempts");
    const refused = "SELECT count(*) AS n FROM audit WHERE action = 'second_factor_refused'";
    await until("all are in the audit log", () => rows(gateway, refused)[0].n === 5);
  });

// --- keeping accounts ----------------------------------------------------------------------------

const changed = () =>
  withGateway(async (gateway) => {
    const secadmin = await staffOf(gateway, "secadmin");
    const account = await made(gateway, secadmin);
    const find = async () =>
      (await call(gateway, secadmin, "GET", "/v1/users")).body.users.find(({ id }) => id === account.id);
    assert.deepEqual(await find(), {
      id: account.id, ...wang, centres: [], disabled: false, must_change: true, second_factor: false, needs_second_factor: true,
    });
    isRefused(await call(gateway, secadmin, "POST", "/v1/users", wang), 409, "name-taken", "name");
    const path = `/v1/users/${account.id}`;
    const first = await firstSignIn(gateway, account);
    const live = await Live.open(gateway, first);
    await live.do("on_duty");
    const edit = { law_firm: "明理律师事务所", skills: ["debt"], centre: "ct-demo" };
    assert.equal((await call(gateway, secadmin, "PATCH", path, edit)).status, 204);
    const now = await find();
    assert.deepEqual([now.law_firm, now.skills, now.display_name, now.centre], ["明理律师事务所", ["debt"], "王丽", "ct-demo"]);
    assert.equal(await live.ended(), 1013, "he belongs somewhere else: his page looks again");
    const renewed = await Live.open(gateway, first);
    assert.deepEqual([renewed.state.lawyer.law_firm, renewed.state.lawyer.on_duty], ["明理律师事务所", true]);
    isRefused(await call(gateway, secadmin, "PATCH", path, { centre: "ct-none" }), 422, "unknown-centre", "centre");
    isRefused(await call(gateway, secadmin, "PATCH", "/v1/users/none", edit), 404, "no-user", "user");

    assert.equal((await call(gateway, secadmin, "PATCH", path, { disabled: true })).status, 204);
    assert.equal(await renewed.ended(), 1008, "who is disabled is out");
    assert.equal((await ask(gateway, "GET", "/v1/me", first)).status, 401);
    isRefused(await enter(gateway, { ...account, password: first.password, id: undefined, code: code(first.key) }), 401, "sign-in-failed");
    await until("off duty", async () => !(await ask(gateway, "GET", "/v1/clinic")).body.duty_lawyers.length);
    assert.equal((await call(gateway, secadmin, "PATCH", path, { disabled: false })).status, 204);

    const again = await call(gateway, secadmin, "POST", `${path}/password`);
    assert.equal(again.status, 201);
    isRefused(await enter(gateway, { name: account.name, password: first.password }), 401, "sign-in-failed");
    assert.equal((await call(gateway, secadmin, "DELETE", `${path}/second-factor`)).status, 204);
    await firstSignIn(gateway, { name: account.name, password: again.body.password }, "又一个密码 2027");
    const acts = rows(gateway, `SELECT action FROM audit WHERE object = '${account.id}' AND actor = 'user:u-secadmin'`);
    assert.deepEqual(
      acts.map(({ action }) => action),
      ["account_made", "account_place", "account_changed", "account_disabled", "account_enabled", "password_reset", "second_factor_reset"],
    );
  });

const notYourself = () =>
  withGateway(async (gateway) => {
    const secadmin = await staffOf(gateway, "secadmin");
    for (const [method, path, body] of [
      ["PATCH", "/v1/users/u-secadmin", { disabled: true }],
      ["POST", "/v1/users/u-secadmin/password", undefined],
      ["DELETE", "/v1/users/u-secadmin/second-factor", undefined],
    ])
      isRefused(await call(gateway, secadmin, method, path, body), 409, "not-yourself", "user");
    assert.equal((await call(gateway, secadmin, "PATCH", "/v1/users/u-secadmin", { display_name: "老李" })).status, 204);
    assert.equal((await ask(gateway, "GET", "/v1/me", secadmin)).body.name, "老李");
  });

const onlySecadmin = () =>
  withGateway(async (gateway) => {
    const { liu, hall, booth, member } = await everybody(gateway);
    const others = { liu, hall, booth, member };
    for (const name of ["desk", "sysadmin", "auditor"]) others[name] = await staffOf(gateway, name);
    for (const [who, credentials] of Object.entries(others))
      for (const [method, path, body] of [
        ["GET", "/v1/users"],
        ["POST", "/v1/users", wang],
        ["PATCH", "/v1/users/u-hall", { disabled: true }],
        ["POST", "/v1/users/u-hall/password"],
        ["DELETE", "/v1/users/u-hall/second-factor"],
        ["GET", "/v1/users/u-hall/sessions"],
        ["DELETE", "/v1/users/u-hall/sessions/x"],
      ]) {
        const reply = await call(gateway, credentials, method, path, body);
        assert.equal(reply.status, 403, `${who}: ${method} ${path}: ${reply.status}`);
      }
    assert.equal(rows(gateway, "SELECT count(*) AS n FROM user WHERE name = 'wang.li'")[0].n, 0);
  });

const badAccounts = () =>
  withGateway(async (gateway) => {
    const secadmin = await staffOf(gateway, "secadmin");
    const never = [7, null, [], {}, true];
    const wrong = {
      name: [...never, undefined, "", "a", "Wang", "王丽", "a b", "x".repeat(41), "a'--"],
      role: [...never, undefined, "", "booth", "member", "none", "root"],
      display_name: [...never, undefined, "", "x".repeat(61), "a\nb", "\u0007"],
      centre: [...never, "x".repeat(40), "a\tb"],
      law_firm: [...never, "x".repeat(96), "a\rb"],
      licence_no: [...never, "x".repeat(96)],
      skills: [7, null, {}, true, "family", ["politics"], [7], [null], Array(99).fill("property_neighbour")],
      languages: [7, null, {}, true, "zh-CN", ["中文"], [""], [[]]],
    };
    for (const [field, values] of Object.entries(wrong))
      for (const value of values)
        isRefused(await call(gateway, secadmin, "POST", "/v1/users", { ...wang, [field]: value }), 400, "bad-field", field);
    for (const [field, values] of Object.entries({ ...wrong, name: [], role: [], disabled: [7, null, "true", []] }))
      for (const value of values.filter((one) => one !== undefined))
        isRefused(await call(gateway, secadmin, "PATCH", "/v1/users/u-hall", { [field]: value }), 400, "bad-field", field);
    for (const field of ["code", "enrolment", "new_password"])
      for (const value of [...never, "", "x".repeat(300)])
        isRefused(await enter(gateway, { name: "n", password: "p", [field]: value }), 400, "bad-field", field);
    assert.equal(rows(gateway, "SELECT count(*) AS n FROM user WHERE name = 'wang.li'")[0].n, 0);
    assert.equal(rows(gateway, "SELECT display_name AS d FROM user WHERE id = 'u-hall'")[0].d, "会场值班员");
  });

// --- sessions ------------------------------------------------------------------------------------

const sessions = () =>
  withGateway(async (gateway) => {
    const secadmin = await staffOf(gateway, "secadmin");
    const [{ name, password }] = gateway.people.lawyers;
    const here = await signIn(gateway, name, password);
    const there = await signIn(gateway, name, password);
    const live = await Live.open(gateway, there);
    const list = async () => (await call(gateway, here, "GET", "/v1/me/sessions")).body.sessions;
    const mine = await list();
    assert.equal(mine.length, 2);
    const other = mine.find(({ current }) => !current);
    assert.match(other.id, /^[0-9a-f]{16}$/);
    assert.match(other.address, /^127\.1\./);
    assert.ok(Math.abs(other.used_at - Date.now()) < 60000 && other.made_at <= other.used_at);
    assert.equal((await call(gateway, here, "DELETE", `/v1/me/sessions/${other.id}`)).status, 204);
    assert.equal(await live.ended(), 1008, "the page that was open there is out");
    assert.equal((await ask(gateway, "GET", "/v1/me", there)).status, 401);
    isRefused(await call(gateway, here, "DELETE", `/v1/me/sessions/${other.id}`), 404, "no-session", "session");

    const [hers] = (await call(gateway, secadmin, "GET", "/v1/users/u-secadmin/sessions")).body.sessions;
    isRefused(await call(gateway, here, "DELETE", `/v1/me/sessions/${hers.id}`), 404, "no-session", "session");
    const [left] = (await call(gateway, secadmin, "GET", "/v1/users/u-lawyer-1/sessions")).body.sessions;
    assert.equal(left.current, false);
    assert.equal((await call(gateway, secadmin, "DELETE", `/v1/users/u-lawyer-1/sessions/${left.id}`)).status, 204);
    assert.equal((await ask(gateway, "GET", "/v1/me", here)).status, 401);
    assert.equal((await ask(gateway, "GET", "/v1/me", secadmin)).status, 200);
  });

// --- alarms --------------------------------------------------------------------------------------

const alarms = () =>
  withGateway(async (gateway) => {
    const people = await everybody(gateway);
    const desk = await staffOf(gateway, "desk");
    const open = (who) => Live.open(gateway, who);
    const [booth, liu, page] = await Promise.all([people.booth, people.liu, desk].map(open));
    assert.deepEqual(page.state.alarms, []);
    await booth.do("alarm", { reason: "danger" });
    const danger = await page.told("alarm", ({ kind }) => kind === "danger");
    assert.deepEqual(danger.booth, { id: "b-demo", name: "法律咨询室 1" });
    await liu.do("alarm", { reason: "panic" });
    await page.told("alarm", ({ kind, lawyer }) => kind === "panic" && lawyer.name === "刘志远");
    assert.ok(!booth.last("alarm") && !liu.last("alarm"), "nothing shows where it was pressed");
    for (const reason of ["panic", "", "x", 7, null, undefined])
      assert.equal((await booth.say({ do: "alarm", reason })).error.field, "reason");
    assert.equal((await open(desk)).state.alarms.length, 2);
    await page.do("close_alarm", { alarm: danger.id });
    assert.ok((await page.told("alarm", ({ id, closed_at: at }) => id === danger.id && at)).closed_at >= danger.raised_at);
    for (const alarm of [danger.id, 99, -1, "1", null, undefined])
      assert.equal((await page.say({ do: "close_alarm", alarm })).error.field, "alarm");
    await restart(gateway);
    assert.deepEqual((await open(desk)).state.alarms.map(({ kind }) => kind), ["panic"]);
    const acts = rows(gateway, "SELECT actor, detail FROM audit WHERE object LIKE 'alarm:%' ORDER BY n");
    assert.deepEqual(acts.map(({ actor }) => actor), ["booth:b-demo", "lawyer:u-lawyer-1", "staff:u-desk"]);
  });

export const accounts = {
  "alarms reach the desk, silently, outlive a restart and are closed once": alarms,
  "a new lawyer chooses a password, enrols a second factor and serves at once": newLawyer,
  "codes are throttled by account, wherever they come from": codesAreThrottled,
  "an account is changed, disabled, given a new password and factor": changed,
  "no administrator locks himself out": notYourself,
  "only the security administrator keeps accounts": onlySecadmin,
  "an account's fields are checked and named": badAccounts,
  "sessions are listed and ended by their owner and the security administrator": sessions,
};
