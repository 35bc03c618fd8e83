// Papers of a consultation: for the two of them, as long as they meet, strictly what they are said to be, in no file.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../support/gateway.mjs";
import { ask, Live } from "../../support/live.mjs";
import { hostilePapers, jpeg, pdf, png } from "../../support/papers.mjs";
import { whip } from "./clinic.mjs";
import { meeting, restart, rows, withGateway } from "./world.mjs";

const own = { "x-banyan": "1" };

/** A request about the papers of a consultation; `at` follows "papers". */
export function papers(gateway, who, id, method, at = "", body = undefined, type = "image/jpeg") {
  const headers = { ...own, ...(who.token ? { authorization: `Bearer ${who.token}` } : { cookie: who.cookie }) };
  if (body) headers["content-type"] = type;
  return fetch(`http://127.0.0.1:${gateway.http}/v1/consultations/${id}/papers${at}`, { method, headers, body });
}
const post = (gateway, who, id, body, type, query = "?name=a") => papers(gateway, who, id, "POST", query, body, type);
const patch = (gateway, who, id, n, members) => papers(gateway, who, id, "PATCH", `/${n}`, JSON.stringify(members), "application/json");
const made = async (answer) => (assert.equal(answer.status, 201, await answer.clone().text()), answer.json());

const shown = () =>
  withGateway(async (gateway) => {
    const { booth, liu, chen, people, id } = await meeting(gateway);
    assert.deepEqual(await (await papers(gateway, people.liu, id, "GET")).json(), { consultation: id, may: "draw", shown: 0, strokes: [], papers: [], screen: { consultation: id, publication: null } });
    const picture = jpeg();
    const { n, width, height, by } = await made(await post(gateway, people.booth, id, picture));
    assert.deepEqual([n > 0, width, height, by], [true, 16, 16, "booth"]);
    const told = await liu.told("papers", () => true);
    assert.deepEqual([told.shown, told.strokes, told.papers.length], [n, [], 1]);
    const got = await papers(gateway, people.liu, id, "GET", `/${n}`);
    const headers = ["content-type", "cache-control", "x-content-type-options", "content-disposition", "content-security-policy"];
    assert.deepEqual(
      [got.status, ...headers.map((name) => got.headers.get(name))],
      [200, "image/jpeg", "no-store", "nosniff", `attachment; filename="paper-${n}.jpeg"`, "default-src 'none'; sandbox"],
    );
    assert.deepEqual(Buffer.from(await got.arrayBuffer()), picture);
    for (const at of ["", `/${n}`]) {
      assert.equal((await papers(gateway, people.chen, id, "GET", at)).status, 404, "another lawyer sees nothing of it");
      assert.equal((await ask(gateway, "GET", `/v1/consultations/${id}/papers${at}`)).status, 401);
    }
    assert.equal((await post(gateway, people.chen, id, picture)).status, 404);

    await liu.do("draw", { n, kind: "pen", points: [0, 0, 10000, 10000] });
    assert.deepEqual((await booth.told("drawn", () => true)).points, [0, 0, 10000, 10000]);
    await booth.do("draw", { n, kind: "pointer", points: [5, 5] });
    await liu.told("drawn", ({ kind, by: whose }) => kind === "pointer" && whose === "booth");
    assert.equal(await chen.refused("draw", { n, kind: "pen", points: [1, 1] }), "no-paper");

    await patch(gateway, people.booth, id, n, { shown: false });
    assert.equal(await liu.refused("draw", { n, kind: "pen", points: [1, 1] }), "no-paper");
    await patch(gateway, people.liu, id, n, { shown: true });
    const again = await booth.told("papers", (event) => event.strokes.length > 0);
    assert.deepEqual([again.shown, again.strokes], [n, [[0, 0, 10000, 10000]]]);

    await booth.do("leave");
    assert.equal((await papers(gateway, people.liu, id, "GET", `/${n}`)).status, 404, "wiped with the consultation");
    assert.equal(rows(gateway, "SELECT n FROM event WHERE kind IN ('papers', 'drawn')").length, 0);
  });

const files = () =>
  withGateway(async (gateway) => {
    const { booth, people, id } = await meeting(gateway);
    const { liu } = people;
    const name = "劳动合同 买买提·吐尔逊.pdf";
    const whole = await made(await post(gateway, liu, id, pdf(), "application/pdf", `?pages=2&name=${encodeURIComponent(name)}`));
    assert.deepEqual([whole.name, whole.type, whole.by, whole.pages], [name, "application/pdf", "lawyer", 2]);
    const page = await made(await post(gateway, liu, id, png(), "image/png", `?name=a&of=${whole.n}&page=2`));
    assert.deepEqual([page.of, page.page], [whole.n, 2]);
    const drawnAgain = await made(await post(gateway, liu, id, png(), "image/png", `?name=a&of=${whole.n}&page=2`));
    const told = await booth.told("papers", (event) => event.shown === drawnAgain.n);
    assert.deepEqual(told.papers.map((one) => one.n), [whole.n, drawnAgain.n], "a page is there once");

    const refused = async (answer) => [answer.status, (await answer.json()).field];
    for (const query of [`of=${whole.n}&page=3`, `of=${whole.n}`, "of=999&page=1", `of=${drawnAgain.n}&page=1`, "page=1"])
      assert.deepEqual(await refused(await post(gateway, liu, id, png(), "image/png", `?name=a&${query}`)), [422, "of"], query);
    for (const query of ["?name=a&of=x&page=1", "?name=a&of=0", "?name=a&of=-1"]) assert.deepEqual(await refused(await post(gateway, liu, id, png(), "image/png", query)), [400, "of"]);
    assert.deepEqual(await refused(await post(gateway, people.booth, id, png(), "image/png", `?name=a&of=${whole.n}&page=1`)), [422, "of"], "pages are the lawyer's");
    const named = async (name) => refused(await post(gateway, liu, id, pdf(), "application/pdf", `?name=${name}`));
    for (const bad of ["a/b.pdf", "%e2%80%aefdp.exe", "%22", "x".repeat(201), ""]) assert.deepEqual(await named(bad), [422, "name"], bad);
    assert.deepEqual(await named("a%0d%0ab"), [400, "name"]);

    assert.deepEqual(await refused(await papers(gateway, people.booth, id, "DELETE", `/${whole.n}`)), [403, "paper"], "not the booth's");
    assert.deepEqual(await refused(await papers(gateway, liu, id, "DELETE", "/9999")), [404, "paper"]);
    assert.deepEqual(await refused(await papers(gateway, liu, id, "GET", "/x")), [404, "paper"]);
    assert.deepEqual(await refused(await patch(gateway, liu, id, whole.n, { shown: "yes" })), [400, "shown"]);
    assert.equal((await papers(gateway, liu, id, "DELETE", `/${whole.n}`)).status, 204);
    assert.deepEqual((await (await papers(gateway, liu, id, "GET")).json()).papers, [], "its pages went with it");
  });

const badPapers = () =>
  withGateway(async (gateway) => {
    const { booth, people, id } = await meeting(gateway);
    const refused = async (answer) => [answer.status, (await answer.json()).field];
    for (const type of ["image/svg+xml", "text/html", "application/octet-stream", "image/gif"])
      assert.deepEqual(await refused(await post(gateway, people.liu, id, jpeg(), type)), [415, "content-type"], type);
    for (const [what, type, bytes] of hostilePapers) {
      const [status, field] = await refused(await post(gateway, people.liu, id, bytes, type));
      assert.ok([413, 415].includes(status) && field === "body", `${what}: ${status} ${field}`);
    }
    assert.equal((await post(gateway, people.booth, id, Buffer.alloc((4 << 20) + 1))).status, 413);
    assert.equal((await post(gateway, people.booth, "c-other", jpeg())).status, 404);
    assert.equal((await fetch(`http://127.0.0.1:${gateway.http}/v1/sessions`, { method: "POST", body: "x".repeat((1 << 20) + 1) })).status, 413, "others stay short");

    const large = jpeg({ filling: "x".repeat(65000) });
    const padded = Buffer.concat([large.subarray(0, 2), ...Array(60).fill(large.subarray(2, 2 + 65004)), large.subarray(2)]);
    const statuses = [];
    for (let i = 0; i < 7; i++) statuses.push((await post(gateway, people.liu, id, padded)).status);
    assert.deepEqual(statuses, [201, 201, 201, 201, 201, 201, 413], "24 MiB a consultation");

    const { shown: n } = await booth.told("papers", ({ papers: all }) => all.length === 6);
    const wrong = [
      [{ n: n + 1, kind: "pen", points: [1, 1] }, "n"],
      [{ n, kind: "burn", points: [1, 1] }, "kind"],
      [{ n, points: [1, 1] }, "kind"],
      ...[undefined, [], [1], [1, 10001], [-1, 1], [1.5, 2], ["1", "2"], Array(402).fill(1), {}].map((points) => [{ n, kind: "pen", points }, "points"]),
    ];
    for (const [members, field] of wrong) {
      const { ok, error } = await booth.say({ do: "draw", ...members });
      assert.deepEqual([ok, error?.field], [false, field], JSON.stringify(members).slice(0, 80));
    }
    for (let i = 0; i < 400; i++) await booth.do("draw", { n, kind: "pen", points: [i, i] });
    assert.equal(await booth.refused("draw", { n, kind: "pen", points: [1, 1] }), "too-many-strokes");
    await booth.do("draw", { n, kind: "clear" });
    await booth.do("draw", { n, kind: "pen", points: [1, 1] });
  });

// What is chosen stays, encrypted, with what was drawn on it; what is not goes.
const kept = () =>
  withGateway(async (gateway) => {
    const { liu, people, id } = await meeting(gateway);
    const secret = "PLANTED-IN-A-PICTURE";
    const picture = jpeg({ filling: secret });
    const { n, sha256 } = await made(await post(gateway, people.booth, id, picture));
    assert.equal(sha256, createHash("sha256").update(picture).digest("hex"));
    const other = await made(await post(gateway, people.liu, id, png(), "image/png"));
    const refusedBooth = await patch(gateway, people.booth, id, n, { kept: true });
    assert.deepEqual([refusedBooth.status, (await refusedBooth.json()).field], [403, "kept"]);
    for (const one of [n, other.n]) assert.equal((await (await patch(gateway, people.liu, id, one, { kept: true })).json()).kept, true);
    assert.equal((await papers(gateway, people.liu, id, "DELETE", `/${n}`)).status, 409, "what is kept is not taken away by the way");
    assert.equal((await (await patch(gateway, people.liu, id, other.n, { kept: false })).json()).kept, undefined);
    await patch(gateway, people.liu, id, n, { shown: true });
    await liu.do("draw", { n, kind: "pen", points: [7, 7, 8, 8] });
    const file = await made(await post(gateway, people.liu, id, pdf(), "application/pdf", "?pages=2&name=a.pdf"));
    const often = await Promise.all(Array.from({ length: 12 }, () => patch(gateway, people.liu, id, file.n, { kept: true })));
    assert.deepEqual(new Set(often.map(({ status }) => status)), new Set([200]), "pressed again and again, it is kept once");
    const page = await made(await post(gateway, people.liu, id, png(), "image/png", `?name=a.pdf&of=${file.n}&page=2`));
    await liu.do("draw", { n: page.n, kind: "pen", points: [1, 2, 3, 4] });
    assert.equal((await patch(gateway, people.booth, id, n, { original: true })).status, 403, "the lawyer says so");
    assert.equal((await (await patch(gateway, people.liu, id, n, { original: true })).json()).original, true);
    await patch(gateway, people.liu, id, page.n, { original: false });
    await liu.do("end", { consultation: id });

    const list = async (who = people.liu) => ask(gateway, "GET", `/v1/consultations/${id}/kept`, who);
    await until("what was drawn is kept", async () => {
      const [still, whole] = (await list()).body.papers;
      return still?.strokes.length === 1 && whole?.drawn.length === 1;
    });
    await restart(gateway);
    const { body } = await list();
    assert.equal(body.papers.length, 2);
    const [one, whole] = body.papers;
    assert.deepEqual(whole.drawn, [{ page: 2, strokes: [[1, 2, 3, 4]] }]);
    assert.deepEqual([one.by, one.sha256, one.strokes, one.original], ["booth", sha256, [[7, 7, 8, 8]], true]);
    assert.equal(whole.original, false, "a page's original is its PDF's");
    const got = await fetch(`http://127.0.0.1:${gateway.http}/v1/consultations/${id}/kept/${one.id}`, { headers: { cookie: people.liu.cookie } });
    assert.deepEqual([got.status, got.headers.get("content-security-policy")], [200, "default-src 'none'; sandbox"]);
    assert.deepEqual(Buffer.from(await got.arrayBuffer()), picture);
    assert.equal((await ask(gateway, "GET", `/v1/consultations/${id}/kept/p-other`, people.liu)).status, 404);
    assert.equal((await list(people.chen)).status, 404, "not another lawyer's");
    assert.equal((await list(people.booth)).status, 403);
    const actions = rows(gateway, "SELECT action, detail FROM audit WHERE action LIKE 'paper%' OR action = 'record_refused' ORDER BY n");
    assert.deepEqual(actions.map(({ action }) => action), ["paper_keep", "paper_keep", "paper_drop", "paper_keep", "paper_read", "record_refused", "record_refused"]);
    assert.equal(actions[0].detail, `sha256:${sha256}`);
    for (const name of readdirSync(gateway.dir, { recursive: true })) {
      const file = join(gateway.dir, name);
      if (statSync(file).isFile()) assert.ok(!readFileSync(file).includes(secret), `${name} has it in clear`);
    }
  });

// What is drawn on a paper after it was kept is in the database soon, not only when they part.
const drawnAfterwards = () =>
  withGateway(async (gateway) => {
    const { liu, booth, people, id } = await meeting(gateway);
    const secret = "PLANTED-IN-A-PICTURE";
    const still = await made(await post(gateway, people.booth, id, jpeg({ filling: secret })));
    const whole = await made(await post(gateway, people.liu, id, pdf(), "application/pdf", "?pages=2&name=a.pdf"));
    for (const { n } of [still, whole]) assert.equal((await patch(gateway, people.liu, id, n, { kept: true })).status, 200);
    await patch(gateway, people.liu, id, still.n, { shown: true, original: true });
    await liu.do("draw", { n: still.n, kind: "pen", points: [1, 1, 2, 2] });
    await booth.do("draw", { n: still.n, kind: "pen", points: [3, 3] });
    const page = await made(await post(gateway, people.liu, id, png(), "image/png", `?name=a.pdf&of=${whole.n}&page=2`));
    await liu.do("draw", { n: page.n, kind: "pen", points: [5, 5] });

    const list = async () => (await ask(gateway, "GET", `/v1/consultations/${id}/kept`, people.liu)).body.papers;
    await until("what was drawn is stored while they meet", async () => {
      const [one, file] = await list();
      return one.strokes.length === 2 && file.drawn.length === 1;
    });
    await restart(gateway); // kill -9
    const [one, file] = await list();
    assert.deepEqual([one.strokes, one.original], [[[1, 1, 2, 2], [3, 3]], true]);
    assert.deepEqual(file.drawn, [{ page: 2, strokes: [[5, 5]] }]);
    const got = await fetch(`http://127.0.0.1:${gateway.http}/v1/consultations/${id}/kept/${one.id}`, { headers: { cookie: people.liu.cookie } });
    assert.ok(Buffer.from(await got.arrayBuffer()).includes(secret), "the picture itself is as it was kept");
    const [{ bytes }] = rows(gateway, "SELECT sum(length(about)) AS bytes FROM paper_drawn");
    assert.ok(bytes < 2000, `a stroke costs ${bytes} bytes, not the picture once more`);
    const actions = rows(gateway, "SELECT action FROM audit WHERE action LIKE 'paper%' ORDER BY n");
    assert.deepEqual(actions.map(({ action }) => action), ["paper_keep", "paper_keep", "paper_read"], "strokes are no entries");
  });

// Only the lawyer's screen is shared, and it is no camera.
const screens = () =>
  withGateway(async (gateway) => {
    const { media, booth, people, id } = await meeting(gateway);
    const share = (who) => whip(gateway, "whip", media[who].room, media[who].token, "?source=screen");
    const refused = await share("booth");
    assert.deepEqual([refused.status, refused.body.field], [403, "source"]);
    assert.equal((await share("liu")).status, 201);
    assert.equal(booth.last("screen"), undefined, "not before its first picture");
    const again = await Live.open(gateway, people.booth);
    assert.deepEqual(again.state.screen, { consultation: id, publication: null });
    await again.close();
  });

export const paperTests = {
  "only the lawyer shares a screen": screens,
  "a paper is kept, encrypted, for its lawyer alone": kept,
  "what is drawn on a kept paper outlives a crash while they meet": drawnAfterwards,
  "a paper is for the two who meet, while they meet": shown,
  "files of the lawyer, and pages of a PDF": files,
  "a wrong paper or stroke is refused by its field": badPapers,
};
