// A paper that the resident shows: for the two of them, as long as they meet, and in no file.
import assert from "node:assert/strict";
import { ask } from "../../support/live.mjs";
import { meeting, rows, withGateway } from "./world.mjs";

const own = { "x-banyan": "1" };
const jpeg = (filling = "x") => `\u00ff\u00d8\u00ff\u00e0${filling.repeat(300)}\u00ff\u00d9`;

// Bytes as they are: the text's code points.
function send(gateway, who, id, method, text, type = "image/jpeg") {
  const headers = { ...own, ...(who.token ? { authorization: `Bearer ${who.token}` } : { cookie: who.cookie }) };
  const body = text === undefined ? undefined : Buffer.from(text, "latin1");
  if (body) headers["content-type"] = type;
  return fetch(`http://127.0.0.1:${gateway.http}/v1/consultations/${id}/still`, { method, headers, body });
}

const shown = () =>
  withGateway(async (gateway) => {
    const { booth, liu, chen, people, id } = await meeting(gateway);
    assert.equal((await send(gateway, people.liu, id, "GET")).status, 404);
    assert.equal((await send(gateway, people.booth, id, "POST", jpeg())).status, 201);
    const { n, strokes } = await liu.told("still", () => true);
    assert.deepEqual([n > 0, strokes], [true, []]);
    const got = await send(gateway, people.liu, id, "GET");
    assert.deepEqual([got.status, got.headers.get("content-type"), got.headers.get("cache-control")], [200, "image/jpeg", "no-store"]);
    assert.equal(Buffer.from(await got.arrayBuffer()).toString("latin1"), jpeg());
    assert.equal((await send(gateway, people.chen, id, "GET")).status, 404, "another lawyer sees nothing of it");
    assert.equal((await ask(gateway, "GET", `/v1/consultations/${id}/still`)).status, 401);

    await liu.do("draw", { n, kind: "pen", points: [0, 0, 10000, 10000] });
    assert.deepEqual((await booth.told("drawn", () => true)).points, [0, 0, 10000, 10000]);
    await booth.do("draw", { n, kind: "pointer", points: [5, 5] });
    await liu.told("drawn", ({ kind, by }) => kind === "pointer" && by === "booth");
    assert.equal(await chen.refused("draw", { n, kind: "pen", points: [1, 1] }), "no-still");

    await booth.do("leave");
    assert.equal((await send(gateway, people.liu, id, "GET")).status, 404, "wiped with the consultation");
    assert.equal(rows(gateway, "SELECT n FROM event WHERE kind IN ('still', 'drawn')").length, 0);
  });

const badPapers = () =>
  withGateway(async (gateway) => {
    const { booth, people, id } = await meeting(gateway);
    const post = async (text, type) => {
      const answer = await send(gateway, people.booth, id, "POST", text, type);
      return [answer.status, (await answer.json()).field];
    };
    assert.deepEqual(await post(jpeg(), "image/png"), [415, "content-type"]);
    assert.deepEqual(await post("<script>alert(1)</script>".repeat(20)), [422, "body"]);
    assert.deepEqual(await post(jpeg().slice(0, -1)), [422, "body"], "cut off on its way");
    assert.deepEqual(await post(""), [422, "body"]);
    assert.equal((await send(gateway, people.booth, id, "POST", jpeg("x".repeat(4000))))?.status, 413);
    assert.equal((await send(gateway, people.booth, "c-other", "POST", jpeg())).status, 404);

    await send(gateway, people.booth, id, "POST", jpeg());
    const { n } = await booth.told("still", () => true);
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

export const stills = {
  "a paper is for the two who meet, while they meet": shown,
  "a wrong paper or stroke is refused by its field": badPapers,
};
