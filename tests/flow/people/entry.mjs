// Who comes in and how: names and passwords, codes, personal links, and what each may do then.
import assert from "node:assert/strict";
import { ask, enrol, Live, signIn, stranger } from "../../support/live.mjs";
import { addPeople, change, everybody, restart, wish, withGateway } from "./world.mjs";

const isProblem = (reply, status, slug, field) => {
  const told = `${reply.status} ${JSON.stringify(reply.body)}`;
  assert.equal(reply.status, status, told);
  assert.match(reply.headers["content-type"], /^application\/problem\+json/);
  assert.equal(reply.body.type, `/problems/${slug}`, told);
  assert.equal(reply.body.status, status, told);
  assert.ok(reply.body.title, told);
  assert.equal(reply.body.field, field, told);
};

const post = (gateway, json, from = stranger()) => ask(gateway, "POST", "/v1/sessions", { json, from });
const me = (gateway, who) => ask(gateway, "GET", "/v1/me", who);
const csrf = { "x-banyan": "1" };

// --- names and passwords -------------------------------------------------------------------------

const signInAndOut = () =>
  withGateway(async (gateway) => {
    const [{ name, password }] = gateway.people.lawyers;
    const reply = await post(gateway, { name, password });
    assert.equal(reply.status, 201);
    assert.deepEqual([reply.body.user.role, reply.body.user.name], ["lawyer", "刘志远"]);
    const [pair, ...flags] = reply.set.split("; ");
    assert.match(pair, /^__Host-banyan=[A-Za-z0-9]{22,}$/);
    assert.deepEqual(flags.sort(), ["HttpOnly", "Path=/", "SameSite=Strict", "Secure"]);
    const { cookie } = reply;
    assert.deepEqual((await me(gateway, { cookie })).body, { ...reply.body.user, account: name, second_factor: false });
    const again = await post(gateway, { name, password });
    assert.notEqual(again.cookie, cookie, "every sign-in has a cookie of its own");

    const page = await Live.open(gateway, { cookie });
    const other = await Live.open(gateway, { cookie: again.cookie });
    const remove = (headers) => ask(gateway, "DELETE", "/v1/sessions/current", { cookie, headers });
    isProblem(await remove({}), 403, "header-needed", "x-banyan");
    assert.equal((await me(gateway, { cookie })).status, 200, "a refused sign-out signs nobody out");
    const out = await remove(csrf);
    assert.equal(out.status, 204);
    assert.match(out.set, /^__Host-banyan=;.*Max-Age=0/);
    isProblem(await me(gateway, { cookie }), 401, "sign-in-needed");
    assert.equal(await page.ended(), 1008, "the page that was signed in with it is out as well");
    assert.equal((await me(gateway, { cookie: again.cookie })).status, 200, "the other session stays");
    await other.do("on_duty");
  });

const wrongPassword = () =>
  withGateway(async (gateway) => {
    const from = stranger();
    const [{ name, password }, second] = gateway.people.lawyers;
    const wrong = await post(gateway, { name, password: "no" }, from);
    const nobody = await post(gateway, { name: "nobody", password }, stranger());
    isProblem(wrong, 401, "sign-in-failed");
    assert.deepEqual(nobody.body, wrong.body, "nobody learns which names there are");
    assert.equal(wrong.set, undefined);
    for (let at = 0; at < 4; at++) isProblem(await post(gateway, { name, password: "no" }, from), 401, "sign-in-failed");
    const refused = await post(gateway, { name, password }, from);
    isProblem(refused, 429, "too-many-attempts");
    const wait = Number(refused.headers["retry-after"]);
    assert.ok(wait > 890 && wait <= 900, `Retry-After: ${wait}`);
    assert.equal((await post(gateway, second, from)).status, 201, "another name from there");
    assert.equal((await post(gateway, { name, password })).status, 201, "the name from elsewhere");
  });

const manyFromOneAddress = () =>
  withGateway(async (gateway) => {
    const from = stranger();
    const [person] = gateway.people.lawyers;
    for (let at = 0; at < 10; at++) assert.equal((await post(gateway, { name: `n${at}`, password: "x" }, from)).status, 401);
    const refused = await post(gateway, person, from);
    isProblem(refused, 429, "too-many-attempts");
    assert.ok(Number(refused.headers["retry-after"]) <= 60);
  });

// A page of somebody else's that is open in a lawyer's browser: the browser sends the cookie along.
const foreignPage = () =>
  withGateway(async (gateway) => {
    const { liu } = await everybody(gateway);
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "MDEyMzQ1Njc4OWFiY2RlZg==",
    };
    for (const origin of ["https://evil.example", "null", "http://localhost.evil.example"]) {
      const reply = await ask(gateway, "GET", "/v1/live", { ...liu, headers: { ...upgrade, origin } });
      isProblem(reply, 403, "foreign-origin", "origin");
    }
  });

const long = (length) => "x".repeat(length);
// [path, field, what it must not be, what goes with it]
const bodies = [
  ["/v1/sessions", "name", [undefined, 7, null, "", [], {}, true, long(192)], { password: "x" }],
  ["/v1/sessions", "password", [undefined, 7, null, "", [], {}, true, long(257)], { name: "liu" }],
  ["/v1/booths/enrol", "code", [undefined, 483920, null, "", [], {}, true, "1234567"], {}],
];

const badBodies = () =>
  withGateway(async (gateway) => {
    for (const [path, field, values, others] of bodies)
      for (const value of values) {
        const json = { ...others, [field]: value };
        isProblem(await ask(gateway, "POST", path, { json, from: stranger() }), 400, "bad-field", field);
      }
    for (const path of ["/v1/sessions", "/v1/booths/enrol"]) {
      for (const text of ["", "{", "[]", "7", '{"name":"a","name":"b"}', '{"name":"\\u0000"}', '{"name":"\xff'])
        isProblem(await ask(gateway, "POST", path, { text, from: stranger() }), 400, "bad-json", "body");
      const text = JSON.stringify(gateway.people.lawyers[0]);
      for (const type of ["text/plain", "application/x-www-form-urlencoded"])
        isProblem(await ask(gateway, "POST", path, { text, type, from: stranger() }), 415, "json-needed", "content-type");
    }
  });

// --- booths --------------------------------------------------------------------------------------

const boothEnrols = () =>
  withGateway(async (gateway) => {
    const { booth_code: code } = gateway.people;
    const spend = (json) => ask(gateway, "POST", "/v1/booths/enrol", { json, from: stranger() });
    isProblem(await spend({ code: code === "000000" ? "000001" : "000000" }), 404, "unknown-code", "code");
    const first = await enrol(gateway, code);
    assert.deepEqual(first.booth, { id: "b-demo", name: "法律咨询室 1", centre: "槐园社区党群服务中心" });
    isProblem(await spend({ code }), 404, "unknown-code", "code");
    await restart(gateway); // the demo's code is good again
    const before = await Live.open(gateway, first);
    assert.equal(before.greeting.role, "booth");
    const second = await enrol(gateway, code);
    isProblem(await me(gateway, first), 401, "sign-in-needed");
    assert.equal((await me(gateway, second)).status, 200);
    const old = await Live.open(gateway, first);
    assert.equal(old.greeting.error.type, "/problems/sign-in-needed");
    assert.equal(await old.ended(), 1008);
    assert.equal((await Live.open(gateway, second)).greeting.ok, true);
    assert.equal(await before.ended(), 1008, "the older device is out at once");
  });

const wrongToken = () =>
  withGateway(async (gateway) => {
    const { booth } = await everybody(gateway);
    const room = await gateway.token("x", "publish", "view");
    const bent = booth.token.slice(0, -1) + (booth.token.endsWith("A") ? "B" : "A");
    for (const token of ["x", bent, room, long(5000)]) {
      const live = await Live.open(gateway, { token });
      assert.equal(live.greeting.ok, false);
      assert.equal(live.greeting.error.type, "/problems/sign-in-needed");
      assert.equal(await live.ended(), 1008);
    }
  });

// --- elders --------------------------------------------------------------------------------------

const personalLink = () =>
  withGateway(async (gateway) => {
    const { link } = gateway.people;
    const title = `<script>alert("1")</script> & 'x' {{phone}}`;
    await restart(gateway, () => change(gateway, `UPDATE lecture SET title = '${title.replaceAll("'", "''")}'`));
    const page = await ask(gateway, "GET", `/e/${link}`);
    assert.equal(page.status, 200);
    assert.match(page.headers["content-type"], /^text\/html/);
    assert.equal(page.headers["cache-control"], "no-store");
    const shown = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; {{phone}}";
    assert.ok(page.body.includes(`>${shown}</h1>`), page.body);
    assert.ok(!page.body.includes("<script>alert"), page.body);
    assert.match(page.body, /\d+月\d+日 星期. [上下]午\d+:\d\d/);
    assert.ok(page.body.includes(">023-6210 0001<"), page.body);
    const session = await ask(gateway, "POST", `/v1/links/${link}/session`, {});
    assert.equal(session.status, 201);
    assert.deepEqual(session.body.member, { id: "m-demo", name: "李奶奶" });
    assert.equal(session.body.lecture.title, title);
    assert.equal(session.body.lecture.viewers, undefined, "viewers do not see how many they are");
    for (const unknown of ["x", `${link}x`, long(60)]) {
      isProblem(await ask(gateway, "POST", `/v1/links/${unknown}/session`, {}), 404, "unknown-link", "link");
      const lost = await ask(gateway, "GET", `/e/${unknown}`);
      assert.equal(lost.status, 404);
      assert.ok(lost.body.includes(">023-6210 0001<"), "a lost link says whom to telephone");
    }
  });

// --- roles ---------------------------------------------------------------------------------------

const readers = ["hall", "staff"];
const talkers = ["booth", "booth2", "liu", "chen"];
const routes = [
  ["GET", "/v1/me", () => 200],
  ["GET", "/v1/lectures", (who) => (readers.includes(who) ? 200 : 403)],
  ["GET", "/v1/lectures/l-demo", (who) => (readers.includes(who) ? 200 : 403)],
  ["GET", "/v1/lectures/unknown", (who) => (readers.includes(who) ? 404 : 403)],
  ["GET", "/v1/consultations/unknown", (who) => (talkers.includes(who) ? 404 : 403)],
  ["POST", "/whip/x", () => 401],
  ["POST", "/whep/x", () => 401],
  ["DELETE", "/media/x", () => 401],
];
const verbs = {
  booth: ["ask", "cancel", "leave", "alarm"],
  liu: ["on_duty", "off_duty", "accept", "decline", "end", "alarm"],
  staff: ["close_alarm"],
  hall: ["start", "end_lecture"],
};
const ownVerbs = (who) => verbs[{ booth2: "booth", chen: "liu" }[who] ?? who] ?? [];

export async function allRoles(gateway) {
  await restart(gateway, () => addPeople(gateway));
  const people = await everybody(gateway);
  people.booth2 = await enrol(gateway, "654321");
  people.staff = await signIn(gateway, "staff", gateway.people.hall.password);
  return people;
}

const guardedRoutes = () =>
  withGateway(async (gateway) => {
    const people = await allRoles(gateway);
    const nobodies = [{}, { token: "x" }, { cookie: "__Host-banyan=x" }, { token: await gateway.token("y", "publish", "view") }];
    for (const [method, path, expected] of routes) {
      for (const [who, credentials] of Object.entries(people)) {
        const { status } = await ask(gateway, method, path, { ...credentials, headers: csrf });
        assert.equal(status, expected(who), `${who}: ${method} ${path}`);
      }
      for (const nobody of path.startsWith("/v1/") ? nobodies : nobodies.slice(0, 3))
        assert.equal((await ask(gateway, method, path, { ...nobody, headers: csrf })).status, 401, `${method} ${path}`);
    }
  });

const foreignCommands = () =>
  withGateway(async (gateway) => {
    const people = await allRoles(gateway);
    for (const [who, credentials] of Object.entries(people)) {
      const live = await Live.open(gateway, credentials);
      assert.equal(live.greeting.ok, true, who);
      const foreign = Object.values(verbs).flat().filter((verb) => !ownVerbs(who).includes(verb));
      for (const verb of [...foreign, "hello", "ASK", "tick", ""])
        assert.equal(await live.refused(verb, wish()), "unknown-command", `${who}: ${verb}`);
      await live.close();
    }
  });

const othersConsultations = () =>
  withGateway(async (gateway) => {
    const people = await allRoles(gateway);
    const open = (who) => Live.open(gateway, people[who]);
    const [booth, booth2, liu, chen] = await Promise.all(["booth", "booth2", "liu", "chen"].map(open));
    await liu.do("on_duty");
    await chen.do("on_duty");
    const { id } = await booth.do("ask", wish());
    await liu.consultation("offered");
    const { id: id2 } = await booth2.do("ask", wish());
    await chen.consultation("offered");
    const read = async (who, which) => (await ask(gateway, "GET", `/v1/consultations/${which}`, people[who])).status;
    for (const [who, own, foreign] of [["booth", id, id2], ["booth2", id2, id], ["liu", id, id2], ["chen", id2, id]]) {
      assert.equal(await read(who, own), 200, `${who} reads the own one`);
      assert.equal(await read(who, foreign), 404, `${who} reads another's`);
    }
    for (const which of [id2, "c-0", "", undefined, 7, null]) {
      const named = typeof which === "string" || which === undefined;
      assert.equal(await liu.refused("accept", { consultation: which }), named ? "not-offered-to-you" : "bad-field");
    }
    assert.equal(await liu.refused("decline", { consultation: id2, reason: "other" }), "not-offered-to-you");
    assert.equal(await liu.refused("end", { consultation: id2 }), "not-your-consultation");
    assert.ok(!booth.events.some(({ data }) => data?.id === id2), "a booth is told nothing of another's");
    assert.ok(!liu.events.some(({ data }) => data?.id === id2), "a lawyer is told nothing of another's offer");
  });

export const entry = {
  "signing in gives a cookie that signing out kills": signInAndOut,
  "a wrong password and an unknown name look the same, five of them are enough": wrongPassword,
  "one address may try ten times a minute": manyFromOneAddress,
  "a foreign page does not get at the live connection": foreignPage,
  "a body that is not right is refused and its field is named": badBodies,
  "a booth's code is good once, and a newer device puts the older one out": boothEnrols,
  "a wrong token ends the live connection": wrongToken,
  "a personal link shows its lecture, and no title breaks the page": personalLink,
  "each role may read what the table says": guardedRoutes,
  "commands of another role are unknown": foreignCommands,
  "nobody reads or takes another's consultation": othersConsultations,
};
