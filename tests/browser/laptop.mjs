// The lawyer's laptop is closed in the middle of a call: opened again in time, it is the same call with the same draft; closed for
// good, the resident gets the next lawyer, who finds the draft as it was left.
import assert from "node:assert/strict";
import { rows } from "../flow/people/world.mjs";
import { until } from "../support/gateway.mjs";
import { at, inState } from "./browsers.mjs";
import { seesAndHears } from "./consultation.mjs";
import { field, saved } from "./record.mjs";
import { withClinic } from "./visit.mjs";

const HOLD_S = 12; // three minutes, unless the option says otherwise
const facts = "老板欠了三个月工资，有微信记录。";

const now = (gateway) => rows(gateway, "SELECT lawyer, state FROM consultation");
const becomes = (gateway, lawyer, state) =>
  until(`it is ${state}`, () => JSON.stringify(now(gateway)) === JSON.stringify([{ lawyer, state }]), 20);

async function closes(lawyer, { booth, gateway }) {
  await lawyer.close();
  await becomes(gateway, "u-lawyer-1", "suspended");
  assert.match(await booth.textContent(".sentence.lost"), /刘志远/, "the resident is told whom we wait for");
}

// The same browser, the same cookie, a new page.
async function opens(context, { gateway }) {
  const page = await context.newPage();
  await page.goto(`${gateway.url}/lawyer?raw_audio=1`);
  return page;
}

export const closedAndOpened = () =>
  withClinic(
    async (clinic) => {
      const { booth, lawyer, gateway } = clinic;
      const context = lawyer.context();
      const next = await clinic.colleague();
      await clinic.meet();
      await lawyer.fill(field("facts"), facts);
      await saved(lawyer);
      await closes(lawyer, clinic);
      const again = await opens(context, clinic);
      await inState(again, "call");
      await becomes(gateway, "u-lawyer-1", "connected");
      assert.equal(await again.inputValue(field("facts")), facts);
      await seesAndHears(booth, "lawyer");
      await seesAndHears(again, "resident");

      await closes(again, clinic);
      await next.click(at("accept"), { timeout: 2000 * HOLD_S });
      for (const page of [booth, next]) await inState(page, "call");
      await becomes(gateway, "u-lawyer-2", "connected");
      await until("the draft is there", async () => (await next.inputValue(field("facts"))) === facts);
      await next.fill(field("claim"), "要回工资。");
      await saved(next);
      await seesAndHears(booth, "lawyer");
      await seesAndHears(next, "resident");
      const late = await opens(context, clinic);
      await inState(late, "off-duty");
      assert.equal(await late.$(field("facts")), null, "it is not his any more");
      assert.deepEqual(next.faults, []);
    },
    { gateway: { options: `clinic: {hold_s: ${HOLD_S}}` } },
  );
