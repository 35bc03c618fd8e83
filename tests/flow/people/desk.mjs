// The desk: its board, and who is to be called back.
import assert from "node:assert/strict";
import { ask, enrol, Live, signIn } from "../../support/live.mjs";
import { until } from "../../support/gateway.mjs";
import { call, staffOf } from "./accounts.mjs";
import { change, everybody, meeting, restart, rows, withGateway } from "./world.mjs";

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

// --- the roster ----------------------------------------------------------------------------------

const csv = (gateway, who, text, type = "text/csv") =>
  ask(gateway, "POST", "/v1/shifts/import", { ...who, text, type, headers: { "x-banyan": "1" } });
const day = (days) => new Date(Date.now() + days * 86400000 + 8 * 3600000).toISOString().slice(0, 10);

const roster = () =>
  withGateway(async (gateway) => {
    const desk = await staffOf(gateway, "desk");
    const list = async () => (await call(gateway, desk, "GET", "/v1/shifts")).body.shifts;
    const [one, two] = [day(1), day(2)];
    const table = `\ufeff律师,日期,开始,结束\r\n刘志远,${one},9:00,12:00\r\n"陈敏",${two.replaceAll("-", "/")},22:00,06:00\r\n`;
    const reply = await csv(gateway, desk, table);
    assert.deepEqual([reply.status, reply.body], [201, { added: 2 }]);
    const shifts = await list();
    assert.deepEqual(shifts.map(({ name }) => name), ["刘志远", "陈敏"]);
    assert.equal(shifts[0].starts_at, Date.parse(`${one}T09:00:00+08:00`));
    assert.equal(shifts[1].ends_at - shifts[1].starts_at, 8 * 3600000, "past midnight");

    const wrong = [
      ["律师,日期,开始,结束\n张三,2026-13-01,9,10\n", 2, "lawyer"],
      [`律师,日期,开始,结束\n\n刘志远,${day(9)},9:00,10:00\n刘志远,31.12.2026,9:00,10:00\n`, 4, "date"],
      [`律师,日期,开始,结束\n刘志远,2027-02-29,9:00,10:00\n`, 2, "date"],
      [`律师,日期,开始,结束\n刘志远,${day(9)},24:00,10:00\n`, 2, "from"],
      [`律师,日期,开始,结束\n刘志远,${day(9)},9:00,十点\n`, 2, "until"],
      [`律师,日期,开始,结束\n刘志远,${one},11:00,13:00\n`, 2, "from"],
      [`律师,日期,开始,结束\n刘志远,${day(9)},9:00,11:00\n刘志远,${day(9)},10:00,12:00\n`, 3, "from"],
      ["律师,日期,开始\n", 1, "until"],
      ["律师,日期,开始,结束\n", 1, "line"],
      ['律师,"日期', 1, "line"],
      ["", 1, "line"],
    ];
    for (const [text, line, field] of wrong) {
      const { status, body, headers } = await csv(gateway, desk, text);
      assert.deepEqual([status, body.type, body.lines?.[0]?.line, body.lines?.[0]?.field], [422, "/problems/bad-table", line, field], text);
      assert.match(headers["content-type"], /^application\/problem\+json/);
    }
    assert.equal((await csv(gateway, desk, "a", "text/plain")).status, 415);
    assert.equal((await csv(gateway, desk, Buffer.from([0xff, 0xff, 0x0a]))).body.field, "body");
    assert.equal((await list()).length, 2, "all or nothing");

    const from = Date.parse(`${day(3)}T09:00:00+08:00`);
    const good = { lawyer: "u-lawyer-1", from, until: from + 3600000 };
    for (const [field, values] of Object.entries({
      lawyer: [undefined, 7, "", "x".repeat(40), "u-none", "u-hall"],
      from: [undefined, "9", 0, -1, 1e300, null],
      until: [undefined, "9", 0, from, from + 86400001],
    }))
      for (const value of values) {
        const { status, body } = await call(gateway, desk, "POST", "/v1/shifts", { ...good, [field]: value });
        assert.ok([400, 422].includes(status) && body.field === field, `${field} ${value}: ${status} ${JSON.stringify(body)}`);
      }
    assert.equal((await call(gateway, desk, "POST", "/v1/shifts", good)).status, 201);
    isRefused(await call(gateway, desk, "POST", "/v1/shifts", good), 422, "bad-shift", "from");
    await restart(gateway);
    assert.equal((await list()).length, 3);
    assert.equal((await call(gateway, desk, "DELETE", `/v1/shifts/${shifts[0].id}`)).status, 204);
    isRefused(await call(gateway, desk, "DELETE", `/v1/shifts/${shifts[0].id}`), 404, "no-shift", "shift");
    assert.equal((await list()).length, 2);
    const { liu } = await everybody(gateway);
    assert.equal((await call(gateway, liu, "GET", "/v1/shifts")).body.shifts.length, 2, "lawyers see the roster");
    assert.equal((await call(gateway, liu, "POST", "/v1/shifts", good)).status, 403);
  });

const absent = () =>
  withGateway(async (gateway) => {
    const desk = await staffOf(gateway, "desk");
    const { chen: other } = await everybody(gateway);
    const page = await Live.open(gateway, desk);
    const chen = await Live.open(gateway, other);
    const from = Date.now() - 600000;
    await call(gateway, desk, "POST", "/v1/shifts", { lawyer: "u-lawyer-1", from, until: from + 3600000 });
    assert.equal((await page.told("alarm", ({ kind }) => kind === "absent")).lawyer.name, "刘志远");
    await chen.told("needed", () => true);
    const liu = await Live.open(gateway, await signIn(gateway, "liu", gateway.people.lawyers[0].password));
    await liu.do("on_duty");
    await page.told("alarm", ({ kind, closed_at: at }) => kind === "absent" && at);
  });

// --- booths and the audit log --------------------------------------------------------------------

const boothCodes = () =>
  withGateway(async (gateway) => {
    const sysadmin = await staffOf(gateway, "sysadmin");
    const { booths } = (await call(gateway, sysadmin, "GET", "/v1/booths")).body;
    assert.deepEqual(booths, [{ id: "b-demo", name: "法律咨询室 1", centre: "槐园社区党群服务中心", centre_id: "ct-demo", enrolled: false }]);
    const given = await call(gateway, sysadmin, "POST", "/v1/booths/b-demo/code");
    assert.equal(given.status, 201);
    assert.match(given.body.code, /^\d{6}$/);
    assert.ok(Math.abs(given.body.expires_at - Date.now() - 86400000) < 60000);
    assert.equal((await enrol(gateway, given.body.code)).booth.id, "b-demo");
    assert.equal((await call(gateway, sysadmin, "GET", "/v1/booths")).body.booths[0].enrolled, true);
    isRefused(await call(gateway, sysadmin, "POST", "/v1/booths/none/code"), 404, "no-booth", "booth");
    assert.equal(rows(gateway, "SELECT count(*) AS n FROM audit WHERE action = 'booth_code' AND object = 'b-demo'")[0].n, 1);
  });

const auditLog = () =>
  withGateway(async (gateway) => {
    const auditor = await staffOf(gateway, "auditor");
    const read = async (path) => (await call(gateway, auditor, "GET", path)).body;
    const { entries } = await read("/v1/audit");
    assert.deepEqual([entries[0].actor, entries[0].action], ["user:u-auditor", "sign_in"]);
    assert.deepEqual(await read("/v1/audit/verification"), { entries: entries[0].n, whole: true });
    for (const name of ["secadmin", "sysadmin", "desk"]) {
      const who = await staffOf(gateway, name);
      for (const path of ["/v1/audit", "/v1/audit/verification"])
        assert.equal((await call(gateway, who, "GET", path)).status, 403, `${name}: ${path}`);
    }
    change(gateway, "DROP TRIGGER audit_keep; UPDATE audit SET actor = 'nobody' WHERE n = 2");
    assert.deepEqual(await read("/v1/audit/verification"), { entries: 1, whole: false });
  });

export const desk = {
  "a booth's enrolment code is given by page and good once": boothCodes,
  "the auditor reads the audit log and sees whether it is whole": auditLog,
  "the roster is read from tables and kept, all of it or nothing": roster,
  "an absent lawyer is told to the desk, and another one is asked in": absent,
  "the board shows booths, lawyers and numbers, and nothing that was said": board,
  "who was not satisfied is called back, once": callBack,
  "who was satisfied is left in peace": satisfied,
  "only staff sees the desk": onlyStaff,
};
