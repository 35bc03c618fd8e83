// The booth's voice: somebody at the desk speaks a sentence into the browser, and a booth that was open all the time
// says it in his voice.
import assert from "node:assert/strict";
import { rows } from "../flow/people/world.mjs";
import { until } from "../support/gateway.mjs";
import { at, chromiumPage, inState } from "./browsers.mjs";
import { withClinic } from "./visit.mjs";

const sentence = "consentTitle";
const address = `/prompts/zh-CN/${sentence}`;

// What a page plays to its end: the address, and how long it was.
const keepPlayed = () => {
  window.played = [];
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function () {
    const { src } = this;
    this.addEventListener("timeupdate", () => this.src === src && window.played.push([src.slice(0, 5) === "blob:" ? "blob" : new URL(src).pathname, this.currentTime]));
    return play.call(this);
  };
};
const played = async (page, what) => Math.max(0, ...(await page.evaluate(() => window.played)).filter(([name]) => name === what).map(([, seconds]) => seconds));
const playsOf = (page, what) => until(`${what} is played`, async () => (await played(page, what)) > 0.2);

// What the booth is given when it says the sentence.
async function says(booth) {
  const answered = booth.waitForResponse((answer) => answer.url().endsWith(address));
  await booth.click(at("ask"));
  const answer = await answered;
  await booth.click(at("disagree"));
  await booth.click(at("home"));
  await inState(booth, "attract");
  return { status: answer.status(), type: answer.headers()["content-type"], etag: answer.headers().etag };
}

const kept = async (gateway) => {
  const answer = await fetch(`${gateway.url}${address}`);
  return { type: answer.headers.get("content-type"), etag: answer.headers.get("etag") };
};

// He presses, speaks, and hears himself.
async function speaks(desk, press) {
  await desk.click(at(press));
  await desk.waitForSelector(`${at("voice")} ${at("level")}[data-level=good], ${at("voice")} ${at("level")}[data-level=loud]`); // he sees that he is heard
  await desk.waitForTimeout(1500); // this long he speaks
  await desk.click(at("speak-stop"));
  await desk.waitForSelector(at("speak-hear"));
  assert.equal(await desk.locator(at("speak-keep")).count(), 0, "nobody uses what he has not heard");
  await desk.click(at("speak-hear"));
  await playsOf(desk, "blob");
}

// What the gateway does not take cannot be used: it is to be spoken again.
async function isRefused(desk) {
  const problem = { type: "/problems/not-as-said", title: "", status: 415 };
  const refuse = (route) => route.fulfill({ status: 415, contentType: "application/problem+json", body: JSON.stringify(problem) });
  await desk.route(`**/v1/prompts/zh-CN/${sentence}`, refuse, { times: 1 });
  await desk.click(at("speak-keep"));
  await desk.waitForSelector(`${at("speak-again")}.primary`);
  assert.equal(await desk.locator(at("speak-keep")).count(), 0);
}

async function isKept(desk) {
  await desk.click(at("speak-keep"));
  await desk.waitForSelector(`${at("voice")} >> text=换好了`);
}

export const deskSpeaks = () =>
  withClinic(async ({ booth, gateway, lawyer }) => {
    const machine = await says(booth);
    assert.equal(machine.type, "audio/ogg");
    const desk = await chromiumPage(lawyer.context().browser(), { width: 1366, height: 768 });
    await desk.addInitScript(keepPlayed);
    await desk.goto(`${gateway.url}/desk`);
    await desk.fill(at("name"), "desk");
    await desk.fill(at("password"), gateway.people.staff.password);
    await desk.click(at("sign-in"));
    await inState(desk, "board");
    await desk.click(at("voice-open"));
    await desk.click(at(`hear-${sentence}`));
    await playsOf(desk, address);
    await speaks(desk, `speak-${sentence}`);
    await isRefused(desk);
    await speaks(desk, "speak-again");
    await isKept(desk);

    const own = await kept(gateway);
    assert.equal(own.type, "audio/webm");
    await booth.evaluate(keepPlayed); // the same page, never loaded again
    assert.deepEqual(await says(booth), { status: 200, ...own });
    await booth.click(at("ask"));
    await playsOf(booth, address);
    await booth.click(at("disagree"));
    await booth.click(at("home"));

    await desk.click(at(`machine-${sentence}`));
    await desk.waitForSelector(at(`machine-${sentence}`), { state: "detached" });
    assert.deepEqual(await kept(gateway), { type: machine.type, etag: machine.etag });
    assert.deepEqual(await says(booth), machine);
    const acts = rows(gateway, "SELECT action FROM audit WHERE object = 'zh-CN/consentTitle' ORDER BY n");
    assert.deepEqual(acts.map(({ action }) => action), ["prompt_recorded", "prompt_restored"]);
    assert.deepEqual(desk.faults.filter((fault) => !/ 415 /.test(fault)), []);
  });
