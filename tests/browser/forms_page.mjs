// What a page's form is asked with one field wrong: where its message stands, what it says, where one goes on typing.
import assert from "node:assert/strict";
import { until } from "../support/gateway.mjs";
import { at } from "./browsers.mjs";

// Runs in the page: what stands beside the field now; null while nothing does, or only what stood there before.
function complaint({ within, field, pad }) {
  const [one] = document.querySelectorAll(`${within} ${field}`);
  const message = document.getElementById(one?.getAttribute("aria-describedby") ?? "");
  if (!message || message.dataset.known) return null;
  const shown = one.type === "file" ? one.closest("label") : one;
  const [around, text] = [shown.getBoundingClientRect(), message.getBoundingClientRect()];
  const [group, section] = [one.closest(one.type === "checkbox" ? "fieldset" : "label, fieldset"), one.closest("[data-asks]")];
  const belongs = message.parentElement === one.parentElement || group?.contains(message) || section?.contains(message);
  return {
    text: message.innerText.trim(),
    belongs,
    away: Math.max(0, text.top - around.bottom, around.top - text.bottom),
    beside: text.left < around.right && around.left < text.right,
    seen: text.height > 0 && text.top >= 0 && text.bottom <= window.innerHeight,
    invalid: pad || one.getAttribute("aria-invalid") === "true",
    hasFocus: document.activeElement === one,
    others: [...document.querySelectorAll(`${within} [aria-invalid]`)].filter((other) => other !== one).length,
  };
}

const marksAsKnown = () => {
  for (const one of document.querySelectorAll("span.wrong")) one.dataset.known = "1";
};

const english = /[A-Za-z]{3,}/;
const names = /CSV|PDF|JPG|PNG|WPS|Excel/g; // that is what they are called

const inside = (form, test) => `${form.within ?? "body"} ${at(test)}`;

async function fill(page, selector, value) {
  const kind = await page.locator(selector).evaluate((one) => (one.tagName === "SELECT" ? "select" : one.type));
  if (kind === "file") return page.setInputFiles(selector, value);
  if (kind === "checkbox") return page.setChecked(selector, value);
  return kind === "select" ? page.selectOption(selector, value) : page.fill(selector, value);
}

async function typed(page, form, tests) {
  const all = {};
  const read = (one) => (one.type === "checkbox" ? one.checked : one.value);
  for (const test of tests) all[test] = await page.locator(inside(form, test)).evaluate(read);
  return all;
}

// `least`: the farthest a message may be from its field, in CSS pixels: a hint may stand between them.
function judge(said, { saves, pad, file }, what) {
  assert.ok(said.belongs && said.beside && said.away <= (file ? 110 : 60), `${what}: not beside its field: ${JSON.stringify(said)}`);
  assert.ok(said.text.length > 6 && /[\u4e00-\u9fff]{4}/.test(said.text), `${what}: says "${said.text}"`);
  assert.ok(!english.test(said.text.replace(names, "")), `${what}: not Chinese: "${said.text}"`);
  assert.ok(said.invalid, `${what}: the field does not say that it is wrong`);
  assert.equal(said.others, 0, `${what}: other fields are called wrong`);
  assert.equal(said.hasFocus, !saves && !pad, `${what}: where is the focus?`);
  assert.ok(saves || said.seen, `${what}: out of sight`);
}

// One value of `form` that is wrong; all others are right.
export async function oneWrong(page, form, test, value, name) {
  const what = `${name}: ${test} = ${JSON.stringify(value.name ?? value)}`;
  const field = form.pad ? "output" : at(test);
  const values = { ...form.right, ...(form.file || form.pad ? {} : { [test]: value }) };
  for (const [one, text] of Object.entries(values)) await fill(page, inside(form, one), text);
  await page.evaluate(marksAsKnown);
  if (form.pad) await page.click(inside(form, "clear"));
  if (form.pad) for (const digit of value) await page.click(inside(form, `digit-${digit}`));
  if (form.file) await fill(page, inside(form, test), value);
  if (form.saves) await page.focus(inside(form, Object.keys(form.right)[0])); // one goes on typing there
  if (form.send) await page.click(inside(form, form.send));
  let said = null;
  const look = async () => (said = await page.evaluate(complaint, { within: form.within ?? "body", field, pad: form.pad }));
  await until(`${what}: something is said`, look);
  judge(said, form, what);
  if (form.clears) delete values[test];
  assert.deepEqual(await typed(page, form, Object.keys(values)), values, `${what}: what was typed is gone`);
  return said;
}
