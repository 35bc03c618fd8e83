// Forms of those who work here, each with one field after the other filled in wrong: what is wrong stands beside its field, and
// everything that was typed is still there.
import assert from "node:assert/strict";
import { call, staffOf } from "../flow/people/accounts.mjs";
import { Gateway } from "../support/gateway.mjs";
import { at, chromiumPage, openChromium } from "./browsers.mjs";

const hour = 3600000;
const inChina = (ms) => new Date(ms + 8 * hour).toISOString();
const soon = inChina(Date.now() + 26 * hour);

// Whose page, what opens the form, what is right in it, what sends it, and a wrong value for each field that can be wrong.
const forms = {
  "a centre": {
    of: ["sysadmin", "/admin"],
    open: "add-centre",
    right: { "centre-district": "江北区", "centre-street": "槐园街道", "centre-name": "榕树社区党群服务中心", "centre-phone": "023-6210 0002", "centre-address": "榕树路 1 号" },
    send: "centre-save",
    wrong: { "centre-phone": "12", "centre-district": "" },
  },
  "an account": {
    of: ["secadmin", "/admin"],
    open: "add-account",
    right: { name: "wang.li", display_name: "王丽", law_firm: "榕树律师事务所", licence_no: "11501202010000009" },
    send: "save",
    wrong: { name: "liu", display_name: "王".repeat(21), law_firm: "榕".repeat(40), licence_no: "1".repeat(96) },
  },
  "a shift": {
    of: ["desk", "/desk"],
    right: { "shift-date": soon.slice(0, 10), "shift-from": "09:00", "shift-until": "11:00" },
    send: "add-shift",
    wrong: { "shift-from": "09:30" },
    before: (gateway, desk) => {
      const from = Date.parse(`${soon.slice(0, 10)}T09:30:00+08:00`);
      return call(gateway, desk, "POST", "/v1/shifts", { lawyer: "u-lawyer-1", from, until: from + hour });
    },
  },
  "an appointment": {
    of: ["desk", "/desk"],
    right: { "book-date": soon.slice(0, 10), "book-from": "09:40", "book-name": "王阿姨", "book-phone": "138 7654 3210" },
    send: "book",
    wrong: { "book-phone": "12", "book-date": "2001-01-01" },
  },
};

// The message for a field that is not told by itself: a time that is past is wrong by its hour.
const beside = (test) => ({ "book-date": "from" })[test] ?? test.replace(/^(centre|book|shift)-/, "");

async function enters(page, gateway, name, path) {
  await page.goto(`${gateway.url}${path}`);
  await page.fill(at("name"), name);
  await page.fill(at("password"), gateway.people.staff.password);
  await page.click(at("sign-in"));
}

const typed = (page, tests) => Promise.all(tests.map(async (test) => [test, await page.inputValue(at(test))])).then(Object.fromEntries);

async function oneWrong(page, { right, send }, test, value) {
  const values = { ...right, [test]: value };
  for (const [field, text] of Object.entries(values)) await page.fill(at(field), text);
  await page.click(at(send));
  const message = page.locator(`label:has(${at(test)}) ${at(`wrong-${beside(test)}`)}, ${at(`wrong-${beside(test)}`)}`).first();
  await message.waitFor();
  assert.ok((await message.innerText()).trim().length > 4, `${test}: says nothing`);
  assert.deepEqual(await typed(page, Object.keys(values)), values, `${test} = ${value}: what was typed is gone`);
}

export async function formsKeepWhatIsTyped() {
  const gateway = await Gateway.start();
  const browser = await openChromium();
  try {
    const desk = await staffOf(gateway, "desk");
    for (const [name, form] of Object.entries(forms)) {
      await form.before?.(gateway, desk);
      const page = await chromiumPage(browser, { width: 1366, height: 768 });
      await enters(page, gateway, ...form.of);
      if (form.open) await page.click(at(form.open));
      for (const [test, value] of Object.entries(form.wrong)) await oneWrong(page, form, test, value);
      assert.deepEqual(page.faults.filter((fault) => !/ 4(09|22|00) /.test(fault)), [], name);
      await page.context().close();
    }
  } finally {
    await browser.close();
    await gateway.stop();
  }
}
