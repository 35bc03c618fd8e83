// A consultation is recorded while both agree: asked aloud, told for as long as it runs, ended by one press, and never in
// clear on the disk.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { rows } from "../flow/people/world.mjs";
import { until } from "../support/gateway.mjs";
import { ask, signIn } from "../support/live.mjs";
import { at } from "./browsers.mjs";
import { withClinic } from "./visit.mjs";

const folder = (gateway) => join(gateway.dir, "var/recordings");

function files(gateway) {
  try {
    return readdirSync(folder(gateway)).map((name) => join(folder(gateway), name));
  } catch {
    return []; // nothing was ever recorded
  }
}

const size = (gateway) => files(gateway).reduce((sum, name) => sum + statSync(name).size, 0);

// All pieces of a recording, as the lawyer's page fetches them.
const fetchAll = async (path) => {
  const bytes = [];
  for (let from = "0"; from !== null; ) {
    const reply = await fetch(`${path}?from=${from}`);
    if (!reply.ok) return { status: reply.status };
    bytes.push(...new Uint8Array(await reply.arrayBuffer()));
    from = reply.headers.get("banyan-next");
  }
  const text = String.fromCharCode(...bytes.slice(0, 600));
  return { head: bytes.slice(0, 4), sound: text.includes("OpusHead"), length: bytes.length };
};

async function opened({ gateway, lawyer }, id) {
  const { recordings } = await lawyer.evaluate(async (path) => (await fetch(path)).json(), `/v1/consultations/${id}/recordings`);
  assert.deepEqual(recordings.map(({ participant }) => participant).sort(), ["b-demo", "u-lawyer-1"]);
  const path = `/v1/consultations/${id}/recordings/${recordings[0].id}`;
  const seen = await lawyer.evaluate(fetchAll, path);
  assert.deepEqual([seen.head, seen.sound], [[0x1a, 0x45, 0xdf, 0xa3], true], "its lawyer sees it");
  const [, chen] = gateway.people.lawyers;
  const other = await ask(gateway, "GET", path, await signIn(gateway, chen.name, chen.password));
  assert.equal(other.status, 404, "no other lawyer does");
  const clear = join(gateway.dir, "clear.webm");
  await gateway.ctl("recording", "--id", recordings[0].id, "--reason", "court order 7", "--to", clear);
  assert.equal(readFileSync(clear).length, seen.length, "the operator breaks the glass");
  const noted = rows(gateway, "SELECT actor, detail FROM audit WHERE action = 'recording_open' ORDER BY n");
  assert.deepEqual(noted, [{ actor: "lawyer:u-lawyer-1", detail: "" }, { actor: "operator", detail: "court order 7" }]);
}

export const recordedAndWithdrawn = () =>
  withClinic(async (clinic) => {
    const { booth, lawyer, gateway } = clinic;
    await clinic.meet();
    await clinic.faceToFace();
    await lawyer.click(at("record-ask"));
    await booth.waitForSelector(at("asked-recording"));
    assert.deepEqual(files(gateway), [], "nothing is recorded before the resident has answered");
    await booth.click(at("recording-yes"));
    for (const page of [booth, lawyer]) await page.waitForSelector(`${at("recorded")}.running`);
    await until("both sides are being recorded", () => files(gateway).filter((name) => statSync(name).size > 20000).length === 2, 30);
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
