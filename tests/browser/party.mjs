// Three at a table: a third party comes in by a link after the resident's yes, all three see and hear each other, one waits
// outside and really gets nothing, and goes. Then another lawyer: asked to join, and handed over to.
import assert from "node:assert/strict";
import { until } from "../support/gateway.mjs";
import { png } from "../support/papers.mjs";
import { at, inState } from "./browsers.mjs";
import { Clinic } from "./consultation.mjs";
import { keepConnections, measure } from "./probe.mjs";

const remote = `video${at("remote")}`;
const face = `video${at("face-video")}`;

// What a page shows in one of its videos: moving pictures and sound that goes on, or nothing new.
const seen = (page, video) => page.evaluate(measure, video).catch(() => null);
const lives = async (page, video) => {
  const now = await seen(page, video);
  return now && now.moves && now.advances;
};

async function shows(page, video, what, seconds = 20) {
  await until(what, () => lives(page, video), seconds);
}

// Bytes of pictures and sound that all watching connections of a page have received.
const received = (page) =>
  page.evaluate(async () => {
    let bytes = 0;
    for (const pc of window.connections ?? []) {
      if (pc.connectionState !== "connected") continue;
      (await pc.getStats()).forEach((one) => {
        if (one.type === "inbound-rtp") bytes += one.bytesReceived;
      });
    }
    return bytes;
  });

async function still(page, what) {
  let before = await received(page);
  await until(what, async () => {
    await new Promise((done) => setTimeout(done, 1000));
    const now = await received(page);
    const quiet = now === before;
    before = now;
    return quiet;
  }, 10);
}

export async function invite(clinic) {
  const { booth, lawyer } = clinic;
  await lawyer.click(at("invite"));
  await lawyer.selectOption(at("invite-role"), "interpreter");
  await lawyer.fill(at("invite-name"), "古丽");
  await lawyer.click(at("invite-send"));
  const question = await booth.waitForSelector(at("party-question"));
  assert.match(await question.textContent(), /翻译.*古丽.*可以吗/);
  assert.equal(await lawyer.$(at("guest-link")), null, "no link before the yes");
  await booth.click(at("party-yes"));
  await lawyer.waitForSelector(at("guest-link"));
  return lawyer.inputValue(at("guest-link"));
}

/** The third party opens his link, tries camera and microphone, and comes in. */
export async function come(clinic, link) {
  const guest = await clinic.another("resident", { width: 1366, height: 768 });
  await guest.addInitScript(keepConnections);
  await guest.goto(link.replace(/^https?:\/\/[^/]+/, clinic.gateway.url));
  await guest.click(at("guest-start"));
  await guest.click(at("guest-enter"));
  await inState(guest, "call");
  return guest;
}

export async function threeTogether() {
  const clinic = await Clinic.open({ watch: keepConnections });
  try {
    await clinic.meet();
    await clinic.faceToFace();
    const link = await invite(clinic);
    const guest = await come(clinic, link);
    for (const [page, name] of [[clinic.booth, "booth"], [clinic.lawyer, "lawyer"], [guest, "guest"]]) {
      await shows(page, remote, `the ${name} sees the main one`);
      await shows(page, face, `the ${name} sees the third face`);
    }
    await clinic.lawyer.setInputFiles(at("send-file"), { name: "合同.png", mimeType: "image/png", buffer: png() });
    for (const page of [clinic.booth, guest]) await page.waitForSelector(at("paper"));
    await clinic.lawyer.click(at("park-resident"));
    await clinic.booth.waitForSelector(at("parked"));
    await until("no paper is left at the booth", async () => !(await clinic.booth.$(at("board"))));
    assert.ok(await guest.$(at("paper")), "those who talk still have it");
    await still(clinic.booth, "nothing more comes to the booth");
    assert.ok(!(await lives(clinic.lawyer, remote)), "nothing of the booth's comes to the lawyer");
    assert.ok(!(await lives(guest, face)), "nor to the guest");
    assert.ok(await lives(clinic.lawyer, face), "the two who talk go on");
    const begun = Date.now();
    await clinic.lawyer.click(at("joint"));
    const before = await received(clinic.booth);
    await until("media comes again", async () => (await received(clinic.booth)) > before, 10);
    console.log(`    back together: media after ${Date.now() - begun} ms`);
    await until("nothing of what was shown meanwhile is shown to all", async () => !(await guest.$(at("board"))) && !(await clinic.lawyer.$(at("board"))));
    assert.equal(await clinic.booth.$(at("board")), null);
    await shows(clinic.booth, remote, "the booth sees the lawyer again");
    await shows(clinic.lawyer, remote, "the lawyer sees the booth again");
    await clinic.lawyer.click(at("put-out"));
    await inState(guest, "ended");
    await until("the third face is gone", async () => !(await clinic.booth.$(at("face"))));
    await clinic.faceToFace();
  } finally {
    await clinic.close();
  }
}

export async function passedOn() {
  const clinic = await Clinic.open();
  try {
    await clinic.meet();
    const second = await clinic.colleague();
    await clinic.lawyer.click(at("transfer"));
    await clinic.lawyer.click("[data-test^=attended-]");
    await second.click(at("accept"));
    await inState(second, "call");
    await shows(clinic.booth, face, "the booth sees the second lawyer");
    // The last word before the record is another's; nothing waits for it to be saved.
    await clinic.lawyer.fill(at("field-facts"), "欠了三个月工资，还有");
    await clinic.lawyer.fill(at("field-facts"), "欠了三个月工资，还有押金");
    await clinic.lawyer.click(at("hand-over"));
    await inState(clinic.lawyer, "idle");
    await until("the colleague has the last word", async () => (await second.inputValue(at("field-facts")).catch(() => "")) === "欠了三个月工资，还有押金");
    await shows(clinic.booth, remote, "the booth sees the new lawyer large");
    await shows(second, remote, "the new lawyer sees the resident");
    // And back, blindly.
    await second.click(at("transfer"));
    await second.fill(at("field-claim"), "要回工资和押金");
    await second.click("[data-test^=blind-u]");
    await clinic.booth.waitForSelector(at("transferring"));
    await inState(second, "idle");
    await clinic.lawyer.click(at("accept"));
    await inState(clinic.booth, "call");
    await shows(clinic.booth, remote, "the booth sees the first lawyer again");
    await until("and he sees what both wrote", async () => (await clinic.lawyer.inputValue(at("field-claim")).catch(() => "")) === "要回工资和押金");
    assert.equal(await clinic.lawyer.inputValue(at("field-facts")), "欠了三个月工资，还有押金");
  } finally {
    await clinic.close();
  }
}
