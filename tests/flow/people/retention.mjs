// What is kept how long: the job deletes it from rows, files and log, and certifies what it was.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesWith } from "../../support/files.mjs";
import { call, staffOf } from "./accounts.mjs";
import { change, file, meeting, pages, restart, rows, withGateway } from "./world.mjs";

const phone = "13876543210";
// What is planted in a class's rows or files; each is to be found before, and nowhere afterwards.
const classes = ["records", "recordings", "papers", "strokes", "consents", "messages", "appointments", "queue", "guests", "persons", "tasks", "events"];
const planted = (name) => `PLANTED-7f3a-${name}`;
const year = 365 * 86400000;

const finds = (gateway, text) => filesWith(join(gateway.dir, "var"), text);

const purge = async (gateway, ...more) => JSON.parse(await gateway.ctl("purge", ...more, "--json"));
const counts = ({ classes }) => Object.fromEntries(classes.filter(({ count }) => count).map(({ class: name, count }) => [name, count]));

// So much of it that it goes on over pages of its own.
const long = (name) => `'${planted(name)}' || printf('%.*c', 60000, 'x') || '${planted(name)}'`;
const inFiles = (gateway) => classes.filter((name) => finds(gateway, planted(name)).length > 0);

// A consultation of long ago with all that hangs on it.
async function longAgo(gateway) {
  const { booth, liu, id } = await meeting(gateway);
  await booth.do("consent", { reason: "sensitive", text: "yes", consent: "2026-11-3" });
  await liu.do("end", { consultation: id });
  await booth.do("rate", { consultation: id, score: 1 });
  const sealed = join(gateway.dir, "var/recordings", `${id}-pub-then.mkv.sealed`);
  mkdirSync(join(gateway.dir, "var/recordings"), { recursive: true });
  writeFileSync(sealed, planted("recordings"));
  utimesSync(sealed, new Date(Date.now() - 3600000), new Date(Date.now() - 3600000));
  const then = Date.now() - 7 * year;
  change(
    gateway,
    `UPDATE consultation SET key = '${planted("queue")}', ended_at = ${then} WHERE id = '${id}';
     INSERT INTO record (consultation, state, key, key_id) VALUES ('${id}', 'drafting', x'00', '');
     INSERT INTO record_rev VALUES ('${id}', 1, ${then}, 'lawyer:u-lawyer-1', CAST(${long("records")} AS BLOB));
     INSERT INTO recording (id, consultation, participant, key, key_id, started_at)
       VALUES ('${id}-pub-then', '${id}', 'b-demo', '${planted("recordings")}', '', ${then});
     INSERT INTO paper VALUES ('p-then', '${id}', ${then}, x'00', '', x'00', CAST(${long("papers")} AS BLOB));
     INSERT INTO paper_drawn VALUES ('p-then', x'00', CAST(${long("strokes")} AS BLOB));
     INSERT INTO consent (consultation, n, party, kind, given, wording, at_ms) VALUES ('${id}', 99, 'b-demo', 'notice', 1, '${planted("consents")}', ${then});
     INSERT INTO message (id, booth, category, phone, half_day, asked_at, due_at, answered_at)
       VALUES (77, 'b-demo', 'family', '${planted("messages")}', '', ${then}, ${then}, ${then});
     INSERT INTO person VALUES ('${id}', '${planted("persons")}');
     INSERT INTO appointment (id, kind, state, place, lawyer, category, name, phone, purpose, reason, starts_at, ends_at,
       asked_at, decided_at, reminded_at)
       VALUES (9, 'lawyer', 'came', 'b-demo', 'u-lawyer-1', 'family', '${planted("appointments")}', '1', '', '', ${then}, ${then + 1}, ${then}, ${then}, 0);
     INSERT INTO third_party VALUES ('g-then', '${id}', 'family', '${planted("guests")}', 'closed', 'finished', '', ${then}, 0, ${then}, ${then}, ${then});
     UPDATE task SET done_at = ${then}, note = '${planted("tasks")}';
     INSERT INTO event (at_ms, topic, kind, body) VALUES (${then}, 'desk', 'alarm', '"${planted("events")}"')`,
  );
  return { id, sealed };
}

const proven = () =>
  withGateway(async (gateway) => {
    const { id, sealed } = await longAgo(gateway);
    assert.deepEqual(inFiles(gateway), classes, "what is to go is there");
    const expected = { records: 1, recordings: 1, papers: 1, persons: 1, messages: 1, consents: 3, appointments: 1, queue: 1, guests: 1, tasks: 1, events: 1 };
    const looked = await purge(gateway, "--dry-run");
    const { consents, ...others } = expected;
    assert.deepEqual(counts(looked), others, "consents stay as long as their record");
    assert.deepEqual([inFiles(gateway), consents], [classes, 3], "a dry run deletes nothing");

    const done = await purge(gateway);
    assert.deepEqual(counts(done), expected);
    assert.ok(done.classes.every(({ left }) => left === 0));
    assert.deepEqual(inFiles(gateway), [], "database, log and files have nothing of it any more");
    assert.deepEqual(rows(gateway, "PRAGMA freelist_count"), [{ freelist_count: 0 }], "nor are there pages that once had");
    assert.throws(() => statSync(sealed), /ENOENT/);
    const wal = statSync(`${file(gateway)}-wal`).size;
    assert.ok(wal < 65536, `the log has ${wal} bytes`);
    const [row] = rows(gateway, `SELECT category, state, key, (SELECT score FROM rating WHERE consultation = c.id) AS score FROM consultation c WHERE id = '${id}'`);
    assert.deepEqual(row, { category: "family", state: "closed", key: "", score: 1 }, "what is counted stays");

    const noted = rows(gateway, "SELECT object, detail, actor FROM audit WHERE action = 'purge' ORDER BY object");
    assert.deepEqual(noted.map(({ object }) => object), Object.keys(expected).sort());
    const certificates = readdirSync(join(gateway.dir, "var/purges"));
    assert.equal(certificates.length, 1);
    const certificate = JSON.parse(readFileSync(join(gateway.dir, "var/purges", certificates[0]), "utf8"));
    for (const { object, detail, actor } of noted) {
      const one = certificate.classes.find(({ class: name }) => name === object);
      assert.deepEqual([detail, actor], [`${one.count} until ${one.until} sha256:${one.sha256}`, "operator"]);
    }
    assert.match(await gateway.ctl("audit", "verify"), /\d/);
    assert.deepEqual(counts(await purge(gateway)), {}, "there is nothing left to do");
    assert.equal(readdirSync(join(gateway.dir, "var/purges")).length, 1, "and nothing to certify");
  });

const phones = () =>
  withGateway(async (gateway) => {
    const { booth, liu } = await pages(gateway);
    await booth.do("leave_word", { category: "family", text: phone, key: "k-1" });
    assert.equal((await liu.told("message", () => true)).phone, phone);
    assert.deepEqual(finds(gateway, phone), [], "no file has the number in clear");
    await restart(gateway, () => change(gateway, `INSERT INTO message (id, booth, category, phone, half_day, asked_at, due_at, answered_at) SELECT 2, booth, category, '${phone}', '', asked_at, due_at, 0 FROM message`));
    const { liu: again } = await pages(gateway);
    assert.deepEqual(again.state.messages.map((one) => one.phone), [phone, phone], "who calls sees it, also after a restart");
    const lengths = rows(gateway, "SELECT length(phone) > 40 AS sealed FROM message");
    assert.deepEqual(lengths, [{ sealed: 1 }, { sealed: 1 }], "one from before is sealed at the start");
    await again.do("answer", { message: 1 });
    change(gateway, `UPDATE message SET answered_at = ${Date.now() - year} WHERE id = 1`);
    assert.deepEqual(counts(await purge(gateway)), { messages: 1 });
    assert.deepEqual(rows(gateway, "SELECT id FROM message"), [{ id: 2 }]);
  });

const person = "王桂兰七三";
const reason = "为邻居家漏水七三";

// As the version before wrote it, found again by its column "mark".
const inClear = (then) =>
  `INSERT INTO appointment (id, kind, state, place, lawyer, category, name, phone, purpose, reason, starts_at, ends_at, asked_at,
   decided_at, reminded_at) VALUES (9, 'room', 'no_show', 'b-demo', NULL, '', '${person}', '${phone}', '${reason}', '', ${then}, ${then + 1}, ${then}, ${then}, 0)`;

const appointmentsSealed = () =>
  withGateway(async (gateway) => {
    const desk = await staffOf(gateway, "desk");
    const list = async () => (await call(gateway, desk, "GET", "/v1/appointments")).body;
    const starts = Date.parse(`${(await list()).room_day}T09:00:00+08:00`);
    const booking = { kind: "room", place: "b-demo", name: person, phone, purpose: reason, starts_at: starts, ends_at: starts + 3600000 };
    assert.equal((await call(gateway, desk, "POST", "/v1/appointments", booking)).status, 204);
    const nothingInClear = (when) => [person, phone, reason].forEach((text) => assert.deepEqual(finds(gateway, text), [], when));
    nothingInClear("of a new one");

    await restart(gateway, () => change(gateway, inClear(Date.now() - 3600000)));
    const seen = (await list()).appointments.map(({ id, name, phone: number, purpose, no_shows, mark }) => [id, name, number, purpose, no_shows, mark]);
    assert.deepEqual(seen, [[1, person, phone, reason, 1, undefined], [9, person, phone, reason, 1, undefined]], "who calls sees them");
    nothingInClear("of one from before");
    const shelf = join(gateway.dir, "var/shelf");
    mkdirSync(shelf);
    const { backup } = JSON.parse(await gateway.ctl("backup", shelf, "--json"));
    assert.ok(readFileSync(join(backup, "banyan.db")).length > 0);
    nothingInClear("of a backup");

    change(gateway, `UPDATE appointment SET ends_at = starts_at + 1, starts_at = 1 WHERE id = 9; UPDATE appointment SET ends_at = 2 WHERE id = 9`);
    assert.deepEqual(counts(await purge(gateway)), { appointments: 1 });
    const [gone] = rows(gateway, "SELECT name, phone, purpose, mark FROM appointment WHERE id = 9");
    assert.deepEqual(gone, { name: "", phone: "", purpose: "", mark: "" });
    assert.equal((await list()).appointments[0].no_shows, 0, "nobody is remembered longer than his number");
  });

export const retention = {
  "names and numbers of appointments are sealed, and counted all the same": appointmentsSealed,
  "what is too old goes from rows, files and log, with a certificate": proven,
  "phone numbers are sealed, and go when their time is over": phones,
};
