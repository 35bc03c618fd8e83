// A resident's way through the booth, as a resident walks it: pressing, never typing.
import assert from "node:assert/strict";
import { rows } from "../flow/people/world.mjs";
import { until } from "../support/gateway.mjs";
import { at, inState } from "./browsers.mjs";
import { Clinic } from "./consultation.mjs";

// Runs `test` with a booth at its front and a lawyer on duty, and looks for faults of the pages.
export async function withClinic(test, options) {
  const clinic = await Clinic.open(options);
  try {
    await test(clinic);
    assert.deepEqual(clinic.booth.faults, []);
    assert.deepEqual(clinic.lawyer.faults, []);
  } finally {
    await clinic.close();
  }
}

// Every press and every key at a page is counted.
const countTouches = () => {
  window.touches = 0;
  window.keys = 0;
  window.addEventListener("click", () => window.touches++, true);
  window.addEventListener("keydown", () => window.keys++, true);
};

// The prompts a page has played, in their order.
function listen(page) {
  const heard = [];
  page.on("response", (answer) => {
    const name = /\/prompts\/([^/]+)\/([^/.]+)$/.exec(answer.url());
    if (name && answer.status() < 400) heard.push(name[2]);
  });
  return heard;
}

export const threeTouches = () =>
  withClinic(async (clinic) => {
    const { booth } = clinic;
    const heard = listen(booth);
    await booth.evaluate(countTouches);
    await clinic.meet();
    await clinic.faceToFace();
    const { touches, keys } = await booth.evaluate(() => ({ touches: window.touches, keys: window.keys }));
    assert.deepEqual([touches, keys], [3, 0], "presses and keys from the front to the lawyer's face");
    await until("the resident is spoken to", () => heard.includes("meeting"));
    assert.ok(["consentTitle", "category"].every((name) => heard.includes(name)), `heard ${heard.join(" ")}`);
  });

export const dangerCard = () =>
  withClinic(async ({ booth, gateway }) => {
    const heard = listen(booth);
    for (const press of ["ask", "agree", "category-danger"]) await booth.click(at(press));
    await inState(booth, "danger");
    const size = await booth.$eval(at("police"), (one) => [one.textContent, parseFloat(getComputedStyle(one).fontSize)]);
    assert.equal(size[0], "110");
    assert.ok(size[1] >= 200, `110 is ${size[1]} px high`);
    await booth.waitForSelector(".sentence.good");
    await until("it is said aloud", () => heard.includes("danger"));
    assert.deepEqual(rows(gateway, "SELECT kind, booth FROM alarm"), [{ kind: "danger", booth: "b-demo" }]);
  });

export const identityIsLeft = () =>
  withClinic(async ({ booth, gateway }) => {
    await booth.click(at("ask"));
    await booth.click(at("agree"));
    await booth.click(at("language-zh-Hans"));
    await booth.click(at("category-family"));
    await inState(booth, "waiting");
    await booth.click(at("sensitive-no"));
    await booth.click(at("identify"));
    for (const digit of "13876543210") await booth.click(at(`digit-${digit}`));
    await booth.click(at("phone-done"));
    await booth.waitForSelector(at("identity"));
    assert.deepEqual(rows(gateway, "SELECT identity, language FROM consultation"), [{ identity: "phone", language: "zh-Hans" }]);
  });

// Nobody is on duty: the resident is not left ringing, and a lawyer who comes sees whom to call.
export const nobodyOnDuty = () =>
  withClinic(async ({ booth, lawyer, gateway }) => {
    await lawyer.click(at("off-duty"));
    await booth.waitForSelector(".sentence.warn");
    for (const press of ["ask", "agree", "category-labour"]) await booth.click(at(press));
    await inState(booth, "leave");
    assert.deepEqual(rows(gateway, "SELECT id FROM consultation"), [], "an empty office is not rung");
    await booth.click(at("leave-message"));
    for (const digit of "13876543210") await booth.click(at(`digit-${digit}`));
    await booth.click(at("phone-done"));
    await inState(booth, "thanks");
    await lawyer.click(at("answered-1"));
    await until("the message is answered", () => rows(gateway, "SELECT answered_by FROM message")[0]?.answered_by === "u-lawyer-1");
    await lawyer.waitForSelector(at("inbox"), { state: "detached" });
    await inState(booth, "attract");
    assert.ok(!(await booth.content()).includes("3876"), "nothing of the number is left on the page");
  });

// After the wait that is configured, here none, a number may be left; changing one's mind keeps the place.
export const insteadOfWaiting = () =>
  withClinic(
    async ({ booth, lawyer, gateway }) => {
      await lawyer.click(at("off-duty"));
      await lawyer.click(at("on-duty"));
      await booth.click(at("ask"));
      await booth.click(at("agree"));
      await booth.click(at("category-labour"));
      await lawyer.click(at("decline"));
      await lawyer.click(at("reason-other"));
      await booth.click(at("leave-instead"));
      await inState(booth, "leave");
      await booth.click(at("leave-not"));
      await inState(booth, "waiting");
      await booth.click(at("leave-instead"));
      await booth.click(at("leave-appointment"));
      await booth.click(`.half-days button`);
      for (const digit of "13876543210") await booth.click(at(`digit-${digit}`));
      await booth.click(at("phone-done"));
      await inState(booth, "thanks");
      const [{ half_day: wished }] = rows(gateway, "SELECT half_day FROM message");
      assert.match(wished, /^\d{4}-\d\d-\d\d-am$/);
      assert.deepEqual(rows(gateway, "SELECT end_reason FROM consultation"), [{ end_reason: "appointment" }]);
    },
    { gateway: { options: "clinic: {wait_offer_s: 0}" } },
  );

// Letters from the lawyer, slower speech, and help that nobody at the booth sees coming.
export const besideTheCall = () =>
  withClinic(async (clinic) => {
    const { booth, lawyer, gateway } = clinic;
    await clinic.meet();
    await lawyer.fill(at("say-text"), "请把合同翻到第二页");
    await lawyer.click(at("say"));
    const size = await booth.waitForSelector(`${at("said")} p`).then((one) => one.evaluate((p) => [p.textContent, getComputedStyle(p).fontSize]));
    assert.deepEqual(size, ["请把合同翻到第二页", "60px"]);
    await lawyer.click(at("say-clear"));
    await booth.waitForSelector(at("said"), { state: "detached" });
    await booth.click(at("slower"));
    await lawyer.waitForSelector(".sentence.warn");
    await lawyer.click(at("panic"));
    await lawyer.waitForSelector(at("panic-told"));
    assert.deepEqual(rows(gateway, "SELECT kind, lawyer FROM alarm"), [{ kind: "panic", lawyer: "u-lawyer-1" }]);
  });

// What the page's sounds were asked to play, and whether they did.
const notePlays = () => {
  window.plays = [];
  const play = window.HTMLMediaElement.prototype.play;
  window.HTMLMediaElement.prototype.play = function () {
    const begun = play.call(this);
    if (this instanceof window.HTMLAudioElement) begun.then(() => window.plays.push(this.src), () => {});
    return begun;
  };
};

// The gateway is gone, and so is every file it has: the resident still hears that he is being connected back.
export const dropIsSpoken = () =>
  withClinic(
    async (clinic) => {
      const { booth, gateway } = clinic;
      await clinic.meet();
      await clinic.faceToFace();
      await booth.evaluate(() => (window.plays = []));
      await gateway.kill();
      await booth.waitForSelector(".sentence.lost");
      const text = await booth.textContent(".sentence.lost");
      assert.match(text, /正在接回刘志远律师/);
      await until("it is said aloud", () => booth.evaluate(() => window.plays.some((src) => src.startsWith("blob:"))));
      await gateway.up();
      await clinic.faceToFace();
      clinic.booth.faults.length = clinic.lawyer.faults.length = 0; // sockets that found nobody
    },
    { watch: notePlays },
  );
