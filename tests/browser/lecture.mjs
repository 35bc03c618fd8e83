// The demo lecture at home: by personal link in Chromium and in Firefox; the picture advances, the sound is
// there, and the hall sees how many watch.
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { localAddress } from "../support/address.mjs";
import { Gateway, until } from "../support/gateway.mjs";
import { at, chromiumPage, firefoxAtHome, inState, openChromium, openFirefox, startLecture } from "./browsers.mjs";
import { fakeMedia, people } from "./media.mjs";
import { decodedSound, listen, measure } from "./probe.mjs";

const remote = `video${at("remote")}`;
const film = resolve("build/demo/lecture.webm");

// `sound` says how much of it there is, in whatever way the browser can tell.
async function watches(picture, sound) {
  let seen, level;
  await until("the lecture's picture advances", async () => {
    seen = await picture();
    return seen && seen.advances && seen.width === 1280 && seen.height === 720;
  }, 20).catch((error) => {
    throw new Error(`${error.message}; last measured ${JSON.stringify(seen)}`);
  });
  await until("the lecturer is heard", async () => (level = await sound()) > 0.01, 20).catch((error) => {
    throw new Error(`${error.message}; last level ${level}`);
  });
}

export async function chromiumWatches() {
  const gateway = await Gateway.start({ lecture: film });
  const browser = await openChromium();
  try {
    const page = await chromiumPage(browser, { width: 1024, height: 768 });
    await page.goto(`${gateway.url}/e/${gateway.people.link}`);
    await page.click(at("enter"));
    await inState(page, "playing");
    await watches(
      () => page.evaluate(measure, remote),
      () => page.evaluate(listen, remote),
    );
    assert.deepEqual(page.faults, []);
  } finally {
    await browser.close();
    await gateway.stop();
  }
}

export async function firefoxWatches() {
  const gateway = await Gateway.start({ lecture: film, address: localAddress() });
  const browser = await openFirefox();
  try {
    const page = await firefoxAtHome(browser, gateway);
    await watches(
      () => page.evaluate(measure, remote, false),
      () => page.evaluate(decodedSound),
    );
  } finally {
    await browser.close();
    await gateway.stop();
  }
}

// Before any script has run: title, time and telephone stand in the page in large text.
export async function pageWithoutScripts() {
  const gateway = await Gateway.start();
  const browser = await openChromium();
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${gateway.url}/e/${gateway.people.link}`);
    for (const what of ["title", "time", "phone"]) {
      const box = page.locator(at(what)).first();
      assert.notEqual((await box.innerText()).trim(), "", what);
      const size = await box.evaluate((node) => parseFloat(getComputedStyle(node).fontSize));
      assert.ok(size >= 22, `${what} is ${size} px`);
    }
    const wrong = await page.goto(`${gateway.url}/e/notalinkatall`);
    assert.equal(wrong.status(), 404);
    assert.match(await page.locator(at("phone")).first().innerText(), /\d{4}/);
  } finally {
    await browser.close();
    await gateway.stop();
  }
}

// The hall's own page publishes, a member at home sees that very picture, and the hall sees him counted.
export async function hallIsWatched() {
  const gateway = await Gateway.start();
  const browsers = await Promise.all([openChromium(fakeMedia("lawyer")), openChromium()]);
  try {
    const hall = await chromiumPage(browsers[0], { width: 1366, height: 768 });
    const member = await chromiumPage(browsers[1], { width: 390, height: 844 });
    await startLecture(hall, gateway);
    await member.goto(`${gateway.url}/e/${gateway.people.link}`);
    await member.click(at("enter"));
    let seen;
    await until("the hall is seen and heard at home", async () => {
      seen = await member.evaluate(measure, remote);
      return seen && seen.moves && Math.abs(seen.tone - people.lawyer.hertz) < 20;
    }, 20).catch((error) => {
      throw new Error(`${error.message}; last measured ${JSON.stringify(seen)}`);
    });
    await until("the hall sees one viewer", async () => /1/.test(await hall.innerText(at("viewers"))));
    await browsers[1].close();
    await until("and none when he has gone", async () => /0/.test(await hall.innerText(at("viewers"))), 40);
    assert.deepEqual(hall.faults, []);
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
    await gateway.stop();
  }
}
