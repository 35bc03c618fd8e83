// A lecture is recorded while it is shown: completed at the end of the gateway, after the gateway was killed, after
// everything was killed, and after its own process was.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Client, localAddress } from "../interop/client.mjs";
import { Gateway, until } from "../support/gateway.mjs";
import { report } from "../support/report.mjs";
import { contents, seekInChromium, written } from "./watch_file.mjs";

const film = resolve("build/demo/lecture.webm");
const PART = ".mkv.part";
const whole = (name) => name.endsWith(".webm");
const open = (name) => name.endsWith(PART);

const folder = (gateway) => join(gateway.dir, "var/recordings");
const files = (gateway, kind) =>
  existsSync(folder(gateway)) ? readdirSync(folder(gateway)).filter(kind).sort().map((name) => join(folder(gateway), name)) : [];
const finished = (part) => part.replace(PART, ".webm");

// The process ids of the gateway's pipelines of this kind.
function pipelines(gateway, kind) {
  const tasks = `/proc/${gateway.pid}/task`;
  return readdirSync(tasks)
    .flatMap((task) => readFileSync(`${tasks}/${task}/children`, "utf8").split(" "))
    .filter((pid) => pid.trim() && readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[1] === kind)
    .map(Number);
}

async function publications(gateway) {
  return JSON.parse(await gateway.ctl("rooms", "--json")).publications;
}

// The one open file, once `seconds` of it are on the disk.
async function recorded(gateway, seconds, kind = open) {
  let have;
  await until(`${seconds} s are recorded`, async () => {
    const [part] = files(gateway, kind);
    have = part && { part, seconds: await written(part) };
    return have && have.seconds > seconds;
  }, 40).catch((error) => {
    throw new Error(`${error.message}; ${JSON.stringify(have)}\n${gateway.log.slice(-3000)}`);
  });
  return have;
}

async function isGood(file, atLeast) {
  const { duration, codecs } = await contents(file);
  assert.deepEqual(codecs, ["opus", "vp8"]);
  assert.ok(duration > atLeast, `${file}: ${duration} s, more than ${atLeast} are expected`);
  const seen = await seekInChromium(file);
  const told = JSON.stringify(seen);
  assert.ok(Math.abs(seen.duration - duration) < 0.5 && seen.seekable > duration - 0.5, told);
  assert.ok(Math.abs(seen.time - seen.wanted) < 0.5, told);
  assert.ok(seen.width === 1280 && seen.brightest > 60, told);
}

async function withGateway(test, options = {}) {
  const gateway = await Gateway.start({ lecture: film, options: 'recording: {rooms: "lecture-*"}', ...options });
  try {
    await test(gateway);
  } catch (error) {
    throw new Error(`${error.stack}\n${gateway.log.slice(-3000)}`);
  } finally {
    await gateway.stop();
  }
}

// SIGTERM, and all files complete before the process ends.
async function terminate(gateway) {
  const began = Date.now();
  gateway.child.kill("SIGTERM");
  const { code } = await gateway.gone;
  assert.equal(code, 0, "the gateway ends in order");
  assert.ok(Date.now() - began < 10000, `the end took ${Date.now() - began} ms`);
  assert.deepEqual(files(gateway, open), []);
}

const completedAtTheEnd = () =>
  withGateway(async (gateway) => {
    const { part } = await recorded(gateway, 5);
    const [publication] = await publications(gateway);
    assert.equal(publication.recording, true);
    assert.ok(part.includes(`/lecture-demo-${publication.id}-`), part);
    assert.equal(JSON.parse(await gateway.ctl("status", "--json")).recordings, 1);
    await terminate(gateway);
    assert.deepEqual(files(gateway, whole), [finished(part)]);
    await isGood(finished(part), 4);
  });

const onlyChosenRooms = () =>
  withGateway(
    async (gateway) => {
      const [publication] = await until("the lecture is shown", async () => {
        const all = await publications(gateway);
        return all.length && all;
      }, 20);
      assert.equal(publication.recording, false);
      assert.deepEqual(pipelines(gateway, "record"), []);
      await terminate(gateway);
      assert.deepEqual(files(gateway, () => true), []);
    },
    { options: 'recording: {rooms: "hall-?"}' },
  );

// The gateway alone is killed: what it started completes the file, the next one records on.
const gatewayKilled = () =>
  withGateway(async (gateway) => {
    const { part, seconds } = await recorded(gateway, 4);
    await gateway.kill();
    await gateway.up();
    await until("the interrupted file is completed", () => existsSync(finished(part)) && !existsSync(part), 20);
    await recorded(gateway, 2, (name) => open(name) && !part.endsWith(name));
    await terminate(gateway);
    assert.equal(files(gateway, whole).length, 2);
    await isGood(finished(part), seconds - 1);
  });

// A power cut: nobody is left to complete anything, the next start does.
const everythingKilled = () =>
  withGateway(async (gateway) => {
    const { part, seconds } = await recorded(gateway, 4);
    for (const pid of pipelines(gateway, "record")) process.kill(pid, "SIGKILL");
    await gateway.kill();
    assert.ok(existsSync(part), "the file is left open");
    await gateway.up();
    await until("the leftover is completed", () => existsSync(finished(part)) && !existsSync(part), 20);
    await terminate(gateway);
    await isGood(finished(part), seconds - 1);
  });

// A recorder that hangs is waited for, but not by who says it twice. The next start completes what it left.
const secondSignal = () =>
  withGateway(async (gateway) => {
    const { part, seconds } = await recorded(gateway, 3);
    for (const pid of pipelines(gateway, "record")) process.kill(pid, "SIGSTOP");
    gateway.child.kill("SIGTERM");
    await until("it drains", () => gateway.log.includes("draining"));
    await until("only the recorder is waited for", () => pipelines(gateway, "play").length === 0);
    assert.ok(await gateway.alive(), "the gateway waits");
    const began = Date.now();
    gateway.child.kill("SIGTERM");
    assert.equal((await gateway.gone).code, 0);
    assert.ok(Date.now() - began < 5000, `the second signal took ${Date.now() - began} ms`);
    assert.ok(existsSync(part), "the file is left open");
    await gateway.up();
    await until("the leftover is completed", () => existsSync(finished(part)) && !existsSync(part), 20);
    assert.ok((await contents(finished(part))).duration > seconds - 1);
  });

// The recorder dies: a second file, and who watches the lecture notices nothing.
async function recorderKilled() {
  const address = localAddress();
  await withGateway(async (gateway) => {
    const [publication] = await until("the lecture is shown", async () => {
      const all = await publications(gateway);
      return all.length && all;
    }, 20);
    const token = await gateway.token("lecture-demo", "view");
    const viewer = new Client("aiortc", "watch", `${gateway.url}/whep/lecture-demo`, token);
    await until("the viewer has pictures", () => viewer.seen.frames > 20, 30);
    const { part } = await recorded(gateway, 3);
    const players = pipelines(gateway, "play");
    const frames = viewer.seen.frames;
    const [recorder] = pipelines(gateway, "record");
    process.kill(recorder, "SIGKILL");
    const second = part.replace(PART, `-2${PART}`);
    await recorded(gateway, 3, (name) => second.endsWith(`/${name}`));
    const [still] = await publications(gateway);
    assert.equal(still.id, publication.id);
    assert.equal(still.recording, true);
    assert.deepEqual(pipelines(gateway, "play"), players);
    assert.ok(viewer.seen.frames > frames + 30, `${viewer.seen.frames} pictures after ${frames}`);
    assert.equal(viewer.last("ended"), undefined);
    await viewer.close();
    await terminate(gateway);
    assert.deepEqual(files(gateway, whole), [finished(second), finished(part)].sort());
    await isGood(finished(part), 2);
    await isGood(finished(second), 2);
  }, { address }).finally(() => Client.closeAll());
}

// Another lecture, from a client, at the same time: a file each. Its own ends with it, the other goes on.
async function twoAtOnce() {
  const address = localAddress();
  const ofClient = (name) => name.startsWith("lecture-client-");
  const ofFilm = (name) => name.startsWith("lecture-demo-");
  await withGateway(async (gateway) => {
    const token = await gateway.token("lecture-client", "publish");
    const client = new Client("aiortc", "publish", `${gateway.url}/whip/lecture-client`, token);
    await client.until("connected");
    await Promise.all([recorded(gateway, 3, ofClient), recorded(gateway, 3, ofFilm)]);
    client.order({ do: "delete" });
    await client.until("deleted");
    await until("the client's recording is complete", () => files(gateway, (name) => ofClient(name) && whole(name)).length, 10);
    assert.equal(JSON.parse(await gateway.ctl("status", "--json")).recordings, 1);
    await terminate(gateway);
    for (const own of [ofClient, ofFilm]) {
      const [file, more] = files(gateway, own);
      assert.equal(more, undefined);
      const { codecs, duration } = await contents(file);
      assert.deepEqual(codecs, ["opus", "vp8"]);
      assert.ok(duration > 2.5, `${file}: ${duration} s`);
    }
  }, { address }).finally(() => Client.closeAll());
}

const failed = await report({
  "a lecture is recorded, and complete and seekable when the gateway has ended": completedAtTheEnd,
  "two lectures at once are two recordings": twoAtOnce,
  "a room that was not chosen is not recorded": onlyChosenRooms,
  "the gateway is killed and the recording is complete all the same": gatewayKilled,
  "everything is killed and the next start completes the recording": everythingKilled,
  "a second signal does not wait for a recorder that hangs": secondSignal,
  "a killed recorder begins a second file and no viewer notices": recorderKilled,
});
process.exit(failed ? 1 : 0);
