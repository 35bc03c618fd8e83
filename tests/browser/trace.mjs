// What a resident said, showed, heard and printed is gone when the booth is back at its front: from the page, from what the browser
// keeps, and from every file on the kiosk's disk. The search of the disk is tried first on what is known to be there.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { join } from "node:path";
import { rows } from "../flow/people/world.mjs";
import { folder } from "../support/ending.mjs";
import { filesWith } from "../support/files.mjs";
import { until } from "../support/gateway.mjs";
import { png } from "../support/papers.mjs";
import { at, chromiumOfFolder, inState } from "./browsers.mjs";
import { fakeMedia } from "./media.mjs";
import { field, item, saved, texts, write } from "./record.mjs";
import { withClinic } from "./visit.mjs";

const kiosk = { width: 1080, height: 1920 };
const said = "房产证在您女儿名下";
const own = ["3876543210", "欧阳思源", said, ...Object.values(texts)];

// --- what the search finds ---------------------------------------------------------------------------

// Leaves a text in each way a page can.
async function leave(text) {
  localStorage.setItem("left", `${text} local`);
  sessionStorage.setItem("left", `${text} session`);
  await (await caches.open("left")).put("/left", new Response(`${text} cache`));
  const opened = indexedDB.open("left", 1);
  await new Promise((done, fail) => {
    opened.onerror = fail;
    opened.onupgradeneeded = () => opened.result.createObjectStore("left").put(`${text} database`, 1);
    opened.onsuccess = done;
  });
  opened.result.close();
}

// A page that is left like this stands in these files; else not finding anything would say nothing.
async function searchFinds() {
  const { dir, remove } = folder("left");
  const server = createServer((_, reply) => reply.setHeader("cache-control", "max-age=3600").setHeader("content-type", "text/html; charset=utf-8").end("<p>留下的话 http</p>"));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  try {
    const page = await chromiumOfFolder(dir, [], kiosk);
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.evaluate(leave, "留下的话");
    await page.context().close();
    for (const way of ["local", "session", "cache", "database", "http"]) assert.notDeepEqual(filesWith(dir, `留下的话 ${way}`), [], `${way} is found`);
  } finally {
    server.close();
    remove();
  }
}

// --- the resident ------------------------------------------------------------------------------------

// Every object URL that the page makes, and how often it prints.
const notes = () => {
  window.urls = [];
  const { createObjectURL } = URL;
  URL.createObjectURL = (what) => {
    const url = createObjectURL.call(URL, what);
    window.urls.push({ url, type: what.type });
    return url;
  };
  window.prints = 0;
  window.print = () => window.prints++;
};

// Which of the pictures' object URLs still show something. (What the house says aloud is kept as such, too: it is nobody's.)
const alive = () => {
  const pictures = window.urls.filter(({ type }) => !type.startsWith("audio/"));
  const shows = ({ url }) =>
    new Promise((done) => {
      const image = new Image();
      image.onload = () => done(true);
      image.onerror = () => done(false);
      image.src = url;
    });
  return Promise.all(pictures.map(shows));
};

async function asks({ booth, lawyer }) {
  for (const press of ["ask", "agree", "category-family", "sensitive-yes", "identify"]) await booth.click(at(press));
  for (const digit of "13876543210") await booth.click(at(`digit-${digit}`));
  await booth.click(at("phone-done"));
  await lawyer.click(at("accept"));
  await inState(booth, "call");
}

async function isShown({ booth, lawyer }) {
  await lawyer.fill(at("say-text"), said);
  await lawyer.click(at("say"));
  await booth.waitForSelector(at("said"));
  await booth.click(at("show-paper"));
  await booth.waitForSelector(at("paper"));
  await lawyer.setInputFiles(at("send-file"), { name: "截图.png", mimeType: "image/png", buffer: png({ width: 300, height: 200 }) });
  await until("the lawyer's picture is shown", () => booth.evaluate((paper) => document.querySelector(paper)?.naturalWidth === 300, at("paper")));
  assert.ok((await booth.evaluate(alive)).some((shows) => shows), "an object URL shows while it is there");
  await booth.click(at("put-away"));
}

async function isRead({ booth, lawyer }) {
  await write(lawyer);
  await lawyer.selectOption(field("identity"), "given");
  await lawyer.fill(field("resident_name"), "欧阳思源");
  await saved(lawyer);
  await lawyer.click(at("readback"));
  for (const name of ["facts", "claim", "advice", "limitation_deadline", "summary", "next_steps"]) {
    await until(`the booth shows ${name}`, async () => (await item(booth)) === name);
    await booth.click(at("item-right"));
  }
  await booth.click(at("takeaway-print"));
  assert.equal(await booth.evaluate(() => window.prints), 1);
  await booth.pdf(); // the browser's own print path; without a printer the page's own call ends before there is a sheet
}

async function goes({ booth }) {
  await booth.click(at("end"));
  await booth.click(at("confirm-yes"));
  await inState(booth, "rating");
  await booth.click(at("skip"));
  await booth.click(at("home"));
  await inState(booth, "attract");
}

// --- what is left ------------------------------------------------------------------------------------

// Everything a page can keep, as text.
const kept = async () => {
  const storage = JSON.stringify([{ ...window.localStorage }, { ...window.sessionStorage }]);
  const databases = (await window.indexedDB.databases()).length;
  const caches = (await window.caches.keys()).length;
  return { text: document.documentElement.outerHTML + storage + location.href, databases, caches, frames: window.frames.length };
};

async function pageHasNothing(page, words) {
  const { text, ...counts } = await page.evaluate(kept);
  for (const word of words) assert.ok(!text.includes(word), `${word} is left`);
  assert.deepEqual(counts, { databases: 0, caches: 0, frames: 0 });
}

async function boothHasNothing(booth) {
  await pageHasNothing(booth, own);
  const pictures = await booth.evaluate(alive);
  assert.ok(pictures.length >= 2 && !pictures.includes(true), `object URLs that show something: ${pictures}`);
  booth.faults = booth.faults.filter((fault) => !/ERR_FILE_NOT_FOUND blob:/.test(fault));
  assert.deepEqual(await booth.context().cookies(), [], "nor a cookie, not even one that scripts cannot see");
}

// The booth as a kiosk is: a browser that keeps what it keeps in a folder, over all residents.
async function withKiosk(test) {
  const { dir, remove } = folder("kiosk");
  const prepare = async (clinic) => {
    clinic.booth = await chromiumOfFolder(dir, fakeMedia("resident"), kiosk);
    await clinic.booth.addInitScript(notes);
    clinic.browsers.push(clinic.booth.context());
  };
  try {
    await withClinic((clinic) => test(clinic, dir), { prepare });
  } finally {
    remove();
  }
}

export const nextFindsNothing = async () => {
  await searchFinds();
  await withKiosk(async (clinic, dir) => {
    const { booth, lawyer, gateway } = clinic;
    for (const step of [asks, isShown, isRead, goes]) await step(clinic);
    await boothHasNothing(booth);
    await pageHasNothing(lawyer, ["3876543210", said]);
    await booth.reload();
    await inState(booth, "attract");
    await booth.click(at("ask"));
    await booth.click(at("agree"));
    assert.equal(await booth.getAttribute(at("language-zh-CN"), "aria-pressed"), "true");
    await booth.context().close(); // all that it writes is written
    assert.ok(filesWith(dir, "banyan.booth").length > 0, "the kiosk keeps that it is a booth");
    for (const place of [dir, join(gateway.dir, "var")])
      for (const word of own) assert.deepEqual(filesWith(place, word), [], `${word} is in no file`);
  });
};
