// A lawyer's photo: given by himself, strictly read, shown by booths, and gone when he takes it away.
import assert from "node:assert/strict";
import { ask } from "../../support/live.mjs";
import { hostilePapers, jpeg, pdf, png } from "../../support/papers.mjs";
import { pages, restart, rows, wish, withGateway } from "./world.mjs";

const at = (gateway, path) => `http://127.0.0.1:${gateway.http}${path}`;

function own(gateway, who, method, body, type = "image/jpeg") {
  const rights = who.token ? { authorization: `Bearer ${who.token}` } : { cookie: who.cookie };
  return fetch(at(gateway, "/v1/me/photo"), { method, headers: { "x-banyan": "1", ...rights, ...(body ? { "content-type": type } : {}) }, body });
}
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

export const photos = {
  "a lawyer's photo is shown by booths until he takes it away": life,
  "what is no photo is refused": refused,
};
