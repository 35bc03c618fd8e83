// Somebody at the desk tries to read what a lawyer wrote, by its addresses and by the API, with the cookie he has: nothing of
// it is told, a page says so kindly, and the auditor finds each attempt.
import assert from "node:assert/strict";
import { rows } from "../flow/people/world.mjs";
import { at, chromiumPage, inState } from "./browsers.mjs";
import { texts, write } from "./record.mjs";
import { signIn } from "./staff.mjs";
import { withClinic } from "./visit.mjs";

const sheets = ["record.html", "record.csv", "record.pdf", "take-away.pdf"];
const answers = ["record", "recordings", "earlier", "kept"];

async function staff({ lawyer, gateway }, name, path) {
  const page = await chromiumPage(lawyer.context().browser(), { width: 1366, height: 768 });
  await signIn(page, `${gateway.url}${path}`, name, gateway.people.staff.password);
  await inState(page, "board");
  return page;
}

const tellsNothing = (text, where) => {
  for (const word of Object.values(texts)) assert.ok(!text.includes(word), `${where} tells "${word}"`);
};

// Opened as a link is.
async function opens(page, url) {
  const answer = await page.goto(url);
  assert.equal(answer.status(), 403, url);
  assert.equal(await page.innerText("h1"), "这份咨询记录您不能看");
  tellsNothing(await page.content(), url);
}

// Asked as a script of the page could.
async function asks(page, path) {
  const { status, text } = await page.evaluate(async (from) => {
    const answer = await fetch(from);
    return { status: answer.status, text: await answer.text() };
  }, path);
  assert.equal(status, 403, path);
  assert.equal(JSON.parse(text).type, "/problems/not-allowed", path);
  tellsNothing(text, path);
}

async function auditorSees(clinic, id, attempts) {
  const auditor = await staff(clinic, "auditor", "/admin");
  const refused = auditor.locator(`${at("audit")} tbody tr`, { hasText: id }).filter({ hasText: "想看记录，没有给看" });
  await refused.first().waitFor();
  assert.equal(await refused.count(), attempts);
  tellsNothing(await auditor.content(), "the audit log");
}

export const staffTriesToRead = () =>
  withClinic(async (clinic) => {
    const { lawyer, gateway } = clinic;
    await clinic.meet();
    await write(lawyer);
    const [{ id }] = rows(gateway, "SELECT id FROM consultation");
    const desk = await staff(clinic, "desk", "/desk");
    tellsNothing(await desk.content(), "the desk");
    for (const name of [...sheets, ...answers]) await asks(desk, `/v1/consultations/${id}/${name}`);
    for (const name of sheets) await opens(desk, `${gateway.url}/v1/consultations/${id}/${name}`);
    await desk.click("text=回首页");
    await inState(desk, "front");
    await desk.goto(`${gateway.url}/lawyer`);
    await inState(desk, "not-for-you");
    await auditorSees(clinic, id, 2 * sheets.length + answers.length);
    assert.deepEqual(desk.faults.filter((fault) => !/ 403 /.test(fault)), []);
  });
