// Who comes to an appointment is rung up on the working day before: a task of the desk's, which goes with the appointment.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Live } from "../../support/live.mjs";
import { call, staffOf } from "./accounts.mjs";
import { does } from "./places.mjs";
import { pages, restart, rows, wish, withGateway } from "./world.mjs";

const minute = 60000;
const day = 86400000;
const date = (ms) => new Date(ms + 8 * 3600000).toISOString().slice(0, 10);
const midnight = (text) => Date.parse(`${text}T00:00:00+08:00`);

// The desk, and 陈敏 on the roster from now on, and about a day in some weeks for an hour.
async function open(gateway) {
  const desk = await staffOf(gateway, "desk");
  const soon = Date.now() + 20 * minute;
  const late = Date.now() + 40 * day;
  const shift = (lawyer, from, until) => does(gateway, desk, "POST", "/v1/shifts", { lawyer, from, until });
  await shift("u-lawyer-2", Date.now() - minute, Date.now() + 8 * 60 * minute);
  await shift("u-lawyer-2", late, late + 60 * minute);
  const decide = (id, decision, more) => call(gateway, desk, "POST", `/v1/appointments/${id}/decision`, { decision, ...more });
  const tasks = async () => (await does(gateway, desk, "GET", "/v1/tasks")).tasks;
  return {
    desk,
    soon,
    late,
    tasks,
    todo: async () => (await tasks()).filter((one) => !one.done_at),
    decided: async (...what) => assert.equal((await decide(...what)).status, 204, what.join(" ")),
    done: (id, body = {}) => call(gateway, desk, "POST", `/v1/tasks/${id}/done`, body),
    book: async (starts = soon) => {
      const wanted = { kind: "lawyer", place: "b-demo", lawyer: "u-lawyer-2", category: "family", name: "王阿姨", phone: "13876543210", starts_at: starts, ends_at: starts + 30 * minute };
      assert.equal((await call(gateway, desk, "POST", "/v1/appointments", wanted)).status, 204);
    },
    appointment: async (id) => (await does(gateway, desk, "GET", "/v1/appointments")).appointments.find((one) => one.id === id),
  };
}

const isDone = async (reply) => assert.equal((await reply).status, 204, JSON.stringify((await reply).body));
const isGone = async (reply) => {
  const { status, body } = await reply;
  assert.deepEqual([status, body.type, body.field], [404, "/problems/no-task", "task"]);
};

const rung = () =>
  withGateway(async (gateway) => {
    const { desk, soon, tasks, todo, decided, done, book, appointment } = await open(gateway);
    const page = await Live.open(gateway, desk);
    await book();
    assert.deepEqual(await todo(), [], "it is asked for only");
    await decided(1, "approve");
    const [task] = await todo();
    const said = [task.kind, task.appointment, task.name, task.phone, task.lawyer, task.booth, task.category, task.starts_at];
    assert.deepEqual(said, ["remind", 1, "王阿姨", "13876543210", "陈敏", "法律咨询室 1", "family", soon]);
    assert.equal(rows(gateway, "SELECT count(*) AS n FROM task WHERE note || kind LIKE '%王阿姨%'")[0].n, 0);
    await restart(gateway);
    assert.deepEqual((await todo()).map(({ id }) => id), [task.id], "a new start makes no second one");
    const again = await Live.open(gateway, desk);
    for (const note of [7, null, "x".repeat(1001), "a\nb"]) assert.equal((await done(task.id, { note })).body.field, "note");
    await isDone(done(task.id));
    await again.told("appointment", ({ id }) => id === 1);
    assert.ok((await appointment(1)).reminded_at > 0, "the appointment knows it, too");
    const [now] = await tasks();
    assert.deepEqual([now.id, now.done_by, now.note], [task.id, "小周", ""]);
    await isGone(done(task.id));
    assert.equal(rows(gateway, "SELECT count(*) AS n FROM audit WHERE action = 'appointment_reminded'")[0].n, 1);
    assert.ok(page);
  });

// Moved, handed over, called off: its task goes with it, in the same transaction.
const goesWithIt = () =>
  withGateway(async (gateway) => {
    const { desk, soon, late, todo, decided, done, book, tasks } = await open(gateway);
    const { booth } = await pages(gateway);
    await book();
    await decided(1, "approve");
    const [first] = await todo();
    await isDone(done(first.id, { note: "他知道了" }));
    const move = (starts) => decided(1, "move", { starts_at: starts, ends_at: starts + 30 * minute });
    await move(late);
    assert.deepEqual(await todo(), [], "that is some weeks away");
    await move(soon + minute);
    const [second] = await todo();
    assert.notEqual(second.id, first.id);
    assert.equal(second.starts_at, soon + minute);

    const [{ id: shift }] = (await does(gateway, desk, "GET", "/v1/shifts")).shifts;
    const hand = (lawyer) => call(gateway, desk, "POST", `/v1/shifts/${shift}/hand-over`, { lawyer });
    await isDone(hand("u-lawyer-1"));
    assert.deepEqual((await todo()).map(({ id, lawyer }) => [id, lawyer]), [[second.id, "刘志远"]]);
    await isDone(done(second.id));
    await isDone(hand("u-lawyer-2"));
    const [third] = await todo();
    assert.deepEqual([third.lawyer, third.due_at], ["陈敏", second.due_at], "he is to be told who it will be");

    await decided(1, "call_off", { reason: "他不来了" });
    assert.deepEqual(await todo(), []);
    const ended = (await tasks()).find(({ id }) => id === third.id);
    assert.deepEqual([ended.state, ended.done_by, ended.note], ["cancelled", "小周", "他不来了"]);
    await isGone(done(third.id));

    // Who came needs no reminder.
    await book();
    await decided(2, "approve");
    assert.equal((await todo()).length, 1);
    await booth.do("ask", { ...wish(), number: "3210" });
    assert.deepEqual([await todo(), (await tasks())[0].state], [[], "came"]);
    await restart(gateway);
    assert.deepEqual(await todo(), []);
  });

// The days before it are what the tables say, and other ones when the tables are others.
const workingDay = () =>
  withGateway(
    async (gateway) => {
      const { late, decided, book } = await open(gateway);
      const before = [1, 2].map((n) => date(late - n * day));
      const folder = join(gateway.dir, "holidays");
      mkdirSync(folder);
      const announce = async (...marks) => {
        for (const year of new Set(before.map((one) => one.slice(0, 4))))
          writeFileSync(join(folder, `${year}.txt`), before.map((one, i) => `${one} ${marks[i]}\n`).filter((line) => line.startsWith(year)).join(""));
        await gateway.ctl("reload");
      };
      const due = () => rows(gateway, "SELECT due_at FROM task").map(({ due_at: at }) => at);
      await announce("rest", "work");
      await book(late);
      await decided(1, "approve");
      assert.deepEqual(due(), [midnight(before[1])]);
      await announce("work", "work");
      await does(gateway, await staffOf(gateway, "desk"), "GET", "/v1/tasks"); // asked behind it
      assert.deepEqual(due(), [midnight(before[0])]);
    },
    { holidays: "holidays" },
  );

export const reminders = {
  "who comes to an appointment is rung up once": rung,
  "a reminder goes with its appointment: moved, handed over, called off, come": goesWithIt,
  "a reminder is due on the working day before": workingDay,
};
