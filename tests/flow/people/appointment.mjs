// Appointments: asked for, approved, nobody promised twice, and who comes finds his lawyer.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Live } from "../../support/live.mjs";
import { call, staffOf } from "./accounts.mjs";
import { pages, restart, rows, wish, withGateway } from "./world.mjs";

const minute = 60000;
const day = 86400000;

const isRefused = (reply, status, slug, field) => {
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  assert.deepEqual([reply.body.type, reply.body.field], [`/problems/${slug}`, field]);
};

// The desk, and 陈敏 on the roster from now on for eight hours.
async function openDesk(gateway) {
  const desk = await staffOf(gateway, "desk");
  const shift = { lawyer: "u-lawyer-2", from: Date.now() - minute, until: Date.now() + 8 * 60 * minute };
  assert.equal((await call(gateway, desk, "POST", "/v1/shifts", shift)).status, 201);
  const starts = Date.now() + 20 * minute;
  return {
    desk,
    list: async () => (await call(gateway, desk, "GET", "/v1/appointments")).body.appointments,
    book: (more = {}) =>
      call(gateway, desk, "POST", "/v1/appointments", {
        kind: "lawyer",
        place: "b-demo",
        lawyer: "u-lawyer-2",
        category: "family",
        name: "王阿姨",
        phone: "13876543210",
        starts_at: starts,
        ends_at: starts + 30 * minute,
        ...more,
      }),
    decide: (id, decision, reason) => call(gateway, desk, "POST", `/v1/appointments/${id}/decision`, { decision, reason }),
  };
}

const life = () =>
  withGateway(async (gateway) => {
    const { desk, book, decide, list } = await openDesk(gateway);
    const { booth, liu, chen, people } = await pages(gateway);
    const page = await Live.open(gateway, desk);
    assert.equal((await book()).status, 204);
    await page.told("appointment", ({ id, state }) => id === 1 && state === "requested");
    assert.equal((await book()).status, 204, "two may ask for the same time");
    assert.equal((await decide(1, "approve")).status, 204);
    await chen.told("appointment", ({ id, state }) => id === 1 && state === "approved");
    isRefused(await decide(2, "approve"), 409, "lawyer-taken", "starts_at");
    isRefused(await book(), 409, "lawyer-taken", "starts_at");
    isRefused(await decide(2, "refuse"), 422, "bad-reason", "reason");
    assert.equal((await decide(2, "refuse", "这个时间有人了 😀")).status, 204);
    assert.equal((await decide(1, "remind")).status, 204);
    const toTell = async () => (await list()).filter((one) => one.to_tell).map(({ id }) => id);
    assert.deepEqual(await toTell(), [2], "he waits for an answer");
    isRefused(await decide(1, "told"), 409, "no-appointment", "appointment");
    assert.equal((await decide(2, "told")).status, 204);
    assert.deepEqual(await toTell(), []);
    isRefused(await decide(2, "told"), 409, "no-appointment", "appointment");
    await restart(gateway);
    const [first, second] = await list();
    assert.deepEqual([first.state, first.place_name, first.lawyer_name, first.in_shift, first.came, first.no_shows],
      ["approved", "法律咨询室 1", "陈敏", true, 0, 0]);
    assert.ok(first.reminded_at > first.asked_at);
    assert.deepEqual([second.state, second.reason], ["refused", "这个时间有人了 😀"]);
    isRefused(await book(), 409, "lawyer-taken", "starts_at");
    const own = (await call(gateway, people.chen, "GET", "/v1/me/appointments")).body.appointments;
    assert.deepEqual(own.map(({ id, name, category, phone }) => [id, name, category, phone]), [[1, "王阿姨", "family", undefined]]);
    assert.deepEqual((await call(gateway, people.liu, "GET", "/v1/me/appointments")).body.appointments, []);

    // Both are on duty; 刘志远 would be asked first.
    const [backLiu, backChen, backBooth] = await Promise.all([people.liu, people.chen, people.booth].map((who) => Live.open(gateway, who)));
    await backLiu.do("on_duty");
    await backChen.do("on_duty");
    const { id } = await backBooth.do("ask", { ...wish(), number: "3210" });
    assert.equal((await backChen.consultation("offered")).id, id);
    assert.equal((await list())[0].state, "came");
    assert.deepEqual(rows(gateway, "SELECT detail FROM audit WHERE object = 'appointment:1' ORDER BY n").map(({ detail }) => detail),
      ["requested", "approved", "approved", "came"]);
    assert.equal(rows(gateway, "SELECT n FROM event WHERE body LIKE '%13876543210%'").length, 0, "no event has the number");
    for (const live of [booth, liu, chen]) assert.ok(live);
  });

const fromWish = () =>
  withGateway(async (gateway) => {
    const { book, list } = await openDesk(gateway);
    const { booth, people } = await pages(gateway);
    const [half] = (await call(gateway, people.booth, "GET", "/v1/half-days")).body.half_days;
    await booth.do("leave_word", { category: "labour", text: "13876543210", half_day: half, key: "k-1" });
    isRefused(await book({ message: 9 }), 409, "no-message", "message");
    assert.equal((await book({ message: 1 })).status, 204);
    assert.deepEqual((await list()).map(({ state }) => state), ["approved"]);
    assert.deepEqual(rows(gateway, "SELECT answered_by FROM message"), [{ answered_by: "u-desk" }]);
  });

const wrongFields = () =>
  withGateway(async (gateway) => {
    const { book, decide, list } = await openDesk(gateway);
    const wrong = {
      kind: [undefined, "hall", 7, null],
      place: [undefined, "", "b-none", 7, "x".repeat(40)],
      lawyer: [undefined, "", "u-none", "u-lawyer-1", 7],
      category: [undefined, "", "unknown", 7],
      name: [7, "x".repeat(96), "a\nb"],
      phone: [undefined, "", "12", "call me", 7],
      starts_at: [undefined, "9", -1, 0, 1e300, Date.now() - day, Date.now() + 100 * day],
      ends_at: [undefined, "9", 0, Date.now(), Date.now() + day],
      message: ["1", -1, 1.5],
    };
    for (const [field, values] of Object.entries(wrong))
      for (const value of values) {
        const { status, body } = await book({ [field]: value });
        assert.ok([400, 404, 422].includes(status) && body.field === field, `${field} ${value}: ${status} ${JSON.stringify(body)}`);
      }
    for (const decision of [undefined, "", "maybe", 7]) isRefused(await decide(1, decision), 400, "bad-field", "decision");
    for (const id of [0, 9, -1, "x", "9e9"]) isRefused(await decide(id, "approve"), 409, "no-appointment", "appointment");
    assert.deepEqual(await list(), []);
  });

const onlyTheDesk = () =>
  withGateway(async (gateway) => {
    const { people } = await pages(gateway);
    const others = [people.liu, people.hall, people.booth, people.member, await staffOf(gateway, "secadmin")];
    for (const who of others)
      for (const [method, path, body] of [
        ["GET", "/v1/appointments"],
        ["POST", "/v1/appointments", { kind: "room" }],
        ["POST", "/v1/appointments/1/decision", { decision: "approve" }],
        ["POST", "/v1/places", { name: "x" }],
      ])
        assert.equal((await call(gateway, who, method, path, body)).status, 403, `${method} ${path}`);
    const desk = await staffOf(gateway, "desk");
    assert.equal((await call(gateway, desk, "GET", "/v1/me/appointments")).status, 403);
  });

const rooms = () =>
  withGateway(async (gateway) => {
    const { desk, book, decide } = await openDesk(gateway);
    const add = (name) => call(gateway, desk, "POST", "/v1/places", { name });
    for (const name of [undefined, "", 7, "x".repeat(91), "a\tb"]) isRefused(await add(name), 400, "bad-field", "name");
    assert.equal((await add("二楼会议室")).status, 204);
    isRefused(await add("二楼会议室"), 409, "name-taken", "name");
    const places = (await call(gateway, desk, "GET", "/v1/places")).body.places;
    assert.deepEqual(places.map(({ name, room }) => [name, room]), [["法律咨询室 1", false], ["二楼会议室", true]]);
    const { body } = await call(gateway, desk, "GET", "/v1/appointments");
    const first = Date.parse(`${body.room_day}T09:00:00+08:00`);
    const room = { kind: "room", place: places[1].id, purpose: "合唱队排练" };
    isRefused(await book({ ...room, starts_at: first - day, ends_at: first - day + 60 * minute }), 422, "too-soon", "starts_at");
    const good = { ...room, starts_at: first, ends_at: first + 60 * minute };
    isRefused(await book({ ...good, purpose: "" }), 422, "bad-purpose", "purpose");
    assert.equal((await book(good)).status, 204);
    assert.equal((await decide(1, "approve")).status, 204);
    await restart(gateway);
    isRefused(await book({ ...good, starts_at: first + 59 * minute, ends_at: first + 90 * minute }), 409, "place-taken", "place");
  });

const today = () => new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);

// Once more, when midnight came in between.
async function onOneDay(test) {
  const day = today();
  await test().catch((error) => {
    if (today() === day) throw error;
    return test();
  });
}

const announced = () =>
  withGateway(
    async (gateway) => {
      const desk = await staffOf(gateway, "desk");
      const look = async () => (await call(gateway, desk, "GET", "/v1/appointments")).body;
      const { people } = await pages(gateway);
      const halfDays = async () => (await call(gateway, people.booth, "GET", "/v1/half-days")).body.half_days;
      const before = await look();
      assert.ok((await halfDays()).includes(`${before.room_day}-pm`));
      assert.equal((await call(gateway, desk, "GET", "/v1/half-days")).status, 403);
      assert.ok(before.calendar_until < today(), "no table: the page warns");
      const year = before.room_day.slice(0, 4); // in the last days of December the next one
      const folder = join(gateway.dir, "holidays");
      mkdirSync(folder);
      const table = join(folder, `${year}.txt`);
      writeFileSync(join(folder, `${today().slice(0, 4)}.txt`), `${today().slice(0, 4)}-01-01 rest\n`);
      const first = `${before.room_day} rest\n`;
      writeFileSync(table, `${first}${year}-02-31 work\n`);
      const wrong = await gateway.ctl("reload").then(() => "", (error) => error.stderr ?? String(error));
      assert.match(wrong, /\.txt: line 2: there is no such day/);
      assert.equal((await look()).room_day, before.room_day);
      writeFileSync(table, first);
      await gateway.ctl("reload");
      assert.ok(!(await halfDays()).some((one) => one.startsWith(before.room_day)), "nor one that a booth offers");
      const after = await look();
      assert.equal(after.calendar_until, `${year}-12-31`);
      assert.ok(after.room_day > before.room_day, "a holiday is no working day");
    },
    { holidays: "holidays" },
  );
const holidays = () => onOneDay(announced);

// Half an hour before it the lawyer is offered nobody else, and everybody is told why.
const keptFree = () =>
  withGateway(
    async (gateway) => {
      const { desk, book, decide } = await openDesk(gateway);
      const { booth, chen } = await pages(gateway);
      const page = await Live.open(gateway, desk);
      await chen.do("on_duty");
      assert.equal((await book()).status, 204);
      assert.equal((await decide(1, "approve")).status, 204);
      await chen.told("lawyer", ({ promised_at: at }) => at > Date.now());
      for (const one of [booth, page]) await one.told("clinic", ({ duty_lawyers: [lawyer] }) => lawyer?.promised_at > Date.now() && !lawyer.free);
      const { id } = await booth.do("ask", wish());
      await booth.consultation("waiting");
      assert.ok(!chen.last("consultation"), "who just comes is not offered to him");
      assert.equal((await decide(1, "call_off", "他不来了")).status, 204);
      assert.equal((await chen.consultation("offered")).id, id);
      await chen.told("lawyer", ({ promised_at: at }) => at === undefined);

      const next = { lawyer: "u-lawyer-1", from: Date.now() + 60 * minute, until: Date.now() + 120 * minute };
      assert.equal((await call(gateway, desk, "POST", "/v1/shifts", next)).status, 201);
      await booth.told("clinic", ({ next_duty_at: at }) => at === next.from);
    },
    { options: "clinic: {appointment_lead_s: 1800}" },
  );

// A shift that ends, or is another lawyer's, leaves nobody who comes without a lawyer.
const keptInShifts = () =>
  withGateway(async (gateway) => {
    const { desk, book, decide, list } = await openDesk(gateway);
    const { liu, chen, people } = await pages(gateway);
    const page = await Live.open(gateway, desk);
    const add = (lawyer, from, until) => call(gateway, desk, "POST", "/v1/shifts", { lawyer, from, until });
    const shifts = async () => (await call(gateway, desk, "GET", "/v1/shifts")).body.shifts;
    const [{ id: shift }] = await shifts();
    const handOver = (lawyer) => call(gateway, desk, "POST", `/v1/shifts/${shift}/hand-over`, { lawyer });
    const end = (id) => call(gateway, desk, "DELETE", `/v1/shifts/${id}`);
    const one = async () => (await list()).find(({ id }) => id === 1);
    assert.equal((await book()).status, 204);
    assert.equal((await shifts())[0].appointments, 0, "it is asked for only");
    assert.equal((await decide(1, "approve")).status, 204);
    assert.equal((await decide(1, "remind")).status, 204);
    assert.equal((await shifts())[0].appointments, 1);
    isRefused(await end(shift), 409, "has-appointments", "shift");
    for (const lawyer of ["u-lawyer-2", "u-none", "u-desk"]) isRefused(await handOver(lawyer), 422, "unknown-lawyer", "lawyer");
    isRefused(await call(gateway, desk, "POST", "/v1/shifts/none/hand-over", { lawyer: "u-lawyer-1" }), 404, "no-shift", "shift");
    const soon = Date.now() + 10 * minute;
    assert.equal((await add("u-lawyer-1", soon, soon + 10 * minute)).status, 201);
    isRefused(await handOver("u-lawyer-1"), 409, "has-shift", "lawyer");
    assert.equal((await end((await shifts()).find(({ lawyer }) => lawyer === "u-lawyer-1").id)).status, 204);

    assert.equal((await one()).lawyer, "u-lawyer-2", "nothing has happened yet");
    assert.equal((await handOver("u-lawyer-1")).status, 204);
    await Promise.all([liu, chen, page].map((who) => who.told("appointment", ({ id }) => id === undefined)));
    const { lawyer, in_shift: inShift, reminded_at: reminded } = await one();
    assert.deepEqual([lawyer, inShift, reminded], ["u-lawyer-1", true, undefined], "and he is to be told who it will be");
    await restart(gateway);
    assert.equal((await one()).lawyer, "u-lawyer-1");

    // Or the appointment itself is moved; then the shift may end.
    const next = Date.now() + day;
    assert.equal((await add("u-lawyer-2", next, next + 60 * minute)).status, 201);
    const move = (to) => call(gateway, desk, "POST", "/v1/appointments/1/decision", { decision: "move", ...to });
    isRefused(await move({ lawyer: "u-lawyer-2" }), 422, "not-on-duty", "lawyer");
    isRefused(await move({ starts_at: next, ends_at: next + 30 * minute }), 422, "not-on-duty", "lawyer");
    isRefused(await move({ place: "b-none" }), 422, "unknown-place", "place");
    isRefused(await move({ ends_at: 1 }), 422, "bad-length", "ends_at");
    const to = { lawyer: "u-lawyer-2", starts_at: next, ends_at: next + 30 * minute };
    assert.equal((await move(to)).status, 204);
    assert.equal((await end(shift)).status, 204);
    await restart(gateway);
    const moved = await one();
    assert.deepEqual([moved.lawyer, moved.starts_at, moved.ends_at, moved.state, moved.in_shift], [...Object.values(to), "approved", true]);

    // A swap takes it along, too.
    const [{ id: swapped }] = await shifts();
    assert.equal((await call(gateway, people.chen, "POST", "/v1/swaps", { shift: swapped, lawyer: "u-lawyer-1" })).status, 204);
    const [{ id: asked, appointments: count }] = (await call(gateway, people.liu, "GET", "/v1/swaps")).body.swaps;
    assert.equal(count, 1, "he knows what he takes");
    assert.equal((await call(gateway, people.liu, "POST", `/v1/swaps/${asked}/answer`, { shift: swapped, agrees: true })).status, 204);
    assert.equal((await one()).lawyer, "u-lawyer-1");
    isRefused(await call(gateway, desk, "POST", "/v1/appointments/9/decision", { decision: "move" }), 409, "no-appointment", "appointment");
    const noted = rows(gateway, "SELECT action FROM audit WHERE action IN ('shift_handed_over', 'appointment_moved', 'swap_agreed', 'shift_removed') ORDER BY n");
    assert.deepEqual(noted.map(({ action }) => action), ["shift_removed", "shift_handed_over", "appointment_moved", "shift_removed", "swap_agreed"]);
  });

export const appointments = {
  "a lawyer is kept free before an appointment": keptFree,
  "an appointment is asked for, approved once, and its lawyer serves who comes": life,
  "a wish left at a booth becomes an appointment and is answered by it": fromWish,
  "a wrong appointment is refused by its field": wrongFields,
  "appointments are the desk's": onlyTheDesk,
  "a room is asked for three working days ahead, and promised once": rooms,
  "official holidays are read again by reload, their mistakes told by line": holidays,
  "a shift that ends or changes hands leaves no appointment without a lawyer": keptInShifts,
};
