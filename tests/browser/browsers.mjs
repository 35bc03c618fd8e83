// Debian's Chromium by playwright-core and Debian's Firefox by puppeteer-core, as people have them: fake
// camera and microphone, no prompts, the gateway's self-signed certificate taken.
import { join } from "node:path";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";
import { keepConnections } from "./probe.mjs";

const quiet = [
  "--no-sandbox", // root in a container has none
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--autoplay-policy=no-user-gesture-required",
];

// `program`: Chromium in a network of its own (support/network.mjs).
const chromiumOf = (media, program = "/usr/bin/chromium") => ({
  executablePath: program,
  args: [...quiet, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=fps=15", ...media],
});

export const openChromium = (media = [], program) => chromium.launch(chromiumOf(media, program));

const asPeople = ({ width, height }) => ({
  ignoreHTTPSErrors: true,
  viewport: { width, height },
  locale: "zh-CN",
  permissions: ["camera", "microphone"],
});

export async function chromiumPage(browser, size) {
  return watched(await (await browser.newContext(asPeople(size))).newPage());
}

// Chromium as a kiosk has it: what it keeps, and what it writes for a moment, is in this folder. Its page; the context closes it.
export async function chromiumOfFolder(folder, media, size) {
  const env = { ...process.env, TMPDIR: folder, HOME: folder };
  const context = await chromium.launchPersistentContext(join(folder, "profile"), { ...chromiumOf(media), ...asPeople(size), env });
  return watched(context.pages()[0]);
}

function watched(page) {
  page.setDefaultTimeout(60000); // as every limit of a wait: for a machine with much else to do
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => {
    // A session that is over, or not signed in yet, is an answer, not a fault of the page.
    const answer = /Failed to load resource: .* (401|404)/.test(message.text());
    if (message.type() === "error" && !answer) page.faults.push(`${message.text()} ${message.location().url}`.trim());
  });
  return page;
}

export function openFirefox() {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    acceptInsecureCerts: true,
    extraPrefsFirefox: {
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "media.autoplay.default": 0,
      "media.autoplay.blocking_policy": 0,
      "intl.accept_languages": "zh-CN",
    },
  });
}

// The hall's operator signs in and starts the demo lecture with camera and microphone.
export async function startLecture(page, gateway) {
  await page.goto(`${gateway.url}/hall?raw_audio=1`);
  await page.fill(at("name"), gateway.people.hall.name);
  await page.fill(at("password"), gateway.people.hall.password);
  await page.click(at("sign-in"));
  await page.click(at("lecture-l-demo"));
  await page.click(at("start"));
  await inState(page, "on-air");
}

// A page of Firefox that plays the lecture by its personal link, its connections kept in sight.
export async function firefoxAtHome(browser, gateway) {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(keepConnections);
  await page.goto(`${gateway.url}/e/${gateway.people.link}`);
  await (await page.waitForSelector(at("enter"))).click();
  await page.waitForSelector('[data-state="playing"]');
  return page;
}

export const at = (test) => `[data-test="${test}"]`;

// Waits until the page's root says this state.
export function inState(page, state, seconds = 60) {
  return page.waitForSelector(`[data-state="${state}"]`, { timeout: seconds * 1000 });
}
