// Those who run the clinic, at their pages: an account is made, its lawyer signs in with a phone and goes on duty, the
// desk sees it and the alarms, and calls back whoever was not satisfied.
import assert from "node:assert/strict";
import { Gateway } from "../support/gateway.mjs";
import { enrol, Live } from "../support/live.mjs";
import { code } from "../support/totp.mjs";
import { at, chromiumPage, inState, openChromium } from "./browsers.mjs";

const chosen = "榕树下乘凉 2026";

export async function signIn(page, url, name, password) {
  await page.goto(url);
  await page.fill(at("name"), name);
  await page.fill(at("password"), password);
  await page.click(at("sign-in"));
}

// The one-time password as the page tells it.
async function makesLawyer(page, gateway) {
  await signIn(page, `${gateway.url}/admin`, "secadmin", gateway.people.staff.password);
  await page.click(at("add-account"));
  await page.fill(at("name"), "wang.li");
  await page.fill(at("display_name"), "王丽");
  await page.fill(at("law_firm"), "榕树律师事务所");
  await page.check(at("skills-family"));
  await page.click(at("save"));
  const password = await page.textContent(at("one-time"));
  await page.click(at("noted"));
  await page.waitForSelector(at("account-wang.li"));
  return password;
}

async function entersFirst(page, gateway, password) {
  await signIn(page, `${gateway.url}/lawyer`, "wang.li", password);
  await page.fill(at("new_password"), chosen);
  await page.fill(at("again"), "something else 1");
  await page.click(at("sign-in"));
  await page.waitForSelector(at("wrong-again")); // the two differ
  await page.fill(at("again"), chosen);
  await page.click(at("sign-in"));
  const key = (await page.textContent(at("key"))).replace(/\s/g, "");
  assert.match(key, /^[A-Z2-7]{32}$/);
  await page.fill(at("code"), code(key));
  await page.click(at("sign-in"));
  await inState(page, "off-duty");
  return key;
}

async function entersAgain(page, key) {
  await page.click(at("sign-out"));
  await page.fill(at("name"), "wang.li");
  await page.fill(at("password"), chosen);
  await page.click(at("sign-in"));
  await page.fill(at("code"), code(key, 1)); // each is good once
  await page.click(at("sign-in"));
  await inState(page, "off-duty");
}

async function deskSees(page, what, text) {
  await page.waitForSelector(`${at(what)} >> text=${text}`);
}

// The resident's side, without a page: asks, meets, is not satisfied.
async function meets(gateway, lawyer) {
  const booth = await Live.open(gateway, await enrol(gateway, gateway.people.booth_code));
  await booth.do("alarm", { reason: "danger" });
  const { id } = await booth.do("ask", { key: "k-1", category: "family", language: "zh-CN", consent: "2026-11" });
  await lawyer.click(at("accept"));
  await booth.consultation("connected");
  await booth.do("leave");
  await booth.do("rate", { consultation: id, score: 1 });
  return booth;
}

export async function fromAccountToCallBack() {
  const gateway = await Gateway.start();
  const browser = await openChromium();
  try {
    const size = { width: 1366, height: 768 };
    const [admin, lawyer, desk] = await Promise.all([1, 2, 3].map(() => chromiumPage(browser, size)));
    const key = await entersFirst(lawyer, gateway, await makesLawyer(admin, gateway));
    await entersAgain(lawyer, key);
    await signIn(desk, `${gateway.url}/desk`, "desk", gateway.people.staff.password);
    await inState(desk, "board");
    await lawyer.click(at("on-duty"));
    await deskSees(desk, "lawyers", "王丽律师");
    const booth = await meets(gateway, lawyer);
    await deskSees(desk, "alarms", "法律咨询室 1有人按了");
    await desk.click(at("close-danger"));
    await desk.waitForSelector(at("alarms"), { state: "detached" });
    await deskSees(desk, "tasks", "这位居民不满意");
    await desk.click(at("task-1"));
    await desk.fill(at("note"), "打过电话，说清楚了");
    await desk.click(at("task-done"));
    await deskSees(desk, "tasks", "小周：打过电话，说清楚了");
    assert.deepEqual([admin, lawyer, desk].flatMap((page) => page.faults), []);
    await booth.close();
  } finally {
    await browser.close();
    await gateway.stop();
  }
}
