// Lines that the corpora reach, a file at a time: the targets of build/coverage go through tests/fuzz/corpus (and what
// fuzzing found since, in build/corpus). A file that reads what strangers send under 85 % is an error: those of
// gateway/packet, the glue around STUN, ICE restarts, heads and bodies of HTTP.
//     node tests/fuzz/coverage.mjs TARGET...
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

const WANTED = 85;
const names = process.argv.slice(2);
const program = (name) => `build/coverage/tests/fuzz/fuzz_${name}`;
const profile = (name) => `build/coverage/${name}.profraw`;
const run = (command, args, env = {}) =>
  execFileSync(command, args, { env: { ...process.env, ...env }, maxBuffer: 1 << 28, encoding: "utf8" });

for (const name of names) {
  const corpora = [`tests/fuzz/corpus/${name}`, `build/corpus/${name}`].filter(existsSync);
  run(program(name), corpora, { LLVM_PROFILE_FILE: profile(name) });
}
const merged = "build/coverage/all.profdata";
run("llvm-profdata-14", ["merge", "-o", merged, ...names.map(profile)]);
const objects = names.slice(1).flatMap((name) => ["-object", program(name)]);
const text = run("llvm-cov-14", ["export", "-summary-only", "-instr-profile", merged, program(names[0]), ...objects]);
const files = JSON.parse(text).data[0].files.map(({ filename, summary: { lines } }) => ({
  name: filename.replace(`${process.cwd()}/`, ""),
  ...lines,
}));

const shown = /^gateway\/(packet|peer\/(ice|answer|restart))|^signaling\/(api|server)\//;
const judged = /^gateway\/(packet\/|peer\/(ice|restart)\.c)|^signaling\/server\/(head|request|fields)\.c/;
let bad = 0;
for (const { name, covered, count, percent } of files.filter(({ name, covered }) => shown.test(name) && covered)) {
  const low = judged.test(name) && percent < WANTED;
  bad += low;
  console.log(`${percent.toFixed(1).padStart(6)} %  ${`${covered}/${count}`.padStart(9)}  ${name}${low ? "  << too few" : ""}`);
}
// A file that no target links would not show at all.
const packet = execFileSync("git", ["ls-files", "gateway/packet/*.c"], { encoding: "utf8" }).trim().split("\n");
for (const name of packet.filter((file) => !files.some((seen) => seen.name === file && seen.covered))) {
  console.log(`   none             ${name}  << no target reaches it`);
  bad++;
}
const of = files.filter(({ name }) => name.startsWith("gateway/packet/"));
const sum = (key) => of.reduce((all, file) => all + file[key], 0);
console.log(`gateway/packet: ${((100 * sum("covered")) / sum("count")).toFixed(1)} % of ${sum("count")} lines`);
process.exit(bad ? 1 : 0);
