// Pictures of every page as it really is, for people to look at:
//
//     node tests/browser/screenshots.mjs [DIRECTORY]      default: build/screenshots
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { Gateway } from "../support/gateway.mjs";
import { at, chromiumPage, inState, openChromium } from "./browsers.mjs";
import { Clinic } from "./consultation.mjs";
import { fakeMedia } from "./media.mjs";
import { portrait } from "./portraits.mjs";

const directory = process.argv[2] ?? "build/screenshots";
mkdirSync(directory, { recursive: true });
const sizes = {
  booth: { width: 1080, height: 1920 },
  laptop: { width: 1366, height: 768 },
  tablet: { width: 1024, height: 768 },
  phone: { width: 390, height: 844 },
};
const settle = () => new Promise((done) => setTimeout(done, 1200));

async function shoot(page, name) {
  await settle();
  await page.screenshot({ path: `${directory}/${name}.png` });
}

async function everySize(page, name, wanted = ["laptop", "tablet", "phone"]) {
  const before = page.viewportSize();
  for (const size of wanted) {
    await page.setViewportSize(sizes[size]);
    await shoot(page, `${name}-${size}`);
  }
  await page.setViewportSize(before);
}

async function clinic() {
  const media = [
    await portrait("resident", fakeMedia("resident")[1]),
    await portrait("lawyer", fakeMedia("lawyer")[1]),
  ];
  const clinic = await Clinic.open({ media });
  const { gateway, booth, lawyer } = clinic;
  try {
    await shoot(booth, "booth-attract");
    await booth.click(at("ask"));
    await shoot(booth, "booth-consent");
    await booth.click(at("agree"));
    await shoot(booth, "booth-category");
    await booth.click(at("category-family"));
    await inState(booth, "waiting");
    await shoot(booth, "booth-waiting");
    await everySize(lawyer, "lawyer-offer");
    await lawyer.click(at("accept"));
    await inState(booth, "call");
    await settle();
    await shoot(booth, "booth-call");
    await everySize(lawyer, "lawyer-call");
    await gateway.kill();
    await settle();
    await settle();
    await settle();
    await settle();
    await shoot(booth, "booth-call-lost");
    await shoot(lawyer, "lawyer-call-lost");
    await gateway.up();
    await settle();
    await settle();
    await settle();
    await settle();
    await lawyer.click(at("end"));
    await shoot(lawyer, "lawyer-confirm");
    await lawyer.click(at("confirm-yes"));
    await inState(booth, "rating");
    await shoot(booth, "booth-rating");
    await booth.click(at("score-5"));
    await inState(booth, "thanks");
    await shoot(booth, "booth-thanks");
    await everySize(lawyer, "lawyer-duty");
  } finally {
    await clinic.close();
  }
}

async function lecture() {
  const gateway = await Gateway.start({ lecture: resolve("build/demo/lecture.webm") });
  const browser = await openChromium();
  try {
    const elder = await chromiumPage(browser, sizes.tablet);
    await elder.goto(`${gateway.url}/e/${gateway.people.link}`);
    await everySize(elder, "elder-ready");
    await elder.click(at("enter"));
    await inState(elder, "playing");
    await settle();
    await everySize(elder, "elder-playing");
    const hall = await chromiumPage(browser, sizes.laptop);
    await hall.goto(`${gateway.url}/hall`);
    await everySize(hall, "hall-sign-in", ["laptop", "phone"]);
    await hall.fill(at("name"), gateway.people.hall.name);
    await hall.fill(at("password"), gateway.people.hall.password);
    await hall.click(at("sign-in"));
    await hall.click(at("lecture-l-demo"));
    await everySize(hall, "hall-check", ["laptop", "tablet"]);
    await hall.click(at("start"));
    await inState(hall, "on-air");
    await everySize(hall, "hall-live", ["laptop", "tablet"]);
    const front = await chromiumPage(browser, sizes.laptop);
    for (const path of ["", "elder", "desk", "admin", "lawyer"]) {
      await front.goto(`${gateway.url}/${path}`);
      await everySize(front, `front-${path || "door"}`, ["laptop", "phone"]);
    }
  } finally {
    await browser.close();
    await gateway.stop();
  }
}

await clinic();
await lecture();
