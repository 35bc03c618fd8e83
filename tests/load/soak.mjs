// `make soak`: rounds of one publisher and many viewers that come and go, for SOAK_SECONDS. What the gateway holds after
// the first quarter it must still hold at the end: memory within 2 %, descriptors exactly.
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { Gateway, until } from "../support/gateway.mjs";
import { load } from "./load.mjs";

const total = Number(process.env.SOAK_SECONDS ?? 6 * 3600);
const viewers = Number(process.env.SOAK_VIEWERS ?? 50);
const cores = { server: 0, load: Math.min(1, cpus().length - 1) };

const gateway = await Gateway.start({ options: `limits: {media_rate: 0, per_address: ${viewers + 100}}` });
const tokens = { publish: await gateway.token("soak", "publish"), watch: await gateway.token("soak", "view") };
const where = ["--url", `http://127.0.0.1:${gateway.http}`, "--room", "soak", "--publish-token", tokens.publish, "--watch-token", tokens.watch];
const descriptors = () => readdirSync(`/proc/${gateway.pid}/fd`).length;

const begun = Date.now();
const elapsed = () => (Date.now() - begun) / 1000;
let warm = null;
let failed = false;
const empty = async () => JSON.parse(await gateway.ctl("rooms", "--json")).publications.length === 0;

while (elapsed() < total) {
  const seconds = Math.round(Math.min(20, Math.max(2, total / 12)));
  const run = await load(cores, "publish-watch", [...where, "--viewers", viewers, "--seconds", seconds, "--server-pid", gateway.pid]);
  await until("the room is empty again", empty, 60);
  const now = { memory: gateway.memory(), descriptors: descriptors() };
  if (!warm && elapsed() > total / 4) warm = now;
  console.log(`${Math.round(elapsed())} s: ${now.memory} KiB, ${now.descriptors} descriptors, ${run.lost ?? 0} lost`);
  if (warm && (now.memory > warm.memory * 1.02 + 512 || now.descriptors > warm.descriptors)) failed = true;
}
const end = await gateway.stop();
if (failed) console.log("not ok - the gateway grew");
if (end.code !== 0) console.log(`not ok - the gateway ended with ${end.code}`);
process.exit(failed || end.code !== 0 ? 1 : 0);
