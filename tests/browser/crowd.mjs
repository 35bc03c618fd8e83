// Two booths and two lawyers at once: both decline, both accept in the same moment what the other had declined, each pair sees
// itself alone; then an offer that nobody answers goes to the other one.
import assert from "node:assert/strict";
import { addPeople, restart, rows } from "../flow/people/world.mjs";
import { until } from "../support/gateway.mjs";
import { at, inState } from "./browsers.mjs";
import { seesAndHears } from "./consultation.mjs";
import { withClinic } from "./visit.mjs";

async function asks(booth, category) {
  for (const press of ["ask", "agree", `category-${category}`]) await booth.click(at(press));
}

async function declines(lawyer, reason) {
  await lawyer.click(at("decline"));
  await lawyer.click(at(`reason-${reason}`));
}

const faces = (booth, name) => until(`the booth says that it is ${name}`, async () => (await booth.textContent(at("lawyer"))).includes(name));
const served = (gateway) => rows(gateway, "SELECT booth, lawyer, state FROM consultation ORDER BY ticket_no").map(({ booth, lawyer, state }) => [booth, lawyer, state]);

// Whom each was asked first by skill; each declines, and the one is offered what the other had.
async function crosses({ gateway, booth, lawyer }, booth2, lawyer2) {
  await asks(booth, "family");
  await lawyer.waitForSelector(at("accept"));
  await asks(booth2, "debt");
  await lawyer2.waitForSelector(at("accept"));
  await declines(lawyer, "not_my_field");
  await lawyer.waitForSelector(at("accept"), { state: "detached" });
  await declines(lawyer2, "other");
  await until("each has the other one's", () => JSON.stringify(served(gateway)) === JSON.stringify([["b-demo", "u-lawyer-2", "offered"], ["b-2", "u-lawyer-1", "offered"]]));
  await Promise.all([lawyer, lawyer2].map((page) => page.click(at("accept"))));
  for (const page of [booth, booth2, lawyer, lawyer2]) await inState(page, "call");
}

// Nobody answers: 30 s, in which the others meet and part.
async function runsOut({ gateway, booth, lawyer }, booth2, lawyer2) {
  await asks(booth, "family");
  await lawyer2.waitForSelector(at("accept"));
  await booth2.click(at("end"));
  await booth2.click(at("confirm-yes"));
  await inState(booth2, "rating");
  await inState(lawyer, "record");
  await lawyer.click(at("record-close"));
  await lawyer.click(at("accept"));
  await lawyer2.waitForSelector(at("on-duty")); // who does not answer is not asked again
  for (const page of [booth, lawyer]) await inState(page, "call");
  assert.deepEqual(served(gateway).at(-1), ["b-demo", "u-lawyer-1", "connected"]);
}

export const twoAndTwo = () =>
  withClinic(
    async (clinic) => {
      const { gateway, booth, lawyer } = clinic;
      const booth2 = await clinic.another("lawyer", { width: 1080, height: 1920 }); // a blue resident,
      await clinic.enrol(booth2, "654321");
      const lawyer2 = await clinic.colleague("resident"); // and a red lawyer
      await crosses(clinic, booth2, lawyer2);
      await faces(booth, "陈敏");
      await faces(booth2, "刘志远");
      await Promise.all([booth, lawyer].map((page) => seesAndHears(page, page === booth ? "resident" : "lawyer")));
      await Promise.all([booth2, lawyer2].map((page) => seesAndHears(page, page === booth2 ? "lawyer" : "resident")));
      await lawyer2.click(at("end"));
      await lawyer2.click(at("confirm-yes"));
      await booth.click(at("score-4"));
      await booth.click(at("home"));
      await inState(booth, "attract");
      await lawyer2.click(at("record-close"));
      await runsOut(clinic, booth2, lawyer2);
      await clinic.faceToFace();
      const tickets = rows(gateway, "SELECT count(*) AS n, count(DISTINCT ticket_no) AS tickets FROM consultation")[0];
      assert.deepEqual(tickets, { n: 3, tickets: 3 });
      assert.deepEqual([...booth2.faults, ...lawyer2.faults], []);
    },
    { prepare: ({ gateway }) => restart(gateway, () => addPeople(gateway)) },
  );
