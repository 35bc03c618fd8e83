// Every page in every state that dev/states.mjs knows, as somebody who sees, hears or moves less would find it: axe-core has
// nothing serious to say, letters and targets are large enough for their reader, everything is reached by keyboard alone and
// seen when it is, and what people work with can be enlarged and made narrow.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/gateway.mjs";
import { folder } from "../support/ending.mjs";
import { controls, cut, focused, letters, mark, outOfReach, targets } from "./access_page.mjs";

const { arrive, openBrowser, still } = await import(join(root, "web-client/dev/shots.mjs"));
const { shots } = await import(join(root, "web-client/dev/states.mjs"));
const { Mock } = await import(join(root, "web-client/dev/mock.mjs"));
const axe = readFileSync(join(root, "web-client/node_modules/axe-core/axe.min.js"), "utf8");

const LANES = 3; // pages at once: most of their time they wait
const NARROW = { width: 320, height: 640 };
const ZOOMED = { width: 683, height: 384 }; // a laptop's page at 200 %

// What each kind of reader is owed, by the scale of the page (style/tokens.css); CSS pixels.
const standing = ({ width, height }) => width > 1000 && height > 1200;
const scales = {
  booth: (size) => (standing(size) ? { target: 80, letter: 28, title: 48, contrast: 7 } : { target: 64, letter: 20, title: 30, contrast: 7 }),
  elder: () => ({ target: 64, letter: 22, title: 28, contrast: 7 }),
  front: () => ({ target: 44, letter: 16, title: 28, contrast: 4.5, work: true }),
  desk: () => ({ target: 44, letter: 16, title: 28, contrast: 4.5, work: true }),
};

async function axeFinds(page, { contrast }) {
  if (await page.evaluate(() => !window.axe)) await page.evaluate(axe); // not by <script>: the pages' policy forbids what is not theirs
  const found = await page.evaluate(async (enhanced) => {
    const options = { contrastRatio: { normal: { expected: 7 }, large: { expected: 7 } } };
    if (enhanced) window.axe.configure({ checks: [{ id: "color-contrast-enhanced", options }] });
    const rules = { "color-contrast-enhanced": { enabled: enhanced }, "target-size": { enabled: true } };
    const { violations } = await window.axe.run(document, { rules, resultTypes: ["violations"] });
    return violations
      .filter(({ id, impact }) => impact === "serious" || impact === "critical" || id === "color-contrast-enhanced")
      .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} (${node.failureSummary.split("\n")[1]?.trim()})`));
  }, contrast === 7);
  return found;
}

// Tab from the top until it comes round: every control is met, in the order of the page, and shows that it is.
async function keyboardFinds(page) {
  const all = await page.evaluate(controls);
  await page.evaluate(() => document.activeElement?.blur());
  await page.evaluate(mark);
  const met = [];
  const faults = [];
  const fields = await page.evaluate(() => document.querySelectorAll("[type=date], [type=time]").length);
  // A date has a stop for its year, its month...; a frame that scrolls has one, too.
  for (let i = 0; i < all.length + 8 + 5 * fields && met.length < all.length; i++) {
    await page.keyboard.press("Tab");
    const { id, name, ring } = await page.evaluate(focused);
    if (id !== null && id < met[met.length - 1] && met.includes(id)) break;
    if (id !== null && !met.includes(id)) met.push(id);
    if (!ring) faults.push(`no focus ring: ${name}`);
  }
  const missed = all.filter(({ id }) => !met.includes(id)).map(({ name }) => `not reached by Tab: ${name}`);
  const inOrder = met.every((id, i) => !i || id > met[i - 1]);
  return [...faults, ...missed, ...(inOrder ? [] : [`Tab jumps about: ${met}`])];
}

async function resizedFinds(page, size) {
  const faults = [];
  for (const other of [ZOOMED, NARROW]) {
    await page.setViewportSize(other);
    await page.waitForTimeout(150);
    faults.push(...(await page.evaluate(cut)).map((fault) => `${other.width} px: ${fault}`));
  }
  await page.setViewportSize(size);
  return faults;
}

async function look(page, shot, size) {
  const scale = await page.evaluate(() => /scale-(\w+)/.exec(document.body.className)[1]);
  const owed = scales[scale](size);
  const isPaper = await page.evaluate(() => matchMedia("print").matches);
  if (isPaper) return [];
  return [
    ...(await axeFinds(page, owed)),
    ...(await page.evaluate(targets, owed)),
    ...(await page.evaluate(letters, owed)),
    ...(await page.evaluate(outOfReach)),
    ...(await keyboardFinds(page)),
    ...(owed.work ? await resizedFinds(page, size) : []),
  ];
}

// tests/run.mjs gives these browsers what other tests leave of the processor. A browser is a session of its own, which the kernel
// weighs as a whole (sched(7), autogroups): `nice` alone would say nothing to the others.
function patient(dir) {
  const program = join(dir, "chromium");
  writeFileSync(program, '#!/bin/sh\necho 19 2>/dev/null >/proc/self/autogroup\nexec nice -n 19 /usr/bin/chromium "$@"\n', { mode: 0o755 });
  return program;
}

const isIn = (page) => page.evaluate(() => document.querySelector("[data-state]")?.dataset.state);

// The page in that state at each of its sizes: one page, enlarged or made narrower, unless its state has gone on meanwhile.
async function looksAtAll(shot, open, found) {
  let { page, done } = await open(shot, shot.sizes[0]);
  const state = await isIn(page);
  for (const size of shot.sizes) {
    await page.setViewportSize(size);
    if ((await isIn(page)) !== state) {
      await done();
      ({ page, done } = await open(shot, size));
    }
    await still(page);
    const faults = await look(page, shot, size);
    for (const fault of new Set(faults)) found.push([fault, `${shot.name} ${size.width}x${size.height}`]);
  }
  await done();
}

async function lane(jobs, { built, program }) {
  const mock = new Mock();
  const browsers = {};
  const port = await mock.start(0, built, { built: true });
  const open = async (shot, size) => arrive(await openBrowser(browsers, shot.devices ?? true, program), mock, port, shot, size);
  const found = [];
  try {
    for (let shot = jobs.shift(); shot; shot = jobs.shift()) await looksAtAll(shot, open, found);
  } finally {
    for (const browser of Object.values(browsers)) await (await browser).close();
    mock.stop();
  }
  return found;
}

let pages = null;
async function build() {
  const { dir } = folder("access");
  const { build: bundle } = await import(join(root, "web-client/build.mjs"));
  await bundle(dir);
  return { built: dir, program: patient(folder("patient").dir) };
}

const looksAt = (...prefixes) => async () => {
  pages ??= await build();
  const wanted = ({ name }) => prefixes.some((prefix) => name.startsWith(prefix)) && name.includes(process.env.ACCESS_ONLY ?? "");
  const jobs = shots.filter((shot) => wanted(shot) && shot.script !== false);
  const states = jobs.flatMap(({ sizes }) => sizes).length;
  const found = (await Promise.all(Array.from({ length: LANES }, () => lane(jobs, pages)))).flat();
  const where = new Map();
  for (const [fault, place] of found) where.set(fault, [...(where.get(fault) ?? []), place]);
  const told = [...where].map(([fault, places]) => `${fault}\n    ${places.length} times, first: ${places.slice(0, 4).join(", ")}`);
  if (told.length) throw new Error(`${states} states, ${told.length} faults\n${told.join("\n")}`);
};

export const access = {
  "access: the booth": looksAt("booth"),
  "access: the lawyer's page": looksAt("lawyer", "sign-in"),
  "access: the elder's page": looksAt("elder"),
  "access: the hall": looksAt("hall"),
  "access: the desk": looksAt("desk"),
  "access: third parties, and everybody's own account": looksAt("guest", "account"),
  "access: the administrators and the front door": looksAt("admin", "index"),
};
