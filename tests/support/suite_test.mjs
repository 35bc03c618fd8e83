// The runner of all tests tells the truth about them, and nothing of a test stays behind.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { report } from "./report.mjs";
import { runSuite } from "./suite.mjs";

const ending = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "ending.mjs");
const run = (seconds, ...command) => runSuite(command, seconds, process.env);
const script = (seconds, text) => run(seconds, process.execPath, "--input-type=module", "-e", text);

// What has ended stands there until its new parent looks, which not every machine's first process does.
function isRunning(pid) {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

const ordinary = async () => {
  assert.deepEqual(await run(5, "sh", "-c", "echo ok; echo bad >&2; exit 3"), { code: 3, output: "ok\nbad\n", late: false, left: [] });
  const missing = await run(5, "/nowhere/at/all");
  assert.notEqual(missing.code, 0);
  assert.match(missing.output, /ENOENT/);
};

const processLeft = async () => {
  const { output, left } = await run(5, "sh", "-c", "sleep 61 >/dev/null 2>&1 & echo $!");
  assert.deepEqual(left, ["left running: sleep 61 "]);
  assert.ok(!isRunning(output.trim()));
};

// As browsers do.
const groupLeft = async () => {
  const { output, left } = await run(5, "sh", "-c", "setsid sleep 62 & echo $!");
  assert.deepEqual(left, ["left running: sleep 62 "]);
  assert.ok(!isRunning(output.trim()));
};

const folderLeft = async () => {
  const { output, left } = await run(5, "sh", "-c", "mkdir $TMPDIR/banyan-x; echo $TMPDIR");
  assert.deepEqual(left, ["left behind: banyan-x"]);
  assert.ok(!existsSync(output.trim()));
};

// One that hangs is told to end, and gives back what it took: five seconds are enough for it to have taken something.
const late = async () => {
  const { output, late, left } = await script(5, `
    import { spawn } from "node:child_process";
    import { endsWithUs, folder, untilEnd } from ${JSON.stringify(ending)};
    const { dir } = folder("hangs");
    untilEnd(() => console.log("given back"));
    console.log(dir, endsWithUs(spawn("sleep", ["63"], { detached: true })).pid);
    setInterval(() => {}, 1000);`);
  assert.ok(late);
  const [, dir, pid, last] = /^(\S+) (\d+)\n(.*)\n$/.exec(output);
  assert.equal(last, "given back");
  assert.deepEqual(left, []);
  assert.ok(!existsSync(dir) && !isRunning(pid));
};

process.exit(
  (await report({
    "what a program says and ends with is told": ordinary,
    "a process that is left is told, and ended": processLeft,
    "so is one with a group of its own": groupLeft,
    "a folder that is left is told, and removed": folderLeft,
    "a program that hangs gives back what it took": late,
  }))
    ? 1
    : 0,
);
