// A test program as tests/run.mjs runs it: whatever it does, nothing of it is left when it is over.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { folder, untilEnd } from "./ending.mjs";
import { until } from "./until.mjs";

const GRACE_S = 10; // for what a test gives back when it is told to end
const DYING_S = 5; // for processes that end because others did

const read = (pid, what) => readFileSync(`/proc/${pid}/${what}`, "utf8");

// Does the process run in this group, or with this folder for its temporary files? (Browsers have groups of their own.)
function belongs(pid, group, dir) {
  const [state, , of] = read(pid, "stat").replace(/^.*\) /s, "").split(" ");
  return state !== "Z" && (Number(of) === group || read(pid, "environ").includes(`TMPDIR=${dir}\0`));
}

function members(group, dir) {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && belongs(pid, group, dir);
    } catch {
      return false; // it has ended, or is somebody else's
    }
  });
}

function signal(pids, name) {
  for (const pid of pids)
    try {
      process.kill(pid, name);
    } catch {
      // it has ended
    }
}

// Has everything ended that the program started? Else what is left is told, and killed.
async function sweep(group, dir) {
  const gone = () => members(group, dir).length === 0;
  await until("", gone, DYING_S).catch(() => {});
  const left = members(group, dir);
  const told = left.map((pid) => `left running: ${read(pid, "cmdline").replaceAll("\0", " ")}`);
  signal(left, "SIGKILL");
  await until("", gone, DYING_S).catch(() => {});
  return [...told, ...readdirSync(dir).filter((name) => name.startsWith("banyan-")).map((name) => `left behind: ${name}`)];
}

// Runs it for at most so many seconds: {code, output, late, left}. `left` tells, a line each, what it did not clear away.
export async function runSuite([program, ...args], seconds, env) {
  const { dir, remove } = folder("suite");
  const child = spawn(program, args, { detached: true, stdio: ["ignore", "pipe", "pipe"], env: { ...env, TMPDIR: dir } });
  const forget = untilEnd(() => signal(members(child.pid, dir), "SIGTERM"));
  let output = "";
  let late = false;
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const closed = new Promise((done) => child.on("close", done));
  const timers = [];
  const code = await new Promise((done) => {
    child.on("exit", done);
    child.on("error", (error) => done((output += `${error.message}\n`)));
    timers[0] = setTimeout(() => {
      late = true;
      signal(members(child.pid, dir), "SIGTERM");
      timers[1] = setTimeout(() => signal(members(child.pid, dir), "SIGKILL"), GRACE_S * 1000);
    }, seconds * 1000);
  });
  timers.forEach(clearTimeout);
  const left = await sweep(child.pid, dir);
  await closed;
  forget();
  remove();
  return { code, output, late, left };
}
