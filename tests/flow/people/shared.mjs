// What the two look at, all who take part look at: papers, strokes, the lawyer's screen. Who waits outside sees none of it.
import assert from "node:assert/strict";
import { Live } from "../../support/live.mjs";
import { jpeg } from "../../support/papers.mjs";
import { papers } from "./papers.mjs";
import { guest } from "./party.mjs";
import { meeting, withGateway } from "./world.mjs";

const give = async (gateway, who, id) => (await papers(gateway, who, id, "POST", "?name=a", jpeg())).json();
const list = async (gateway, who, id) => {
  const answer = await papers(gateway, who, id, "GET");
  return answer.status === 200 ? answer.json() : answer.status;
};
const patch = (gateway, who, id, n, members) => papers(gateway, who, id, "PATCH", `/${n}`, JSON.stringify(members), "application/json");

const thirdParty = () =>
  withGateway(async (gateway) => {
    const all = await guest(gateway, await meeting(gateway));
    const { booth, liu, live, people, id, token } = all;
    const { n } = await give(gateway, people.booth, id);
    const told = await live.told("papers", (data) => data.shown === n);
    assert.deepEqual([told.may, told.papers.length], ["point", 1]);
    assert.equal((await papers(gateway, { token }, id, "GET", `/${n}`)).status, 200, "and has its picture");
    await liu.do("draw", { n, kind: "pen", points: [1, 2, 3, 4] });
    await live.told("drawn", ({ kind }) => kind === "pen");
    await live.do("draw", { n, kind: "pointer", points: [5, 6] });
    for (const page of [booth, liu]) assert.deepEqual((await page.told("drawn", ({ by }) => by === "guest")).points, [5, 6]);
    for (const kind of ["pen", "clear"]) assert.equal(await live.refused("draw", { n, kind, points: [1, 1] }), "not-yours");
    const refused = [papers(gateway, { token }, id, "POST", "?name=a", jpeg()), patch(gateway, { token }, id, n, { shown: false }), papers(gateway, { token }, id, "DELETE", `/${n}`)];
    assert.deepEqual((await Promise.all(refused)).map(({ status }) => status), [403, 403, 403]);
    assert.equal(await list(gateway, { token }, "c-other"), 404);
    const again = await Live.open(gateway, { token });
    assert.deepEqual([again.state.papers.shown, again.state.papers.strokes, again.state.screen.publication], [n, [[1, 2, 3, 4]], null]);
    await liu.do("put_out", { consultation: id, party: all.party.id });
    assert.equal((await papers(gateway, { token }, id, "GET")).status, 401, "out is out");
  });

const looksOn = () =>
  withGateway(async (gateway) => {
    const { live, people, id } = await guest(gateway, await meeting(gateway), "family");
    const { n } = await give(gateway, people.liu, id);
    assert.equal((await live.told("papers", (data) => data.shown === n)).may, "see");
    assert.equal(await live.refused("draw", { n, kind: "pointer", points: [1, 1] }), "not-yours");
  });

const colleague = () =>
  withGateway(async (gateway) => {
    const { booth, liu, chen, people, id } = await meeting(gateway);
    const { n } = await give(gateway, people.liu, id);
    await chen.do("on_duty");
    await liu.do("transfer", { consultation: id, how: "attended", to: "u-lawyer-2" });
    await chen.told("consultation", (data) => data?.id === id && data.state === "offered");
    assert.equal(await list(gateway, people.chen, id), 404, "who was only asked sees nothing");
    assert.equal(await chen.refused("draw", { n, kind: "pen", points: [1, 1] }), "no-paper");
    await chen.do("accept", { consultation: id });
    const found = await list(gateway, people.chen, id);
    assert.deepEqual([found.shown, found.may], [n, "point"]);
    await chen.do("draw", { n, kind: "pointer", points: [7, 7] });
    await liu.told("drawn", ({ kind }) => kind === "pointer");
    assert.equal((await patch(gateway, people.chen, id, n, { kept: true })).status, 403);
    await liu.do("hand_over", { consultation: id });
    assert.equal((await list(gateway, people.chen, id)).may, "draw", "it is his now");
    assert.equal(await list(gateway, people.liu, id), 404);
    void booth;
  });

// A caucus with the interpreter: the resident neither sees nor is told of what is shown, nor afterwards of what was.
const caucus = () =>
  withGateway(async (gateway) => {
    const { booth, liu, live, people, id } = await guest(gateway, await meeting(gateway));
    const before = await give(gateway, people.booth, id);
    await liu.do("park", { consultation: id, party: "b-demo" });
    assert.equal(await list(gateway, people.booth, id), 404);
    assert.equal((await papers(gateway, people.booth, id, "GET", `/${before.n}`)).status, 404);
    assert.equal(await booth.refused("draw", { n: before.n, kind: "pen", points: [1, 1] }), "no-paper");
    const secret = await give(gateway, people.liu, id);
    await live.told("papers", (data) => data.shown === secret.n);
    await liu.do("draw", { n: secret.n, kind: "pen", points: [9, 9] });
    await live.told("drawn", ({ n }) => n === secret.n);
    const again = await Live.open(gateway, people.booth);
    assert.deepEqual([again.state.papers, again.state.screen], [null, null], "also when the page is loaded again");
    await liu.do("joint", { consultation: id });
    const back = await again.told("papers", () => true);
    assert.deepEqual([back.shown, back.papers.map(({ n }) => n)], [0, [before.n]], "what was given meanwhile is not his");
    assert.equal((await papers(gateway, people.booth, id, "GET", `/${secret.n}`)).status, 404);
    for (const page of [booth, again]) assert.ok(!page.events.some(({ event, data }) => (event === "papers" || event === "drawn") && JSON.stringify(data).includes(`"n":${secret.n},`)), "nor was he told");
    await patch(gateway, people.liu, id, secret.n, { shown: true });
    assert.equal((await again.told("papers", (data) => data.shown === secret.n)).papers.length, 2, "until the lawyer shows it to all");
  });

export const sharedTests = {
  "a third party sees what the two see, and points": thirdParty,
  "who is there as family looks on": looksOn,
  "a colleague sees papers once he has joined, and gives some once it is his": colleague,
  "caucus: papers and strokes are hidden from who is parked, also afterwards": caucus,
};
