// The gateway is told to end while people come, go, watch and are recorded: it ends well, and soon.
//     node tests/flow/teardown.mjs
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { endsWithUs } from "../support/ending.mjs";
import { Gateway, root, until } from "../support/gateway.mjs";
import { enrol, Live } from "../support/live.mjs";
import { report } from "../support/report.mjs";

const KINDS = ["whip", "whip-gone", "whep", "whep-tcp", "whep-gone", "dtls", "dtls-tcp"];
const lecture = join(root, "build/demo/lecture.webm");
const comings = join(root, "build/banyan-comings");

async function crowd(gateway) {
  return Promise.all(
    KINDS.map(async (kind) => {
      const room = `end-${kind}-`;
      const tokens = ["--publish-token", await gateway.token(`${room}*`, "publish"), "--watch-token", await gateway.token(`${room}*`, "view")];
      const args = ["--kind", kind, "--count", 100000, "--port", gateway.http, "--room", room, ...tokens];
      return endsWithUs(spawn(comings, args.map(String), { stdio: "ignore" }));
    }),
  );
}

async function pages(gateway) {
  const booth = await enrol(gateway, gateway.people.booth_code);
  return Promise.all(Array.from({ length: 20 }, () => Live.open(gateway, booth)));
}

async function sessions(gateway) {
  const text = await (await fetch(`http://127.0.0.1:${gateway.http}/metrics`)).text();
  return [...text.matchAll(/^banyan_sessions\{role="(\w+)"\} (\d+)$/gm)].map(([, , count]) => Number(count));
}

async function endsUnderTraffic({ record }) {
  const dir = existsSync(lecture) ? lecture : "";
  const gateway = await Gateway.start({ lecture: dir, options: `limits: {media_rate: 0}\n${record ? 'recording: {rooms: "*"}' : ""}` });
  const people = await crowd(gateway);
  await pages(gateway);
  try {
    await until("many publish and watch", async () => (await sessions(gateway)).every((count) => count > 10), 60);
  } finally {
    const begun = Date.now();
    const end = await gateway.stop();
    for (const child of people) child.kill("SIGKILL");
    if (end.code !== 0) throw new Error(`it ended with ${JSON.stringify(end)}\n${gateway.log.slice(-6000)}`);
    console.log(`# it ended within ${Date.now() - begun} ms`);
  }
}

const failed = await report({
  "told to end under traffic it ends well": () => endsUnderTraffic({}),
  "told to end under traffic while it records it ends well": () => endsUnderTraffic({ record: true }),
});
process.exit(failed ? 1 : 0);
