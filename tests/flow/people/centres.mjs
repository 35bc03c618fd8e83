// Accounts of several chosen centres: what they see and may, who gives them away, and that what is taken is gone at once.
import assert from "node:assert/strict";
import { until } from "../../support/gateway.mjs";
import { ask, Live } from "../../support/live.mjs";
import { call } from "./accounts.mjs";
import { administrators, centre, device, does, empty, ids, isRefused, makeBooth, makeCentre, newUser } from "./places.mjs";
import { restart, rows, wish, withGateway } from "./world.mjs";

const month = new Date().toISOString().slice(0, 7);
const tomorrow = Date.now() + 86400000;

// Two centres of one street and one of another, each with a booth whose page is open.
async function threeCentres(gateway) {
  const admins = await administrators(gateway);
  const side = async (name, street) => {
    const at = await makeCentre(gateway, admins.sysadmin, centre(name, street));
    const booth = await makeBooth(gateway, admins.sysadmin, at, `${name}一室`);
    const who = await device(gateway, admins.sysadmin, booth);
    return { centre: at, booth, page: await Live.open(gateway, who) };
  };
  return { ...admins, a: await side("槐园", "槐园街道"), b: await side("榕树", "槐园街道"), c: await side("北门", "北门街道") };
}

const change = (gateway, secadmin, { id }, centres) => does(gateway, secadmin, "PATCH", `/v1/users/${id}`, { centres });
const lastPlace = (gateway, { id }) =>
  rows(gateway, `SELECT detail FROM audit WHERE action = 'account_place' AND object = '${id}' ORDER BY n DESC LIMIT 1`)[0].detail;

// --- the desk ------------------------------------------------------------------------------------

const clerkOfTwo = () =>
  withGateway(async (gateway) => {
    const { a, b, c, secadmin } = await threeCentres(gateway);
    const clerk = await newUser(gateway, secadmin, { name: "clerk", role: "staff", centres: [c.centre, a.centre] });
    assert.deepEqual(lastPlace(gateway, clerk).split(",").sort(), [a.centre, c.centre].sort());
    const live = await Live.open(gateway, clerk);
    const alarms = {};
    for (const [name, { page, booth }] of Object.entries({ b, a, c })) {
      await page.do("alarm", { reason: "danger" });
      if (name !== "b") alarms[name] = (await live.told("alarm", (one) => one.booth?.id === booth)).id;
    }
    const { id: alarmOfB } = rows(gateway, `SELECT id FROM alarm WHERE booth = '${b.booth}'`)[0];
    assert.equal((await live.say({ do: "close_alarm", alarm: alarmOfB })).ok, false, "of the third he is told nothing");
    await c.page.do("leave_word", { category: "family", text: "13800000000" });
    const message = await live.told("message", ({ phone }) => phone === "13800000000");

    const sees = async (who) => {
      const board = await does(gateway, who, "GET", "/v1/desk");
      return { booths: ids(board.booths), alarms: ids(board.alarms), messages: ids(board.messages) };
    };
    assert.deepEqual(await sees(clerk), { booths: [a.booth, c.booth].sort(), alarms: [alarms.a, alarms.c].sort(), messages: [message.id] });
    const listed = await does(gateway, clerk, "GET", "/v1/centres");
    assert.deepEqual([ids(listed.centres), listed.all], [[a.centre, c.centre].sort(), false]);

    // What he may, and what he may not, by name.
    const counted = (query = "") => call(gateway, clerk, "GET", `/v1/statistics?period=${month}${query}`);
    const rename = ({ booth }, name) => call(gateway, clerk, "PATCH", `/v1/booths/${booth}`, { name });
    for (const { centre: at } of [a, c]) assert.equal((await counted(`&centre=${at}`)).status, 200);
    isRefused(await counted(), 422, "unknown-centre", "centre"); // no sum to compare the two with
    isRefused(await counted(`&centre=${b.centre}`), 404, "unknown-centre", "centre");
    for (const side of [a, c]) assert.equal((await rename(side, "东室")).status, 204);
    isRefused(await rename(b, "东室"), 404, "no-booth", "booth");
    isRefused(await call(gateway, clerk, "POST", "/v1/places", { name: "调解室" }), 422, "centre-needed", "centre");
    isRefused(await call(gateway, clerk, "POST", "/v1/places", { name: "调解室", centre: b.centre }), 422, "unknown-centre", "centre");
    await does(gateway, clerk, "POST", "/v1/places", { name: "调解室", centre: c.centre });
    isRefused(await call(gateway, clerk, "POST", "/v1/centres", centre("新", "槐园街道")), 403, "not-allowed");
    isRefused(await call(gateway, clerk, "PATCH", `/v1/users/${clerk.id}`, { centres: [b.centre] }), 403, "not-allowed");

    // He loses one: his page looks again, his session goes on, and the next request is refused there.
    const again = await Live.open(gateway, clerk);
    await change(gateway, secadmin, clerk, [a.centre]);
    isRefused(await rename(c, "西室"), 404, "no-booth", "booth");
    isRefused(await counted(`&centre=${c.centre}`), 404, "unknown-centre", "centre");
    assert.equal((await counted()).status, 200, "there is one left, which need not be named");
    assert.deepEqual(await Promise.all([live, again].map((one) => one.ended())), [1013, 1013]);
    const now = await Live.open(gateway, clerk);
    assert.deepEqual([ids(now.state.booths), ids(now.state.alarms), now.state.messages], [[a.booth], [alarms.a], []]);
    assert.equal(await now.refused("answer", { message: message.id }), "no-message");
    assert.equal(lastPlace(gateway, clerk), a.centre);
    await restart(gateway);
    assert.deepEqual((await sees(clerk)).booths, [a.booth]);
  }, empty);

// --- a lawyer ------------------------------------------------------------------------------------

const lawyerOfTwo = () =>
  withGateway(async (gateway) => {
    const { a, b, c, secadmin } = await threeCentres(gateway);
    const desk = ({ centre: at }, name) => newUser(gateway, secadmin, { name, role: "staff", centre: at });
    const [deskB, deskC] = [await desk(b, "desk-b"), await desk(c, "desk-c")];
    const liu = await newUser(gateway, secadmin, { name: "liu", role: "lawyer", centres: [a.centre, c.centre] });
    const both = await newUser(gateway, secadmin, { name: "both", role: "staff", centres: [b.centre, c.centre] });
    const known = async (who) => ids((await does(gateway, who, "GET", "/v1/shifts")).lawyers);
    assert.deepEqual([await known(deskB), await known(deskC), await known(both)], [[], [liu.id], [liu.id]], "one centre of both is enough");
    const shift = { lawyer: liu.id, from: tomorrow, until: tomorrow + 3600000 };
    isRefused(await call(gateway, deskB, "POST", "/v1/shifts", shift), 422, "bad-shift", "lawyer");
    await does(gateway, deskC, "POST", "/v1/shifts", shift);
    const talk = { kind: "lawyer", lawyer: liu.id, category: "family", phone: "13800000000", starts_at: tomorrow, ends_at: tomorrow + 1800000 };
    isRefused(await call(gateway, both, "POST", "/v1/appointments", { ...talk, place: b.booth }), 422, "serves-elsewhere", "lawyer");
    await does(gateway, both, "POST", "/v1/appointments", { ...talk, place: c.booth });

    // He is asked for the residents of both, and of no third one.
    const live = await Live.open(gateway, liu);
    await live.do("on_duty");
    await b.page.do("ask", wish());
    const { id: atC } = await c.page.do("ask", wish());
    assert.equal((await live.consultation("offered")).id, atC);
    await live.do("accept", { consultation: atC });
    await c.page.consultation("connected");

    // One is taken from him while he is in a meeting there: that goes on, the next is another's.
    await change(gateway, secadmin, liu, [a.centre]);
    assert.equal(await live.ended(), 1013);
    const now = await Live.open(gateway, liu);
    assert.deepEqual([now.state.consultation.id, now.state.consultation.state], [atC, "connected"]);
    await now.do("end", { consultation: atC });
    await c.page.do("leave_word", { category: "family", text: "13811112222" });
    const { id: again } = await c.page.do("ask", wish());
    const { id: atA } = await a.page.do("ask", wish());
    assert.equal((await now.consultation("offered")).id, atA);
    assert.deepEqual((await Live.open(gateway, liu)).state.messages, []);
    assert.deepEqual(await known(deskC), []);
    assert.equal(rows(gateway, `SELECT state FROM consultation WHERE id = '${again}'`)[0].state, "waiting");
  }, empty);

// --- who gives them away -------------------------------------------------------------------------

const within = () =>
  withGateway(async (gateway) => {
    const { a, b, c, secadmin, sysadmin } = await threeCentres(gateway);
    const make = (name, role, place) => newUser(gateway, secadmin, { name, role, ...place });
    const sec = await make("sec", "secadmin", { centres: [a.centre, b.centre] });
    const street = await make("street", "secadmin", { district: "江北区", street: "槐园街道" });
    const [inside, across] = [await make("inside", "staff", { centres: [b.centre, a.centre] }), await make("across", "staff", { centres: [a.centre, c.centre] })];
    const names = async (who) => (await does(gateway, who, "GET", "/v1/users")).users.map(({ name }) => name).sort();
    assert.deepEqual([await names(sec), await names(street)], [["inside", "sec"], ["inside", "sec", "street"]]);

    const edit = (who, user, body) => call(gateway, who, "PATCH", `/v1/users/${user.id}`, body);
    for (const who of [sec, street]) {
      isRefused(await edit(who, across, { centres: [a.centre] }), 404, "no-user", "user");
      isRefused(await edit(who, inside, { centres: [a.centre, c.centre] }), 422, "outside-your-place", "centres");
      isRefused(await edit(who, inside, { centre: c.centre }), 422, "outside-your-place", "centre");
      isRefused(await edit(who, inside, { district: "江北区" }), 422, "outside-your-place", "district");
    }
    isRefused(await edit(sec, inside, { district: "江北区", street: "槐园街道" }), 422, "outside-your-place", "street");
    const placeOf = async (who, name) => {
      const { centres, centre: one, street: at } = (await does(gateway, who, "GET", "/v1/users")).users.find((user) => user.name === name);
      return [centres.sort(), one, at];
    };
    const two = [a.centre, b.centre].sort();
    assert.deepEqual(await placeOf(sec, "inside"), [two, undefined, "槐园街道"], "nothing of it was kept");
    assert.deepEqual(await placeOf(secadmin, "across"), [[a.centre, c.centre].sort(), undefined, undefined]);
    await does(gateway, sec, "PATCH", `/v1/users/${inside.id}`, { display_name: "小李" });
    assert.deepEqual(await placeOf(sec, "inside"), [two, undefined, "槐园街道"], "who changes his name leaves his place");
    await does(gateway, sec, "PATCH", `/v1/users/${inside.id}`, { centres: [b.centre, b.centre] });
    assert.deepEqual(await placeOf(sec, "inside"), [[b.centre], b.centre, "槐园街道"]);
    await does(gateway, sec, "POST", "/v1/users", { name: "new", display_name: "新", role: "staff" });
    assert.deepEqual(await placeOf(secadmin, "new"), [two, undefined, "槐园街道"], "nobody makes more than he is");
    const places = () => rows(gateway, `SELECT count(*) AS n FROM audit WHERE action = 'account_place' AND object = '${inside.id}'`)[0].n;
    assert.equal(places(), 2, "when it was made, and when it was another");

    // Wrong lists, by name; and an account of several centres is no auditor.
    const add = (body) => call(gateway, secadmin, "POST", "/v1/users", { name: "x.y", display_name: "新", role: "staff", ...body });
    for (const centres of [["none"], [a.centre, ""], [a.centre, 7], [null]]) isRefused(await add({ centres }), 422, "unknown-centre", "centres");
    isRefused(await add({ centres: [] }), 422, "none-chosen", "centres");
    for (const centres of ["none", {}, null, 7]) isRefused(await add({ centres }), 400, "bad-field", "centres");
    isRefused(await add({ role: "auditor", centres: [a.centre] }), 422, "whole-only", "role");
    const many = [];
    for (let i = 0; i < 17; i++) many.push(await makeCentre(gateway, sysadmin, centre(`中心 ${i}`, "槐园街道")));
    isRefused(await add({ centres: many }), 422, "too-many-chosen", "centres");
    await does(gateway, secadmin, "PATCH", `/v1/users/${across.id}`, { centres: many.slice(1) });
    assert.deepEqual((await placeOf(secadmin, "across"))[0], many.slice(1).sort());
    assert.equal(lastPlace(gateway, across).split(",").length, 16, "the audit log has all of them");

    // A centre that moves leaves the street's administrator, and stays with who chose it.
    await does(gateway, sysadmin, "PATCH", `/v1/centres/${b.centre}`, { street: "北门街道" });
    assert.deepEqual(await names(street), ["across", "street"]);
    assert.ok((await names(sec)).includes("inside"));
    await does(gateway, secadmin, "PATCH", `/v1/users/${across.id}`, { district: "江北区" });
    assert.deepEqual(rows(gateway, `SELECT count(*) AS n FROM user_centre WHERE user = '${across.id}'`)[0].n, 0);
    assert.equal(lastPlace(gateway, across), "江北区");
    await does(gateway, secadmin, "PATCH", `/v1/users/${across.id}`, { centre: "" });
    assert.equal(lastPlace(gateway, across), "all");
  }, empty);

// --- lawyers as a table --------------------------------------------------------------------------

const table = () =>
  withGateway(async (gateway) => {
    const { a, b, c, secadmin, sysadmin } = await threeCentres(gateway);
    const twin = await makeCentre(gateway, sysadmin, centre("榕树", "北门街道"));
    const spaced = await makeCentre(gateway, sysadmin, centre("East Gate", "北门街道"));
    const sec = await newUser(gateway, secadmin, { name: "sec", role: "secadmin", centres: [a.centre, c.centre] });
    const send = (who, text) => ask(gateway, "POST", "/v1/users/import", { ...who, text, type: "text/csv", headers: { "x-banyan": "1" } });
    const head = "登录名,姓名,律师事务所,执业证号,中心";
    const of = (name) => rows(gateway, `SELECT centre FROM user_centre c JOIN user u ON u.id = c.user WHERE u.name = '${name}' ORDER BY 1`).map((row) => row.centre);
    const bad = async (who, cell) => {
      const { status, body } = await send(who, `${head}\nok,好,所,1,槐园\nbad,坏,所,1,${cell}\n`);
      assert.deepEqual([status, body.lines?.map(({ line, field }) => [line, field])], [422, [[3, "centres"]]], cell);
    };
    for (const cell of ["没有这个", "槐园、没有这个", "榕树", "槐园 北门"]) await bad(secadmin, cell);
    for (const cell of ["榕树", "槐园街道榕树", b.centre]) await bad(sec, cell); // not his to give away
    assert.equal(rows(gateway, "SELECT count(*) AS n FROM user WHERE role = 'lawyer'")[0].n, 0);

    const good = ["wang.li,王,所,1,槐园、北门", "li,李,所,2,北门街道榕树；江北区槐园街道榕树", `zhao.li,赵,所,3,"${c.centre}, 槐园 , "`, "qian,钱,所,4,East Gate;槐园;槐园", "sun,孙,所,5,"];
    assert.equal((await send(secadmin, `${head}\n${good.join("\n")}\n`)).status, 201);
    const two = [a.centre, c.centre].sort();
    assert.deepEqual(["wang.li", "li", "zhao.li", "qian", "sun"].map(of), [two, [b.centre, twin].sort(), two, [a.centre, spaced].sort(), []]);
    // 槐园、北门, as WPS saves it in GB18030.
    const names = Buffer.from([0xbb, 0xb1, 0xd4, 0xb0, 0xa1, 0xa2, 0xb1, 0xb1, 0xc3, 0xc5]);
    const gb = Buffer.concat([Buffer.from("name,display_name,law_firm,licence_no,centres\nzhou,Z,A,6,"), names, Buffer.from("\n")]);
    const saved = await send(sec, gb);
    assert.equal(saved.status, 201, JSON.stringify(saved.body));
    assert.deepEqual(of("zhou"), two);
    // Who keeps two centres makes no lawyer of everywhere.
    assert.equal((await send(sec, "name,display_name,law_firm,licence_no\nwu,吴,所,7\n")).status, 201);
    assert.deepEqual(of("wu"), two);

    const lawyer = rows(gateway, "SELECT id FROM user WHERE name = 'wang.li'")[0].id;
    const desk = await newUser(gateway, secadmin, { name: "desk", role: "staff", centre: c.centre });
    await until("the clinic knows where he serves", async () => ids((await does(gateway, desk, "GET", "/v1/shifts")).lawyers).includes(lawyer));
  }, empty);

export const chosenCentres = {
  "a clerk of two centres sees and keeps both, and what is taken is gone at once": clerkOfTwo,
  "a lawyer of two centres is asked for the residents of both alone": lawyerOfTwo,
  "nobody gives away centres that are not his own": within,
  "lawyers of a table belong to the centres that are named there": table,
};
