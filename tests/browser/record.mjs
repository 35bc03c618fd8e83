// The record in two real browsers: drafted beside the video, over a reload and a lost line, read back at
// the booth, sealed after the call, printed; and the next resident finds nothing of it.
import assert from "node:assert/strict";
import { rows } from "../flow/people/world.mjs";
import { until } from "../support/gateway.mjs";
import { at, inState } from "./browsers.mjs";
import { Clinic } from "./consultation.mjs";

const marker = "王老板欠了三个月工资";
export const texts = {
  facts: `${marker}，有微信记录。`,
  claim: "要回工资。",
  advice: "微信记录就是证据，先去人社局投诉。",
  next_steps: "带身份证去人社局。",
  summary: "欠薪不合法。记录是证据。先投诉。",
};
const choices = { category: "labour", limitation_told: "yes", limitation_kind: "labour", risk_told: "yes", legal_aid_told: "yes", identity: "refused", confirmation: "readback" };

export const field = (name) => at(`field-${name}`);
const state = (page) => page.evaluate(() => document.querySelector("[data-record]")?.dataset.record);
const rev = (page) => page.evaluate(() => Number(document.querySelector("[data-rev]")?.dataset.rev ?? -1));

// Everything that was typed is a revision at the gateway.
export async function saved(page) {
  await until("all is saved", () =>
    page.evaluate(() => /^已保存/.test(document.querySelector("[data-test=saved]")?.textContent ?? "") && sessionStorage.length === 0),
  );
}

export async function write(lawyer) {
  await lawyer.waitForSelector(at("record"));
  for (const [name, text] of Object.entries(texts)) await lawyer.fill(field(name), text);
  for (const [name, code] of Object.entries(choices)) await lawyer.selectOption(field(name), code);
  await lawyer.fill(field("limitation_from"), "2026-10-31");
  await lawyer.check(at("groups-migrant_worker"));
  await saved(lawyer);
}

// The line goes while the lawyer types, and the page is opened anew before it is back.
async function lostAndReloaded(lawyer) {
  await lawyer.context().setOffline(true);
  await lawyer.fill(field("claim"), "要回工资和利息。");
  await until("the page says that it keeps it", () => lawyer.evaluate(() => /网络断了/.test(document.querySelector("[data-test=saved]").textContent)));
  await lawyer.context().setOffline(false);
  await lawyer.reload();
  await inState(lawyer, "call");
  await lawyer.waitForSelector(field("claim"));
  assert.equal(await lawyer.inputValue(field("claim")), "要回工资和利息。");
  await saved(lawyer);
}

export const item = (booth) => booth.evaluate(() => document.querySelector("[data-test=item]")?.dataset.item ?? null);

async function hears(booth, name) {
  await until(`the booth shows ${name}`, async () => (await item(booth)) === name);
}

async function readBack({ booth, lawyer }) {
  await lawyer.click(at("readback"));
  await hears(booth, "facts");
  assert.match(await booth.textContent(at("item")), new RegExp(marker));
  const size = await booth.evaluate(() => parseFloat(getComputedStyle(document.querySelector("[data-test=item] .text")).fontSize));
  assert.ok(size >= 32, `${size} px`);
  await booth.click(at("item-right"));
  await hears(booth, "claim");
  await booth.click(at("item-change"));
  await hears(booth, "advice");
  await until("the lawyer sees what is to be changed", () => lawyer.evaluate(() => document.querySelector("[data-test=answer-claim]")?.textContent === "不对，要改"));
  for (const name of ["advice", "limitation_deadline", "summary", "next_steps"]) {
    await hears(booth, name);
    await booth.click(at("item-right"));
  }
  await booth.waitForSelector(at("item-none"));
  assert.ok(await lawyer.isDisabled(at("seal")), "not sealed before all of it is right");
  await lawyer.fill(field("claim"), "要回三个月工资，一共一万八。");
  await hears(booth, "claim");
  await booth.click(at("item-right"));
  await booth.waitForSelector(at("takeaway-print"));
}

// What comes out of the printer: the sheet alone, in letters of 16 points and headings of 22 at least.
async function paper(booth) {
  await booth.evaluate(() => {
    window.prints = 0;
    window.print = () => window.prints++;
  });
  await booth.click(at("takeaway-print"));
  assert.equal(await booth.evaluate(() => window.prints), 1);
  await booth.emulateMedia({ media: "print" });
  const sheet = await booth.evaluate(() => {
    const points = (one) => (parseFloat(getComputedStyle(one).fontSize) * 3) / 4;
    const all = (selector) => [...document.querySelectorAll(`.takeaway ${selector}`)].map(points);
    const seen = [...document.querySelector("booth-page").children].filter((one) => one.getClientRects().length > 0);
    return { text: document.querySelector(".takeaway").innerText, p: all("p"), h: [...all("h1"), ...all("h2")], ground: getComputedStyle(document.querySelector("booth-page")).backgroundColor, alone: seen.length === 1 };
  });
  await booth.emulateMedia({ media: null });
  for (const part of [texts.summary, texts.next_steps, "2027年10月31日", "023-6210 0001", "刘志远"]) assert.ok(sheet.text.includes(part), part);
  assert.ok(Math.min(...sheet.p) >= 16 && Math.min(...sheet.h) >= 22, JSON.stringify(sheet));
  assert.equal(sheet.ground, "rgb(255, 255, 255)", "no night on paper");
  assert.ok(sheet.alone, "nothing else is on the paper");
}

async function noTrace(booth) {
  const found = await booth.evaluate(async (words) => {
    const caches_ = await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)));
    const all = [document.documentElement.outerHTML, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), JSON.stringify(caches_), location.href];
    return words.filter((word) => all.some((text) => text.includes(word)));
  }, [marker, texts.advice, texts.summary, "一万八"]);
  assert.deepEqual(found, []);
}

export async function recordWritten() {
  const clinic = await Clinic.open();
  const { booth, lawyer, gateway } = clinic;
  try {
    await clinic.meet();
    await write(lawyer);
    await lostAndReloaded(lawyer);
    await readBack(clinic);
    await paper(booth);
    await booth.click(at("end"));
    await booth.click(at("confirm-yes"));
    await inState(booth, "rating");
    await booth.waitForSelector(at("takeaway-print")); // it can be printed until one leaves
    await inState(lawyer, "record");
    await lawyer.fill(field("staff"), "小周"); // written after the call
    await saved(lawyer);
    await lawyer.click(at("seal"));
    await lawyer.click(at("confirm-yes"));
    await until("it is sealed", async () => (await state(lawyer)) === "sealed");
    const [{ detail }] = rows(gateway, "SELECT detail FROM audit WHERE action = 'record_seal'");
    assert.match(detail, new RegExp(`^sha256:[0-9a-f]{64} rev ${await rev(lawyer)}$`));
    const [sheet] = await Promise.all([lawyer.context().waitForEvent("page"), lawyer.click(at("print"))]);
    await sheet.waitForSelector("table");
    assert.match(await sheet.innerText("main"), /已封存 · SHA-256/);
    assert.match(await sheet.innerText("main"), new RegExp(marker));
    await sheet.close();
    await lawyer.click(at("record-close"));
    await lawyer.waitForSelector(at("off-duty"));
    assert.equal(await lawyer.$(at("unsealed")), null);

    await booth.click(at("skip"));
    await booth.click(at("home"));
    await inState(booth, "attract");
    await noTrace(booth);
    await clinic.meet(); // the next resident, the same lawyer
    await until("the next record is empty", () => lawyer.evaluate(() => document.querySelector("[data-test=field-facts]")?.value === ""));
    await noTrace(booth);
    assert.deepEqual(booth.faults, []);
    assert.deepEqual(lawyer.faults.filter((fault) => !/ERR_INTERNET_DISCONNECTED|Failed to load|WebSocket/.test(fault)), []);
  } finally {
    await clinic.close();
  }
}

// A hidden tab may be frozen: no clock of it goes on.
const freezes = () => (window.setTimeout = () => 0);

function hides() {
  Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
  document.dispatchEvent(new Event("visibilitychange"));
}

export async function hiddenIsSaved() {
  const clinic = await Clinic.open();
  const { lawyer, gateway } = clinic;
  try {
    await clinic.meet();
    await lawyer.waitForSelector(at("record"));
    const [{ id }] = rows(gateway, "SELECT id FROM consultation");
    const kept = () => lawyer.evaluate(async (path) => (await (await fetch(path)).json()).fields.facts, `/v1/consultations/${id}/record`);
    await lawyer.evaluate(freezes);
    await lawyer.fill(field("facts"), `${marker}。`);
    assert.equal(await kept(), undefined, "it is not saved yet");
    await lawyer.evaluate(hides);
    await until("the gateway has it", async () => (await kept()) === `${marker}。`);
  } finally {
    await clinic.close();
  }
}
