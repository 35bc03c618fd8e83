// The gateway is killed, drained, out of disk: nobody is lost, and the rows stay whole.
import assert from "node:assert/strict";
import { readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { folder, untilEnd } from "../../support/ending.mjs";
import { Gateway, until } from "../../support/gateway.mjs";
import { ask, Live, signIn, stranger, visit } from "../../support/live.mjs";
import { asRoot } from "../../support/root.mjs";
import { enters, whip } from "./clinic.mjs";
import { everybody, meeting, pages, restart, rows, wish, withGateway } from "./world.mjs";

const film = resolve("build/demo/lecture.webm");

// The rows say what the newest events say, and nothing is half.
function isWhole(gateway) {
  assert.deepEqual(rows(gateway, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
  assert.deepEqual(rows(gateway, "PRAGMA foreign_key_check"), []);
  const told = rows(
    gateway,
    `SELECT json_extract(body, '$.id') AS id, json_extract(body, '$.state') AS state, max(n)
       FROM event WHERE kind = 'consultation' AND topic LIKE 'booth:%' GROUP BY 1 ORDER BY 1`,
  );
  const kept = rows(gateway, "SELECT id, state FROM consultation ORDER BY id");
  assert.deepEqual(told.map(({ id, state }) => ({ id, state })), kept, "a row and its event come together");
  return kept;
}

// --- kill -9 -------------------------------------------------------------------------------------

const killedWaiting = () =>
  withGateway(async (gateway) => {
    const { people, booth } = await pages(gateway);
    const row = await booth.do("ask", wish());
    await booth.told("clinic", ({ waiting }) => waiting === 1);
    await restart(gateway);
    assert.deepEqual(isWhole(gateway), [{ id: row.id, state: "waiting" }]);
    const back = await Live.open(gateway, people.booth, { since: booth.numbers[0] });
    assert.deepEqual(back.state.consultation, row);
    assert.equal(back.state.clinic.waiting, 1);
    assert.equal(back.n, booth.numbers.at(-1), "numbers go on");
    const liu = await Live.open(gateway, people.liu);
    await liu.do("on_duty");
    await liu.do("accept", { consultation: (await liu.consultation("offered")).id });
    await back.consultation("connected");
  });

const killedOffered = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu } = await pages(gateway);
    await liu.do("on_duty");
    const { id } = await booth.do("ask", wish());
    const { offer_expires_at: first } = await liu.consultation("offered");
    await restart(gateway);
    assert.deepEqual(isWhole(gateway), [{ id, state: "offered" }]);
    const again = await Live.open(gateway, people.liu);
    assert.equal(again.state.lawyer.on_duty, true);
    assert.deepEqual([again.state.consultation.id, again.state.consultation.state], [id, "offered"]);
    assert.ok(again.state.consultation.offer_expires_at > first, "the thirty seconds begin anew");
    const back = await Live.open(gateway, people.booth);
    assert.equal(back.state.consultation.state, "offered");
    await again.do("accept", { consultation: id });
    await back.consultation("connected");
  });

const killedConnected = () =>
  withGateway(async (gateway) => {
    const { people, id, media } = await meeting(gateway);
    await restart(gateway);
    assert.deepEqual(isWhole(gateway), [{ id, state: "connected" }]);
    for (const who of ["liu", "booth"]) {
      const back = await Live.open(gateway, people[who]);
      assert.deepEqual([back.state.consultation.id, back.state.consultation.state], [id, "connected"]);
      assert.equal(await enters(gateway, back.state.consultation.media), 201);
      assert.equal(await enters(gateway, media[who]), 201, "the media of before is good as well");
    }
  });

const killedSuspended = () =>
  withGateway(async (gateway) => {
    const { people, booth, liu, id } = await meeting(gateway);
    await booth.lose();
    await liu.consultation("suspended", 14);
    await restart(gateway);
    assert.deepEqual(isWhole(gateway), [{ id, state: "suspended" }]);
    const lawyer = await Live.open(gateway, people.liu);
    assert.equal(lawyer.state.consultation.state, "suspended");
    const back = await Live.open(gateway, people.booth);
    await back.consultation("connected");
    await lawyer.consultation("connected");
  });

// Asks and cancels as fast as it goes; gives what was answered until the gateway was gone.
async function hurry(booth) {
  const answered = [];
  for (;;)
    try {
      const { id } = await booth.do("ask", wish());
      answered.push({ id, state: "waiting" });
      await booth.do("cancel");
      answered.at(-1).state = "closed";
    } catch {
      return answered;
    }
}

const killedBusy = () =>
  withGateway(async (gateway) => {
    const people = await everybody(gateway);
    let count = 0;
    for (const wait of [40, 90, 150, 230, 310]) {
      const booth = await Live.open(gateway, people.booth);
      if (booth.state.consultation) await booth.do("cancel");
      const all = hurry(booth);
      await new Promise((go) => setTimeout(go, wait));
      await restart(gateway);
      const kept = new Map(isWhole(gateway).map(({ id, state }) => [id, state]));
      const answered = await all;
      count += answered.length;
      for (const { id, state } of answered.slice(0, -1)) assert.equal(kept.get(id), state, `${id} was answered`);
      assert.ok(!answered.length || kept.has(answered.at(-1).id), "the last that was answered is kept");
    }
    assert.ok(count > 10, `${count} questions were answered`);
    const tickets = rows(gateway, "SELECT count(*) AS all_of, count(DISTINCT ticket_no) AS different FROM consultation");
    assert.equal(tickets[0].all_of, tickets[0].different, "no ticket number was given twice");
  });

// --- the hall ------------------------------------------------------------------------------------

const hallRuns = () =>
  withGateway(async (gateway) => {
    const people = await everybody(gateway);
    const [hall, elder] = await Promise.all([people.hall, people.member].map((who) => Live.open(gateway, who)));
    const [planned] = hall.state.lectures;
    assert.deepEqual([hall.greeting.role, planned.id, planned.state, planned.viewers], ["hall", "l-demo", "planned", 0]);
    assert.deepEqual([elder.greeting.role, elder.state.lecture.state], ["member", "planned"]);
    assert.equal(elder.state.lecture.viewers, undefined);
    assert.equal(await hall.refused("end_lecture", { lecture: "l-demo" }), "not-started");
    assert.equal(await hall.refused("start", { lecture: "unknown" }), "unknown-lecture");
    assert.equal((await hall.say({ do: "start", lecture: 7 })).error.field, "lecture");
    const open = await hall.do("start", { lecture: "l-demo" });
    assert.equal(open.state, "open");
    assert.equal(await hall.refused("start", { lecture: "l-demo" }), "already-started");
    const seen = await elder.told("lecture", ({ state }) => state === "open");
    const { room } = open.media;
    assert.deepEqual([room, seen.media.room], ["lecture-demo", "lecture-demo"]);
    assert.equal((await whip(gateway, "whip", room, open.media.token, "?source=hall")).status, 201);
    assert.equal((await whip(gateway, "whip", room, open.media.token, "?source=balcony")).status, 400);
    for (const source of ["", "?source=hall"])
      assert.equal((await whip(gateway, "whip", room, seen.media.token, source)).status, 403, "who watches does not publish");
    assert.equal((await whip(gateway, "whip", "another", open.media.token)).status, 403, "the hall has one room");
    for (const { token } of [open.media, seen.media, people.member.lecture.media])
      assert.ok([201, 409].includes((await whip(gateway, "whep", room, token)).status), "both may watch");
    const ended = await hall.do("end_lecture", { lecture: "l-demo" });
    assert.deepEqual([ended.state, ended.media], ["ended", undefined]);
    assert.equal((await elder.told("lecture", ({ state }) => state === "ended")).media, undefined);
    await restart(gateway);
    assert.equal((await visit(gateway, gateway.people.link)).lecture.state, "ended");
  });

const hallIsLive = () =>
  withGateway(async (gateway) => {
    const people = await everybody(gateway);
    const elder = await Live.open(gateway, people.member);
    if (elder.state.lecture.state !== "live") await elder.told("lecture", ({ state }) => state === "live", 20);
    const staff = await ask(gateway, "GET", "/v1/lectures/l-demo", people.hall);
    assert.equal(staff.body.state, "live");
    const hall = await Live.open(gateway, people.hall);
    await hall.do("end_lecture", { lecture: "l-demo" });
    await elder.told("lecture", ({ state }) => state === "ended");
  }, { lecture: film });

// --- draining ------------------------------------------------------------------------------------

const draining = () =>
  withGateway(async (gateway) => {
    const { booth, liu, id, media } = await meeting(gateway);
    const running = (await whip(gateway, "whip", id, media.booth.token)).headers.location;
    assert.equal((await ask(gateway, "GET", "/readyz")).status, 200);
    await gateway.ctl("drain");
    assert.equal(JSON.parse(await gateway.ctl("status", "--json")).draining, true);
    const ready = await ask(gateway, "GET", "/readyz");
    assert.deepEqual([ready.status, ready.body.type], [503, "/problems/not-ready"]);
    assert.ok(Number(ready.headers["retry-after"]) > 0);
    assert.equal((await ask(gateway, "GET", "/healthz")).status, 200);
    for (const kind of ["whip", "whep"]) {
      const refused = await whip(gateway, kind, id, media.liu.token);
      assert.equal(refused.status, 503);
      assert.ok(Number(refused.headers["retry-after"]) > 0, "says when to come again");
    }
    assert.equal((await ask(gateway, "GET", running, media.booth)).status, 200, "what runs goes on");
    assert.match((await ask(gateway, "GET", "/metrics")).body, /^banyan_consultations_connected 1$/m);
    await booth.do("leave");
    await liu.consultation("closed");
    await booth.do("ask", wish());
    await liu.consultation("offered");
  });

// --- a full disk ---------------------------------------------------------------------------------

// A gateway whose database has a little disk of its own.
async function withSmallDisk(test, { options = "", ...more } = {}) {
  const { dir: disk, remove } = folder("disk");
  asRoot(["mount", "-t", "tmpfs", "-o", `size=2m,mode=0700,uid=${process.getuid()}`, "tmpfs", disk]);
  const unmount = untilEnd(() => asRoot(["umount", "--lazy", disk])); // a gateway just killed may still hold it
  const ballast = join(disk, "ballast");
  const fill = () => {
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize));
  };
  try {
    await withGateway(
      (gateway) => {
        gateway.database = join(disk, "banyan.db");
        return test(gateway, fill, () => rmSync(ballast));
      },
      { options: `database: {url: "sqlite:${disk}/banyan.db"}\n${options}`, ...more },
    );
  } finally {
    unmount();
    remove();
  }
}

const fullDisk = () =>
  withSmallDisk(async (gateway, fill, free) => {
    const { people, booth, liu } = await pages(gateway);
    const { id } = await booth.do("ask", wish());
    fill();
    assert.equal(await booth.refused("cancel"), "not-saved");
    assert.equal(await booth.refused("cancel"), "not-saved", "nothing goes on from what is not saved");
    for (const live of [booth, liu]) assert.equal(await live.ended(), 1013, "pages connect again");
    const back = await Live.open(gateway, people.booth);
    assert.deepEqual([back.state.consultation.id, back.state.consultation.state], [id, "waiting"], "the rows are the truth");
    assert.equal((await ask(gateway, "GET", "/v1/clinic")).body.waiting, 1);
    assert.equal((await ask(gateway, "GET", "/v1/me", people.booth)).status, 200);
    const [person] = gateway.people.lawyers;
    const signing = await ask(gateway, "POST", "/v1/sessions", { json: person, from: stranger() });
    assert.deepEqual([signing.status, signing.body.type], [503, "/problems/try-later"], "not a wrong password");
    assert.ok(Number(signing.headers["retry-after"]) > 0, "and when to come again");
    const out = await ask(gateway, "DELETE", "/v1/sessions/current", { ...people.chen, headers: { "x-banyan": "1" } });
    assert.equal(out.status, 503, "a sign-out that is not kept is not confirmed");
    assert.ok(Number(out.headers["retry-after"]) > 0);
    const lawyer = await Live.open(gateway, people.liu);
    if (!lawyer.greeting.ok) {
      assert.equal(lawyer.greeting.error.type, "/problems/try-later", "nobody is signed out by a full disk");
      assert.equal(await lawyer.ended(), 1013);
    }
    free();
    await signIn(gateway, person.name, person.password);
    assert.equal((await ask(gateway, "GET", "/v1/me", people.chen)).status, 200);
    const again = await Live.open(gateway, people.booth);
    const closed = await until("commands work again", async () => {
      const { ok, data } = await again.say({ do: "cancel" });
      return ok && data;
    });
    assert.deepEqual([closed.id, closed.end_reason], [id, "cancelled"]);
    assert.deepEqual(isWhole(gateway), [{ id, state: "closed" }]);
  });

// An offer that cannot be saved must not throw everybody out again and again.
const fullForLong = () =>
  withSmallDisk(async (gateway, fill, free) => {
    const { people, booth, liu, chen } = await pages(gateway);
    await liu.do("on_duty");
    const { id } = await booth.do("ask", wish());
    await liu.consultation("offered");
    fill();
    assert.equal(await chen.refused("on_duty"), "not-saved");
    assert.equal(await booth.ended(), 1013);
    let ends = 0;
    const stop = Date.now() + 10000;
    for (let live = null; Date.now() < stop; await new Promise((go) => setTimeout(go, 100))) {
      if (live?.code) ends++;
      if (!live || live.code) live = await Live.open(gateway, people.booth);
      assert.equal(live.greeting.ok, true);
    }
    assert.ok(ends <= 4, `thrown out ${ends} times within 10 s`);
    free();
    const back = await until("the offer is there", async () => {
      const live = await Live.open(gateway, people.liu);
      return live.greeting.ok && live.state.consultation && live;
    });
    await until("it can be taken", async () => (await back.say({ do: "accept", consultation: id })).ok, 15).catch(async () => {
      const live = await Live.open(gateway, people.liu);
      await live.do("accept", { consultation: id });
    });
    assert.deepEqual(isWhole(gateway), [{ id, state: "connected" }]);
  });

// Reading the rows again must not begin the lecture, or its recording, again.
const fullInALecture = () =>
  withSmallDisk(
    async (gateway, fill, free) => {
      const people = await everybody(gateway);
      const elder = await Live.open(gateway, people.member);
      const isLive = async () => (await ask(gateway, "GET", "/v1/lectures/l-demo", people.hall)).body.state === "live";
      await until("the lecture is live", isLive, 20);
      const publications = async () => JSON.parse(await gateway.ctl("rooms", "--json")).publications;
      const files = () => readdirSync(join(gateway.dir, "var/recordings"));
      await until("it is recorded", async () => (await publications())[0].recording && files().length === 1);
      const before = [await publications(), files()];
      const hall = await Live.open(gateway, people.hall);
      fill();
      assert.equal(await hall.refused("end_lecture", { lecture: "l-demo" }), "not-saved");
      assert.equal(await elder.ended(), 1013);
      free();
      await until("the lecture is live again", isLive, 15);
      assert.deepEqual([await publications(), files()], before);
    },
    { lecture: film, options: 'recording: {rooms: "lecture-*"}' },
  );

export const trouble = {
  "killed while a booth waits": killedWaiting,
  "killed while a lawyer is asked": killedOffered,
  "killed in a call": killedConnected,
  "killed in the middle of many commands": killedBusy,
  "the hall starts and ends its lecture, and publishes": hallRuns,
  "a lecture that is sent is live": hallIsLive,
  "a draining gateway takes nothing new and ends nothing": draining,
  "a full disk: what is not saved has not happened": fullDisk,
  "a full disk in a lecture: it goes on, in one recording": fullInALecture,
};

// Mostly waiting.
export const patientTrouble = {
  "killed while one of a call is away": killedSuspended,
  "a full disk for long: pages are not thrown out all the time": fullForLong,
};
