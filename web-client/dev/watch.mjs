// The lawyer's page once a call is over: what was recorded, and papers that stay.
import { briefs, recordDoc, recorded } from "./record.mjs";

const world = { records: briefs(), record: recordDoc({ state: "sealed", missing: undefined, hash: "0".repeat(64) }), recorded };
const at = (test) => `[data-test=${test}]`;
const opened = (page) => page.click(at("open-c-1"));

/** Opens what was recorded, and plays it for a moment. */
async function watch(page) {
    await opened(page);
    await page.click(at("watch-open"));
    await page.click(at("watch-play"));
    await page.waitForTimeout(3000);
    await page.locator("recording-player").scrollIntoViewIfNeeded();
}

async function closedByOthers(page) {
    await watch(page);
    await page.evaluate(() => {
        const video = document.querySelector("recording-player video");
        for (let i = 0; i < 3; i++) video.dispatchEvent(new window.Event("error"));
    });
}

async function keptOpened(page) {
    await opened(page);
    await page.click(at("kept-p-1"));
    await page.locator(at("kept-board")).scrollIntoViewIfNeeded();
}

const sealed = briefs().map((one) => ({ ...one, consultation: `${one.consultation}-s`, state: "sealed" }));

export const watched = [
    { name: "record-lists", world: { records: [...briefs(), ...sealed] } },
    { name: "watch", world, run: opened },
    { name: "watch-open", world, run: watch },
    { name: "watch-en", kept: { "banyan.language": "en" }, world, run: watch },
    { name: "watch-over", world, run: closedByOthers },
    { name: "kept-paper", world, run: keptOpened },
];
