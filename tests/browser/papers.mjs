// What the two sides of a call show each other: stills, files, pages of a PDF, the lawyer's screen. Nothing of it stays.
import assert from "node:assert/strict";
import { rows } from "../flow/people/world.mjs";
import { until } from "../support/gateway.mjs";
import { hostilePapers, jpeg, pdf, png } from "../support/papers.mjs";
import { at, inState } from "./browsers.mjs";
import { withClinic } from "./visit.mjs";

// How many object URLs a page has made and not given back.
const countUrls = () => {
  window.urls = new Set();
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (what) => {
    const url = createObjectURL.call(URL, what);
    if (what instanceof Blob && /^(image|application)\//.test(what.type)) window.urls.add(url);
    return url;
  };
  URL.revokeObjectURL = (url) => (window.urls.delete(url), revokeObjectURL.call(URL, url));
};

const seen = (page, width, what = "the paper is seen") =>
  until(what, () => page.evaluate(([selector, least]) => (document.querySelector(selector)?.naturalWidth ?? 0) >= least, [at("paper"), width]));

async function draw(page) {
  const box = await page.locator(at("pen")).boundingBox();
  await page.mouse.move(box.x + box.width / 4, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.up();
}

const strokes = (page) => page.$$eval(`${at("pen")} polyline`, (all) => all.length);

async function endsWithoutTrace({ booth, lawyer, gateway }) {
  await lawyer.click(at("end"));
  await lawyer.click(at("confirm-yes"));
  await inState(booth, "rating");
  for (const page of [booth, lawyer]) {
    assert.equal(await page.$(at("paper")), null);
    assert.equal(await page.evaluate(() => window.urls.size), 0, "object URLs are given back");
  }
  assert.equal(rows(gateway, "SELECT n FROM event WHERE kind IN ('papers', 'drawn', 'screen')").length, 0);
}

// The resident shows a paper, both sides draw on it.
export const paperIsShown = () =>
  withClinic(
    async (clinic) => {
      const { booth, lawyer } = clinic;
      await clinic.meet();
      await clinic.faceToFace();
      await booth.click(at("show-paper"));
      for (const page of [booth, lawyer]) await seen(page, 640);
      await draw(lawyer);
      await until("the lawyer's stroke is at the booth", async () => (await strokes(booth)) === 1);
      await booth.waitForSelector(at("pointer"), { state: "attached" });
      await draw(booth);
      await until("the booth's stroke is at the lawyer's", async () => (await strokes(lawyer)) === 2);
      await booth.click(at("put-away"));
      await lawyer.waitForSelector(at("paper"), { state: "detached" });
      await lawyer.click(`${at("papers")} li button`);
      await seen(booth, 640, "it is shown again");
      assert.equal(await strokes(booth), 2, "with what was drawn");
      await lawyer.click(at("clear-strokes"));
      await until("the strokes are gone", async () => (await strokes(booth)) === 0);
      assert.equal(await booth.$(at("paper-title")), null);
      await lawyer.click(`${at("papers")} [data-test^="keep-"]`);
      await booth.waitForSelector(at("paper-title"));
      await until("the record names it", async () => /^居民拍的材料 1（SHA-256 [0-9a-f]{64}）$/.test(await lawyer.inputValue(at("field-materials_kept"))));
      await draw(lawyer);
      await until("it is drawn on after it was kept", async () => (await strokes(booth)) === 1);
      await lawyer.click("[data-test^=original-yes-]");
      await until("the record says that the original was seen", async () => (await lawyer.inputValue(at("field-materials_shown"))) === "居民拍的材料 1（已核对原件）" && (await lawyer.inputValue(at("field-originals"))) === "yes");
      await endsWithoutTrace(clinic);
      await lawyer.waitForSelector(`${at("kept")} li`);
      await lawyer.click("[data-test^=kept-p-]");
      await until("it opens in the page, with what was drawn on it", () => lawyer.evaluate(() => {
        const image = document.querySelector("[data-test=kept-board] img");
        return image !== null && image.naturalWidth > 0 && document.querySelectorAll("[data-test=kept-board] polyline").length === 1;
      }));
      assert.match(await lawyer.textContent(at("kept")), /已核对原件/);
      assert.match(await lawyer.textContent(`${at("kept-board")} ${at("watermark")}`), /刘志远 \d{4}-\d\d-\d\d \d\d:\d\d/, "whose eyes it is for stands on it");
    },
    { watch: countUrls },
  );

// The lawyer sends a PDF and leafs through it; pictures; and what is no such file is refused in words.
export const filesAreShown = () =>
  withClinic(
    async (clinic) => {
      const { booth, lawyer } = clinic;
      const send = (name, mimeType, buffer) => lawyer.setInputFiles(at("send-file"), { name, mimeType, buffer });
      await clinic.meet();
      await send("租房合同.pdf", "application/pdf", pdf(["First page", "Second page"]));
      for (const page of [booth, lawyer]) await seen(page, 1000, "the first page is seen");
      assert.match(await booth.textContent(at("paper-title")), /租房合同.pdf\s*第 1 页，共 2 页/);
      await draw(booth);
      await until("the booth's stroke is at the lawyer's", async () => (await strokes(lawyer)) === 1);
      await lawyer.click(at("page-on"));
      await until("the second page is at the booth", async () => /第 2 页/.test(await booth.textContent(at("paper-title"))));
      await seen(booth, 1000);
      assert.equal(await strokes(booth), 0, "another page");
      await lawyer.click(at("page-back"));
      await until("the first page is back with its stroke", async () => (await strokes(booth)) === 1);

      await send("现场照片.JPG", "image/jpeg", jpeg({ width: 16, height: 16 }));
      await until("the picture is at the booth", async () => (await booth.textContent(at("paper-title"))) === "现场照片.JPG");
      await send("截图.png", "image/png", png({ width: 300, height: 200 }));
      await seen(booth, 300);
      await until("four are there", async () => (await lawyer.$$(`${at("papers")} li`)).length === 3);

      await send("程序.exe", "application/x-msdownload", Buffer.from("MZ"));
      await lawyer.waitForSelector(at("wrong-file"));
      for (const [what, type, bytes] of hostilePapers.filter(([name]) => /script|behind something|moves|page of HTML/.test(name))) {
        const ending = { "image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf" }[type];
        const before = (await lawyer.$$(`${at("papers")} li`)).length;
        await send(`a.${ending}`, type, bytes);
        await lawyer.waitForSelector(at("wrong-file"));
        assert.equal((await lawyer.$$(`${at("papers")} li`)).length, before, what);
      }
      clinic.lawyer.faults = clinic.lawyer.faults.filter((fault) => !/ 415 /.test(fault));
      await endsWithoutTrace(clinic);
    },
    { watch: countUrls },
  );

// Headless there is no screen: a canvas stands in for what the browser would let one choose.
const pretendScreen = () => {
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [1280, 720];
    const context = canvas.getContext("2d");
    let turn = 0;
    window.setInterval(() => {
      context.fillStyle = "#00f";
      context.fillRect(0, 0, 1280, 720);
      context.fillStyle = "#fff";
      context.fillRect(turn++ % 1200, 0, 80, 80);
    }, 100);
    window.shared = canvas.captureStream(10);
    return window.shared;
  };
};

const isBlue = (selector) => {
  const video = document.querySelector(selector);
  if (!video || !video.videoWidth) return false;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [16, 9];
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 16, 9);
  const [red, green, blue] = context.getImageData(8, 6, 1, 1).data;
  return blue > 150 && red < 90 && green < 90;
};

export const screenIsShared = () =>
  withClinic(
    async (clinic) => {
      const { booth, lawyer } = clinic;
      const screen = `video${at("screen")}`;
      const blue = (what) => until(what, () => booth.evaluate(isBlue, screen));
      await clinic.meet();
      await clinic.faceToFace();
      await lawyer.focus(at("share"));
      await lawyer.keyboard.press("Enter");
      await blue("the lawyer's screen is at the booth");
      const [wide, narrow] = await booth.evaluate((one) => [one, 'video[data-test="remote"]'].map((name) => document.querySelector(name).getBoundingClientRect().width), screen);
      assert.ok(wide > 2 * narrow, `the screen ${wide} px, the face ${narrow} px`);
      await clinic.faceToFace();

      await booth.reload();
      await blue("a booth that is loaded anew finds it");
      // The browser's own button.
      await lawyer.evaluate(() => {
        const [track] = window.shared.getTracks();
        track.stop();
        track.dispatchEvent(new Event("ended"));
      });
      await booth.waitForSelector(screen, { state: "detached" });
      assert.equal(await lawyer.getAttribute(at("share"), "aria-pressed"), "false");
      await lawyer.click(at("share"));
      await blue("shared again");
      await endsWithoutTrace(clinic);
      assert.equal(await booth.$(screen), null);
      assert.equal(await lawyer.evaluate(() => window.shared.active), false);
    },
    { watch: `(${countUrls})();(${pretendScreen})();` },
  );
