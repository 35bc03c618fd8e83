// Who meets over the bad network, in real browsers: somebody who watches a lecture, and both sides of a consultation.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { at, chromiumPage, inState, openChromium } from "../browser/browsers.mjs";
import { Clinic } from "../browser/consultation.mjs";
import { Gateway, root, until } from "../support/gateway.mjs";
import { BadNetwork } from "./network.mjs";
import { good } from "./scenarios.mjs";
import { watchNetwork } from "./watch.mjs";

const remote = `video${at("remote")}`;
const directory = join(root, "build/tests/media");

// A picture that moves everywhere and is hard to encode, so that a line gets used; and a tone.
function movingMedia(name, size, rate) {
  const [video, audio] = [`${directory}/${name}-moving.y4m`, `${directory}/moving.wav`];
  mkdirSync(directory, { recursive: true });
  const make = (...args) => execFileSync("ffmpeg", ["-loglevel", "error", "-y", ...args]);
  if (!existsSync(video))
    make("-f", "lavfi", "-i", `testsrc2=size=${size}:rate=${rate}`, "-vf", "noise=alls=10:allf=t", "-t", "3", "-pix_fmt", "yuv420p", video);
  if (!existsSync(audio)) make("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=5", "-af", "volume=4", audio);
  return [`--use-file-for-fake-video-capture=${video}`, `--use-file-for-fake-audio-capture=${audio}`];
}

// The page's connections go through a network of its own.
async function behind(page, gateway, seed) {
  const network = await BadNetwork.start(gateway.media, seed);
  network.set("both", good);
  await page.addInitScript(...network.detour);
  await page.addInitScript(watchNetwork, remote);
  return { page, network };
}

const plays = (page) =>
  until("the picture moves", () => page.evaluate(() => {
    const { frames } = window.network;
    const now = performance.now();
    return frames.filter(([when]) => when > now - 1000).length >= 5;
  }), 40);

// A place has `viewers` [{page, network}], begins `again` with new sessions (nothing that was learned before counts), and
// closes.

// A hall publishes over a good line; a member watches over the bad one.
export async function lecture() {
  const gateway = await Gateway.start({ shards: 1 });
  const browsers = await Promise.all([openChromium(movingMedia("hall", "1280x720", 20)), openChromium()]);
  const hall = await chromiumPage(browsers[0], { width: 1366, height: 768 });
  const page = await chromiumPage(browsers[1], { width: 1024, height: 768 });
  const viewer = await behind(page, gateway, 1);
  await hall.goto(`${gateway.url}/hall?raw_audio=1`);
  await hall.fill(at("name"), gateway.people.hall.name);
  await hall.fill(at("password"), gateway.people.hall.password);
  await hall.click(at("sign-in"));
  await hall.click(at("lecture-l-demo"));
  await hall.click(at("start"));
  await inState(hall, "on-air");
  const join = async () => {
    await page.goto(`${gateway.url}/e/${gateway.people.link}`);
    await page.click(at("enter"));
    await plays(page);
  };
  await join();
  return {
    gateway,
    viewers: [viewer],
    again: join,
    close: async () => {
      await Promise.all(browsers.map((browser) => browser.close()));
      await viewer.network.stop();
      await gateway.stop();
    },
  };
}

// Booth and lawyer, each behind a bad network of its own.
export async function consultation(name = "call", size = "640x360", rate = 20) {
  const viewers = [];
  const media = movingMedia(name, size, rate);
  const clinic = await Clinic.open({
    media: [media, media],
    gateway: { shards: 1 },
    prepare: async ({ booth, lawyer, gateway }) => {
      viewers.push(await behind(booth, gateway, 2), await behind(lawyer, gateway, 3));
    },
  });
  await clinic.meet();
  await Promise.all(viewers.map(({ page }) => plays(page)));
  return {
    gateway: clinic.gateway,
    viewers,
    // The pages find back into the consultation by themselves.
    again: () => Promise.all(viewers.map(({ page }) => page.reload().then(() => plays(page)))),
    close: async () => {
      await clinic.close();
      for (const { network } of viewers) await network.stop();
    },
  };
}
