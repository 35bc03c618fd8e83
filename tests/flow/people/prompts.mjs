// The booth's spoken prompts as files: all are there, and a centre's own recording goes before.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask, signIn } from "../../support/live.mjs";
import { call } from "./accounts.mjs";
import { addPeople, change, restart, rows, withGateway } from "./world.mjs";

const get = (gateway, name) => fetch(`${gateway.url}/prompts/${name}`);

// The seconds an Ogg Opus file lasts: the last page's position, in 48000ths.
function seconds(bytes) {
  const at = bytes.lastIndexOf("OggS");
  return Number(bytes.readBigInt64LE(at + 6)) / 48000;
}

const allAreThere = () =>
  withGateway(async (gateway) => {
    const index = await (await get(gateway, "index.json")).json();
    assert.deepEqual(Object.keys(index).sort(), ["en", "zh-CN"]);
    for (const [language, sentences] of Object.entries(index))
      for (const [name, sentence] of Object.entries(sentences)) {
        const answer = await get(gateway, `${language}/${name}.ogg`);
        assert.equal(answer.headers.get("content-type"), "audio/ogg", `${language} ${name}`);
        const lasts = seconds(Buffer.from(await answer.arrayBuffer()));
        assert.ok(lasts > 0.4 && lasts < 30, `${language} ${name} lasts ${lasts} s: ${sentence}`);
      }
  });

const ownGoesBefore = () =>
  withGateway(async (gateway) => {
    const builtIn = await (await get(gateway, "zh-CN/idle.ogg")).text();
    await restart(gateway, () => {
      const own = join(gateway.dir, "var/own/prompts/zh-CN");
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, "welcome.ogg"), "a voice they know");
    });
    assert.equal(await (await get(gateway, "zh-CN/welcome.ogg")).text(), "a voice they know");
    assert.equal(await (await get(gateway, "zh-CN/welcome")).text(), "a voice they know");
    assert.equal(await (await get(gateway, "zh-CN/idle.ogg")).text(), builtIn);
  });

// --- recorded at the desk ------------------------------------------------------------------------

const hex = (text) => Buffer.from(text.replace(/[^0-9a-f]/g, ""), "hex");
// What a browser records: two frames of Opus; `last`: a byte that makes it another one.
const speech = (last = "03") =>
  hex(`1a45dfa3 87 4282 84 7765626d  18538067 ba  1549a966 87 2ad7b1 83 0f4240
       1654ae6b 90 ae 8e d78101 838102 8686 415f4f505553  1f43b675 94 e78100 a385 81000080fb a088 a186 81003c00fb ${last}`);

const put = (gateway, who, path, body, type = "audio/webm") =>
  fetch(`${gateway.url}/v1/prompts/${path}`, { method: "PUT", body, headers: { "content-type": type, cookie: who.cookie, "x-banyan": "1" } });
const heard = async (gateway, path, etag = "") => {
  const answer = await get(gateway, path);
  assert.notEqual(answer.headers.get("etag"), etag);
  assert.equal(answer.headers.get("cache-control"), "no-cache", "asked for again each time");
  return { type: answer.headers.get("content-type"), etag: answer.headers.get("etag"), bytes: Buffer.from(await answer.arrayBuffer()) };
};

async function desk(gateway) {
  await restart(gateway, () => addPeople(gateway));
  return signIn(gateway, "staff", gateway.people.hall.password);
}

const recordedAtTheDesk = () =>
  withGateway(async (gateway) => {
    const staff = await desk(gateway);
    const own = async () => (await ask(gateway, "GET", "/v1/prompts", staff)).body.prompts.filter((one) => one.own);
    const machine = await heard(gateway, "zh-CN/idle");
    assert.equal(machine.type, "audio/ogg");
    assert.deepEqual(await own(), []);

    assert.equal((await put(gateway, staff, "zh-CN/idle", speech())).status, 204);
    const first = await heard(gateway, "zh-CN/idle", machine.etag);
    assert.deepEqual([first.type, first.bytes], ["audio/webm", speech()]);
    assert.deepEqual((await own()).map(({ language, name }) => `${language}/${name}`), ["zh-CN/idle"]);
    assert.deepEqual((await heard(gateway, "zh-CN/idle.ogg")).bytes, machine.bytes, "the machine's can still be heard");
    assert.equal((await heard(gateway, "en/idle")).type, "audio/ogg", "the other language keeps its own");

    assert.equal((await put(gateway, staff, "zh-CN/idle", speech("04"))).status, 204);
    assert.deepEqual((await heard(gateway, "zh-CN/idle", first.etag)).bytes, speech("04"));
    await restart(gateway);
    assert.deepEqual((await heard(gateway, "zh-CN/idle")).bytes, speech("04"), "it is there after a restart");
    assert.deepEqual(readdirSync(join(gateway.dir, "var/own/prompts/zh-CN")), ["idle.weba"]);

    assert.equal((await call(gateway, staff, "DELETE", "/v1/prompts/zh-CN/idle")).status, 204);
    assert.deepEqual((await heard(gateway, "zh-CN/idle")).bytes, machine.bytes);
    assert.deepEqual(readdirSync(join(gateway.dir, "var/own/prompts/zh-CN")), []);
    assert.equal((await call(gateway, staff, "DELETE", "/v1/prompts/zh-CN/idle")).status, 204, "twice does no harm");
    const acts = rows(gateway, "SELECT action || ' ' || object AS act, actor FROM audit WHERE action LIKE 'prompt%' ORDER BY n");
    assert.deepEqual(
      acts.map(({ act }) => act),
      ["prompt_recorded zh-CN/idle", "prompt_recorded zh-CN/idle", "prompt_restored zh-CN/idle", "prompt_restored zh-CN/idle"],
    );
    assert.equal(acts[0].actor, "user:u-staff");
  });

const wrongRecordings = () =>
  withGateway(async (gateway) => {
    const staff = await desk(gateway);
    const refused = async (answer, status, slug, field) => {
      const { type, field: named } = await answer.json();
      assert.deepEqual([answer.status, type, named], [status, `/problems/${slug}`, field]);
    };
    await refused(await put(gateway, staff, "fr/idle", speech()), 404, "no-prompt", "language");
    await refused(await put(gateway, staff, "zh-CN/nothing", speech()), 404, "no-prompt", "prompt");
    await refused(await put(gateway, staff, "zh-CN/idle", speech(), "audio/ogg"), 415, "not-taken", "content-type");
    await refused(await put(gateway, staff, "zh-CN/idle", "OggS and so on"), 415, "not-as-said", "body");
    await refused(await put(gateway, staff, "zh-CN/idle", speech().subarray(0, -1)), 415, "not-as-said", "body");
    await refused(await put(gateway, staff, "zh-CN/idle", Buffer.alloc(500001)), 413, "too-long", "body");
    assert.equal((await put(gateway, { cookie: "" }, "zh-CN/idle", speech())).status, 401);

    // Who looks after one centre may listen.
    await restart(gateway, () => change(gateway, "UPDATE user SET district = '江北区' WHERE id = 'u-staff'"));
    assert.equal((await ask(gateway, "GET", "/v1/prompts", staff)).body.may_record, false);
    await refused(await put(gateway, staff, "zh-CN/idle", speech()), 403, "not-allowed", undefined);
    assert.equal((await call(gateway, staff, "DELETE", "/v1/prompts/zh-CN/idle")).status, 403);
    assert.deepEqual(rows(gateway, "SELECT action FROM audit WHERE action LIKE 'prompt%'"), []);
    assert.equal((await heard(gateway, "zh-CN/idle")).type, "audio/ogg");
  });

export const prompts = {
  "every spoken prompt of both languages has a file": allAreThere,
  "a centre's own recording of a prompt goes before the built-in one": ownGoesBefore,
  "a prompt is recorded at the desk, heard at once, there after a restart, and taken back": recordedAtTheDesk,
  "a recording that is none, or by who looks after one centre, is refused": wrongRecordings,
};
