// The network is dropped at every stage of a consultation, on either side: each goes on where it was, and what was pressed or
// typed meanwhile gets there. Whatever a page has at that stage is gone: WebSocket, requests, and the ways of its media.
// restart.mjs and turn.mjs do the same to the way of media alone.
import assert from "node:assert/strict";
import { rows } from "../flow/people/world.mjs";
import { until } from "../support/gateway.mjs";
import { ask } from "../support/live.mjs";
import { at, inState } from "./browsers.mjs";
import { keepConnections } from "./probe.mjs";
import { field, item, saved, write } from "./record.mjs";
import { closeWays } from "./restart.mjs";
import { withClinic } from "./visit.mjs";

const listeners = async (gateway) => Number(/^banyan_live_listeners (\d+)$/m.exec((await ask(gateway, "GET", "/metrics")).body)[1]);

// The ports that the media of a page goes by.
async function mediaPorts() {
  const ports = new Set();
  for (const connection of window.connections) {
    if (connection.connectionState === "closed") continue;
    (await connection.getStats()).forEach((one) => {
      if (one.type === "local-candidate" && one.protocol === "udp") ports.add(one.port);
    });
  }
  return [...ports];
}

const isCut = () => window.connections.every(({ iceConnectionState }) => !["connected", "completed"].includes(iceConnectionState));

// Does `meanwhile` at the page while neither it nor the gateway knows the other.
async function dropped({ gateway }, page, meanwhile = () => {}) {
  const before = await listeners(gateway);
  const ports = await page.evaluate(mediaPorts);
  const reopen = ports.length ? closeWays(gateway, ports) : () => {};
  try {
    await page.context().setOffline(true);
    await until("the gateway has lost the page", async () => (await listeners(gateway)) < before);
    await meanwhile();
  } finally {
    reopen();
  }
  await page.context().setOffline(false);
  await until("the page is back", async () => (await listeners(gateway)) === before, 20);
}

// The same, until the page's media has noticed it, too.
const droppedLong = (clinic, page, meanwhile = () => {}) =>
  dropped(clinic, page, async () => {
    await meanwhile();
    await until("no media passes", () => page.evaluate(isCut));
  });

// The two pages see and hear each other again, in the same consultation.
async function meetAgain(clinic) {
  for (const page of [clinic.booth, clinic.lawyer]) await inState(page, "call");
  await clinic.faceToFace();
  assert.equal(kept(clinic.gateway, "lawyer").lawyer, "u-lawyer-1");
}

// The only consultation, as it is kept.
function kept(gateway, ...columns) {
  const all = rows(gateway, `SELECT ${["id", "state", ...columns]} FROM consultation`);
  assert.equal(all.length, 1, "what was asked once is there once");
  return all[0];
}

async function waitsOn(clinic) {
  const { booth, lawyer, gateway } = clinic;
  for (const press of ["ask", "agree"]) await booth.click(at(press));
  await dropped(clinic, booth, () => booth.click(at("category-family"))); // asked without a line
  await lawyer.waitForSelector(at("accept"));
  await lawyer.click(at("decline"));
  await lawyer.click(at("reason-other"));
  await until("it waits", () => kept(gateway).state === "waiting");
  const ticket = await booth.textContent(at("ticket"));
  await dropped(clinic, booth, () => booth.waitForSelector(".sentence.lost"));
  await inState(booth, "waiting");
  assert.equal(await booth.textContent(at("ticket")), ticket, "the place is kept");
}

const warmed = ({ gateway }) => until("both cameras are here, parked", async () => JSON.parse(await gateway.ctl("rooms", "--json")).publications.length === 2);

async function isOfferedStill(clinic) {
  const { booth, lawyer, gateway } = clinic;
  await lawyer.click(at("off-duty"));
  await lawyer.click(at("on-duty")); // who comes anew is asked anew
  await lawyer.waitForSelector(at("accept"));
  await until("the booth knows", () => kept(gateway).state === "offered");
  await warmed(clinic);
  await dropped(clinic, booth);
  await dropped(clinic, lawyer);
  await inState(lawyer, "offer");
  await dropped(clinic, lawyer, () => lawyer.click(at("accept")));
  await meetAgain(clinic);
}

async function talksOn(clinic) {
  const sides = [
    [clinic.booth, /网断了，正在接回刘志远律师/, clinic.lawyer, /居民那边断网了/],
    [clinic.lawyer, /网断了，正在接回居民/, clinic.booth, /刘志远律师那边断网了/],
  ];
  for (const [page, own, other, theirs] of sides) {
    const says = (who, text) => until(`it says ${text}`, async () => text.test(await who.locator(".sentence.lost").first().textContent()));
    await droppedLong(clinic, page, () => Promise.all([says(page, own), says(other, theirs)]));
    await meetAgain(clinic);
  }
}

async function draftsOn(clinic) {
  const { lawyer } = clinic;
  await write(lawyer);
  await droppedLong(clinic, lawyer, () => lawyer.fill(field("claim"), "要回工资和利息。"));
  await saved(lawyer);
  assert.equal(await lawyer.inputValue(field("claim")), "要回工资和利息。");
  await meetAgain(clinic);
}

async function readsOn(clinic) {
  const { booth, lawyer } = clinic;
  const next = (name) => until(`the booth shows ${name}`, async () => (await item(booth)) === name);
  await lawyer.click(at("readback"));
  await next("facts");
  await droppedLong(clinic, booth);
  await next("facts");
  await dropped(clinic, booth, async () => {
    await booth.click(at("item-right"));
    await booth.waitForSelector(".sentence.warn >> text=/./"); // it did not get through, and says so
  });
  await booth.click(at("item-right"));
  await next("claim");
  await dropped(clinic, lawyer, () => booth.click(at("item-change"))); // the lawyer hears of it when he is back
  await until("the lawyer sees it", async () => (await lawyer.textContent(at("answer-claim"))) === "不对，要改");
  await meetAgain(clinic);
}

async function ratesAll(clinic) {
  const { booth, lawyer, gateway } = clinic;
  await dropped(clinic, booth, async () => {
    await lawyer.click(at("end"));
    await lawyer.click(at("confirm-yes"));
    await until("it has ended", () => kept(gateway).state === "closed");
  });
  await inState(booth, "rating");
  await dropped(clinic, booth, () => booth.click(at("score-5")));
  await until("the rating is kept", () => rows(gateway, "SELECT score FROM rating")[0]?.score === 5);
  assert.equal(kept(gateway, "end_reason").end_reason, "lawyer_ended");
}

export const droppedAtEveryStage = () =>
  withClinic(
    async (clinic) => {
      for (const stage of [waitsOn, isOfferedStill, talksOn, draftsOn, readsOn, ratesAll]) await stage(clinic);
      for (const page of [clinic.booth, clinic.lawyer])
        page.faults = page.faults.filter((fault) => !/ERR_INTERNET_DISCONNECTED|Failed to load|WebSocket/.test(fault));
    },
    { watch: keepConnections },
  );
