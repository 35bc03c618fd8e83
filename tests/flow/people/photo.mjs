// A lawyer's photo: given by himself, strictly read, shown by booths, and gone when he takes it away.
import assert from "node:assert/strict";
import { ask } from "../../support/live.mjs";
import { hostilePapers, jpeg, pdf, png } from "../../support/papers.mjs";
import { staffOf } from "./accounts.mjs";
import { pages, restart, rows, wish, withGateway } from "./world.mjs";

const at = (gateway, path) => `http://127.0.0.1:${gateway.http}${path}`;

function give(gateway, who, path, method, body, type = "image/jpeg") {
  const rights = who.token ? { authorization: `Bearer ${who.token}` } : { cookie: who.cookie };
  return fetch(at(gateway, path), { method, headers: { "x-banyan": "1", ...rights, ...(body ? { "content-type": type } : {}) }, body });
}
const own = (gateway, who, ...request) => give(gateway, who, "/v1/me/photo", ...request);
const seen = (gateway, who, lawyer = "u-lawyer-1") =>
  fetch(at(gateway, `/v1/lawyers/${lawyer}/photo`), { headers: who.token ? { authorization: `Bearer ${who.token}` } : { cookie: who.cookie ?? "" } });

const life = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu } = await pages(gateway);
    await liu.do("on_duty");
    assert.equal((await seen(gateway, people.booth)).status, 404);
    const picture = jpeg();
    assert.equal((await own(gateway, people.liu, "PUT", picture)).status, 204);
    const { duty_lawyers: [{ photo }] } = await booth.told("clinic", ({ duty_lawyers: [one] }) => one?.photo);
    assert.match(photo, /^[0-9a-f]{16}$/);
    const got = await seen(gateway, people.booth);
    assert.deepEqual([got.status, got.headers.get("content-type"), got.headers.get("content-security-policy")], [200, "image/jpeg", "default-src 'none'; sandbox"]);
    assert.match(got.headers.get("cache-control"), /^private, .*immutable$/);
    assert.deepEqual(Buffer.from(await got.arrayBuffer()), picture);
    assert.equal((await ask(gateway, "GET", "/v1/me", people.liu)).body.photo, photo);
    await booth.do("ask", wish());
    const { id } = await liu.consultation("offered");
    assert.equal((await booth.consultation("offered")).lawyer, null, "not who it is before he accepts");
    await liu.do("accept", { consultation: id });
    assert.equal((await booth.consultation("connected")).lawyer.photo, photo);

    await restart(gateway);
    assert.equal((await ask(gateway, "GET", "/v1/clinic", people.booth)).body.duty_lawyers[0].photo, photo, "it is a row");
    assert.equal((await own(gateway, people.liu, "PUT", png(), "image/png")).status, 204);
    assert.notEqual((await ask(gateway, "GET", "/v1/me", people.liu)).body.photo, photo, "another one has another address");
    assert.equal((await own(gateway, people.liu, "DELETE")).status, 204);
    assert.equal((await own(gateway, people.liu, "DELETE")).status, 404);
    assert.equal((await seen(gateway, people.booth)).status, 404);
    assert.deepEqual(rows(gateway, "SELECT action FROM audit WHERE action LIKE 'photo%' ORDER BY n").map(({ action }) => action), ["photo_changed", "photo_changed", "photo_removed"]);
  });

const refused = () =>
  withGateway(async (gateway) => {
    const { people } = await pages(gateway);
    const status = async (...request) => (await own(gateway, ...request)).status;
    assert.equal(await status(people.booth, "PUT", jpeg()), 403, "a booth has none");
    assert.equal(await status({ cookie: "" }, "PUT", jpeg()), 401);
    assert.equal((await seen(gateway, {})).status, 401);
    for (const type of ["application/pdf", "image/gif", "text/html"]) assert.equal(await status(people.liu, "PUT", pdf(), type), 415, type);
    assert.equal(await status(people.liu, "PUT", png()), 415, "a PNG that is said to be a JPEG");
    assert.equal(await status(people.liu, "PUT", Buffer.alloc(200 * 1024)), 413);
    for (const [what, type, bytes] of hostilePapers)
      if (type !== "application/pdf") assert.ok([413, 415].includes(await status(people.liu, "PUT", bytes, type)), what);
    assert.equal(rows(gateway, "SELECT user FROM photo").length, 0, "nothing of it is kept");
  });

// Who keeps the accounts gives one for who has none, under the same limits.
const given = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu } = await pages(gateway);
    const secadmin = await staffOf(gateway, "secadmin");
    const theirs = async (who, user, ...request) => (await give(gateway, who, `/v1/users/${user}/photo`, ...request)).status;
    const kept = async () => (await ask(gateway, "GET", "/v1/users", secadmin)).body.users.find(({ id }) => id === "u-lawyer-1").photo;
    await liu.do("on_duty");
    for (const who of [people.liu, people.booth, await staffOf(gateway, "desk")]) assert.equal(await theirs(who, "u-lawyer-1", "PUT", jpeg()), 403);
    for (const user of ["u-desk", "u-none", "u-secadmin"]) assert.equal(await theirs(secadmin, user, "PUT", jpeg()), 404, user);
    assert.equal(await theirs(secadmin, "u-lawyer-1", "PUT", png()), 415, "a PNG that is said to be a JPEG");
    assert.equal(await theirs(secadmin, "u-lawyer-1", "PUT", Buffer.alloc(200 * 1024)), 413);
    assert.equal(await kept(), undefined, "nothing of it is kept");

    assert.equal(await theirs(secadmin, "u-lawyer-1", "PUT", jpeg()), 204);
    const { duty_lawyers: [{ photo }] } = await booth.told("clinic", ({ duty_lawyers: [one] }) => one?.photo);
    assert.equal(await kept(), photo);
    assert.equal((await ask(gateway, "GET", "/v1/me", people.liu)).body.photo, photo, "it is his own from now on");
    assert.equal((await seen(gateway, secadmin)).status, 200);
    assert.equal(await theirs(secadmin, "u-lawyer-1", "DELETE"), 204);
    assert.equal(await theirs(secadmin, "u-lawyer-1", "DELETE"), 404);
    const [{ id }] = rows(gateway, "SELECT id FROM user WHERE name = 'secadmin'");
    const noted = rows(gateway, "SELECT actor, action, object FROM audit WHERE action LIKE 'photo%' ORDER BY n");
    assert.deepEqual(noted, ["photo_changed", "photo_removed"].map((action) => ({ actor: `user:${id}`, action, object: "u-lawyer-1" })));
  });

export const photos = {
  "a lawyer's photo is shown by booths until he takes it away": life,
  "who keeps the accounts gives and takes away a lawyer's photo": given,
  "what is no photo is refused": refused,
};
