// A wish left at a booth becomes an appointment at the desk's page; its lawyer sees it, and the booth finds him by its
// number.
import assert from "node:assert/strict";
import { Gateway } from "../support/gateway.mjs";
import { ask, enrol, Live, signIn as enter } from "../support/live.mjs";
import { at, chromiumPage, inState, openChromium } from "./browsers.mjs";

const minute = 60000;
const inChina = (ms) => new Date(ms + 8 * 60 * minute).toISOString();

async function signIn(page, url, name, password) {
  await page.goto(url);
  await page.fill(at("name"), name);
  await page.fill(at("password"), password);
  await page.click(at("sign-in"));
}

async function onTheRoster(gateway) {
  const desk = await enter(gateway, "desk", gateway.people.staff.password);
  const json = { lawyer: "u-lawyer-2", from: Date.now() - minute, until: Date.now() + 20 * 60 * minute };
  const reply = await ask(gateway, "POST", "/v1/shifts", { ...desk, json, headers: { "x-banyan": "1" } });
  assert.equal(reply.status, 201, JSON.stringify(reply.body));
}

async function wishes(gateway) {
  const device = await enrol(gateway, gateway.people.booth_code);
  const booth = await Live.open(gateway, device);
  const { half_days: days } = (await ask(gateway, "GET", "/v1/half-days", device)).body;
  await booth.do("leave_word", { category: "labour", text: "13876543210", half_day: days[0], key: "k" });
  return booth;
}

export async function fromWishToLawyer() {
  const gateway = await Gateway.start();
  const browser = await openChromium();
  try {
    const size = { width: 1366, height: 768 };
    const [desk, lawyer] = await Promise.all([1, 2].map(() => chromiumPage(browser, size)));
    await onTheRoster(gateway);
    const booth = await wishes(gateway);
    await signIn(desk, `${gateway.url}/desk`, "desk", gateway.people.staff.password);
    await inState(desk, "board");
    await desk.click(at("plan-1"));
    const when = inChina(Date.now() + 15 * minute);
    await desk.fill(at("book-date"), when.slice(0, 10));
    await desk.fill(at("book-phone"), "12");
    await desk.fill(at("book-from"), when.slice(11, 16));
    await desk.click(at("book"));
    await desk.waitForSelector(at("wrong-phone")); // beside its field, and nothing is lost
    assert.equal(await desk.inputValue(at("book-from")), when.slice(11, 16));
    await desk.fill(at("book-phone"), "13876543210");
    await desk.click(at("book"));
    await desk.waitForSelector(`${at("appointment-1")}[data-state=approved]`);
    await desk.waitForSelector(`${at("message-1")}`, { state: "detached" });
    await desk.click(at("remind-1"));
    await desk.waitForSelector(at("remind-1"), { state: "detached" });

    const [, chen] = gateway.people.lawyers;
    await signIn(lawyer, `${gateway.url}/lawyer`, chen.name, chen.password);
    await lawyer.waitForSelector(`${at("my-appointments")} >> text=打工`);
    await lawyer.click(at("on-duty"));
    await inState(lawyer, "idle");
    await booth.do("ask", { key: "k-2", category: "other", language: "zh-CN", consent: "2026-11", number: "3210" });
    await inState(lawyer, "offer");
    await desk.waitForSelector(`${at("recent")} >> text=来了`);
    const faults = [desk, lawyer].flatMap((page) => page.faults);
    assert.deepEqual(faults.filter((text) => !/status of 422/.test(text)), []); // the number that was none
    await booth.close();
  } finally {
    await browser.close();
    await gateway.stop();
  }
}
