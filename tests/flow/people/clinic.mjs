// The life of a consultation as its booth and its lawyers see it.
import assert from "node:assert/strict";
import { offer } from "../../conformance/offer.mjs";
import { ask, Live } from "../../support/live.mjs";
import { until } from "../../support/gateway.mjs";
import { allRoles } from "./entry.mjs";
import { meeting, pages, restart, rows, wish, withGateway } from "./world.mjs";

export function whip(gateway, kind, room, token, query = "") {
  const text = offer({ direction: kind === "whip" ? "sendonly" : "recvonly" });
  return ask(gateway, "POST", `/${kind}/${room}${query}`, { text, type: "application/sdp", token });
}

export async function enters(gateway, media, kind = "whip") {
  return (await whip(gateway, kind, media.room, media.token)).status;
}

const asked = (live) => live.do("ask", wish());

// --- from the question to the end ----------------------------------------------------------------

const faceToFace = () =>
  withGateway(async (gateway) => {
    const { booth, liu, chen } = await pages(gateway);
    assert.deepEqual(booth.state.booth, { id: "b-demo", name: "法律咨询室 1", centre: "槐园社区党群服务中心" });
    assert.deepEqual([booth.state.consultation, booth.state.clinic.waiting, booth.state.clinic.duty_lawyers], [null, 0, []]);
    assert.equal(booth.state.clinic.centre.phone, "023-6210 0001");
    assert.deepEqual(liu.state, {
      lawyer: { id: "u-lawyer-1", name: "刘志远", law_firm: "槐园律师事务所", on_duty: false },
      consultation: null,
      resident: null,
      about: null,
      links: null,
      messages: [],
      papers: null,
      screen: null,
      waiting: 0,
    });

    const row = await asked(booth);
    const began = Date.now();
    assert.match(row.id, /^c-[A-Za-z0-9]{16}$/);
    assert.deepEqual([row.state, row.position, row.ticket_no, row.lawyer], ["waiting", 1, 1, null]);
    assert.deepEqual([row.category, row.language, row.booth], ["family", "zh-CN", { id: "b-demo", name: "法律咨询室 1" }]);
    assert.ok(Math.abs(row.asked_at - began) < 5000, "times are milliseconds of now");
    assert.deepEqual(await booth.consultation("waiting"), row);
    await liu.told("waiting", ({ waiting }) => waiting === 1);
    await booth.told("clinic", ({ waiting, duty_lawyers: list }) => waiting === 1 && !list.length);
    assert.equal((await ask(gateway, "GET", "/v1/clinic")).body.waiting, 1);

    await liu.do("on_duty");
    await liu.told("lawyer", (data) => data.on_duty);
    const mine = await liu.consultation("offered");
    assert.equal(mine.id, row.id);
    assert.equal(mine.offer_expires_at - mine.offered_at, 30000);
    assert.deepEqual([mine.media.room, mine.position, mine.booth.id], [row.id, undefined, "b-demo"]);
    const theirs = await booth.consultation("offered");
    assert.deepEqual([theirs.position, theirs.lawyer, theirs.media.room, theirs.offer_expires_at], [1, null, row.id, undefined]);
    await booth.told("clinic", ({ duty_lawyers: [one] }) => one?.name === "刘志远" && one.free === false);

    const taken = await liu.do("accept", { consultation: row.id });
    assert.deepEqual([taken.state, taken.media.room], ["connected", row.id]);
    assert.deepEqual((await liu.do("accept", { consultation: row.id })).id, row.id, "a repeated accept is no mistake");
    const met = await booth.consultation("connected");
    const { name, law_firm: firm, licence_no: licence } = met.lawyer;
    assert.deepEqual([name, firm, licence], ["刘志远", "槐园律师事务所", "11501202010000001"]);
    assert.deepEqual([met.media.room, met.position], [row.id, undefined]);
    await liu.told("waiting", ({ waiting }) => waiting === 0);
    assert.ok(!chen.last("consultation"), "nobody else is told");

    const ended = await liu.do("end", { consultation: row.id });
    assert.deepEqual([ended.state, ended.end_reason, ended.media], ["closed", "lawyer_ended", undefined]);
    const closed = await booth.consultation("closed");
    assert.equal(closed.end_reason, "lawyer_ended");
    assert.ok(closed.asked_at <= closed.connected_at && closed.connected_at <= closed.ended_at);
    assert.equal((await asked(booth)).ticket_no, 2);
  });

const mediaTokens = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu, id, media } = await meeting(gateway);
    for (const own of [media.booth, media.liu]) {
      assert.equal(await enters(gateway, own), 201);
      assert.equal(await enters(gateway, own, "whep"), 201);
      for (const room of ["lecture-demo", "c-0000000000000000", `${id}0`, id.slice(0, -1)])
        for (const kind of ["whip", "whep"]) assert.equal((await whip(gateway, kind, room, own.token)).status, 403, room);
    }
    const session = (await whip(gateway, "whip", id, media.booth.token)).headers.location;
    assert.equal((await ask(gateway, "DELETE", session, { token: media.liu.token })).status, 403, "another's session");
    for (const token of [await gateway.token(id, "publish", "view"), await gateway.token("c-*", "publish", "view")])
      for (const kind of ["whip", "whep"]) assert.equal((await whip(gateway, kind, id, token)).status, 404, "a third person");
    for (const token of [people.booth.token, people.member.token, undefined])
      assert.equal((await whip(gateway, "whip", id, token)).status, 401);

    const again = (await ask(gateway, "GET", `/v1/consultations/${id}`, people.booth)).body;
    assert.equal(await enters(gateway, again.media), 201, "REST gives media as well");
    await booth.do("leave");
    await liu.consultation("closed");
    for (const own of [media.booth, media.liu])
      for (const kind of ["whip", "whep"]) assert.equal(await enters(gateway, own, kind), 404, "the meeting is over");
    await until("the room's sessions are gone", async () => (await ask(gateway, "GET", session, media.booth)).status === 404);
  });

// Cameras may be on while it is offered, and the ways to them open, so that the picture is there at once; nothing is shown
// before it is accepted.
const warmed = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu, chen } = await pages(gateway);
    const { id } = await asked(booth);
    assert.equal((await booth.consultation("waiting")).media, undefined, "nobody to be seen by yet");
    await liu.do("on_duty");
    const own = { booth: (await booth.consultation("offered")).media, liu: (await liu.consultation("offered")).media };
    const begin = async (media) => {
      const { status, headers } = await whip(gateway, "whip", id, media.token);
      assert.equal(status, 201);
      return headers.location;
    };
    const sessions = { booth: await begin(own.booth), liu: await begin(own.liu) };
    const there = async (who) => (await ask(gateway, "GET", sessions[who], { token: own[who].token })).status;
    for (const { token } of [own.booth, own.liu])
      assert.equal((await whip(gateway, "whip", id, token, "?source=document")).status, 404, "only the camera");
    assert.equal((await whip(gateway, "whep", id, await gateway.token(id, "view"))).status, 404, "nobody else");
    for (const { token, publication } of [own.booth, own.liu]) {
      assert.match(publication, /^[0-9a-f]{16}$/, "whom he will see");
      assert.equal((await whip(gateway, "whep", id, token)).status, 201, "the way is open, what comes by it is the browsers' test");
    }
    assert.notEqual(own.booth.publication, own.liu.publication);

    await chen.do("on_duty");
    await liu.do("decline", { consultation: id, reason: "other" });
    const { media } = await chen.consultation("offered");
    await until("who let it go is put out", async () => (await there("liu")) === 404);
    assert.equal(await there("booth"), 200, "the resident's camera waits for the next one");
    for (const kind of ["whip", "whep"]) assert.equal((await whip(gateway, kind, id, own.liu.token)).status, 404);
    sessions.chen = await begin(media);
    await chen.do("accept", { consultation: id });
    const met = await booth.consultation("connected");
    assert.equal(await there("booth"), 200, "it goes on");
    assert.equal(met.media.publication, undefined, "the parties say whom they watch now");
    assert.equal(await enters(gateway, met.media, "whep"), 201);

    await chen.do("end", { consultation: id });
    await booth.consultation("closed");
    await liu.do("off_duty");
    const second = await asked(booth);
    const early = (await booth.told("consultation", (data) => data.id === second.id && data.state === "offered")).media;
    sessions.booth = (await whip(gateway, "whip", second.id, early.token)).headers.location;
    own.booth = early;
    await booth.do("cancel");
    await until("an abandoned wait leaves no session", async () => (await there("booth")) === 404);
    assert.equal((await ask(gateway, "GET", "/v1/clinic", people.booth)).body.waiting, 0);
  });

const endings = () =>
  withGateway(async (gateway) => {
    const { booth, liu } = await pages(gateway);
    assert.equal(await booth.refused("cancel"), "not-waiting");
    assert.equal(await booth.refused("leave"), "not-connected");
    await asked(booth);
    assert.equal(await booth.refused("leave"), "not-connected");
    assert.deepEqual([(await booth.do("cancel")).end_reason, (await booth.consultation("closed")).state], ["cancelled", "closed"]);

    await liu.do("on_duty");
    await asked(booth);
    const { id } = await liu.consultation("offered");
    assert.equal(await liu.refused("end", { consultation: id }), "not-your-consultation");
    await booth.do("cancel");
    await liu.told("consultation", (data) => data === null);
    assert.equal(await liu.refused("accept", { consultation: id }), "not-offered-to-you");

    const { id: next } = await asked(booth);
    await liu.consultation("offered");
    await liu.do("accept", { consultation: next });
    assert.equal(await booth.refused("cancel"), "not-waiting");
    assert.equal(await liu.refused("decline", { consultation: next, reason: "other" }), "not-offered-to-you");
    assert.equal((await booth.do("leave")).end_reason, "resident_left");
    assert.equal((await liu.consultation("closed")).end_reason, "resident_left");
    assert.equal(await liu.refused("end", { consultation: next }), "not-your-consultation");
  });

const badWishes = () =>
  withGateway(async (gateway) => {
    const { booth, liu } = await pages(gateway);
    const long = "x".repeat(48);
    const wrong = {
      category: ["", "unknown", undefined],
      language: ["", "z", "中文", `zh-${long}`, undefined],
      consent: ["", "a b", long, undefined],
      key: ["a b", long],
    };
    for (const [field, values] of Object.entries(wrong))
      for (const value of [...values, 7, null, [], {}, true]) {
        const { ok, error } = await booth.say({ do: "ask", ...wish(), [field]: value });
        assert.deepEqual([ok, error?.field], [false, field], `${field}: ${JSON.stringify(value)}`);
        assert.ok(error.status >= 400 && error.status < 500);
      }
    await liu.do("on_duty");
    const { id } = await asked(booth);
    await liu.consultation("offered");
    for (const reason of [undefined, "", "tired", 7, null]) {
      const { ok, error } = await liu.say({ do: "decline", consultation: id, reason });
      assert.deepEqual([ok, error?.field], [false, "reason"], JSON.stringify(reason));
    }
    assert.equal((await liu.do("accept", { consultation: id })).state, "connected", "a refused decline declines nothing");
  });

// --- who is asked --------------------------------------------------------------------------------

const declined = () =>
  withGateway(async (gateway) => {
    const { booth, liu, chen } = await pages(gateway);
    await liu.do("on_duty");
    await chen.do("on_duty");
    const { id } = await asked(booth);
    const offered = async (live) => assert.equal((await live.consultation("offered")).id, id);
    const decline = (live, reason) => live.do("decline", { consultation: id, reason });
    await offered(liu); // whose field it is
    assert.equal(chen.last("consultation"), undefined);
    await decline(liu, "not_my_field");
    await liu.told("consultation", (data) => data === null);
    await offered(chen);
    assert.equal((await booth.consultation("offered")).lawyer, null, "the booth sees no names that come and go");
    await decline(chen, "language");
    await offered(liu);
    await decline(liu, "conflict_of_interest");
    await offered(chen);
    await decline(chen, "other");
    await booth.consultation("waiting"); // liu is in conflict, chen was asked last
    await chen.do("off_duty");
    await chen.do("on_duty");
    await offered(chen);
    await chen.do("off_duty");
    await booth.consultation("waiting");
    await liu.do("off_duty");
    await liu.do("on_duty");
    await chen.do("on_duty");
    await offered(chen);
    assert.equal((await chen.do("accept", { consultation: id })).id, id);
  });

const alone = () =>
  withGateway(async (gateway) => {
    const { booth, liu } = await pages(gateway);
    await liu.do("on_duty");
    const { id } = await asked(booth);
    await liu.consultation("offered");
    await liu.do("decline", { consultation: id, reason: "unwell" });
    await liu.told("consultation", (data) => data === null);
    await booth.consultation("waiting");
    await booth.do("cancel");
    assert.ok(!booth.events.some(({ n, data }) => n > booth.n && data?.state === "offered" && data.id !== id));
    await asked(booth); // another question may be asked of the same lawyer
    await liu.consultation("offered");
  });

const offerTimesOut = () =>
  withGateway(async (gateway) => {
    const { booth, liu, chen } = await pages(gateway);
    await liu.do("on_duty");
    await chen.do("on_duty");
    const { id } = await asked(booth);
    await liu.consultation("offered");
    const began = Date.now();
    const next = await chen.consultation("offered", 60);
    const took = Date.now() - began;
    assert.ok(took > 29000 && took < 40000, `${took} ms`);
    assert.equal(next.id, id);
    await liu.told("consultation", (data) => data === null);
    await liu.told("lawyer", (data) => data.on_duty === false);
    assert.equal(await liu.refused("accept", { consultation: id }), "not-offered-to-you");
    await booth.told("clinic", ({ duty_lawyers: list }) => list.length === 1 && list[0].name === "陈敏");
    await chen.do("accept", { consultation: id });
  });

const twoBooths = () =>
  withGateway(async (gateway) => {
    const people = await allRoles(gateway);
    const open = (who) => Live.open(gateway, people[who]);
    const [one, two, liu, chen] = await Promise.all(["booth", "booth2", "liu", "chen"].map(open));
    assert.equal((await asked(one)).position, 1);
    const second = await asked(two);
    assert.deepEqual([second.position, second.ticket_no], [2, 2]);
    assert.match((await ask(gateway, "GET", "/metrics")).body, /^banyan_consultations_waiting 2$/m);
    await one.do("cancel");
    await two.told("consultation", ({ position }) => position === 1);
    assert.equal((await asked(one)).position, 2, "who asks anew stands behind");
    await liu.do("on_duty");
    assert.equal((await liu.consultation("offered")).id, second.id, "who came first");
    await chen.do("on_duty");
    assert.equal((await chen.consultation("offered")).booth.id, "b-demo");
    await liu.do("accept", { consultation: second.id });
    await one.told("consultation", ({ position }) => position === 1);
    const theirs = (await two.consultation("connected")).media;
    const mine = await one.consultation("offered");
    await chen.do("accept", { consultation: mine.id });
    const other = (await one.consultation("connected")).media;
    assert.equal((await whip(gateway, "whip", theirs.room, other.token)).status, 403, "the neighbour's room");
    await two.do("leave");
    await asked(two);
    await liu.consultation("offered"); // free again
  });

// --- lost and found ------------------------------------------------------------------------------

const sameKey = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu } = await pages(gateway);
    const question = wish();
    booth.socket.send(JSON.stringify({ do: "ask", ref: 99, ...question }));
    await liu.told("waiting", ({ waiting }) => waiting === 1); // the answer may be lost, the question is not
    await booth.lose();
    const back = await Live.open(gateway, people.booth);
    assert.equal(back.state.consultation.state, "waiting");
    const repeated = await back.do("ask", question);
    assert.deepEqual([repeated.id, repeated.ticket_no], [back.state.consultation.id, 1]);
    assert.equal(await back.refused("ask", wish()), "already-asking");
    assert.equal((await ask(gateway, "GET", "/v1/clinic")).body.waiting, 1);
    await liu.do("on_duty");
    await liu.consultation("offered");
    assert.equal((await back.do("ask", question)).state, "offered");
  });

// Where there are many pages each is told the newest of what all are told, not every one, and nobody twice.
const manyPages = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu } = await pages(gateway);
    const crowd = [booth, ...(await Promise.all(Array.from({ length: 24 }, () => Live.open(gateway, people.booth))))];
    const told = (fits) => Promise.all(crowd.map((page) => page.told("clinic", fits)));
    const states = (page) => page.events.filter(({ event }) => event === "clinic");
    await liu.do("on_duty");
    await told(({ duty_lawyers: [one] }) => one?.free);
    for (let i = 0; i < 20; i++) {
      await asked(booth);
      await booth.do("cancel");
    }
    await asked(booth);
    await told(({ waiting, duty_lawyers: [one] }) => waiting === 1 && !one.free);
    for (const page of crowd) assert.ok(states(page).length < 20, `${states(page).length} of 42 states`);
    await until("quiet again", async () => {
      const before = states(booth).length;
      await new Promise((done) => setTimeout(done, 600));
      return states(booth).length === before;
    });
    const counts = crowd.slice(1).map((page) => states(page).length);
    await booth.do("cancel");
    await told(({ waiting, duty_lawyers: [one] }) => waiting === 0 && one.free);
    assert.deepEqual(crowd.slice(1).map((page) => states(page).length), counts.map((count) => count + 1), "each once");
  });

const rising = (numbers) => numbers.every((n, at) => !at || n > numbers[at - 1]);

const missedEvents = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu, chen } = await pages(gateway);
    const { id } = await asked(booth);
    await booth.told("clinic", ({ waiting }) => waiting === 1);
    const witness = await Live.open(gateway, people.booth); // a second page of the same booth sees it all
    const seen = Math.max(...booth.numbers);
    await booth.lose();
    await liu.do("on_duty");
    await witness.consultation("offered");
    await liu.do("decline", { consultation: id, reason: "other" });
    await chen.do("on_duty");
    await witness.consultation("offered");
    await chen.do("accept", { consultation: id });
    await witness.consultation("connected");
    await witness.told("clinic", ({ waiting }) => waiting === 0);

    const back = await Live.open(gateway, people.booth, { since: seen });
    await until("all that was missed", () => back.numbers.at(-1) === witness.numbers.at(-1));
    const missed = (live) => live.events.filter(({ n }) => n > seen).map(({ n, event, data }) => [n, event, data.state]);
    assert.deepEqual(missed(back), missed(witness));
    assert.equal(back.state.clinic.waiting, 0, "what is a whole state comes with the greeting");
    assert.ok(rising(back.numbers) && rising(witness.numbers) && rising(liu.numbers), "numbers rise");
    const lived = back.events.filter(({ event }) => event === "consultation").map(({ data }) => data.state);
    assert.deepEqual(lived, ["offered", "waiting", "offered", "connected"]);
    assert.deepEqual([back.state.consultation.state, back.greeting.gap], ["connected", undefined]);
    assert.equal(await enters(gateway, back.last("consultation").data.media), 201, "missed events carry media that is good");

    // Since the beginning: all there was, or that there was more.
    const first = await Live.open(gateway, people.booth, { since: 0 });
    await until("all from the first on", () => first.greeting.gap || first.numbers.at(-1) === witness.numbers.at(-1));
    assert.ok(first.greeting.gap || first.numbers.length >= back.numbers.length);
    const fresh = await Live.open(gateway, people.booth, { since: back.n });
    const odd = await Live.open(gateway, people.booth, { since: back.n + 1000 });
    await fresh.refused("cancel");
    assert.deepEqual([fresh.numbers, fresh.greeting.gap, odd.greeting.gap], [[], undefined, true]);
  });

const goesAndComes = (who) =>
  withGateway(async (gateway) => {
    const all = await meeting(gateway);
    const [leaving, staying] = who === "booth" ? [all.booth, all.liu] : [all.liu, all.booth];
    await leaving.lose();
    const gone = Date.now();
    const held = await staying.consultation("suspended", 30);
    const took = Date.now() - gone;
    assert.ok(took > 9500 && took < 20000, `${took} ms`);
    assert.equal(held.id, all.id);
    assert.equal(await enters(gateway, held.media), 201, "media goes on");
    const back = await Live.open(gateway, all.people[who]);
    assert.deepEqual([back.state.consultation.id, back.state.consultation.state], [all.id, "suspended"]);
    await back.consultation("connected");
    await staying.consultation("connected");
    await back.lose();
    const soon = await Live.open(gateway, all.people[who]);
    assert.equal(soon.state.consultation.state, "connected");
    await new Promise((go) => setTimeout(go, 11500)); // longer than the ten seconds of one who stays away
    assert.equal(staying.last("consultation").data.state, "connected", "who is back in time was never away");
  });

// Once, afterwards, and the lawyer never hears of it; also when the gateway dies in between.
const rating = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu, id } = await meeting(gateway);
    const rate = (score, live = booth) => live.say({ do: "rate", consultation: id, score });
    assert.equal((await rate(5)).error.status, 409, "not while they talk");
    await liu.do("end", { consultation: id });
    await booth.consultation("closed");
    for (const score of [0, 6, "5", null]) assert.equal((await rate(score)).error.field, "score");
    await restart(gateway);
    const back = await Live.open(gateway, people.booth);
    assert.ok((await rate(1, back)).ok);
    assert.ok((await rate(1, back)).ok, "the same again changes nothing");
    assert.equal((await rate(5, back)).error.status, 409);
    await restart(gateway);
    const later = await Live.open(gateway, people.booth);
    assert.equal((await rate(5, later)).error.status, 409);
    assert.deepEqual(rows(gateway, "SELECT consultation, score FROM rating"), [{ consultation: id, score: 1 }]);
    const told = rows(gateway, "SELECT topic, body FROM event WHERE body LIKE '%score%'");
    assert.deepEqual(told, [], "nobody is told");
  });

export const clinic = {
  "a resident rates once, and the lawyer never hears of it": rating,
  "a booth asks, a lawyer takes it, both meet, it ends": faceToFace,
  "media is for the two who meet, in their room, while they meet": mediaTokens,
  "cameras are on while it is offered, and nothing is shown before it is accepted": warmed,
  "cancel, leave and end, each only where it belongs": endings,
  "a wrong wish is refused and its field is named": badWishes,
  "who declines is not asked twice in a row, and never with a conflict": declined,
  "a lawyer alone who declined is not asked the same again": alone,
  "two booths: who came first is first": twoBooths,
  "the same key is the same consultation": sameKey,
  "many pages are told the newest of what all are told": manyPages,
  "what was missed follows, numbered and rising": missedEvents,
};

// Mostly waiting.
export const patience = {
  "an offer nobody answers goes to the next after 30 s": offerTimesOut,
  "a booth goes away in a call and comes back": () => goesAndComes("booth"),
  "a lawyer goes away in a call and comes back": () => goesAndComes("liu"),
};
