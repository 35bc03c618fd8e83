// Records as PDF: the register's order, every character, page numbers; large letters to take home, once confirmed.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { ask } from "../../support/live.mjs";
import { meeting, rows, withGateway } from "./world.mjs";

const csrf = { "x-banyan": "1" };
const at = (id, rest = "record") => `/v1/consultations/${id}/${rest}`;
const fields = {
  identity: "given",
  resident_name: "买买提·吐尔逊 𬱖",
  category: "labour",
  facts: "老板姓王，欠了三个月工资。".repeat(120),
  claim: "要回工资",
  advice: "先去人社局投诉，再申请仲裁。",
  limitation_told: "yes",
  risk_told: "yes",
  legal_aid_told: "yes",
  next_steps: "带身份证和微信记录去人社局。",
  confirmation: "readback",
};

// What stands on each page, and in which sizes.
async function read(gateway, who, path) {
  const headers = who.token ? { authorization: `Bearer ${who.token}` } : { cookie: who.cookie };
  const answer = await fetch(`http://127.0.0.1:${gateway.http}${path}`, { headers });
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "application/pdf"]);
  const { getDocument } = createRequire(new URL("../../../web-client/", import.meta.url))("pdfjs-dist/legacy/build/pdf.js");
  const pdf = await getDocument({ data: new Uint8Array(await answer.arrayBuffer()), isEvalSupported: false, verbosity: 0 }).promise;
  const pages = [];
  for (let page = 1; page <= pdf.numPages; page++) {
    const { items } = await (await pdf.getPage(page)).getTextContent();
    const letters = items.filter((one) => one.str.trim());
    pages.push({ text: letters.map((one) => one.str).join(""), sizes: letters.map((one) => Math.hypot(one.transform[2], one.transform[3])) });
  }
  return { pages, name: answer.headers.get("content-disposition") };
}

const registerSheet = () =>
  withGateway(async (gateway) => {
    const { people, id } = await meeting(gateway);
    await ask(gateway, "PUT", at(id), { ...people.liu, headers: csrf, json: { rev: 0, fields } });
    const { pages, name } = await read(gateway, people.liu, at(id, "record.pdf"));
    assert.equal(name, `attachment; filename="record-${id}.pdf"`);
    assert.ok(pages.length >= 2, `${pages.length} pages`);
    pages.forEach(({ text }, page) => assert.ok(text.replace(/\s/g, "").includes(`第${page + 1}页，共${pages.length}页`), text.slice(0, 80)));
    const all = pages.map(({ text }) => text).join("").replace(/\s/g, "");
    const order = ["法律咨询记录", "草稿", "编号", "咨询人姓名", "买买提·吐尔逊𬱖", "事实经过", "解答意见", "律师姓名"];
    const places = order.map((word) => all.indexOf(word));
    assert.deepEqual([...places].sort((a, b) => a - b), places, "in the register's order");
    assert.ok(places[0] >= 0, all.slice(0, 200));
    pages.forEach(({ text }) => assert.match(text.replace(/\s/g, ""), /刘志远\d{4}-\d\d-\d\d\d\d:\d\d/, "whose copy it is stands across each page"));
    assert.match((await (await fetch(`http://127.0.0.1:${gateway.http}${at(id, "record.html")}`, { headers: { cookie: people.liu.cookie } })).text()), /class="copy-mark"[^]*<span>刘志远 \d{4}-/);
    assert.equal(rows(gateway, "SELECT action FROM audit WHERE action = 'record_print'").length, 2);
    assert.equal((await ask(gateway, "GET", at(id, "record.pdf"), people.chen)).status, 404);
    assert.equal((await ask(gateway, "GET", at(id, "record.pdf"), people.booth)).status, 403);
  });

const takeAway = () =>
  withGateway(async (gateway) => {
    const { people, id } = await meeting(gateway);
    await ask(gateway, "PUT", at(id), { ...people.liu, headers: csrf, json: { rev: 0, fields } });
    for (const who of [people.booth, people.liu]) {
      const early = await ask(gateway, "GET", at(id, "take-away.pdf"), who);
      assert.deepEqual([early.status, early.body.type], [409, "/problems/not-confirmed"]);
    }
    let { rev } = (await ask(gateway, "POST", at(id, "readback"), { ...people.liu, headers: csrf, json: { rev: 1 } })).body;
    for (const item of ["facts", "claim", "advice", "next_steps"])
      ({ rev } = (await ask(gateway, "PUT", at(id, `readback/${item}`), { ...people.booth, json: { rev, answer: "right" } })).body);
    const { pages, name } = await read(gateway, people.booth, at(id, "take-away.pdf"));
    assert.equal(name, `attachment; filename="take-away-${id}.pdf"`);
    const text = pages[0].text.replace(/\s/g, "");
    for (const word of [fields.advice, fields.next_steps, "023-62100001", "刘志远律师", "免费，不收任何钱物"]) assert.ok(text.includes(word), `${word} in ${text}`);
    assert.ok(!text.includes("老板姓王"), "what happened stays here");
    assert.ok(!/\d{4}-\d\d-\d\d\d\d:\d\d/.test(text), "the resident's own sheet has no mark");
    const large = pages[0].sizes.filter((size) => size > 11);
    assert.ok(large.every((size) => size >= 16) && Math.max(...large) >= 22 && large.length >= pages[0].sizes.length - 4, `${pages[0].sizes.map(Math.round)}`);
    await read(gateway, people.liu, at(id, "take-away.pdf"));
    assert.equal((await ask(gateway, "GET", at(id, "take-away.pdf"), people.chen)).status, 404);
  });

export const printing = {
  "a record as PDF": registerSheet,
  "a sheet to take home as PDF": takeAway,
};
