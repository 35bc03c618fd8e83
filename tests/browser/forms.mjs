// Every form of every page, each with one field after the other filled in wrong: what is wrong stands beside its field in words
// of the page, the field has the focus, and everything that was typed is still there.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { staffOf } from "../flow/people/accounts.mjs";
import { Gateway, root } from "../support/gateway.mjs";
import { signIn } from "../support/live.mjs";
import { chromiumPage, openChromium } from "./browsers.mjs";
import { doorForms } from "./forms_door.mjs";
import { clinicForms } from "./forms_clinic.mjs";
import { meetingForms } from "./forms_meeting.mjs";
import { oneWrong } from "./forms_page.mjs";
import { withClinic } from "./visit.mjs";

const sources = (dir) => readdirSync(dir, { recursive: true }).filter((file) => file.endsWith(".ts"));

const laptop = { width: 1366, height: 768 };

// The cookie of somebody who works here, without the door.
async function enters(page, gateway, [name, path]) {
  const lawyer = gateway.people.lawyers.find((one) => one.name === name);
  const { cookie } = lawyer ? await signIn(gateway, name, lawyer.password) : await staffOf(gateway, name);
  const [key, value] = cookie.split("=");
  await page.context().addCookies([{ name: key, value, url: gateway.url, secure: true, httpOnly: true, sameSite: "Strict" }]);
  await page.goto(`${gateway.url}${path}`);
}

const isWanted = (fault) => / 4(00|01|09|22|29) /.test(fault);

// What is wrong with the form itself: all of it, not the first.
async function faultsOf(page, name, form) {
  const faults = [];
  for (const [test, values] of Object.entries(form.wrong))
    for (const value of values) await oneWrong(page, form, test, value, name).catch(({ message }) => faults.push(message));
  return [...faults, ...page.faults.splice(0).filter((fault) => !isWanted(fault)).map((fault) => `${name}: ${fault}`)];
}

const withForms = (forms) => async () => {
  const gateway = await Gateway.start();
  const browser = await openChromium();
  const faults = [];
  try {
    for (const [name, form] of Object.entries(forms).filter(([one]) => one.includes(process.env.FORMS_ONLY ?? ""))) {
      await form.before?.(gateway);
      const page = await chromiumPage(browser, laptop);
      if (form.of) await enters(page, gateway, form.of);
      await form.open?.(page, gateway);
      faults.push(...(await faultsOf(page, name, form)));
      await page.context().close();
    }
    assert.equal(faults.join("\n"), "");
  } finally {
    await browser.close();
    await gateway.stop();
  }
};

// Pages that are open already, in a call.
const inMeeting = (forms) => () =>
  withClinic(async (clinic) => {
    const faults = [];
    for (const [name, form] of Object.entries(forms)) {
      await form.open?.(clinic);
      faults.push(...(await faultsOf(clinic[form.at], name, form)));
      await form.close?.(clinic);
    }
    assert.equal(faults.join("\n"), "");
  }, { gateway: { options: "clinic: {wait_offer_s: 0}" } });

export const doorKeepsWhatIsTyped = withForms(doorForms);
export const clinicKeepsWhatIsTyped = withForms(clinicForms);
export const meetingKeepsWhatIsTyped = inMeeting(meetingForms);

// Files with fields in which nothing can be wrong: something is chosen, or only read.
const never = ["elements/report-choice.ts", "pages/booth/party.ts", "pages/booth/questions.ts", "pages/lawyer/player.ts"];

const hasForm = /<(form|input|select|textarea)\b|<(code|phone)-pad\b/;

// Whoever adds a form adds it here.
export function everyFormIsTried() {
  const tried = [doorForms, clinicForms, meetingForms].flatMap((forms) => Object.values(forms).map((form) => form.in));
  const files = ["elements", "pages"].flatMap((dir) => sources(join(root, "web-client", dir)).map((file) => join(dir, file)));
  const having = files.filter((file) => hasForm.test(readFileSync(join(root, "web-client", file), "utf8")));
  assert.deepEqual(having.filter((file) => !never.includes(file)).sort(), [...new Set(tried)].sort());
}
