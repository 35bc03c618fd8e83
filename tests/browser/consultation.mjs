// A resident and a lawyer face to face: two browsers, each with its own picture and tone; what each
// shows and plays is measured and must be the other's.
import assert from "node:assert/strict";
import { rows } from "../flow/people/world.mjs";
import { Gateway, until } from "../support/gateway.mjs";
import { ask } from "../support/live.mjs";
import { at, chromiumPage, inState, openChromium } from "./browsers.mjs";
import { fakeMedia, isThe } from "./media.mjs";
import { believedRate, keepConnections, measure, watchedSoFar } from "./probe.mjs";

const remote = `video${at("remote")}`;

// `other`: whose fake devices (media.mjs) the large picture is of.
export async function seesAndHears(page, other, seconds = 60) {
  let seen;
  await until(`${other} is seen and heard`, async () => {
    seen = await page.evaluate(measure, remote);
    return seen && seen.moves && seen.advances && isThe(other, seen);
  }, seconds).catch((error) => {
    throw new Error(`${error.message}; last measured ${JSON.stringify(seen)}`);
  });
}

export class Clinic {
  // `watch`: a probe that both pages run before their own first line; `prepare`: what else to do with the pages before.
  // `media`: the two browsers' fake devices when they are not the usual colours and tones.
  // `programs`: the two browsers when they are not just Chromium. `gateway`: what to start it with.
  static async open({ watch, prepare, media = [fakeMedia("resident"), fakeMedia("lawyer")], programs = [], gateway } = {}) {
    const clinic = new Clinic();
    clinic.gateway = await Gateway.start(gateway);
    clinic.browsers = await Promise.all(media.map((args, i) => openChromium(args, programs[i])));
    [clinic.booth, clinic.lawyer] = await Promise.all([
      chromiumPage(clinic.browsers[0], { width: 1080, height: 1920 }),
      chromiumPage(clinic.browsers[1], { width: 1366, height: 768 }),
    ]);
    if (watch) for (const page of [clinic.booth, clinic.lawyer]) await page.addInitScript(typeof watch === "string" ? { content: watch } : watch);
    if (prepare) await prepare(clinic);
    await clinic.enrol();
    await clinic.signIn();
    return clinic;
  }

  async enrol(booth = this.booth, code = this.gateway.people.booth_code) {
    await booth.goto(`${this.gateway.url}/booth?raw_audio=1`);
    await inState(booth, "enrol");
    for (const digit of code) await booth.click(at(`digit-${digit}`));
    await inState(booth, "attract");
  }

  async signIn(page = this.lawyer, n = 0) {
    const { name, password } = this.gateway.people.lawyers[n];
    await page.goto(`${this.gateway.url}/lawyer?raw_audio=1`);
    await page.fill(at("name"), name);
    await page.fill(at("password"), password);
    await page.click(at("sign-in"));
    await page.click(at("on-duty"));
    await page.waitForSelector(at("off-duty"));
  }

  // One more page, in a browser of its own with these fake devices.
  async another(media, size) {
    const browser = await openChromium(fakeMedia(media));
    this.browsers.push(browser);
    return chromiumPage(browser, size);
  }

  // The second lawyer, on duty.
  async colleague(media = "lawyer") {
    const page = await this.another(media, { width: 1366, height: 768 });
    await this.signIn(page, 1);
    return page;
  }

  // Three touches from the attract screen to the queue; then the lawyer accepts.
  async meet() {
    await this.booth.click(at("ask"));
    await this.booth.click(at("agree"));
    await this.booth.click(at("category-family"));
    await this.lawyer.click(at("accept"));
    await inState(this.booth, "call");
    await inState(this.lawyer, "call");
  }

  // Both see and hear the other, moving.
  async faceToFace(seconds = 60) {
    await seesAndHears(this.booth, "lawyer", seconds);
    await seesAndHears(this.lawyer, "resident", seconds);
  }

  async close() {
    await Promise.all(this.browsers.map((browser) => browser.close()));
    return this.gateway.stop();
  }
}

export async function faceToFace() {
  const clinic = await Clinic.open();
  try {
    await clinic.meet();
    await clinic.faceToFace();
    await clinic.lawyer.click(at("end"));
    await clinic.lawyer.click(at("confirm-yes"));
    await inState(clinic.booth, "rating");
    await clinic.booth.click(at("score-4"));
    await inState(clinic.booth, "thanks");
    await until("the rating is kept", () => rows(clinic.gateway, "SELECT score FROM rating")[0]?.score === 4);
    await until("the cameras' sessions are gone", async () => (await published(clinic)) === 0);
    assert.deepEqual(clinic.booth.faults, []);
    assert.deepEqual(clinic.lawyer.faults, []);
  } finally {
    const end = await clinic.close();
    assert.equal(end.code, 0, "the gateway stops in order");
  }
}

const published = async (clinic) => JSON.parse(await clinic.gateway.ctl("rooms", "--json")).publications.length;

// Cameras are on and published while it is offered, and each page is connected to the other's; nobody sees anybody before the lawyer
// accepts, and then nothing begins anew.
export async function warmed() {
  const clinic = await Clinic.open({ watch: keepConnections });
  const pages = [clinic.booth, clinic.lawyer];
  try {
    const ask = async () => {
      for (const button of ["ask", "agree", "category-family"]) await clinic.booth.click(at(button));
    };
    await ask();
    await until("both publish", async () => (await published(clinic)) === 2);
    await clinic.booth.click(at("sensitive-no"));
    await clinic.booth.click(at("cancel"));
    await until("an abandoned wait leaves nothing", async () => (await published(clinic)) === 0);

    await ask();
    await clinic.lawyer.waitForSelector(at("camera-ready"));
    await until("both publish again", async () => (await published(clinic)) === 2);
    const ahead = () => Promise.all(pages.map((page) => page.evaluate(watchedSoFar)));
    await until("each is connected to the other's camera", async () => (await ahead()).every(({ connected }) => connected === 1));
    await clinic.lawyer.waitForTimeout(1500); // time enough for a picture that must not come
    for (const { pictures, sound } of await ahead()) assert.deepEqual([pictures, sound], [0, 0], "nothing came");
    for (const page of pages) assert.equal(await page.locator(remote).count(), 0, "no picture of the other one");
    const ended = clinic.gateway.log.split("ended:").length;
    await clinic.lawyer.click(at("accept"));
    await inState(clinic.booth, "call");
    await clinic.faceToFace();
    assert.equal(clinic.gateway.log.split("ended:").length, ended, "the sessions of before are those of now");
  } finally {
    await clinic.close();
  }
}

// The power of the process is cut in the middle of a call: same consultation, same lawyer, both again.
export async function gatewayKilled() {
  const clinic = await Clinic.open();
  try {
    await clinic.meet();
    await clinic.faceToFace();
    await clinic.gateway.kill();
    await clinic.gateway.up();
    await clinic.faceToFace();
    const facts = await clinic.booth.evaluate(() => document.querySelector("[data-state]").dataset.state);
    assert.equal(facts, "call");
  } finally {
    await clinic.close();
  }
}

// The WebSocket is lost, media is not: the call goes on and commands work again by themselves.
export async function webSocketLost() {
  const clinic = await Clinic.open();
  try {
    await clinic.meet();
    await clinic.faceToFace();
    await clinic.booth.context().setOffline(true);
    const listening = async () => /^banyan_live_listeners (\d+)$/m.exec((await ask(clinic.gateway, "GET", "/metrics")).body)[1];
    await until("the gateway has lost the booth", async () => (await listening()) === "1");
    await clinic.booth.context().setOffline(false);
    await clinic.faceToFace();
    await until("the lawyer ends and the booth hears of it", async () => {
      if (await clinic.lawyer.$(at("end"))) {
        await clinic.lawyer.click(at("end"));
        await clinic.lawyer.click(at("confirm-yes"));
      }
      return clinic.booth.$('[data-state="rating"]');
    });
  } finally {
    await clinic.close();
  }
}

// The gateway's feedback lets a publishing Chromium use the line: without it the sender stays at a few
// hundred kbit/s for ever.
export async function publisherReachesItsRate() {
  const clinic = await Clinic.open({ watch: keepConnections });
  try {
    await clinic.meet();
    let rate = 0;
    await until("the booth's browser believes in 2 Mbit/s", async () => {
      rate = Math.max(rate, await clinic.booth.evaluate(believedRate));
      return rate > 2e6;
    }, 30).catch((error) => {
      throw new Error(`${error.message}; it believes in ${rate} bit/s`);
    });
  } finally {
    await clinic.close();
  }
}
