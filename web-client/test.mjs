// Runs the unit tests of test/ with node's own test runner: node test.mjs
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
// Inside this folder, so that bundles find its packages.
const out = await mkdtemp(path.join(here, "node_modules/.test-"));
const tests = (await readdir(path.join(here, "test"))).filter((file) => file.endsWith(".test.ts"));
await esbuild.build({
    absWorkingDir: here,
    entryPoints: tests.map((file) => `test/${file}`),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "warning",
});
const files = tests.map((file) => path.join(out, file.replace(/\.ts$/, ".mjs")));
const run = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit", cwd: here });
await rm(out, { recursive: true, force: true });
process.exit(run.status ?? 1);
