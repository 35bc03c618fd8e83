// What must hold around any hostile input: the gateway stays up, answers others quickly, keeps a running session's
// media flowing, and does not grow.
import { readdirSync } from "node:fs";
import { until } from "../support/gateway.mjs";

const WARM_UP = 3;
const ROUNDS = 10;
const GROWTH_KIB = 1024;
const SERIES = 3; // a burst may touch memory that was never needed before; a leak grows in every series
// A build with sanitizers keeps what was freed, to find who uses it: there memory says nothing.
const MEASURED = (process.env.BANYAN_BUILD ?? "build") === "build";
const QUICK_MS = 1000; // of a machine that other tests may share

export function need(condition, text) {
  if (!condition) throw new Error(text);
}

const descriptors = (pid) => readdirSync(`/proc/${pid}/fd`).length;

async function quick(gateway) {
  const began = Date.now();
  need((await fetch(`http://127.0.0.1:${gateway.http}/healthz`)).ok, "/healthz is not well");
  need(Date.now() - began < QUICK_MS, `/healthz took ${Date.now() - began} ms`);
}

// Counters of /metrics whose name begins so, added up.
export async function counted(gateway, name) {
  const text = await (await fetch(`http://127.0.0.1:${gateway.http}/metrics`)).text();
  return text
    .split("\n")
    .filter((line) => line.startsWith(name))
    .reduce((sum, line) => sum + Number(line.split(" ").pop()), 0);
}

// Waits until the packets that are kept for late viewers have filled their place.
export async function settled(gateway) {
  if (!MEASURED) return;
  for (let last = 0, since = Date.now(), end = since + 60000; Date.now() - since < 3000; ) {
    need(Date.now() < end, "memory does not settle with two sessions running");
    if (gateway.memory() > last + 32) [last, since] = [gateway.memory(), Date.now()];
    await new Promise((go) => setTimeout(go, 200));
  }
}

// By how many KiB `rounds` attacks make it larger; 0 where memory says nothing.
async function grows(gateway, attack, rounds, first) {
  const before = gateway.memory();
  for (let round = 0; round < rounds; round++) await attack(first + round);
  return MEASURED ? gateway.memory() - before : 0;
}

// Repeats `attack` and looks at the gateway around it. `viewer` watches a session that must not notice.
export async function survives(gateway, viewer, attack, rounds = ROUNDS) {
  const { pid } = gateway;
  for (let round = 0; round < WARM_UP; round++) await attack(round);
  await quick(gateway);
  const before = { fds: descriptors(pid), frames: viewer.seen.frames };
  const growth = [];
  do growth.push(await grows(gateway, attack, rounds, WARM_UP + growth.length * rounds));
  while (growth.at(-1) > GROWTH_KIB && growth.length < SERIES);
  await quick(gateway);
  need(gateway.pid === pid && gateway.child.exitCode === null, "the gateway is another one");
  await until("the running session's pictures go on", () => viewer.seen.frames > before.frames + 5, 5);
  const still = () => descriptors(pid) <= before.fds;
  await until("the descriptors are given back", still, 5).catch((error) => {
    throw new Error(`${error.message}: ${before.fds} before, ${descriptors(pid)} after`);
  });
  const least = Math.min(...growth);
  need(!MEASURED || least <= GROWTH_KIB, `memory grew by ${growth.join(", ")} KiB, each in ${rounds} rounds`);
}
