// The first evening of an empty machine, by the pages: the operator's two accounts, a centre, a booth, a lawyer, and
// the first consultation; and a page at work that nobody touched.
import assert from "node:assert/strict";
import { Gateway } from "../support/gateway.mjs";
import { code } from "../support/totp.mjs";
import { at, chromiumPage, inState, openChromium } from "./browsers.mjs";

const laptop = { width: 1366, height: 768 };
const chosen = "榕树下乘凉 2026";

async function made(gateway, ...args) {
  return JSON.parse(await gateway.ctl("--json", "account", ...args));
}

// From a one-time password to the page behind the door: a password of one's own, then a phone.
async function entersFirst(page, url, { name, password }, state) {
  await page.goto(url);
  await page.fill(at("name"), name);
  await page.fill(at("password"), password);
  await page.click(at("sign-in"));
  await page.fill(at("new_password"), chosen);
  await page.fill(at("again"), chosen);
  await page.click(at("sign-in"));
  const key = (await page.textContent(at("key"))).replace(/\s/g, "");
  await page.fill(at("code"), code(key));
  await page.click(at("sign-in"));
  await inState(page, state);
}

async function makesCentre(page) {
  await page.click(at("add-centre"));
  for (const [field, value] of Object.entries({ district: "江北区", street: "槐园街道", name: "槐园社区党群服务中心", phone: "12" }))
    await page.fill(at(`centre-${field}`), value);
  await page.click(at("centre-save"));
  await page.waitForSelector(at("wrong-phone")); // too short
  page.faults = []; // the refusal was wanted
  await page.fill(at("centre-phone"), "023-6210 0001");
  await page.click(at("centre-save"));
  await page.click('[data-test^="add-booth-"]');
  await page.fill(at("booth-name"), "法律咨询室");
  await page.click(at("booth-save"));
  await page.click('[data-test^="code-"]');
  return page.textContent(`${at("code")} b`);
}

async function enrols(page, gateway, digits) {
  await page.goto(`${gateway.url}/booth?raw_audio=1`);
  await inState(page, "enrol");
  for (const digit of digits) await page.click(at(`digit-${digit}`));
  await inState(page, "attract");
  await page.waitForSelector("text=槐园社区党群服务中心");
}

// The one-time password as the page tells it.
async function makesLawyer(page) {
  await page.click(at("add-account"));
  await page.fill(at("name"), "liu");
  await page.fill(at("display_name"), "刘志远");
  await page.selectOption(at("place"), { label: "江北区 · 槐园街道 · 槐园社区党群服务中心" });
  await page.click(at("save"));
  const password = await page.textContent(at("one-time"));
  await page.click(at("noted"));
  return { name: "liu", password };
}

export async function firstEvening() {
  const gateway = await Gateway.start({ people: false });
  const browser = await openChromium();
  try {
    const [sec, sys, booth, lawyer] = await Promise.all(
      [laptop, laptop, { width: 1080, height: 1920 }, laptop].map((size) => chromiumPage(browser, size)),
    );
    await sec.goto(`${gateway.url}/`);
    await sec.waitForSelector(at("no-account"));
    const accounts = [await made(gateway, "--name", "anquan"), await made(gateway, "--name", "xitong", "--role", "sysadmin")];
    await entersFirst(sec, `${gateway.url}/admin`, accounts[0], "board");
    await entersFirst(sys, `${gateway.url}/admin`, accounts[1], "board");
    await enrols(booth, gateway, await makesCentre(sys));
    await entersFirst(lawyer, `${gateway.url}/lawyer?raw_audio=1`, await makesLawyer(sec), "off-duty");
    await sys.waitForSelector(`${at("start-steps")} >> text=都办好了`);
    await lawyer.click(at("on-duty"));
    await booth.click(at("ask"));
    await booth.click(at("agree"));
    await booth.click(at("category-family"));
    await lawyer.click(at("accept"));
    await Promise.all([booth, lawyer].map((page) => inState(page, "call")));
    await sys.waitForSelector(at("start-steps"), { state: "detached" }); // open for good
    assert.deepEqual([sec, sys, booth, lawyer].flatMap((page) => page.faults), []);
  } finally {
    await browser.close();
    await gateway.stop();
  }
}

// A clock that can be put forward.
const skipping = () => {
  const now = performance.now.bind(performance);
  window.skip = 0;
  performance.now = () => now() + window.skip;
};

export async function locksItself() {
  const gateway = await Gateway.start();
  const browser = await openChromium();
  try {
    const page = await chromiumPage(browser, laptop);
    await page.addInitScript(skipping);
    const { password } = gateway.people.staff;
    await page.goto(`${gateway.url}/desk`);
    await page.fill(at("name"), "desk");
    await page.fill(at("password"), password);
    await page.click(at("sign-in"));
    await inState(page, "board");
    await page.evaluate(() => (window.skip = 16 * 60000));
    await inState(page, "locked");
    assert.ok(!(await page.textContent("body")).includes("法律咨询室"), "nothing of the board is left");
    await page.reload();
    await inState(page, "locked"); // and a reload is no way around it
    await page.fill(at("unlock-password"), "wrong");
    await page.click(at("unlock"));
    await page.waitForSelector(`${at("wrong-password")} >> text=密码不对`);
    await page.fill(at("unlock-password"), password);
    await page.click(at("unlock"));
    await inState(page, "board");
  } finally {
    await browser.close();
    await gateway.stop();
  }
}
