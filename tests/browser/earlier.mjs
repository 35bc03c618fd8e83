// Somebody comes again: he is asked whether his lawyer may see what was written before, the lawyer reads it beside the
// call, and one press at the booth takes it away.
import assert from "node:assert/strict";
import { rows } from "../flow/people/world.mjs";
import { until } from "../support/gateway.mjs";
import { at, inState } from "./browsers.mjs";
import { withClinic } from "./visit.mjs";

const marker = "王老板欠了三个月工资";
const fields = {
  identity: "given", resident_name: "王秀兰", category: "labour", facts: marker, claim: "要回工资", advice: "先去人社局投诉。", summary: "工资要得回来。先投诉。再仲裁。",
  limitation_told: "yes", risk_told: "yes", legal_aid_told: "yes", next_steps: "带身份证去人社局。", confirmation: "absent",
};

async function comes({ booth, lawyer }, answer) {
  for (const press of ["ask", "agree", "category-labour"]) await booth.click(at(press));
  await inState(booth, "waiting");
  await booth.click(at("identify"));
  for (const digit of "13876543210") await booth.click(at(`digit-${digit}`));
  await booth.click(at("phone-done"));
  await booth.waitForSelector(at("asked-earlier"));
  await booth.click(at(`earlier-${answer}`));
  await booth.waitForSelector(at("asked-earlier"), { state: "detached" });
  await lawyer.click(at("accept"));
  await inState(booth, "call");
}

// Written and sealed as the lawyer's page would: his session, his consultation.
const writeAndSeal = async ({ id, said }) => {
  const path = `/v1/consultations/${id}/record`;
  const send = (method, url, body) =>
    fetch(url, { method, headers: { "content-type": "application/json", "x-banyan": "1" }, body: JSON.stringify(body) });
  const { rev } = await (await fetch(path)).json();
  const written = await send("PUT", path, { rev, fields: said });
  const sealed = written.ok ? await send("POST", `${path}/seal`, { rev: (await written.json()).rev }) : written;
  return `${sealed.status} ${await sealed.text()}`;
};

const newest = (gateway) => rows(gateway, "SELECT id FROM consultation ORDER BY asked_at DESC LIMIT 1")[0].id;

export const seenWhileAgreed = () =>
  withClinic(async (clinic) => {
    const { booth, lawyer, gateway } = clinic;
    await comes(clinic, "no");
    const first = newest(gateway);
    await lawyer.waitForSelector(at("earlier"));
    assert.equal(await lawyer.$("earlier-list"), null, "he does not want it");
    assert.match(await lawyer.evaluate(writeAndSeal, { id: first, said: fields }), /^200 /);
    await lawyer.click(at("end"));
    await lawyer.click(at("confirm-yes"));
    await inState(booth, "rating");
    await booth.click(at("skip"));
    await inState(booth, "attract");
    await lawyer.click(at("record-close"));

    await comes(clinic, "yes");
    await lawyer.waitForSelector(at(`earlier-${first}`));
    assert.match(await lawyer.textContent(at(`earlier-${first}`)), /工资要得回来/);
    await lawyer.click(at(`earlier-open-${first}`));
    await lawyer.waitForSelector(at("earlier-record"));
    assert.match(await lawyer.textContent(at("earlier-record")), new RegExp(marker));
    assert.match(await lawyer.textContent(`${at("earlier-record")} ${at("watermark")}`), /刘志远 \d{4}-\d\d-\d\d \d\d:\d\d/);
    const read = () => rows(gateway, "SELECT actor, object FROM audit WHERE action = 'earlier_read'");
    assert.deepEqual(read(), [{ actor: "lawyer:u-lawyer-1", object: first }]);
    await booth.click(at("earlier-stop"));
    await lawyer.waitForSelector("earlier-list", { state: "detached" });
    await until("nothing of it is left at the lawyer's page", async () => !(await lawyer.content()).includes(marker));
    await booth.waitForSelector(at("earlier-seen"), { state: "detached" });
  });
