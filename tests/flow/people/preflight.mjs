// A lawyer's own room for trying his equipment: his alone, and not for long.
import assert from "node:assert/strict";
import { ask } from "../../support/live.mjs";
import { call, staffOf } from "./accounts.mjs";
import { everybody, withGateway } from "./world.mjs";

const offer = "v=0\r\n";
const publish = (gateway, room, token) =>
  ask(gateway, "POST", `/whip/${room}`, { headers: { authorization: `Bearer ${token}`, "content-type": "application/sdp" }, body: offer });

const ownRoom = () =>
  withGateway(async (gateway) => {
    const people = await everybody(gateway);
    const grant = async (who) => call(gateway, who, "POST", "/v1/me/preflight");
    const [one, other] = [await grant(people.liu), await grant(people.liu)];
    assert.deepEqual([one.status, other.status], [201, 201]);
    assert.match(one.body.room, /^test-[A-Za-z0-9]{16}$/);
    assert.notEqual(one.body.room, other.body.room, "each way has a room of its own");
    assert.notEqual(one.body.publication, other.body.publication);
    assert.ok(Array.isArray(one.body.ice_servers));
    assert.equal((await publish(gateway, one.body.room, one.body.token)).status, 400, "the token is good there, the offer is none");
    assert.equal((await publish(gateway, other.body.room, one.body.token)).status, 403, "and nowhere else");
    assert.equal((await publish(gateway, "lecture-demo", one.body.token)).status, 403);
    for (const who of [people.booth, people.member, people.hall, await staffOf(gateway, "desk")]) assert.equal((await grant(who)).status, 403);
    assert.equal((await ask(gateway, "POST", "/v1/me/preflight", { headers: { "x-banyan": "1" } })).status, 401);
  });

export const preflights = { "a lawyer tries his equipment in a room of his own": ownRoom };
