// A consultation is recorded while both agree: asked aloud, told for as long as it runs, ended by one press, and never in
// clear on the disk.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { rows } from "../flow/people/world.mjs";
import { until } from "../support/gateway.mjs";
import { ask, signIn } from "../support/live.mjs";
import { at } from "./browsers.mjs";
import { come, invite } from "./party.mjs";
import { withClinic } from "./visit.mjs";

const own = { "x-banyan": "1" };
const folder = (gateway) => join(gateway.dir, "var/recordings");

function files(gateway) {
  try {
    return readdirSync(folder(gateway)).map((name) => join(folder(gateway), name));
  } catch {
    return []; // nothing was ever recorded
  }
}

const size = (gateway) => files(gateway).reduce((sum, name) => sum + statSync(name).size, 0);

// A file of a viewing from its first to its last byte, in ranges of any length.
const fetchAll = async (path) => {
  const bytes = [];
  for (let size = 1; bytes.length < size; ) {
    const reply = await fetch(path, { headers: { range: `bytes=${bytes.length}-${bytes.length + 150000}` } });
    if (reply.status !== 206) return { status: reply.status };
    size = Number(reply.headers.get("content-range").split("/")[1]);
    bytes.push(...new Uint8Array(await reply.arrayBuffer()));
  }
  const text = String.fromCharCode(...bytes.slice(0, 900));
  return { head: bytes.slice(0, 4), sound: text.includes("OpusHead"), length: bytes.length };
};

const audited = (gateway) => rows(gateway, "SELECT actor, action, detail FROM audit WHERE action IN ('recording_open', 'record_refused') ORDER BY n").map((row) => Object.values(row).join(" "));

async function opened({ gateway, lawyer }, id) {
  const { recordings } = await lawyer.evaluate(async (path) => (await fetch(path)).json(), `/v1/consultations/${id}/recordings`);
  assert.deepEqual(recordings.map(({ participant, role }) => `${participant} ${role}`).sort(), ["b-demo resident", "u-lawyer-1 lawyer"]);
  const path = `/v1/consultations/${id}/viewings`;
  const post = async (at) => (await fetch(at, { method: "POST", headers: { "X-Banyan": "1" } })).json();
  const viewing = await lawyer.evaluate(post, path);
  assert.deepEqual(viewing.files.map(({ part, video }) => [part, video]), [[1, true], [1, true]]);
  const seen = await lawyer.evaluate(fetchAll, `${path}/${viewing.viewing}/0`);
  assert.deepEqual([seen.head, seen.sound], [[0x1a, 0x45, 0xdf, 0xa3], true], "its lawyer sees it");
  const [, chen] = gateway.people.lawyers;
  const other = await signIn(gateway, chen.name, chen.password);
  assert.equal((await ask(gateway, "POST", path, { ...other, json: {}, headers: own })).status, 404, "no other lawyer does");
  assert.equal((await ask(gateway, "GET", `${path}/${viewing.viewing}/0`, other)).status, 400);
  const again = await lawyer.evaluate(post, path);
  assert.deepEqual(await lawyer.evaluate(fetchAll, `${path}/${viewing.viewing}/0`), { status: 404 }, "one viewing at a time");
  assert.equal((await lawyer.evaluate(fetchAll, `${path}/${again.viewing}/7`)).status, 404);
  const clear = join(gateway.dir, "clear.webm");
  await gateway.ctl("recording", "--id", recordings[0].id, "--reason", "court order 7", "--to", clear);
  assert.ok(readFileSync(clear).length > 20000, "the operator breaks the glass");
  assert.deepEqual(audited(gateway), [
    "lawyer:u-lawyer-1 recording_open files:2",
    "lawyer:u-lawyer-2 record_refused ",
    "lawyer:u-lawyer-1 recording_open files:2",
    "operator recording_open court order 7",
  ]);
}

async function beginRecording(clinic) {
  const { booth, lawyer, gateway } = clinic;
  await clinic.meet();
  await clinic.faceToFace();
  await lawyer.click(at("record-ask"));
  await booth.waitForSelector(at("asked-recording"));
  assert.deepEqual(files(gateway), [], "nothing is recorded before the resident has answered");
  await booth.click(at("recording-yes"));
  for (const page of [booth, lawyer]) await page.waitForSelector(`${at("recorded")}.running`);
  await until("both sides are being recorded", () => files(gateway).filter((name) => statSync(name).size > 20000).length === 2, 30);
}

export const recordedAndWithdrawn = () =>
  withClinic(async (clinic) => {
    const { booth, lawyer, gateway } = clinic;
    await beginRecording(clinic);
    await booth.click(at("record-stop"));
    await lawyer.waitForSelector(at("recorded"), { state: "detached" });
    const [{ id, withdrawn }] = rows(gateway, "SELECT consultation AS id, withdrawn_at AS withdrawn FROM consent WHERE withdrawn_at > 0");
    await until("both recordings have ended", () => rows(gateway, "SELECT id FROM recording WHERE ended_at > 0").length === 2);
    const whole = size(gateway);
    const late = Math.max(...files(gateway).map((name) => statSync(name).mtimeMs)) - withdrawn;
    console.log(`# the last byte was written ${Math.round(late)} ms after the withdrawal`);
    assert.ok(late < 1000, `recorded until ${late} ms after the withdrawal`);
    for (const name of files(gateway)) {
      assert.match(name, /\.mkv\.sealed$/);
      assert.ok(!/webm|OpusHead|V_VP8/.test(readFileSync(name, "latin1")), "nothing is in clear");
    }
    await opened(clinic, id);
    await clinic.faceToFace(); // and they talk on
    assert.equal(size(gateway), whole);
  });

// Who comes later is asked like the others; until he has answered nothing is recorded of anybody.
export const lateJoiner = () =>
  withClinic(async (clinic) => {
    const { booth, lawyer, gateway } = clinic;
    await beginRecording(clinic);
    const guest = await come(clinic, await invite(clinic));
    await guest.waitForSelector(at("asked-recording"));
    for (const page of [booth, lawyer]) await page.waitForSelector(`${at("recorded")}.paused`);
    await until("both recordings have ended", () => rows(gateway, "SELECT id FROM recording WHERE ended_at > 0").length === 2);
    const paused = size(gateway);
    await clinic.faceToFace(); // they talk on
    assert.equal(size(gateway), paused, "nothing is written while he has not answered");
    await guest.click(at("recording-yes"));
    for (const page of [booth, lawyer, guest]) await page.waitForSelector(`${at("recorded")}.running`);
    await until("all three are being recorded", () => rows(gateway, "SELECT DISTINCT participant FROM recording WHERE ended_at = 0").length === 3, 30);
    await until("it is written again", () => size(gateway) > paused + 20000, 30);
    await guest.click(at("record-stop"));
    await lawyer.waitForSelector(at("recorded"), { state: "detached" });
  });

// Of each side that is watched: where it is, and whether something is to be seen.
const watched = () =>
  Array.from(document.querySelectorAll("recording-player video"), (video) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 32, height: 18 });
    const draw = canvas.getContext("2d");
    draw.drawImage(video, 0, 0, 32, 18);
    return { at: video.currentTime, plays: !video.paused, hidden: video.classList.contains("absent"), bright: Math.max(...draw.getImageData(0, 0, 32, 18).data.filter((_, i) => i % 4 < 3)) };
  });

const recorders = (gateway) =>
  readdirSync(`/proc/${gateway.pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${gateway.pid}/task/${task}/children`, "utf8").split(" "))
    .filter((pid) => pid.trim() && readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[1] === "record")
    .map(Number);

// The lawyer watches what was recorded once it is over: both sides at the same moment, also across a recorder that died
// and was started again; his name stands on it, and there is nothing to take away.
export const watchedAfterwards = () =>
  withClinic(async (clinic) => {
    const { booth, lawyer, gateway } = clinic;
    await clinic.meet();
    await clinic.faceToFace();
    await lawyer.click(at("record-ask"));
    await booth.click(at("recording-yes"));
    await until("both sides are being recorded", () => files(gateway).filter((name) => statSync(name).size > 60000).length === 2, 40);
    process.kill(recorders(gateway)[0], "SIGKILL");
    await until("it goes on in a second file", () => files(gateway).some((name) => /-2\.mkv\.sealed$/.test(name) && statSync(name).size > 60000), 60);
    await lawyer.click(at("end"));
    await lawyer.click(at("confirm-yes"));
    await lawyer.click(at("watch-open"));
    await lawyer.waitForSelector(at("watch-play"));
    assert.equal(await lawyer.locator("recording-player video").count(), 2);
    await lawyer.click(at("watch-play"));
    await until("both sides play and are seen", async () => (await lawyer.evaluate(watched)).filter(({ at: time, plays, hidden, bright }) => plays && !hidden && time > 1 && bright > 60).length === 2, 30);
    const [one, other] = await lawyer.evaluate(watched);
    console.log(`# the two sides are ${Math.round(1000 * Math.abs(one.at - other.at))} ms apart in their files`);
    const whole = await lawyer.getAttribute(`${at("watch-place")}`, "max");
    await lawyer.locator(at("watch-place")).fill(String(Math.floor(whole / 1000) * 1000 - 2000));
    await until("it went to the second file, and to its end", async () => (await lawyer.textContent(at("watch-play"))).includes("播放") && (await lawyer.$$eval("recording-player video", (all) => all.some((video) => video.currentTime > 0.5))), 30);
    assert.match(await lawyer.textContent(at("watermark")), /刘志远 \d{4}-/);
    assert.equal(await lawyer.locator("recording-player video[controls], recording-player a, recording-player [download]").count(), 0);
    assert.equal(audited(gateway).length, 1);
    assert.equal(files(gateway).filter((name) => !name.endsWith(".mkv.sealed")).length, 0, "nothing lies in clear beside them");
    await lawyer.click(at("watch-close"));
    await lawyer.waitForSelector(at("watch-open"));
    const staff = await signIn(gateway, "desk", gateway.people.staff.password);
    const [{ id }] = rows(gateway, "SELECT DISTINCT consultation AS id FROM recording");
    assert.equal((await ask(gateway, "POST", `/v1/consultations/${id}/viewings`, { ...staff, json: {}, headers: own })).status, 403);
    assert.equal(audited(gateway).length, 2, "staff are refused, and it is noted");
  });
