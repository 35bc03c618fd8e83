// The desk: its board, and who is to be called back.
import assert from "node:assert/strict";
import { ask, Live } from "../../support/live.mjs";
import { until } from "../../support/gateway.mjs";
import { call, staffOf } from "./accounts.mjs";
import { everybody, meeting, rows, withGateway } from "./world.mjs";

const isRefused = (reply, status, slug, field) => {
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  assert.deepEqual([reply.body.type, reply.body.field], [`/problems/${slug}`, field]);
};

const board = () =>
  withGateway(async (gateway) => {
    const desk = await staffOf(gateway, "desk");
    const look = async () => (await call(gateway, desk, "GET", "/v1/desk")).body;
    const before = await look();
    assert.deepEqual(before.booths, [{ id: "b-demo", name: "法律咨询室 1", here: false }]);
    assert.deepEqual([before.lawyers, before.alarms, before.clinic.waiting], [[], [], 0]);
    const { id, booth } = await meeting(gateway);
    const [seen] = (await look()).booths;
    assert.deepEqual([seen.here, seen.consultation.state, seen.consultation.lawyer], [true, "connected", "刘志远"]);
    assert.deepEqual([seen.consultation.id, seen.consultation.consent], [undefined, undefined], "no more than a number");
    const liu = (await look()).lawyers.find(({ name }) => name === "刘志远");
    assert.deepEqual([liu.on_duty, liu.here, liu.free], [true, true, false]);
    for (const path of [`/v1/consultations/${id}`, "/v1/users"])
      assert.equal((await call(gateway, desk, "GET", path)).status, 403, path);
    await booth.lose();
    await until("the booth is missed", async () => !(await look()).booths[0].here);
  });

const callBack = () =>
  withGateway(async (gateway) => {
    const desk = await staffOf(gateway, "desk");
    const page = await Live.open(gateway, desk);
    const { id, booth, liu } = await meeting(gateway);
    await liu.do("end", { consultation: id });
    await booth.consultation("closed");
    const tasks = async () => (await call(gateway, desk, "GET", "/v1/tasks")).body.tasks;
    assert.deepEqual(await tasks(), []);
    await booth.do("rate", { consultation: id, score: 2 });
    const [task] = await tasks();
    assert.deepEqual([task.kind, task.ticket_no, task.booth, task.category, task.done_at],
      ["dissatisfied", 1, "法律咨询室 1", "family", undefined]);
    assert.deepEqual([task.lawyer, task.score], [undefined, undefined]);
    const done = (json, which = task.id) => call(gateway, desk, "POST", `/v1/tasks/${which}/done`, json);
    for (const note of [undefined, "", 7, null, [], "x".repeat(1001)]) isRefused(await done({ note }), 400, "bad-field", "note");
    for (const which of [99, 0, -1, "x", "1e9", "99999999999999999999"])
      isRefused(await done({ note: "x" }, which), 404, "no-task", "task");
    assert.equal((await done({ note: "打过电话，说清楚了 😀" })).status, 204);
    await page.told("task", (data) => data.id === task.id);
    const [now] = await tasks();
    assert.deepEqual([now.done_by, now.note], ["小周", "打过电话，说清楚了 😀"]);
    isRefused(await done({ note: "again" }), 404, "no-task", "task");
    assert.equal(rows(gateway, "SELECT count(*) AS n FROM audit WHERE action = 'task_done'")[0].n, 1);
  });

const satisfied = () =>
  withGateway(async (gateway) => {
    const { id, booth, liu } = await meeting(gateway);
    await liu.do("end", { consultation: id });
    await booth.consultation("closed");
    await booth.do("rate", { consultation: id, score: 3 });
    assert.equal(rows(gateway, "SELECT count(*) AS n FROM task")[0].n, 0);
  });

const onlyStaff = () =>
  withGateway(async (gateway) => {
    const { liu, hall, booth, member } = await everybody(gateway);
    const others = { liu, hall, booth, member };
    for (const name of ["secadmin", "sysadmin", "auditor"]) others[name] = await staffOf(gateway, name);
    for (const [who, credentials] of Object.entries(others))
      for (const [method, path, body] of [
        ["GET", "/v1/desk"],
        ["GET", "/v1/tasks"],
        ["POST", "/v1/tasks/1/done", { note: "x" }],
      ])
        assert.equal((await call(gateway, credentials, method, path, body)).status, 403, `${who}: ${method} ${path}`);
    assert.equal((await ask(gateway, "GET", "/v1/desk")).status, 401);
  });

export const desk = {
  "the board shows booths, lawyers and numbers, and nothing that was said": board,
  "who was not satisfied is called back, once": callBack,
  "who was satisfied is left in peace": satisfied,
  "only staff sees the desk": onlyStaff,
};
