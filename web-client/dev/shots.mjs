// Takes a picture of every state of every page (states.mjs): node dev/shots.mjs OUTDIR [PREFIX,PREFIX...]
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { Mock } from "./mock.mjs";
import { shots } from "./states.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Of somebody who reads Chinese: its date fields, too, where Chromium's package of languages (chromium-l10n) is there. */
export function openBrowser(browsers, devices, program = "/usr/bin/chromium") {
    browsers[devices] ??= chromium.launch({
        executablePath: program,
        args: [
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            ...(devices ? ["--use-fake-device-for-media-stream"] : []),
            "--autoplay-policy=no-user-gesture-required",
        ],
        env: { ...process.env, LANGUAGE: "zh_CN" },
    });
    return browsers[devices];
}

async function prepare(context, shot) {
    await context.addInitScript((kept) => {
        for (const [key, value] of Object.entries(kept)) window.localStorage.setItem(key, value);
    }, shot.kept ?? {});
    await context.addInitScript({ path: path.join(here, "pretend-media.js") });
    if (shot.noFlow) await context.addInitScript("window.pretend.flow = false");
    // A clock that runs ahead, for what happens only after a while.
    if (shot.later) await context.addInitScript(`{ const now = performance.now.bind(performance);
        window.skip = 0; performance.now = () => now() + window.skip; }`);
}

/** What no page may do: scroll sideways, or hide a button under the edge. */
async function faults(page) {
    return page.evaluate(() => {
        const wide = document.documentElement.scrollWidth > window.innerWidth + 1 ? ["scrolls sideways"] : [];
        const small = [...document.querySelectorAll("button, a")]
            .map((one) => [one.getBoundingClientRect(), one.textContent.trim()])
            .filter(([box]) => box.width > 0 && (box.height < 44 || box.width < 44))
            .map(([box, text]) => `small target ${Math.round(box.width)}x${Math.round(box.height)} ${text}`);
        return [...wide, ...small];
    });
}

/** Nothing in the page has changed for a moment of its own time, however busy the machine is; two seconds of a clock are enough. */
export const still = (page) =>
    page.evaluate((quiet) => new Promise((done) => {
        const end = window.performance.now() + 2000;
        let last = window.performance.now();
        const seen = new window.MutationObserver(() => (last = window.performance.now()));
        seen.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
        const look = () => {
            if (window.performance.now() - last < quiet && window.performance.now() < end) return setTimeout(look, 50);
            seen.disconnect();
            done();
        };
        look();
    }), 150);

/** The page in that state. `done` closes it. */
export async function arrive(browser, mock, port, shot, size) {
    mock.silence(false);
    mock.reset();
    Object.assign(mock.world, typeof shot.world === "function" ? shot.world(mock) : shot.world);
    const context = await browser.newContext({ viewport: size, locale: "zh-CN", javaScriptEnabled: shot.script ?? true });
    await prepare(context, shot);
    context.setDefaultTimeout(180000); // only a limit: these pages may have to wait for everybody else on the machine
    const page = await context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (line) => line.type() === "error" && /Content Security|Refused/.test(line.text()) && errors.push(line.text()));
    await page.goto(`http://127.0.0.1:${port}${shot.path}`);
    await page.waitForLoadState("networkidle", { timeout: 5000 }).catch(() => {}); // half a second; some pages always ask
    await shot.run?.(page, mock);
    if (shot.later) await page.evaluate((ms) => (window.skip = ms), shot.later);
    await wait(shot.later ? 1500 : 900);
    if (shot.script !== false) await still(page);
    return { page, errors, done: () => context.close() };
}

async function take(browser, mock, port, shot, size, out) {
    const { page, errors, done } = await arrive(browser, mock, port, shot, size);
    await page.screenshot({ path: path.join(out, `${shot.name}-${size.width}.png`) });
    const state = await page.evaluate(() => document.querySelector("[data-state]").dataset.state);
    const found = [...errors, ...(shot.script === false ? [] : await faults(page))];
    console.log(`${shot.name} ${size.width}x${size.height}: ${state}${found.length ? "  !! " + found.join("; ") : ""}`);
    await done();
}

async function main() {
    const out = path.resolve(process.argv[2] ?? "shots");
    await mkdir(out, { recursive: true });
    const mock = new Mock();
    const port = await mock.start(0, path.join(out, "web"));
    const browsers = {};
    const prefixes = (process.argv[3] ?? "").split(",");
    try {
        for (const shot of shots.filter((one) => prefixes.some((prefix) => one.name.startsWith(prefix)))) {
            for (const size of shot.sizes) await take(await openBrowser(browsers, shot.devices ?? true), mock, port, shot, size, out);
        }
    } finally {
        for (const browser of Object.values(browsers)) await (await browser).close();
        mock.stop();
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
