// What an operator does with banyanctl: backup, restore, the audit log.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ask, Live, stranger } from "../../support/live.mjs";
import { asRoot } from "../../support/root.mjs";
import { jpeg } from "../../support/papers.mjs";
import { papers } from "./papers.mjs";
import { change, file, meeting, restart, rows, withGateway } from "./world.mjs";

const json = async (gateway, ...args) => JSON.parse(await gateway.ctl("--json", ...args));

async function failure(gateway, code, ...args) {
  const error = await gateway.ctl(...args).then(
    () => assert.fail(`banyanctl ${args.join(" ")} was not refused`),
    (failed) => failed,
  );
  assert.equal(error.code, code);
  return error.stderr;
}

const refusal = (gateway, ...args) => failure(gateway, 1, ...args);

const wrongWords = () =>
  withGateway(async (gateway) => {
    assert.match(await failure(gateway, 2, "token", "--rom", "a"), /^banyanctl: --rom: /);
    assert.match(await failure(gateway, 2, "token", "--room", "a", "--view", "--ttl", "long"), /^banyanctl: --ttl: /);
    assert.match(await failure(gateway, 2), /^usage: /);
    assert.equal(await refusal(gateway, "dance"), "banyanctl: unknown command\n");
    assert.match(await gateway.ctl("status"), /^version +\d+\.\d+\.\d+$/m, "a person reads it");
  });

function mkShelf(gateway) {
  const shelf = join(gateway.dir, "shelf");
  mkdirSync(shelf, { recursive: true });
  return shelf;
}

const backup = async (gateway) => (await json(gateway, "backup", mkShelf(gateway))).backup;

// Everything that may not be lost is lost.
function lose(gateway) {
  for (const name of ["banyan.db", "banyan.db-wal", "banyan.db-shm", "secret.key", "tls"])
    rmSync(join(gateway.dir, "var", name), { recursive: true, force: true });
}

const afterALoss = () =>
  withGateway(async (gateway) => {
    const { people, id, booth } = await meeting(gateway);
    const saved = await backup(gateway);
    for (const name of ["", "banyan.db", "secret.key"])
      assert.equal(statSync(join(saved, name)).mode & 0o077, 0, `${name} is the owner's alone`);
    await booth.do("leave"); // later than the backup
    await gateway.kill();
    lose(gateway);
    const { audit_entries: entries } = await json(gateway, "restore", saved);
    await gateway.up();
    assert.equal((await json(gateway, "audit", "verify")).entries >= entries, true);
    const [again, lawyer] = await Promise.all([people.booth, people.liu].map((who) => Live.open(gateway, who)));
    assert.deepEqual([again.state.consultation.id, again.state.consultation.state], [id, "connected"]);
    assert.equal(lawyer.state.consultation.id, id);
  });

// Every file below a folder by its name, with what is in it.
function filesOf(dir) {
  const all = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = all.map((entry) => relative(dir, join(entry.parentPath ?? entry.path, entry.name)));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(dir, name))]));
}

const allRows = (database) => execFileSync("sqlite3", [database, ".dump"], { encoding: "utf8", maxBuffer: 1 << 28 });

// What no backup has, on purpose; whoever adds a file to data_dir decides here.
const leftOut = /^(record\.key|demo\.json|recordings\/.*|banyan\.db(-wal|-shm)?)$/;

// One of everything that a gateway keeps in files.
async function filled(gateway) {
  const { people, id, liu } = await meeting(gateway);
  const { n } = await (await papers(gateway, people.booth, id, "POST", "?name=a", jpeg())).json();
  assert.equal((await papers(gateway, people.liu, id, "PATCH", `/${n}`, '{"kept": true}', "application/json")).status, 200);
  await liu.do("end", { consultation: id });
  await gateway.ctl("push", "--room", "lecture-9", "--url", "https://127.0.0.1:1/whip/x", "--token", "t");
  await gateway.ctl("audit", "head", "--sign");
  change(gateway, "INSERT INTO event (at_ms, topic, kind, body) VALUES (1, 'desk', 'alarm', '1')");
  await json(gateway, "purge");
  const made = {
    "own/prompts/zh-CN/idle.weba": "a voice they know",
    "own/prompts/en/欢迎 1.ogg": "another",
    "own/prompts/en/.part": "half",
    "recordings/c-1.mkv.sealed": "sealed",
  };
  for (const [name, text] of Object.entries(made)) {
    mkdirSync(dirname(join(gateway.dir, "var", name)), { recursive: true });
    writeFileSync(join(gateway.dir, "var", name), text);
  }
}

// In an empty folder everything is as it was: each row, and each file that is not left out.
const everything = () =>
  withGateway(async (gateway) => {
    await filled(gateway);
    const told = await json(gateway, "backup", mkShelf(gateway));
    await gateway.kill();
    const was = filesOf(join(gateway.dir, "var"));
    const expected = Object.keys(was).filter((name) => !leftOut.test(name) && !name.includes("/."));
    for (const name of ["secret.key", "audit.key", "links.json", "tls/key.pem", "own/prompts/zh-CN/idle.weba"]) assert.ok(expected.includes(name), `${name} was made`);
    assert.equal(expected.filter((name) => name.startsWith("purges/")).length, 1);
    assert.equal(told.files, expected.length + 1, "and the database");
    assert.match(told.left_out, /recordings/);
    execFileSync("sha256sum", ["--check", "--quiet", "--strict", "SHA256SUMS"], { cwd: told.backup });

    const config = readFileSync(gateway.config, "utf8");
    const other = join(gateway.dir, "other");
    mkdirSync(other);
    writeFileSync(gateway.config, config.replace(/^data_dir: .*$/m, `data_dir: ${other}`));
    const { before } = await json(gateway, "restore", told.backup);
    assert.deepEqual(readdirSync(before), [], "nothing was there");
    const is = filesOf(other);
    assert.deepEqual(Object.keys(is), [...expected, "banyan.db"].sort());
    for (const name of expected) assert.deepEqual(is[name], was[name], name);
    assert.equal(allRows(join(other, "banyan.db")), allRows(file(gateway)));

    writeFileSync(join(told.backup, "own/prompts/en/put-there.ogg"), "by somebody");
    assert.match(await refusal(gateway, "restore", told.backup), /SHA256SUMS is not what was saved; nothing was changed/);
    writeFileSync(gateway.config, config);
    await gateway.up();
  });

const whatWasThere = () =>
  withGateway(async (gateway) => {
    const saved = await backup(gateway);
    const { id } = await meeting(gateway);
    await gateway.kill();
    const { before } = await json(gateway, "restore", saved);
    assert.ok(existsSync(join(before, "secret.key")));
    const kept = rows({ database: join(before, "banyan.db") }, "SELECT id FROM consultation");
    assert.deepEqual(kept, [{ id }], "what came after the backup is still there, aside");
    assert.deepEqual(rows(gateway, "SELECT id FROM consultation"), []);
    await gateway.up();
  });

// Nothing is touched when the backup is not as it was saved, or a gateway runs.
const refusedRestore = () =>
  withGateway(async (gateway) => {
    const saved = await backup(gateway);
    assert.match(await refusal(gateway, "restore", saved), /running.*stop it first/);
    await gateway.kill();
    const at = (dir) => readdirSync(dir).sort();
    const before = at(join(gateway.dir, "var"));
    const damaged = join(gateway.dir, "damaged");
    const damage = {
      "banyan.db": (dir) => appendFileSync(join(dir, "banyan.db"), "x"),
      "secret.key": (dir) => rmSync(join(dir, "secret.key")),
      SHA256SUMS: (dir) => rmSync(join(dir, "SHA256SUMS")),
      "": (dir) => appendFileSync(join(dir, "SHA256SUMS"), `${"0".repeat(64)}  ../../etc/passwd\n`),
      "own/": (dir) => appendFileSync(join(dir, "SHA256SUMS"), `${"0".repeat(64)}  own/../banyan.yaml\n`),
    };
    for (const [name, spoil] of Object.entries(damage)) {
      cpSync(saved, damaged, { recursive: true });
      spoil(damaged);
      const said = await refusal(gateway, "restore", damaged);
      assert.match(said, /nothing was changed/);
      assert.ok(said.includes(damaged));
      if (name === "banyan.db") assert.ok(said.includes(name), "the file that is not right is named");
      rmSync(damaged, { recursive: true });
    }
    assert.deepEqual(at(join(gateway.dir, "var")), before);
    await gateway.up();
  });

const whoDidWhat = () =>
  withGateway(async (gateway) => {
    const { id, booth, people } = await meeting(gateway);
    for (const name of [gateway.people.lawyers[0].name, "my-password-by-mistake"]) {
      const { status } = await ask(gateway, "POST", "/v1/sessions", { json: { name, password: "wrong" }, from: stranger() });
      assert.equal(status, 401);
    }
    await booth.do("leave");
    const out = { ...people.chen, headers: { "x-banyan": "1" } };
    assert.equal((await ask(gateway, "DELETE", "/v1/sessions/current", out)).status, 204);
    const log = rows(gateway, "SELECT actor, action, object, detail FROM audit ORDER BY n");
    const has = (actor, action, object = "", detail = "") =>
      assert.ok(
        log.some((row) => row.actor === actor && row.action === action && row.object === object && row.detail === detail),
        `${actor} ${action} ${object} ${detail} is not in ${JSON.stringify(log)}`,
      );
    has("booth:b-demo", "booth_enrol");
    has("user:u-lawyer-1", "sign_in");
    has("lawyer:u-lawyer-1", "on_duty", "u-lawyer-1", "on");
    has("booth:b-demo", "ask", id, "offered u-lawyer-1 ");
    has("lawyer:u-lawyer-1", "accept", id, "connected u-lawyer-1 ");
    has("booth:b-demo", "leave", id, "closed u-lawyer-1 resident_left");
    has("user:u-lawyer-1", "sign_in_refused");
    has("user:unknown", "sign_in_refused");
    has("user:u-lawyer-2", "sign_out");
    assert.ok(!JSON.stringify(log).includes("mistake"), "what a stranger typed is not kept");
    assert.ok((await json(gateway, "audit", "verify")).whole);
  });

const brokenLog = () =>
  withGateway(async (gateway) => {
    await meeting(gateway);
    const { entries, whole } = await json(gateway, "audit", "verify");
    assert.ok(whole && entries > 2, `${entries} entries`);
    change(gateway, "DROP TRIGGER audit_keep; UPDATE audit SET actor = 'nobody' WHERE n = 2");
    assert.match(await refusal(gateway, "audit", "verify"), /entry 2 is missing, or is not what was written/);
    await gateway.kill();
    assert.match(await refusal(gateway, "audit", "verify"), /entry 2/, "also without a gateway");
    await gateway.up();
  });

// Cut off at its end or written anew the log is still a whole chain: only a head kept elsewhere tells.
const cutLog = () =>
  withGateway(async (gateway) => {
    await meeting(gateway);
    const head = join(gateway.dir, "head.json");
    const plain = await json(gateway, "audit", "head");
    assert.deepEqual(Object.keys(plain), ["entries", "hash", "at_ms"]);
    const signed = await json(gateway, "audit", "head", "--sign");
    assert.match(signed.signature, /^[0-9a-f]{128}$/);
    assert.equal(statSync(join(gateway.dir, "var/audit.key")).mode & 0o077, 0);
    writeFileSync(head, `${JSON.stringify({ ...plain, entries: 1, hash: "0".repeat(64) })}\n${JSON.stringify(signed)}\n`);
    const verify = () => json(gateway, "audit", "verify", "--head", head);
    assert.ok((await verify()).whole, "the newest head counts");
    assert.equal((await json(gateway, "audit", "head", "--sign")).key, signed.key, "the key stays");
    const forged = { ...signed, at_ms: signed.at_ms + 1 };
    writeFileSync(head, JSON.stringify(forged));
    assert.match(await refusal(gateway, "audit", "verify", "--head", head), /its signature is not right/);
    writeFileSync(head, "{}");
    assert.match(await refusal(gateway, "audit", "verify", "--head", head), /no head of an audit log/);
    writeFileSync(head, JSON.stringify(signed));
    await gateway.kill();
    change(gateway, `DROP TRIGGER audit_stay; DELETE FROM audit WHERE n > ${signed.entries - 1}`);
    assert.ok((await json(gateway, "audit", "verify")).whole, "by itself it looks whole");
    assert.match(await refusal(gateway, "audit", "verify", "--head", head), /was cut: it had \d+ entries/);
    change(gateway, `INSERT INTO audit SELECT n + 1, at_ms, actor, action, object, detail, hash FROM audit WHERE n = ${signed.entries - 1}`);
    assert.match(await refusal(gateway, "audit", "verify", "--head", head), /entry \d+ is missing|written anew/);
    await failure(gateway, 2, "audit", "head", "--sing");
    await failure(gateway, 2, "audit", "verify", "--head");
    await gateway.up();
  });

// What only shows when it is used is named by its option, and nothing starts.
const wrongPlaces = () =>
  withGateway(async (gateway) => {
    const good = readFileSync(gateway.config, "utf8");
    const write = (text) => writeFileSync(gateway.config, text);
    for (const [option, wrong, reason] of [
      [/^web_dir: .*$/m, "web_dir: /nowhere", "web_dir: /nowhere: No such file"],
      [/^data_dir: .*$/m, "data_dir: /proc/nowhere", "data_dir: /proc/nowhere: "],
      [/^https: .*$/m, 'https: {listen: "192.0.2.1:443"}', "https.listen: 192.0.2.1:443: "],
      [/^http: .*$/m, `http: {listen: "127.0.0.1:${gateway.https}"}`, `listen: 127.0.0.1:${gateway.https}: Address already in use`],
    ])
      await assert.rejects(restart(gateway, () => write(good.replace(option, wrong))), (error) => {
        assert.ok(error.message.includes(reason), `${wrong}: ${error.message}`);
        return true;
      });
    await restart(gateway, () => write(good));
  });

// Root restores, the service has a user of its own.
const forAnotherUser = () =>
  withGateway(async (gateway) => {
    const saved = await backup(gateway);
    await gateway.kill();
    const data = join(gateway.dir, "var");
    lose(gateway);
    asRoot(["chown", "nobody:nogroup", data]);
    try {
      asRoot([gateway.program("banyanctl"), "--config", gateway.config, "restore", saved]);
      const { uid, gid } = statSync(data);
      for (const name of ["banyan.db", "secret.key", "tls", "tls/key.pem"]) {
        const file = asRoot(["stat", "-c", "%u:%g", join(data, name)]).trim();
        assert.equal(file, `${uid}:${gid}`, `${name} is the gateway's`);
      }
    } finally {
      asRoot(["chown", "-R", `${process.getuid()}:${process.getgid()}`, data]);
    }
    await gateway.up();
  });

const noRoom = () =>
  withGateway(async (gateway) => {
    assert.match(await refusal(gateway, "backup", join(gateway.dir, "nowhere")), /nowhere/);
    const saved = await backup(gateway);
    assert.match(readFileSync(join(saved, "SHA256SUMS"), "utf8"), /^[0-9a-f]{64} {2}banyan\.db$/m);
  });

export const upkeep = {
  "a backup of a running gateway brings a call back after everything was lost": afterALoss,
  "a backup restored into an empty folder has every row and every file": everything,
  "a restore keeps what was there before": whatWasThere,
  "a place that cannot be used is named by its option": wrongPlaces,
  "banyanctl names the word it does not understand": wrongWords,
  "what root restores belongs to the gateway's user": forAnotherUser,
  "a restore is refused beside a gateway, and of a damaged backup": refusedRestore,
  "who did what is in the audit log": whoDidWhat,
  "a changed audit log is found, with and without a gateway": brokenLog,
  "a cut audit log is found by a head that was kept": cutLog,
  "a backup says where it could not be made": noRoom,
};
