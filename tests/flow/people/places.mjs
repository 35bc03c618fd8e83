// The first evening of an empty machine, and places: districts, streets, centres, booths, and who sees which of them.
import assert from "node:assert/strict";
import { until } from "../../support/gateway.mjs";
import { ask, enrol, Live, stranger } from "../../support/live.mjs";
import { call, firstSignIn } from "./accounts.mjs";
import { restart, rows, wish, withGateway } from "./world.mjs";

export const empty = { people: false };
const account = async (gateway, ...args) => JSON.parse(await gateway.ctl("--json", "account", ...args));
export const isRefused = (reply, status, slug, field) => {
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  assert.deepEqual([reply.body.type, reply.body.field], [`/problems/${slug}`, field]);
};
const start = async (gateway) => (await ask(gateway, "GET", "/v1/start")).body;

let passwords = 0;
const enter = (gateway, made) => firstSignIn(gateway, made, `榕树下乘凉 ${++passwords}`);

export async function does(gateway, who, method, path, body) {
  const reply = await call(gateway, who, method, path, body);
  assert.ok(reply.status < 300, `${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}

// The two administrators, as the operator makes them.
export async function administrators(gateway) {
  const made = [await account(gateway, "--name", "wang"), await account(gateway, "--name", "zhao", "--role", "sysadmin")];
  const [secadmin, sysadmin] = await Promise.all(made.map((one) => enter(gateway, one)));
  return { secadmin, sysadmin };
}

export const centre = (name, street, district = "江北区") => ({ district, street, name, phone: "023-6210 0001", address: `${street} 1 号` });

export async function makeCentre(gateway, sysadmin, body) {
  return (await does(gateway, sysadmin, "POST", "/v1/centres", body)).centre.id;
}

export async function makeBooth(gateway, who, at, name) {
  return (await does(gateway, who, "POST", "/v1/booths", { centre: at, name })).booth.id;
}

export async function device(gateway, who, booth) {
  const { code } = await does(gateway, who, "POST", `/v1/booths/${booth}/code`);
  return enrol(gateway, code);
}

async function makeUser(gateway, secadmin, body) {
  const { user, password } = await does(gateway, secadmin, "POST", "/v1/users", { display_name: body.name, ...body });
  return { id: user.id, name: body.name, password };
}

// Lawyers and administrators enrol a phone; staff and hall have a password alone.
export async function newUser(gateway, secadmin, body) {
  const made = await makeUser(gateway, secadmin, body);
  if (!["staff", "hall"].includes(body.role)) return { ...made, ...(await enter(gateway, made)) };
  const chosen = `榕树下乘凉 ${++passwords}`;
  const json = { name: made.name, password: made.password, new_password: chosen };
  const reply = await ask(gateway, "POST", "/v1/sessions", { json, from: stranger() });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
  return { ...made, password: chosen, cookie: reply.cookie };
}

// --- the first evening ---------------------------------------------------------------------------

const firstEvening = () =>
  withGateway(async (gateway) => {
    const none = { account: false, centre: false, booth: false, lawyer: false, consultation: false };
    assert.deepEqual(await start(gateway), none);
    assert.equal((await ask(gateway, "GET", "/v1/clinic")).body.centre, null);
    const { secadmin, sysadmin } = await administrators(gateway);
    const at = await makeCentre(gateway, sysadmin, centre("槐园社区党群服务中心", "槐园街道"));
    const booth = await makeBooth(gateway, sysadmin, at, "法律咨询室 1");
    const page = await Live.open(gateway, await device(gateway, sysadmin, booth));
    assert.deepEqual(page.state.booth, { id: booth, name: "法律咨询室 1", centre: "槐园社区党群服务中心" });
    assert.equal(page.state.clinic.centre.phone, "023-6210 0001");
    const liu = await newUser(gateway, secadmin, { name: "liu", role: "lawyer", display_name: "刘志远" });
    assert.deepEqual(await start(gateway), { ...none, account: true, centre: true, booth: true, lawyer: true });
    const lawyer = await Live.open(gateway, liu);
    await lawyer.do("on_duty");
    const { id } = await page.do("ask", wish());
    await lawyer.consultation("offered");
    await lawyer.do("accept", { consultation: id });
    assert.equal((await page.consultation("connected")).lawyer.name, "刘志远");
    assert.equal((await start(gateway)).consultation, true);
    const acts = rows(gateway, "SELECT actor, action FROM audit WHERE action IN ('account_made', 'centre_made', 'booth_made') ORDER BY n");
    assert.deepEqual(acts.map(({ action }) => action), ["account_made", "account_made", "centre_made", "booth_made", "account_made"]);
    assert.equal(acts[0].actor, "user:banyanctl");
  }, empty);

const onlyTheFirst = () =>
  withGateway(async (gateway) => {
    const refused = async (...args) => (await gateway.ctl("account", ...args).catch((error) => error)).stderr ?? "was not refused";
    assert.match(await refused(), /--name is 2 to 40/);
    assert.match(await refused("--name", "Wang"), /--name is 2 to 40/);
    assert.match(await refused("--name", "wang", "--role", "lawyer"), /--role is secadmin/);
    const first = await account(gateway, "--name", "wang", "--display-name", "王主任");
    assert.match(first.password, /^[A-Za-z0-9]{12}$/);
    assert.match(await refused("--name", "li"), /there is one already/);
    assert.match(await refused("--name", "wang", "--another"), /signs in with this name already/);
    assert.equal((await account(gateway, "--name", "li", "--another")).role, "secadmin");
    assert.equal((await account(gateway, "--name", "zhao", "--role", "sysadmin")).role, "sysadmin", "another role is another one");
    // The password is good once, and only with a phone.
    const { name, password } = first;
    const enterWith = (json) => ask(gateway, "POST", "/v1/sessions", { json: { name, password, ...json }, from: stranger() });
    isRefused(await enterWith({}), 401, "new-password-needed", "new_password");
    isRefused(await enterWith({ new_password: "榕树下乘凉 2026" }), 401, "second-factor-needed", "enrolment");
    assert.ok(!gateway.log.includes(password), "it is in no log");
  }, empty);

// --- centres and booths --------------------------------------------------------------------------

const changedPlaces = () =>
  withGateway(async (gateway) => {
    const { sysadmin } = await administrators(gateway);
    const at = await makeCentre(gateway, sysadmin, centre("槐园", "槐园街道"));
    const other = await makeCentre(gateway, sysadmin, { ...centre("北门", "北门街道"), phone: "023-2" + "00" });
    const booths = [await makeBooth(gateway, sysadmin, at, "一室"), await makeBooth(gateway, sysadmin, other, "一室")];
    const devices = await Promise.all(booths.map((id) => device(gateway, sysadmin, id)));
    const [here, there] = await Promise.all(devices.map((who) => Live.open(gateway, who)));
    assert.deepEqual([here.state.clinic.centre.name, there.state.clinic.centre.name], ["槐园", "北门"], "each booth its own");
    assert.equal((await ask(gateway, "GET", "/v1/clinic")).body.centre, null, "a stranger is told of none of several");

    await does(gateway, sysadmin, "PATCH", `/v1/centres/${at}`, { name: "槐园新村", phone: "110" });
    await here.ended();
    const again = await Live.open(gateway, devices[0]);
    assert.deepEqual(again.state.clinic.centre, { name: "槐园新村", phone: "110", address: "槐园街道 1 号" });
    await does(gateway, sysadmin, "PATCH", `/v1/booths/${booths[0]}`, { name: "东室" });
    assert.equal((await Live.open(gateway, devices[0])).state.booth.name, "东室");
    isRefused(await call(gateway, sysadmin, "POST", "/v1/booths", { centre: at, name: "东室" }), 409, "name-taken", "name");
    isRefused(await call(gateway, sysadmin, "POST", "/v1/centres", centre("北门", "北门街道")), 409, "name-taken", "name");

    // A closed booth is gone for everybody but the books.
    const page = await Live.open(gateway, devices[1]);
    await page.do("leave_word", { category: "family", text: "13800000000" });
    const { id } = await page.do("ask", wish());
    isRefused(await call(gateway, sysadmin, "DELETE", `/v1/booths/${booths[1]}`), 409, "booth-busy", "booth");
    await page.do("cancel", { consultation: id });
    await does(gateway, sysadmin, "DELETE", `/v1/booths/${booths[1]}`);
    assert.equal(await page.ended(), 1008);
    assert.equal((await ask(gateway, "GET", "/v1/me", devices[1])).status, 401, "its device is out");
    for (const [method, body] of [["PATCH", { name: "x" }], ["DELETE", undefined]])
      isRefused(await call(gateway, sysadmin, method, `/v1/booths/${booths[1]}`, body), 404, "no-booth", "booth");
    isRefused(await call(gateway, sysadmin, "POST", `/v1/booths/${booths[1]}/code`), 404, "no-booth", "booth");
    assert.equal(rows(gateway, "SELECT count(*) AS n FROM consultation")[0].n, 1, "what was done there stays");
    await restart(gateway);
    const list = (await does(gateway, sysadmin, "GET", "/v1/booths")).booths;
    assert.deepEqual(list.map(({ name, centre: of }) => [name, of]), [["东室", "槐园新村"]]);
  }, empty);

const badPlaces = () =>
  withGateway(async (gateway) => {
    const { sysadmin } = await administrators(gateway);
    const good = centre("槐园", "槐园街道");
    const at = await makeCentre(gateway, sysadmin, good);
    const booth = await makeBooth(gateway, sysadmin, at, "一室");
    const never = [7, null, [], {}, true];
    const wrong = {
      district: [...never, "x".repeat(61), "a\nb"],
      street: [...never, "x".repeat(61)],
      name: [...never, undefined, "", "x".repeat(61), "a\tb"],
      phone: [...never, undefined, "", "x", "12", "1".repeat(41), "123; DROP"],
      address: [...never, "x".repeat(121)],
    };
    for (const [field, values] of Object.entries(wrong))
      for (const value of values)
        isRefused(await call(gateway, sysadmin, "POST", "/v1/centres", { ...good, name: "另一个", [field]: value }), 400, "bad-field", field);
    isRefused(await call(gateway, sysadmin, "POST", "/v1/centres", { ...good, district: "" }), 422, "district-needed", "district");
    isRefused(await call(gateway, sysadmin, "PATCH", "/v1/centres/none", good), 404, "no-centre", "centre");
    for (const value of [...never, undefined, "", "x".repeat(61), "a\u0007"])
      for (const [method, path] of [["POST", "/v1/booths"], ["PATCH", `/v1/booths/${booth}`]])
        isRefused(await call(gateway, sysadmin, method, path, { centre: at, name: value }), 400, "bad-field", "name");
    for (const value of [...never, undefined, ""])
      isRefused(await call(gateway, sysadmin, "POST", "/v1/booths", { centre: value, name: "二室" }), 400, "bad-field", "centre");
    isRefused(await call(gateway, sysadmin, "POST", "/v1/booths", { centre: "none", name: "二室" }), 422, "unknown-centre", "centre");
    assert.deepEqual([rows(gateway, "SELECT count(*) AS n FROM centre")[0].n, rows(gateway, "SELECT count(*) AS n FROM booth")[0].n], [1, 1]);
  }, empty);

// --- who sees what -------------------------------------------------------------------------------

// Two centres of two streets, each with a booth, a lawyer and somebody at the desk.
async function twoCentres(gateway) {
  const admins = await administrators(gateway);
  const side = async (name, street) => {
    const at = await makeCentre(gateway, admins.sysadmin, centre(name, street));
    const booth = await makeBooth(gateway, admins.sysadmin, at, `${name}一室`);
    const code = street === "槐园街道" ? "a" : "b";
    return {
      centre: at,
      booth,
      page: await Live.open(gateway, await device(gateway, admins.sysadmin, booth)),
      lawyer: await newUser(gateway, admins.secadmin, { name: `lawyer-${code}`, role: "lawyer", centre: at }),
      desk: await newUser(gateway, admins.secadmin, { name: `desk-${code}`, role: "staff", centre: at }),
    };
  };
  return { ...admins, a: await side("槐园", "槐园街道"), b: await side("北门", "北门街道") };
}

export const ids = (list) => list.map(({ id }) => id).sort();
const tomorrow = Date.now() + 86400000;

export async function unsatisfied(lawyer, booth) {
  const { id } = await booth.do("ask", wish());
  await lawyer.consultation("offered");
  await lawyer.do("accept", { consultation: id });
  await booth.consultation("connected");
  await booth.do("leave");
  await booth.do("rate", { consultation: id, score: 1 });
}

const staffOfOnePlace = () =>
  withGateway(async (gateway) => {
    const { a, b, secadmin } = await twoCentres(gateway);
    const [deskA, deskB] = await Promise.all([a.desk, b.desk].map((who) => Live.open(gateway, who)));
    const roaming = await newUser(gateway, secadmin, { name: "roaming", role: "lawyer" });
    const lawyer = await Live.open(gateway, a.lawyer);
    await lawyer.do("on_duty");
    await a.page.do("alarm", { reason: "danger" });
    await a.page.do("leave_word", { category: "family", text: "13800000000" });
    await unsatisfied(lawyer, a.page);
    const { id: alarm } = await deskA.told("alarm", ({ kind }) => kind === "danger");
    const message = await deskA.told("message", ({ phone }) => phone === "13800000000");
    await a.page.do("ask", wish());

    const board = (side) => does(gateway, side.desk, "GET", "/v1/desk");
    const [own, others] = [await board(a), await board(b)];
    assert.deepEqual([ids(own.booths), ids(others.booths)], [[a.booth], [b.booth]]);
    assert.deepEqual([ids(own.alarms), others.alarms], [[alarm], []]);
    assert.deepEqual([ids(own.messages), others.messages], [[message.id], []]);
    assert.deepEqual([ids(own.lawyers), others.lawyers], [[a.lawyer.id], []]);
    assert.deepEqual([own.clinic.waiting, others.clinic.waiting], [1, 0]);
    assert.deepEqual([ids(own.clinic.duty_lawyers), others.clinic.duty_lawyers], [[a.lawyer.id], []]);
    assert.deepEqual([own.clinic.centre.name, others.clinic.centre.name], ["槐园", "北门"]);
    assert.deepEqual((await Live.open(gateway, b.desk)).state.alarms, []);

    // What is told to one is not told to the other; what is not seen is not there.
    for (const kind of ["alarm", "message"]) assert.deepEqual(deskB.last(kind) ?? null, null, `${kind} was told to the other centre`);
    assert.equal(await deskB.refused("answer", { message: message.id }), "no-message");
    assert.equal((await deskB.say({ do: "close_alarm", alarm })).ok, false);
    await deskA.do("close_alarm", { alarm });
    await deskA.do("answer", { message: message.id });

    const { tasks } = await does(gateway, a.desk, "GET", "/v1/tasks");
    assert.equal(tasks.length, 1);
    assert.deepEqual((await does(gateway, b.desk, "GET", "/v1/tasks")).tasks, []);
    const done = (side) => call(gateway, side.desk, "POST", `/v1/tasks/${tasks[0].id}/done`, { note: "打过电话" });
    isRefused(await done(b), 404, "no-task", "task");
    assert.equal((await done(a)).status, 204);

    const month = new Date().toISOString().slice(0, 7);
    const counted = (side, query = "") => call(gateway, side.desk, "GET", `/v1/statistics?period=${month}${query}`);
    assert.equal((await counted(a)).status, 200);
    isRefused(await counted(b, `&centre=${a.centre}`), 404, "unknown-centre", "centre");
    const worked = (side) => call(gateway, side.desk, "GET", `/v1/workload?period=${month}&lawyer=${a.lawyer.id}`);
    assert.equal((await worked(a)).status, 200);
    isRefused(await worked(b), 404, "no-lawyer", "lawyer");

    const roster = (side) => does(gateway, side.desk, "GET", "/v1/shifts");
    assert.deepEqual(ids((await roster(b)).lawyers), [b.lawyer.id, roaming.id].sort(), "who is of no place is everybody's");
    const shift = { lawyer: a.lawyer.id, from: tomorrow, until: tomorrow + 3600000 };
    isRefused(await call(gateway, b.desk, "POST", "/v1/shifts", shift), 422, "bad-shift", "lawyer");
    await does(gateway, a.desk, "POST", "/v1/shifts", shift);
    const [{ id }] = (await roster(a)).shifts;
    assert.deepEqual((await roster(b)).shifts, []);
    isRefused(await call(gateway, b.desk, "DELETE", `/v1/shifts/${id}`), 404, "no-shift", "shift");
    const table = `律师,日期,开始,结束\nlawyer-a,2027-01-04,9:00,12:00\n`;
    const imported = await ask(gateway, "POST", "/v1/shifts/import", { ...b.desk, text: table, type: "text/csv", headers: { "x-banyan": "1" } });
    isRefused(imported, 422, "bad-table", "lawyer");
    await does(gateway, a.desk, "DELETE", `/v1/shifts/${id}`);

    assert.deepEqual(ids((await does(gateway, b.desk, "GET", "/v1/booths")).booths), [b.booth]);
    assert.deepEqual(ids((await does(gateway, b.desk, "GET", "/v1/centres")).centres), [b.centre]);
    isRefused(await call(gateway, b.desk, "PATCH", `/v1/booths/${a.booth}`, { name: "x" }), 404, "no-booth", "booth");
    isRefused(await call(gateway, b.desk, "POST", `/v1/booths/${a.booth}/code`), 404, "no-booth", "booth");
    isRefused(await call(gateway, b.desk, "POST", "/v1/booths", { centre: a.centre, name: "x" }), 422, "unknown-centre", "centre");
    for (const [method, path, body] of [["POST", "/v1/centres", centre("x", "y")], ["DELETE", `/v1/booths/${b.booth}`]])
      assert.equal((await call(gateway, b.desk, method, path, body)).status, 403, "that is not for the desk");
  }, empty);

// Lawyers serve the centre, street or district they belong to: all they are offered and told, and where they may be booked.
const lawyersOfOnePlace = () =>
  withGateway(async (gateway) => {
    const { a, b, secadmin } = await twoCentres(gateway);
    const roaming = await newUser(gateway, secadmin, { name: "roaming", role: "lawyer", district: "江北区" });
    const [liu, other] = await Promise.all([a.lawyer, roaming].map((who) => Live.open(gateway, who)));
    await liu.do("on_duty");
    const { id } = await b.page.do("ask", wish());
    await a.page.told("clinic", ({ duty_lawyers: duty }) => duty.length === 1);
    const ofB = await b.page.told("clinic", ({ waiting }) => waiting === 1);
    assert.deepEqual([ofB.duty_lawyers, ofB.centre.name], [[], "北门"], "nobody is on duty for it");
    assert.deepEqual(liu.last("consultation") ?? null, null, "he was asked for another centre's resident");
    assert.equal(liu.last("waiting")?.data.waiting ?? liu.state.waiting, 0);
    await b.page.do("leave_word", { category: "family", text: "13811112222" });
    await other.told("message", ({ phone }) => phone === "13811112222");
    assert.deepEqual(liu.last("message") ?? null, null);
    assert.equal(await liu.refused("answer", { message: 1 }), "no-message");
    assert.deepEqual((await Live.open(gateway, a.lawyer)).state.messages, []);
    assert.deepEqual((await Live.open(gateway, roaming)).state.messages.map(({ phone }) => phone), ["13811112222"]);
    const clinic = async (booth) => (await ask(gateway, "GET", `/v1/clinic?booth=${booth}`)).body;
    assert.deepEqual([ids((await clinic(a.booth)).duty_lawyers), (await clinic(b.booth)).duty_lawyers], [[a.lawyer.id], []]);
    isRefused(await ask(gateway, "GET", "/v1/clinic?booth=none"), 404, "no-booth", "booth");

    // Both wait, and the district's lawyer comes: a's own is asked for a, the district's for b.
    assert.ok(id);
    await other.do("on_duty");
    const { id: atB } = await b.page.do("ask", wish());
    assert.equal((await other.consultation("offered")).id, atB);
    const { id: atA } = await a.page.do("ask", wish());
    assert.equal((await liu.consultation("offered")).id, atA);
  }, empty);

// Nobody of the desk looks at a swap: so who takes a shift serves every centre it is for.
const swapsOfOnePlace = () =>
  withGateway(async (gateway) => {
    const { a, b, secadmin } = await twoCentres(gateway);
    const roaming = await newUser(gateway, secadmin, { name: "roaming", role: "lawyer", district: "江北区" });
    const add = (who, lawyer, from) => does(gateway, who, "POST", "/v1/shifts", { lawyer, from, until: from + 3600000 });
    const swap = (who, shift, lawyer) => call(gateway, who, "POST", "/v1/swaps", { shift, lawyer });
    await add(a.desk, a.lawyer.id, tomorrow);
    await add(a.desk, roaming.id, tomorrow + 7200000);
    const roster = (who) => does(gateway, who, "GET", "/v1/shifts");
    const { shifts } = await roster(a.desk);
    const shiftOf = (lawyer) => shifts.find((one) => one.lawyer === lawyer).id;
    isRefused(await swap(a.lawyer, shiftOf(a.lawyer.id), b.lawyer.id), 422, "serves-elsewhere", "lawyer");
    isRefused(await swap(roaming, shiftOf(roaming.id), a.lawyer.id), 422, "serves-elsewhere", "lawyer");
    assert.deepEqual(ids((await roster(a.lawyer)).lawyers).sort(), [a.lawyer.id, roaming.id].sort(), "only who may take it is offered");
    assert.deepEqual(ids((await roster(roaming)).lawyers), [roaming.id]);
    assert.equal((await swap(a.lawyer, shiftOf(a.lawyer.id), roaming.id)).status, 204);
    const swaps = async (who) => (await does(gateway, who, "GET", "/v1/swaps")).swaps.length;
    assert.deepEqual([await swaps(a.desk), await swaps(b.desk)], [1, 0]);

    // He is given another place before he answers.
    const [{ id }] = (await does(gateway, roaming, "GET", "/v1/swaps")).swaps;
    await does(gateway, secadmin, "PATCH", `/v1/users/${roaming.id}`, { centre: b.centre });
    const agree = () => call(gateway, roaming, "POST", `/v1/swaps/${id}/answer`, { shift: shiftOf(a.lawyer.id), agrees: true });
    isRefused(await agree(), 422, "serves-elsewhere", "lawyer");
    await does(gateway, secadmin, "PATCH", `/v1/users/${roaming.id}`, { district: "江北区" });
    assert.equal((await agree()).status, 204);
    assert.equal((await roster(a.desk)).shifts.find(({ id: one }) => one === shiftOf(a.lawyer.id)).lawyer, roaming.id);
  }, empty);

const roomsOfOnePlace = () =>
  withGateway(async (gateway) => {
    const { a, b, secadmin, sysadmin } = await twoCentres(gateway);
    const street = await newUser(gateway, secadmin, { name: "street", role: "staff", district: "江北区" });
    const add = (who, body) => call(gateway, who, "POST", "/v1/places", body);
    const names = async (who) => (await does(gateway, who, "GET", "/v1/places")).places.map(({ name }) => name).sort();
    assert.equal((await add(a.desk, { name: "会议室" })).status, 204);
    assert.equal((await add(b.desk, { name: "会议室" })).status, 204, "each centre may have one");
    isRefused(await add(b.desk, { name: "会议室" }), 409, "name-taken", "name");
    isRefused(await add(b.desk, { name: "x", centre: a.centre }), 422, "unknown-centre", "centre");
    isRefused(await add(street, { name: "x" }), 422, "centre-needed", "centre");
    isRefused(await add(street, { name: "x", centre: "none" }), 422, "unknown-centre", "centre");
    isRefused(await add(street, { name: "x", centre: 7 }), 400, "bad-field", "centre");
    assert.equal((await add(street, { name: "活动室", centre: a.centre })).status, 204);
    await restart(gateway);
    assert.deepEqual([await names(a.desk), await names(b.desk)], [["会议室", "槐园一室", "活动室"], ["会议室", "北门一室"]]);
    assert.equal((await names(street)).length, 5);

    const { places: own } = await does(gateway, a.desk, "GET", "/v1/places");
    const { room_day: day } = await does(gateway, a.desk, "GET", "/v1/appointments");
    const starts = Date.parse(`${day}T09:00:00+08:00`);
    const booking = { kind: "room", place: own.find(({ room }) => room).id, phone: "13800000000", purpose: "合唱", starts_at: starts, ends_at: starts + 3600000 };
    isRefused(await call(gateway, b.desk, "POST", "/v1/appointments", booking), 422, "unknown-place", "place");
    await does(gateway, a.desk, "POST", "/v1/appointments", booking);
    assert.deepEqual((await does(gateway, b.desk, "GET", "/v1/appointments")).appointments, []);
    isRefused(await call(gateway, b.desk, "POST", "/v1/appointments/1/decision", { decision: "approve" }), 409, "no-appointment", "appointment");
    await does(gateway, street, "POST", "/v1/appointments/1/decision", { decision: "approve" });

    // With a lawyer: only where he serves.
    await does(gateway, street, "POST", "/v1/shifts", { lawyer: a.lawyer.id, from: tomorrow, until: tomorrow + 3600000 });
    const talk = { kind: "lawyer", lawyer: a.lawyer.id, category: "family", phone: "13800000000", starts_at: tomorrow, ends_at: tomorrow + 1800000 };
    isRefused(await call(gateway, street, "POST", "/v1/appointments", { ...talk, place: b.booth }), 422, "serves-elsewhere", "lawyer");
    await does(gateway, street, "POST", "/v1/appointments", { ...talk, place: a.booth });
    await does(gateway, street, "POST", "/v1/appointments/2/decision", { decision: "approve" });
    const [{ id: shift }] = (await does(gateway, street, "GET", "/v1/shifts")).shifts;
    const handOver = (who, lawyer) => call(gateway, who, "POST", `/v1/shifts/${shift}/hand-over`, { lawyer });
    isRefused(await handOver(street, b.lawyer.id), 422, "appointment-elsewhere", "lawyer");
    isRefused(await handOver(a.desk, b.lawyer.id), 422, "unknown-lawyer", "lawyer");
    isRefused(await handOver(b.desk, b.lawyer.id), 404, "no-shift", "shift");
    assert.ok(sysadmin);
  }, empty);

const districtAdministrators = () =>
  withGateway(async (gateway) => {
    const { a, b, secadmin, sysadmin } = await twoCentres(gateway);
    const far = await makeCentre(gateway, sysadmin, centre("渝中", "槐园街道", "渝中区"));
    const make = (name, role, place) => newUser(gateway, secadmin, { name, role, ...place });
    const [sec, sys, desk] = [
      await make("sec", "secadmin", { district: "江北区" }),
      await make("sys", "sysadmin", { district: "江北区" }),
      await make("street", "staff", { district: "江北区", street: "槐园街道" }),
    ];
    assert.deepEqual(ids((await does(gateway, desk, "GET", "/v1/desk")).booths), [a.booth], "a street's desk sees its centres");
    const names = (await does(gateway, sec, "GET", "/v1/users")).users.map(({ name }) => name).sort();
    assert.deepEqual(names, ["desk-a", "desk-b", "lawyer-a", "lawyer-b", "sec", "street", "sys"]);
    const [wang] = rows(gateway, "SELECT id FROM user WHERE name = 'wang'");
    for (const [method, rest, body] of [
      ["PATCH", "", { disabled: true }],
      ["POST", "/password"],
      ["DELETE", "/second-factor"],
      ["GET", "/sessions"],
      ["DELETE", "/sessions/0000000000000000"],
    ])
      isRefused(await call(gateway, sec, method, `/v1/users/${wang.id}${rest}`, body), 404, "no-user", "user");
    await does(gateway, sec, "PATCH", `/v1/users/${b.desk.id}`, { display_name: "小李" });
    const add = (who, place, role = "staff") => call(gateway, who, "POST", "/v1/users", { name: "new", display_name: "新", role, ...place });
    isRefused(await add(sec, { centre: far }), 422, "outside-your-place", "centre");
    isRefused(await add(sec, { district: "渝中区" }), 422, "outside-your-place", "district");
    isRefused(await add(sec, {}, "auditor"), 422, "whole-only", "role");
    isRefused(await add(secadmin, { district: "江背区" }), 422, "unknown-place", "district");
    isRefused(await add(secadmin, { district: "渝中区", street: "北门街道" }), 422, "unknown-place", "street");
    isRefused(await add(secadmin, { centre: "none" }), 422, "unknown-centre", "centre");
    assert.equal((await add(sec, {})).status, 201);
    const [kept] = rows(gateway, "SELECT district FROM user WHERE name = 'new'");
    assert.equal(kept.district, "江北区", "nobody makes more than he is");
    isRefused(await call(gateway, sec, "PATCH", `/v1/users/${b.desk.id}`, { centre: far }), 422, "outside-your-place", "centre");

    assert.deepEqual(ids((await does(gateway, sys, "GET", "/v1/centres")).centres), [a.centre, b.centre].sort());
    isRefused(await call(gateway, sys, "PATCH", `/v1/centres/${far}`, { phone: "123" }), 404, "no-centre", "centre");
    isRefused(await call(gateway, sys, "PATCH", `/v1/centres/${a.centre}`, { district: "渝中区" }), 422, "outside-your-place", "district");
    isRefused(await call(gateway, sys, "POST", "/v1/centres", centre("新", "新街道", "渝中区")), 422, "outside-your-place", "district");
    await does(gateway, sys, "POST", "/v1/centres", centre("新", "新街道"));
    assert.equal((await call(gateway, sys, "GET", "/v1/rooms/r/pulls")).status, 403, "the machine is not one district's");

    // A centre that moves takes its people with it.
    await does(gateway, sysadmin, "PATCH", `/v1/centres/${b.centre}`, { district: "渝中区" });
    assert.ok(!(await does(gateway, sec, "GET", "/v1/users")).users.some(({ name }) => name === "desk-b"));
  }, empty);

// --- a page that locked itself -------------------------------------------------------------------

const unlocked = () =>
  withGateway(async (gateway) => {
    const { secadmin } = await administrators(gateway);
    const desk = await newUser(gateway, secadmin, { name: "desk", role: "staff" });
    const unlock = (password) => call(gateway, desk, "POST", "/v1/me/unlock", { password });
    assert.deepEqual((await does(gateway, desk, "GET", "/v1/me")), {
      id: desk.id, role: "staff", name: "desk", account: "desk", second_factor: false,
    });
    assert.equal((await unlock(desk.password)).status, 204);
    isRefused(await unlock("wrong"), 401, "sign-in-failed");
    isRefused(await unlock(7), 400, "bad-field", "password");
    for (let at = 0; at < 4; at++) await unlock(`wrong ${at}`);
    assert.equal((await unlock(desk.password)).status, 429, "guesses are throttled");
    await until("they are in the audit log", () => rows(gateway, "SELECT count(*) AS n FROM audit WHERE action = 'sign_in_refused'")[0].n === 5);
  }, empty);

// Staff need no phone, and may have one.
const phoneOfStaff = () =>
  withGateway(async (gateway) => {
    const { secadmin } = await administrators(gateway);
    const made = await newUser(gateway, secadmin, { name: "desk", role: "staff" });
    const live = await Live.open(gateway, made);
    const { password } = made;
    const { cookie } = await firstSignIn(gateway, { name: "desk", password }, "又一个密码 2027");
    assert.equal(await live.ended(), 1013, "the page looks again who it is");
    assert.equal((await ask(gateway, "GET", "/v1/me", made)).status, 401, "a new password ends the other sessions");
    assert.equal((await ask(gateway, "GET", "/v1/me", { cookie })).body.second_factor, true);
    const json = { name: "desk", password: "又一个密码 2027" };
    isRefused(await ask(gateway, "POST", "/v1/sessions", { json, from: stranger() }), 401, "code-needed", "code");
  }, empty);

export const places = {
  "an empty machine has its first consultation on the first evening": firstEvening,
  "banyanctl makes the first administrators, and no others unless told": onlyTheFirst,
  "centres and booths come, change and close without a restart": changedPlaces,
  "every field of a centre and a booth is checked and named": badPlaces,
  "staff of one centre see nothing of another": staffOfOnePlace,
  "lawyers of one centre are asked for its residents alone": lawyersOfOnePlace,
  "a shift is taken only by who serves all its centres": swapsOfOnePlace,
  "rooms are a centre's, and booked by its desk alone": roomsOfOnePlace,
  "administrators of a district keep their district alone": districtAdministrators,
  "a locked page is unlocked by the password alone": unlocked,
  "staff may have a second factor, and a new password ends other sessions": phoneOfStaff,
};
