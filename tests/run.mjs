// Runs every test program and counts what it says. A program reports cmocka's lines ("[       OK ] name",
// "[  FAILED  ] name") or plain ones ("ok - name", "not ok - name", "skip - name"); one that reports nothing, or ends with
// an error although all it reported was fine, counts as one failure; so does one that leaves a process or a folder behind.
//
//     node tests/run.mjs [--only TEXT] [--build DIR] [--units-only]
//
// With `--build build/asan` or build/tsan: the unit tests of that build, and flows against its gateway.
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { runSuite } from "./support/suite.mjs";

const argument = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at > 0 ? process.argv[at + 1] : fallback;
};
const build = argument("--build", "build");
const only = argument("--only", "");

const LONGEST = "test_rooms_consent"; // waits for the 30 s of the RFC: begun first, it takes no longer than all others
const units = readdirSync("tests/unit")
  .filter((name) => /^test_.*\.c$/.test(name))
  .map((name) => name.replace(/\.c$/, ""))
  .sort((a, b) => (b === LONGEST) - (a === LONGEST) || (a < b ? -1 : 1))
  .map((name) => ({ name, command: [join(build, "tests/unit", name)], seconds: 300 }));

const node = (name, seconds, ...command) => ({ name, command: ["node", ...command], seconds });
const targets = readdirSync("tests/fuzz")
  .filter((name) => /^fuzz_.*\.c$/.test(name))
  .map((name) => name.replace(/^fuzz_(.*)\.c$/, "$1"));
const pipelines = (from) => ({
  name: "pipelines",
  command: [join(from, "tests/flow/test_pipelines"), join(from, "banyan-pipeline")],
  seconds: 300,
});

// Whole flows with the gateway of a sanitizer build: sessions come and go, and end under traffic.
const flows = {
  asan: [
    ...targets.map((name) => ({
      name: `fuzz/${name}`,
      command: [join("build/asan/tests/fuzz", `fuzz_${name}`), join("tests/fuzz/corpus", name)],
      seconds: 120,
    })),
    pipelines("build/asan"),
    node("teardown", 300, "tests/flow/teardown.mjs"),
    node("people", 1200, "tests/flow/people.mjs", "--short"),
    node("browser", 300, "tests/browser/run.mjs", "see and hear"),
  ],
  tsan: [
    node("people", 1200, "tests/flow/people.mjs", "--short"),
    node("recording", 600, "tests/flow/recording.mjs"),
    node("teardown", 300, "tests/flow/teardown.mjs"),
    node("leaks", 900, "tests/leaks/leaks.mjs", "--short"),
    node("hostile", 1800, "tests/hostile/run.mjs"),
  ],
};

// The same unit tests under AddressSanitizer and UndefinedBehaviorSanitizer, when that is built.
const sanitized = existsSync("build/asan/tests/unit") && build === "build"
  ? [
      ...units.map(({ name, seconds }) => ({ name, command: [join("build/asan/tests/unit", name)], seconds })),
      ...flows.asan,
    ].map((program) => ({ ...program, name: `asan/${program.name}`, build: "build/asan" }))
  : [];

// Programs beside the unit tests, the longest first: none is to be waited for alone.
const programs = [
  node("people", 480, "tests/flow/people.mjs"),
  node("recording", 300, "tests/flow/recording.mjs"),
  node("nat", 300, "tests/interop/nat.mjs"),
  node("conformance", 300, "tests/conformance/own.mjs", "lite"),
  node("conformance-full-ice", 300, "tests/conformance/own.mjs", "full"),
  pipelines(build),
  node("interop", 600, "tests/interop/run.mjs"),
  node("links", 300, "tests/interop/links.mjs"),
  node("events", 120, "tests/flow/events.mjs"),
  node("http-hostile", 120, "tests/flow/http_hostile.mjs"),
  node("runner", 60, "tests/support/suite_test.mjs"),
  node("full-ice-leaks", 300, "tests/leaks/leaks.mjs", "--short", "--full-ice"),
  node("turn", 120, "tests/turn/run.mjs"),
  { name: "web-client", command: ["npm", "--prefix", "web-client", "test", "--silent"], seconds: 300 },
  node("teardown", 300, "tests/flow/teardown.mjs"),
  node("slow", 300, "tests/hostile/slow.mjs"),
  node("fire", 300, "tests/hostile/fire.mjs"),
  node("network", 240, "tests/network/smoke.mjs"),
  node("hostile", 600, "tests/hostile/run.mjs"),
  node("leaks", 600, "tests/leaks/leaks.mjs", "--short"),
  // In a network where nobody comes and goes: to a Chromium that is just loading a page every cable of another test is news.
  { name: "access", command: ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec node "$@"', "sh", "tests/browser/run.mjs", "access"], seconds: 1800 },
  node("browser", 1500, "tests/browser/run.mjs"),
];

const verdicts = [
  [/^\[ {7}OK \] |^ok\b/, "passed"],
  [/^\[ {2}FAILED {2}\] (?!\d+ test)|^not ok\b/, "failed"],
  [/^\[ {2}SKIPPED \]|^skip\b/, "skipped"],
];

function count(line, totals) {
  for (const [pattern, verdict] of verdicts) if (pattern.test(line)) return void totals[verdict]++;
}

async function run({ name, command, seconds, build: from = build }) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const started = Date.now();
  const env = { TSAN_OPTIONS: "halt_on_error=1", ...process.env, BANYAN_BUILD: from };
  const { code, output, late, left } = await runSuite(command, seconds, env);
  const added = [...(late ? [`took longer than ${seconds} s`] : []), ...left].map((what) => `not ok - ${name} ${what}`);
  // cmocka names what failed once more at the end.
  const told = output.replace(/^\[ {2}FAILED {2}\] \d+ test\(s\), listed below:[^]*/m, "");
  for (const line of [...told.split("\n"), ...added]) count(line, totals);
  if (!totals.passed && !totals.failed) totals.failed++;
  if (code !== 0 && !totals.failed) totals.failed++;
  const took = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${totals.failed ? "FAIL" : "pass"}  ${name}: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped (${took} s)`);
  if (totals.failed) console.log([output, ...added].join("\n").replace(/^/gm, "    ").slice(-20000));
  return totals;
}

const sum = { passed: 0, failed: 0, skipped: 0 };
const others = flows[basename(build)] ?? [...sanitized, ...programs];
const all = process.argv.includes("--units-only") ? units : [...units, ...others];
const wanted = all.filter(({ name }) => name.includes(only));

async function lane(programs) {
  for (let program = programs.shift(); program; program = programs.shift())
    for (const [verdict, n] of Object.entries(await run(program))) sum[verdict] += n;
}

async function together(atOnce, programs) {
  const left = [...programs];
  await Promise.all(Array.from({ length: atOnce }, () => lane(left)));
}

// Unit tests mostly wait, whole flows for half of their time, and so do, one at a time, those that shout at a gateway and count
// what it holds; what they leave is given to the pages of a mock, which nobody's clock depends on. Who measures times or sends
// media between browsers has the machine to itself.
const isUnit = ({ name }) => /^(asan\/)?test_/.test(name);
const isBeside = ({ name }) => name === "access";
const isSingle = ({ name }) => /^(leaks|hostile)$/.test(name);
const isAlone = ({ name }) => /^(asan\/)?(teardown|fire|slow|network|browser)$/.test(name);
const isFlow = (program) => ![isUnit, isBeside, isSingle, isAlone].some((is) => is(program));
const beside = together(1, wanted.filter(isBeside));
await together(4, wanted.filter(isUnit));
await together(2, wanted.filter(isFlow));
await together(1, wanted.filter(isSingle));
await beside;
await together(1, wanted.filter(isAlone));
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exit(sum.failed || !sum.passed ? 1 : 0);
