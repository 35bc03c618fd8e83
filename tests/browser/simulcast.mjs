// One picture in several sizes: a Chromium publishes simulcast or scalable video through WHIP, another watches through
// WHEP and asks for one layer after the other; the picture changes its size and never stands still.
import assert from "node:assert/strict";
import { Gateway, until } from "../support/gateway.mjs";
import { chromiumPage, openChromium, startLecture } from "./browsers.mjs";
import { keepConnections } from "./probe.mjs";

const LONGEST_STILL = 0.6; // seconds between two pictures; or twice of what the machine needs without any change
const ROOM = "sizes";

// --- in the publishing page ---------------------------------------------------------------------------------------

// A picture that moves all over, so that every layer has something to do.
async function publish({ url, token, codec, encodings, width, height }) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  let n = 0;
  setInterval(() => {
    n++;
    pen.fillStyle = `hsl(${n % 360}, 80%, 50%)`;
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = "white";
    for (let i = 0; i < 30; i++) pen.fillRect((n * 7 + i * 97) % width, (i * 53 + n * 3) % height, 40, 40);
  }, 66);
  const stream = canvas.captureStream(15);
  const pc = (window.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" }));
  const transceiver = pc.addTransceiver(stream.getVideoTracks()[0], { direction: "sendonly", sendEncodings: encodings });
  const all = RTCRtpSender.getCapabilities("video").codecs;
  transceiver.setCodecPreferences(all.filter((one) => one.mimeType === `video/${codec}` || one.mimeType === "video/rtx"));
  await pc.setLocalDescription();
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${token}` },
    body: pc.localDescription.sdp,
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
}

// How many encodings send pictures by now.
async function sending() {
  let count = 0;
  (await window.pc.getStats()).forEach((report) => {
    if (report.type === "outbound-rtp" && report.framesPerSecond > 4) count++;
  });
  return count;
}

// --- in the watching page -----------------------------------------------------------------------------------------

async function watch({ url, token }) {
  const pc = (window.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" }));
  pc.addTransceiver("video", { direction: "recvonly" });
  const video = document.createElement("video");
  video.autoplay = video.muted = true;
  document.body.append(video);
  window.seen = { sizes: [], longest: 0, last: 0, frames: 0 };
  const onFrame = (now) => {
    const { seen } = window;
    const size = `${video.videoWidth}x${video.videoHeight}`;
    if (seen.sizes[seen.sizes.length - 1] !== size) seen.sizes.push(size);
    if (seen.last) seen.longest = Math.max(seen.longest, (now - seen.last) / 1000);
    seen.last = now;
    seen.frames++;
    video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
  pc.ontrack = (event) => (video.srcObject = new MediaStream([event.track]));
  await pc.setLocalDescription();
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${token}` },
    body: pc.localDescription.sdp,
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
  await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  window.session = new URL(answer.headers.get("Location"), url).href;
}

async function choose({ wish, token }) {
  const answer = await fetch(`${window.session}/layer`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify(wish),
  });
  return answer.status;
}

// Besides what is seen: how often the receiver had to ask for a keyframe, because what came could not be decoded.
async function look() {
  let wishes = 0;
  (await window.pc.getStats()).forEach((report) => (wishes += (report.type === "inbound-rtp" && report.pliCount) || 0));
  return { ...window.seen, wishes, size: window.seen.sizes[window.seen.sizes.length - 1] };
}

const beginAnew = () => Object.assign(window.seen, { sizes: [], longest: 0, last: 0, frames: 0 });

// ------------------------------------------------------------------------------------------------------------------

async function changesSize({ codec, encodings, active, steps, width = 1280, height = 720 }) {
  const gateway = await Gateway.start();
  const browser = await openChromium();
  try {
    const [publisher, viewer] = [await chromiumPage(browser, { width: 400, height: 300 }), await chromiumPage(browser, { width: 1280, height: 720 })];
    await publisher.goto(`${gateway.url}/healthz`);
    await viewer.goto(`${gateway.url}/healthz`);
    const token = await gateway.token(ROOM, "publish", "view");
    await publisher.evaluate(publish, { url: `/whip/${ROOM}`, token, codec, encodings, width, height });
    await until("all encodings are sent", async () => (await publisher.evaluate(sending)) === active, 40);
    await viewer.evaluate(watch, { url: `${gateway.url}/whep/${ROOM}`, token });
    let seen;
    const looks = async () => (seen = await viewer.evaluate(look)).frames > 20;
    const is = (size) => async () => (seen = await viewer.evaluate(look)).size === size;
    await until("the largest picture is seen unasked", is(`${width}x${height}`), 20).catch((error) => {
      throw new Error(`${error.message}; ${JSON.stringify(seen)}`);
    });
    const { wishes } = seen;
    for (const [wish, size] of steps) {
      await viewer.evaluate(beginAnew);
      await until("pictures come", looks);
      const usual = seen.longest;
      await viewer.evaluate(beginAnew);
      assert.equal(await viewer.evaluate(choose, { wish, token }), 200, JSON.stringify(wish));
      await until(`${size} is seen after ${JSON.stringify(wish)}`, is(size), 10).catch((error) => {
        throw new Error(`${error.message}; ${JSON.stringify(seen)}`);
      });
      await until("they go on", looks);
      assert.ok(seen.longest < Math.max(LONGEST_STILL, 2 * usual), `usually ${usual}, but the picture stood still: ${JSON.stringify(seen)}`);
      assert.equal(seen.size, size);
      assert.equal(seen.wishes, wishes, "what came could not be decoded");
    }
  } finally {
    await browser.close();
    await gateway.stop();
  }
}

const three = [
  { rid: "l", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: "m", scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: "h", maxBitrate: 1_500_000 },
];

const byRid = [
  [{ rid: "l" }, "320x180"],
  [{ rid: "h" }, "1280x720"],
  [{ maxWidth: 640 }, "640x360"],
  [{ maxHeight: 200 }, "320x180"],
  [{}, "1280x720"],
];

export const simulcastVP8 = () => changesSize({ codec: "VP8", encodings: three, active: 3, steps: byRid });
export const simulcastH264 = () => changesSize({ codec: "H264", encodings: three, active: 3, steps: byRid.slice(0, 3) });

// One encoding with layers inside: the same, by their numbers.
export const scalable = () =>
  changesSize({
    codec: "VP9",
    encodings: [{ scalabilityMode: "L2T2", maxBitrate: 1_500_000 }],
    active: 1,
    width: 640, // it is costly to encode
    height: 360,
    steps: [
      [{ maxSpatialLayerId: 0 }, "320x180"],
      [{ maxSpatialLayerId: 1, maxTemporalLayerId: 0 }, "640x360"],
      [{}, "640x360"],
    ],
  });

// Layers that need each other in keyframes alone (K-SVC), as conference pages send them.
export const scalableByKey = () =>
  changesSize({
    codec: "VP9",
    encodings: [{ scalabilityMode: "L3T3_KEY", maxBitrate: 1_500_000 }],
    active: 1,
    width: 960, // less has no third layer
    height: 544,
    steps: [
      [{ maxSpatialLayerId: 0 }, "240x136"],
      [{ maxSpatialLayerId: 1, maxTemporalLayerId: 1 }, "480x272"],
      [{}, "960x544"],
    ],
  });

// The hall's page sends three sizes of its camera by itself.
export async function hallSendsThree() {
  const gateway = await Gateway.start();
  const browser = await openChromium();
  try {
    const hall = await chromiumPage(browser, { width: 1366, height: 768 });
    await hall.addInitScript(keepConnections);
    await startLecture(hall, gateway);
    const widths = () =>
      hall.evaluate(async () => {
        const found = new Set();
        for (const connection of window.connections)
          (await connection.getStats()).forEach((report) => {
            if (report.type === "outbound-rtp" && report.kind === "video" && report.framesEncoded > 5) found.add(report.frameWidth);
          });
        return [...found].sort((a, b) => a - b);
      });
    let seen;
    await until("three sizes are sent", async () => (seen = await widths()).length === 3, 40).catch((error) => {
      throw new Error(`${error.message}; ${JSON.stringify(seen)}`);
    });
    assert.deepEqual(seen, [320, 640, 1280]);
    assert.deepEqual(hall.faults, []);
  } finally {
    await browser.close();
    await gateway.stop();
  }
}
