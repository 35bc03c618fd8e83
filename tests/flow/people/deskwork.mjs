// Work around consultations: shifts that change hands, and what the desk must see to in time.
import assert from "node:assert/strict";
import { ask, Live } from "../../support/live.mjs";
import { call, firstSignIn, staffOf } from "./accounts.mjs";
import { meeting, pages, restart, rows, withGateway } from "./world.mjs";

const hour = 3600000;

const isRefused = (reply, status, slug, field) => {
  assert.equal(reply.status, status, JSON.stringify(reply.body));
  assert.deepEqual([reply.body.type, reply.body.field], [`/problems/${slug}`, field]);
};

const swap = () =>
  withGateway(async (gateway) => {
    const desk = await staffOf(gateway, "desk");
    const { people, liu, chen } = await pages(gateway);
    const add = (lawyer, from, until) => call(gateway, desk, "POST", "/v1/shifts", { lawyer, from, until });
    const soon = Date.now() + hour;
    assert.equal((await add("u-lawyer-1", soon, soon + hour)).status, 201);
    assert.equal((await add("u-lawyer-1", soon + 5 * hour, soon + 6 * hour)).status, 201);
    assert.equal((await add("u-lawyer-2", soon + 5 * hour, soon + 6 * hour)).status, 201);
    const shifts = (await call(gateway, people.liu, "GET", "/v1/shifts")).body.shifts;
    const [first, second] = shifts.filter(({ lawyer }) => lawyer === "u-lawyer-1");
    const wish = (who, shift, lawyer) => call(gateway, who, "POST", "/v1/swaps", { shift, lawyer });
    const list = async (who) => (await call(gateway, who, "GET", "/v1/swaps")).body.swaps;

    isRefused(await wish(people.chen, first.id, "u-lawyer-1"), 409, "not-your-shift", "shift");
    isRefused(await wish(people.liu, "s-none", "u-lawyer-2"), 409, "not-your-shift", "shift");
    for (const lawyer of ["u-lawyer-1", "u-none", "u-hall"]) isRefused(await wish(people.liu, first.id, lawyer), 422, "unknown-lawyer", "lawyer");
    isRefused(await wish(people.liu, second.id, "u-lawyer-2"), 409, "has-shift", "lawyer");
    for (const field of [undefined, "", 7, null]) isRefused(await wish(people.liu, field, "u-lawyer-2"), 400, "bad-field", "shift");
    assert.equal((await wish(people.liu, first.id, "u-lawyer-2")).status, 204);
    await chen.told("swap", () => true);
    isRefused(await wish(people.liu, first.id, "u-lawyer-2"), 409, "asked-before", "shift");
    const [asked] = await list(people.chen);
    assert.deepEqual([asked.shift, asked.asked_by_name, asked.asked_name, asked.answer], [first.id, "刘志远", "陈敏", undefined]);
    assert.equal((await list(desk)).length, 1);

    const answer = (who, agrees, shift = first.id) => call(gateway, who, "POST", `/v1/swaps/${asked.id}/answer`, { shift, agrees });
    isRefused(await answer(people.liu, false), 409, "no-swap", "swap");
    isRefused(await answer(people.chen, false, second.id), 409, "no-swap", "swap");
    assert.equal((await answer(people.chen, 7)).body.field, "agrees");
    assert.equal((await call(gateway, desk, "POST", `/v1/swaps/${asked.id}/answer`, { shift: first.id, agrees: true })).status, 403);
    assert.equal((await answer(people.chen, true)).status, 204);
    await liu.told("swap", () => true);
    isRefused(await answer(people.chen, true), 409, "no-swap", "swap"); // he has answered
    const owners = async () => (await call(gateway, desk, "GET", "/v1/shifts")).body.shifts.map(({ lawyer }) => lawyer);
    assert.equal((await owners())[0], "u-lawyer-2");
    await restart(gateway);
    assert.equal((await owners())[0], "u-lawyer-2");
    assert.equal((await list(desk))[0].answer, "agreed");
    assert.deepEqual(rows(gateway, "SELECT action FROM audit WHERE action LIKE 'swap%' ORDER BY n").map(({ action }) => action), ["swap_asked", "swap_agreed"]);
  });

// "2026-11-22" so many days from now, in China.
const day = (days) => new Date(Date.now() + days * 24 * hour + 8 * hour).toISOString().slice(0, 10);

const urgent = () =>
  withGateway(async (gateway) => {
    const desk = await staffOf(gateway, "desk");
    const { people, id } = await meeting(gateway);
    const write = (rev, from) =>
      ask(gateway, "PUT", `/v1/consultations/${id}/record`, {
        ...people.liu,
        headers: { "x-banyan": "1" },
        json: { rev, fields: { facts: "说来话长", limitation_kind: "labour", limitation_from: from } },
      });
    const tasks = async () => (await call(gateway, desk, "GET", "/v1/tasks")).body.tasks;
    assert.equal((await write(0, day(0))).status, 200); // a year is left
    assert.deepEqual(await tasks(), []);
    assert.equal((await write(1, day(-362))).status, 200); // three days
    const [task] = await tasks();
    assert.deepEqual([task.kind, task.lawyer, task.ticket_no], ["urgent_aid", "刘志远", 1]);
    assert.ok(!JSON.stringify(task).includes("说来话长"));
    assert.equal((await write(2, day(-361))).status, 200);
    assert.equal((await tasks()).length, 1, "told once");
  });

const again = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu, chen, id } = await meeting(gateway);
    await liu.do("end", { consultation: id });
    await booth.consultation("closed");
    await chen.do("on_duty");
    await restart(gateway);
    const [b, l, c] = await Promise.all([people.booth, people.liu, people.chen].map((who) => Live.open(gateway, who)));
    await l.do("on_duty");
    await c.do("on_duty");
    const number = `${day(0).replaceAll("-", "")}-001`;
    // 陈敏 has waited longer; the number asks for 刘志远.
    const { id: next } = await b.do("ask", { key: "k-again", category: "family", language: "zh-CN", consent: "2026-11", number });
    assert.equal((await l.consultation("offered")).id, next);
  });

// --- lawyers as a table ---------------------------------------------------------------------------

const csv = (gateway, who, text, type = "text/csv") =>
  ask(gateway, "POST", "/v1/users/import", { ...who, text, type, headers: { "x-banyan": "1" } });

const table = () =>
  withGateway(async (gateway) => {
    const secadmin = await staffOf(gateway, "secadmin");
    const count = () => rows(gateway, "SELECT count(*) AS n FROM user")[0].n;
    const before = count();
    const head = "登录名,姓名,律师事务所,执业证号,专长,语言";
    const good = "wang.li,王丽,榕树律师事务所,11501202010000009,婚姻家庭、劳动,普通话 粤语";
    const wrong = [
      [`${head}\n${good}\nX,张三,所,1,,\n`, 3, "name"],
      [`${head}\n${good}\n${good}\n`, 3, "name"],
      [`${head}\nliu,刘二,所,1,,\n`, 2, "name"],
      [`${head}\nzhang.san,,所,1,,\n`, 2, "display_name"],
      [`${head}\nzhang.san,张三,,1,,\n`, 2, "law_firm"],
      [`${head}\nzhang.san,张三,所,,,\n`, 2, "licence_no"],
      [`${head}\nzhang.san,张三,所,1,算命,\n`, 2, "skills"],
      [`${head}\nzhang.san,张三,所,1,,火星话\n`, 2, "languages"],
      ["登录名,姓名,律师事务所\n", 1, "licence_no"],
      [`${head}\n`, 1, "line"],
      ["", 1, "line"],
    ];
    for (const [text, line, field] of wrong) {
      const { status, body } = await csv(gateway, secadmin, text);
      assert.deepEqual([status, body.type, body.lines?.[0]?.line, body.lines?.[0]?.field], [422, "/problems/bad-table", line, field], text);
    }
    assert.equal((await csv(gateway, secadmin, good, "text/plain")).status, 415);
    assert.equal(count(), before, "all or nothing");

    // 买买提, as WPS saves it: GB18030 with a dot in the name.
    const second = Buffer.from([0xc2, 0xf2, 0xc2, 0xf2, 0xcc, 0xe1, 0xa1, 0xa4, 0xcd, 0xc2]);
    const gb = Buffer.concat([Buffer.from("name,display_name,law_firm,licence_no\nmai.mai,"), second, Buffer.from(",A,2\n")]);
    const odd = await csv(gateway, secadmin, gb);
    assert.deepEqual([odd.status, odd.body.accounts?.[0]?.display_name], [201, "买买提·吐"]);
    const { status, body } = await csv(gateway, secadmin, `\ufeff${head}\r\n${good}\r\nzhang.san,张三,所,1,,\r\n`);
    assert.equal(status, 201, JSON.stringify(body));
    assert.deepEqual(body.accounts.map(({ name, display_name: shown }) => [name, shown]), [["wang.li", "王丽"], ["zhang.san", "张三"]]);
    const [wang] = rows(gateway, "SELECT role, skills, languages, must_change FROM user WHERE name = 'wang.li'");
    assert.deepEqual(wang, { role: "lawyer", skills: "family,labour", languages: "zh-CN,yue", must_change: 1 });
    const signedIn = await firstSignIn(gateway, body.accounts[0]);
    await (await Live.open(gateway, signedIn)).do("on_duty");
    assert.equal((await call(gateway, await staffOf(gateway, "desk"), "POST", "/v1/users/import")).status, 403);
  });

export const deskwork = {
  "lawyers come as a table, all of it or nothing, with passwords told once": table,
  "a shift changes hands once both lawyers want it": swap,
  "less than seven days left: the desk has a task, and nothing of what was said": urgent,
  "the number on the paper finds the same lawyer again": again,
};
