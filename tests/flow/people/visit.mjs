// A resident's visit beside the call: who he is, if he says so, letters on his screen, slower speech, and danger.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Live, signIn } from "../../support/live.mjs";
import { addPeople, meeting, pages, restart, rows, wish, withGateway } from "./world.mjs";

const phone = "13876543210";
const words = "请把合同翻到第二页";

// Every byte the gateway has written.
function written(gateway) {
  const dir = join(gateway.dir, "var");
  const names = readdirSync(dir).filter((name) => name.startsWith("banyan.db"));
  return gateway.log + names.map((name) => readFileSync(join(dir, name), "utf8")).join("");
}

const identified = () =>
  withGateway(async (gateway) => {
    const { booth, liu, people } = await pages(gateway);
    await liu.do("on_duty");
    const { id, identity } = await booth.do("ask", wish());
    assert.equal(identity, "none", "saying nothing is an answer that is kept");
    await liu.consultation("offered");
    assert.equal((await booth.do("identify", { identity: "phone", text: phone })).identity, "phone");
    assert.equal(liu.last("resident"), undefined, "an offer names nobody");
    await liu.do("accept", { consultation: id });
    assert.deepEqual(await liu.told("resident", () => true), { consultation: id, identity: "phone", value: phone });
    const again = await Live.open(gateway, people.liu);
    assert.equal(again.state.resident.value, phone, "also when the page is loaded again");
    assert.deepEqual(rows(gateway, "SELECT identity FROM consultation"), [{ identity: "phone" }]);
    assert.equal(rows(gateway, `SELECT n FROM event WHERE body LIKE '%${phone}%'`).length, 0);
    await booth.do("leave");
    await restart(gateway);
    assert.ok(!written(gateway).includes(phone), "the number is in no file");
    assert.equal((await Live.open(gateway, people.liu)).state.resident, null);
  });

const badIdentities = () =>
  withGateway(async (gateway) => {
    const { booth } = await pages(gateway);
    assert.equal(await booth.refused("identify", { identity: "none" }), "not-waiting");
    await booth.do("ask", wish());
    const wrong = [
      [{ identity: "card" }, "identity"],
      [{ identity: 7 }, "identity"],
      [{ identity: "phone", text: "12 34" }, "text"],
      [{ identity: "phone", text: {} }, "text"],
      [{ identity: "name", text: "" }, "text"],
      [{ identity: "name", text: "长".repeat(40) }, "text"],
    ];
    for (const [members, field] of wrong) {
      const { ok, error } = await booth.say({ do: "identify", ...members });
      assert.deepEqual([ok, error?.field], [false, field], JSON.stringify(members));
    }
  });

const letters = () =>
  withGateway(async (gateway) => {
    const { booth, liu, chen, id, people } = await meeting(gateway);
    await liu.do("say", { consultation: id, text: words });
    assert.deepEqual(await booth.told("said", () => true), { consultation: id, text: words });
    assert.equal((await Live.open(gateway, people.booth)).state.said.text, words);
    assert.equal(await chen.refused("say", { consultation: id, text: "x" }), "not-your-consultation");
    for (const text of [undefined, 7, "字".repeat(134), "a\u0007b"]) {
      const { ok, error } = await liu.say({ do: "say", consultation: id, text });
      assert.deepEqual([ok, error?.field], [false, "text"], JSON.stringify(text));
    }
    await booth.do("slower");
    assert.deepEqual(await liu.told("slower", () => true), { consultation: id });
    await liu.do("end", { consultation: id });
    assert.equal(await booth.refused("slower"), "not-connected");
    await gateway.kill();
    assert.ok(!written(gateway).includes(words), "what was said is in no file");
    await gateway.up();
  });

const danger = () =>
  withGateway(async (gateway) => {
    await restart(gateway, () => addPeople(gateway));
    const { booth, liu, id } = await meeting(gateway);
    const { password } = gateway.people.hall;
    const desk = await Live.open(gateway, await signIn(gateway, "staff", password));
    assert.deepEqual(desk.state.alarms, []);
    await booth.do("alarm", { reason: "danger" });
    const { kind, booth: where } = await desk.told("alarm", () => true);
    assert.deepEqual([kind, where.name], ["danger", "法律咨询室 1"]);
    const before = booth.events.length;
    await liu.do("alarm", { reason: "panic" });
    await desk.told("alarm", (data) => data.kind === "panic" && data.consultation === id);
    await booth.say({ do: "ping" }); // whatever was told before it has come by now
    assert.equal(booth.events.length, before, "nothing at the booth shows that the lawyer called for help");
    assert.equal(rows(gateway, "SELECT n FROM audit WHERE action = 'alarm'").length, 2);
  });

export const visits = {
  "who the resident is, is for his lawyer alone and in no file": identified,
  "a wrong identity is refused by its field": badIdentities,
  "the lawyer's letters come to the booth's screen, the wish for slower speech to the lawyer": letters,
  "danger and panic come to the desk, and panic shows nowhere else": danger,
};
