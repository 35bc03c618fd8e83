// A lawyer tries his equipment: he sees himself come back, every way to the gateway is really gone, and what is closed
// has a sentence that says what to do.
import assert from "node:assert/strict";
import { rows } from "../flow/people/world.mjs";
import { until } from "../support/gateway.mjs";
import { at, inState } from "./browsers.mjs";
import { measure } from "./probe.mjs";
import { inOffice } from "./turn.mjs";
import { withClinic } from "./visit.mjs";

const states = (page) => page.$$eval("[data-way]", (list) => Object.fromEntries(list.map((one) => [one.dataset.test.slice(4), one.dataset.way])));
const text = (page, name) => page.textContent(at(name));

async function tries(page) {
  await page.click(at("equipment"));
  await inState(page, "equipment");
  await page.waitForSelector(`${at("verdict")}[data-done=true]`);
  return states(page);
}

export const allIsTried = () =>
  inOffice({}, async ({ lawyer, booth, gateway }) => {
    assert.deepEqual(await tries(lawyer), { udp: "open", tcp: "open", turn: "open", turns: "open" });
    assert.match(await text(lawyer, "verdict"), /都好了，可以值班/);
    assert.match(await text(lawyer, "way-udp"), /来回 \d+ 毫秒，丢了 [\d.]+%：很顺/);
    for (const name of ["self", "echo"])
      await until(`${name} moves`, async () => (await lawyer.evaluate(measure, `video${at(name)}`))?.moves);
    await until("the microphone is heard", () => lawyer.$eval(at("level"), (one) => one.dataset.level !== "silent"));
    await lawyer.click(at("play"));
    await lawyer.click(at("not-heard"));
    assert.match(await text(lawyer, "try-speaker"), /没有静音/);
    await lawyer.click(at("heard"));
    assert.match(await text(lawyer, "try-speaker"), /喇叭没问题/);
    // Somebody asks: he is rung here, too, and what was tried is over.
    for (const press of ["ask", "agree", "category-labour"]) await booth.click(at(press));
    await lawyer.click(at("accept"));
    await inState(lawyer, "call");
    assert.deepEqual(rows(gateway, "SELECT state FROM consultation"), [{ state: "connected" }]);
    assert.equal(await lawyer.$("equipment-check"), null);
  });

export const udpIsCut = () =>
  inOffice({}, async ({ lawyer }, { office, pages }) => {
    office.allowOnly("meta l4proto tcp");
    assert.deepEqual(await tries(lawyer), { udp: "closed", tcp: "open", turn: "open", turns: "open" });
    assert.match(await text(lawyer, "way-udp"), new RegExp(`放行 UDP 到 ${pages.replaceAll(".", "\\.")}:\\d+`));
    assert.match(await text(lawyer, "verdict"), /能用：直接连（TCP）/);
    office.allowOnly(`ip daddr ${pages} tcp dport 443`);
    await lawyer.click(at("equipment-again"));
    await lawyer.waitForSelector(`${at("verdict")}[data-done=false]`);
    await lawyer.waitForSelector(`${at("verdict")}[data-done=true]`);
    assert.deepEqual(await states(lawyer), { udp: "closed", tcp: "closed", turn: "closed", turns: "closed" });
    assert.match(await text(lawyer, "verdict"), /请换一个网络/);
  });

// Going on duty tries it shortly, by itself; where no relay is set up the page says so, and nothing is to be done about it.
export const shortlyTried = () =>
  withClinic(async ({ lawyer }) => {
    await lawyer.waitForSelector(`${at("quick")}[data-quick=good]`);
    const found = await tries(lawyer);
    assert.deepEqual([found.tcp, found.turn, found.turns], ["open", "absent", "absent"]);
    await lawyer.click(at("equipment-back"));
    await inState(lawyer, "idle");
  });
