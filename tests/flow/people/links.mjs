// Links to other servers over REST: who may make them, what is refused, and that it can be seen later who did it.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../../support/ending.mjs";
import { until } from "../../support/gateway.mjs";
import { ask, signIn } from "../../support/live.mjs";
import { change, everybody, restart, rows, withGateway } from "./world.mjs";

const csrf = { "x-banyan": "1" };
const URL = "http://127.0.0.1:9/whep/a"; // where nobody listens

// The system's administrator, who comes with the next start; his password is the hall's.
async function administrator(gateway) {
  const sql = "INSERT INTO user (id, name, password, role, display_name) " +
    "SELECT 'u-sys', 'sys', password, 'sysadmin', '小吴' FROM user WHERE id = 'u-hall'";
  await restart(gateway, () => change(gateway, sql));
  const sys = await signIn(gateway, "sys", gateway.people.hall.password);
  return (method, path, json) => ask(gateway, method, path, { ...sys, headers: csrf, json });
}

const beginLookEnd = () =>
  withGateway(async (gateway) => {
    const call = await administrator(gateway);
    for (const [kind, list] of [["pull", "pulls"], ["push", "pushes"]]) {
      const path = `/v1/rooms/hall-${kind}/${list}`;
      const made = await call("POST", path, { url: URL, token: "secret-token" });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      assert.equal(made.headers.location, `${path}/${made.body.id}`);
      await until("it says why it waits", async () => {
        const [one] = (await call("GET", path)).body[list];
        return one.error === (kind === "pull" ? "Couldn't connect to server" : "nobody publishes in the room");
      });
      const listed = await call("GET", path);
      const [one] = listed.body[list];
      assert.equal(listed.body[list].length, 1);
      assert.deepEqual([one.id, one.kind, one.room, one.url], [made.body.id, kind, `hall-${kind}`, URL]);
      assert.ok(!JSON.stringify(listed.body).includes("secret-token"), "tokens are never shown");
      const again = await call("POST", path, { url: URL });
      assert.deepEqual([again.status, again.body.type], [409, "/problems/link-exists"]);
      const elsewhere = await call("DELETE", `/v1/rooms/other/${list}/${made.body.id}`);
      assert.deepEqual([elsewhere.status, elsewhere.body.type, elsewhere.body.field], [404, "/problems/no-link", "link"]);
      assert.equal((await call("DELETE", made.headers.location)).status, 204);
      assert.equal((await call("DELETE", made.headers.location)).status, 404);
      assert.deepEqual((await call("GET", path)).body[list], []);
      const told = rows(gateway, `SELECT actor, action, object, detail FROM audit WHERE action LIKE '${kind}%' ORDER BY n`);
      const facts = { actor: "user:u-sys", object: `room:hall-${kind}`, detail: `link:${made.body.id}` };
      assert.deepEqual(told, ["start", "end"].map((what) => ({ ...facts, action: `${kind}_${what}` })));
    }
  });

const others = () =>
  withGateway(async (gateway) => {
    const people = await everybody(gateway);
    for (const [path, method] of [["pulls", "GET"], ["pulls", "POST"], ["pushes", "POST"], ["pulls/x", "DELETE"], ["pushes/x", "DELETE"]]) {
      const json = method === "POST" ? { url: URL } : undefined;
      for (const who of Object.values(people)) {
        const reply = await ask(gateway, method, `/v1/rooms/a/${path}`, { ...who, headers: csrf, json });
        assert.deepEqual([reply.status, reply.body.type], [403, "/problems/not-allowed"]);
      }
      const nobody = await ask(gateway, method, `/v1/rooms/a/${path}`, { headers: csrf, json });
      assert.equal(nobody.status, 401);
    }
  });

const bad = [
  ["url", [undefined, 7, null, "", [], {}, true, "x".repeat(1024), "ftp://a/b", "/whep/a", "http://", "http://u:p@a/", "http://a/#b"]],
  ["token", [7, null, "", "a b", "a\r\nb: c", "x".repeat(4096)]],
  ["source", [7, null, "", "attic"]],
  ["insecure", [7, null, "", "yes"]],
  ["audio", [7, null, "no"]],
  ["video", [7, null, "no"]],
];

const refused = () =>
  withGateway(async (gateway) => {
    const call = await administrator(gateway);
    for (const [field, values] of bad)
      for (const value of values) {
        const reply = await call("POST", "/v1/rooms/a/pulls", { url: URL, [field]: value });
        assert.deepEqual([reply.status, reply.body.field], [400, field], `${field}: ${JSON.stringify(value)}`);
      }
    const silent = await call("POST", "/v1/rooms/a/pulls", { url: URL, audio: false, video: false });
    assert.deepEqual([silent.status, silent.body.field], [400, "video"]);
    const consultation = await call("POST", "/v1/rooms/c-1/pushes", { url: URL });
    assert.deepEqual([consultation.status, consultation.body.type], [403, "/problems/consultation"]);
    const room = await call("POST", `/v1/rooms/${"x".repeat(64)}/pulls`, { url: URL });
    assert.deepEqual([room.status, room.body.field], [400, "room"]);
    for (let i = 0; i < 64; i++) assert.equal((await call("POST", `/v1/rooms/r${i}/pulls`, { url: URL })).status, 201);
    const more = await call("POST", "/v1/rooms/a/pulls", { url: URL });
    assert.deepEqual([more.status, more.body.type, more.headers["retry-after"]], [503, "/problems/too-many-links", "5"]);
    await gateway.ctl("drain");
    const late = await call("POST", "/v1/rooms/a/pulls", { url: URL });
    assert.equal(late.status, 503);
  });

// What stands in links.file is there after every start; what cannot be is told with its place, and nothing starts.
const fromAFile = async () => {
  const { dir, remove } = folder("links");
  const file = join(dir, "links.json");
  const one = { kind: "pull", room: "a", url: URL, token: "secret-token" };
  try {
    writeFileSync(file, JSON.stringify([one, { ...one, kind: "push", insecure: true }]));
    await withGateway(
      async (gateway) => {
        const seen = async () => JSON.parse(await gateway.ctl("--json", "links")).links.map(({ kind, room }) => `${kind} ${room}`);
        assert.deepEqual(await seen(), ["pull a", "push a"]);
        await restart(gateway);
        assert.deepEqual(await seen(), ["pull a", "push a"]);
        for (const [bad, reason] of [
          [{}, "expected an array of links"],
          [[one, { ...one, url: "ftp://a" }], "link 2: url: url is an http or https address"],
          [[{ ...one, kind: "tow" }], "link 1: kind: expected pull or push"],
          [[{ kind: "pull", room: "a" }], "link 1: link: "],
          [[{ ...one, tokn: "x" }], "link 1: tokn: there is no such member"],
          [[one, one], "link 2: url: this link is there already"],
        ]) {
          await assert.rejects(restart(gateway, () => writeFileSync(file, JSON.stringify(bad))), (error) => error.message.includes(reason));
        }
        await restart(gateway, () => writeFileSync(file, "[]"));
      },
      { options: `links: {file: "${file}"}` },
    );
  } finally {
    remove();
  }
};

export const links = {
  "links of a file are there after every start, and a wrong one is told with its place": fromAFile,
  "the administrator makes links, sees them and ends them, and the audit log knows": beginLookEnd,
  "nobody else may make, see or end links": others,
  "what cannot be a link is refused by its field, and there are not too many": refused,
};
