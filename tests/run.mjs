// Runs every test program and counts what it says. A program reports cmocka's lines ("[       OK ] name",
// "[  FAILED  ] name") or plain ones ("ok - name", "not ok - name", "skip - name"); one that reports nothing, or ends with
// an error although all it reported was fine, counts as one failure.
//
//     node tests/run.mjs [--only TEXT] [--build DIR] [--units-only]
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const argument = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at > 0 ? process.argv[at + 1] : fallback;
};
const build = argument("--build", "build");
const only = argument("--only", "");

const units = readdirSync("tests/unit")
  .filter((name) => /^test_.*\.c$/.test(name))
  .sort()
  .map((name) => name.replace(/\.c$/, ""))
  .map((name) => ({ name, command: [join(build, "tests/unit", name)], seconds: 300 }));

// The same unit tests under AddressSanitizer and UndefinedBehaviorSanitizer, when that is built.
const sanitized = existsSync("build/asan/tests/unit") && build === "build"
  ? units.map(({ name, seconds }) => ({
      name: `asan/${name}`,
      command: [join("build/asan/tests/unit", name)],
      seconds,
    }))
  : [];

// Programs beside the unit tests, in the order of how long they take.
const programs = [
  { name: "web-client", command: ["npm", "--prefix", "web-client", "test", "--silent"], seconds: 300 },
  { name: "conformance", command: ["node", "tests/conformance/own.mjs"], seconds: 300 },
  { name: "people", command: ["node", "tests/flow/people.mjs"], seconds: 300 },
  { name: "http-hostile", command: ["node", "tests/flow/http_hostile.mjs"], seconds: 120 },
  { name: "pipelines", command: [join(build, "tests/flow/test_pipelines"), join(build, "banyan-pipeline")], seconds: 300 },
  { name: "recording", command: ["node", "tests/flow/recording.mjs"], seconds: 300 },
  { name: "hostile", command: ["node", "tests/hostile/run.mjs"], seconds: 600 },
  { name: "turn", command: ["node", "tests/turn/run.mjs"], seconds: 120 },
  { name: "interop", command: ["node", "tests/interop/run.mjs"], seconds: 600 },
  { name: "network", command: ["node", "tests/network/smoke.mjs"], seconds: 240 },
  { name: "browser", command: ["node", "tests/browser/run.mjs"], seconds: 900 },
];

const verdicts = [
  [/^\[ {7}OK \] |^ok\b/, "passed"],
  [/^\[ {2}FAILED {2}\] (?!\d+ test)|^not ok\b/, "failed"],
  [/^\[ {2}SKIPPED \]|^skip\b/, "skipped"],
];

function count(line, totals) {
  for (const [pattern, verdict] of verdicts) if (pattern.test(line)) return void totals[verdict]++;
}

function run({ name, command, seconds }) {
  return new Promise((done) => {
    const totals = { passed: 0, failed: 0, skipped: 0 };
    const started = Date.now();
    const child = spawn(command[0], command.slice(1), {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, BANYAN_BUILD: build },
    });
    let output = "";
    const take = (data) => (output += data);
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => take(`${error.message}\n`));
    const timer = setTimeout(() => {
      take(`\nnot ok - ${name} took longer than ${seconds} s\n`);
      child.kill("SIGKILL");
    }, seconds * 1000);
    child.on("close", (code) => {
      clearTimeout(timer);
      for (const line of output.split("\n")) count(line, totals);
      if (!totals.passed && !totals.failed) totals.failed++;
      if (code !== 0 && !totals.failed) totals.failed++;
      const took = ((Date.now() - started) / 1000).toFixed(1);
      console.log(`${totals.failed ? "FAIL" : "pass"}  ${name}: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped (${took} s)`);
      if (totals.failed) console.log(output.replace(/^/gm, "    ").slice(-20000));
      done(totals);
    });
  });
}

const sum = { passed: 0, failed: 0, skipped: 0 };
const all = process.argv.includes("--units-only") ? units : [...units, ...sanitized, ...programs];
for (const program of all.filter(({ name }) => name.includes(only)))
  for (const [verdict, n] of Object.entries(await run(program))) sum[verdict] += n;
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exit(sum.failed || !sum.passed ? 1 : 0);
