// Layers as a WHEP client chooses them (E7): Chromium publishes three sizes by simulcast, another Chromium asks for one,
// by what EventSource told it.
import assert from "node:assert/strict";
import { Gateway, until } from "../support/gateway.mjs";
import { chromiumPage, openChromium } from "./browsers.mjs";

// These two run in pages.
async function publish({ url, token }) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 }, audio: true });
  const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  connection.addTransceiver(stream.getAudioTracks()[0], { direction: "sendonly", streams: [stream] });
  connection.addTransceiver(stream.getVideoTracks()[0], {
    direction: "sendonly",
    streams: [stream],
    sendEncodings: [
      { rid: "q", scaleResolutionDownBy: 4, maxBitrate: 150000 },
      { rid: "h", scaleResolutionDownBy: 2, maxBitrate: 500000 },
      { rid: "f", maxBitrate: 1500000 },
    ],
  });
  await connection.setLocalDescription(await connection.createOffer());
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/sdp" };
  const made = await fetch(url, { method: "POST", headers, body: connection.localDescription.sdp });
  await connection.setRemoteDescription({ type: "answer", sdp: await made.text() });
  window.connection = connection;
}

async function watch({ url, token }) {
  const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const stream = new MediaStream();
  connection.ontrack = ({ track }) => stream.addTrack(track);
  for (const kind of ["audio", "video"]) connection.addTransceiver(kind, { direction: "recvonly" });
  await connection.setLocalDescription(await connection.createOffer());
  const authorization = { Authorization: `Bearer ${token}` };
  const headers = { ...authorization, "Content-Type": "application/sdp" };
  const made = await fetch(url, { method: "POST", headers, body: connection.localDescription.sdp });
  await connection.setRemoteDescription({ type: "answer", sdp: await made.text() });
  const link = (rel) => new RegExp(`<([^>]+)>; rel="[^"]*${rel}"`).exec(made.headers.get("Link"))[1];
  const json = { ...authorization, "Content-Type": "application/json" };
  const events = await fetch(link("server-sent-events"), { method: "POST", headers: json, body: '["layers"]' });
  window.told = null;
  window.source = new EventSource(events.headers.get("Location"));
  window.source.addEventListener("layers", ({ data }) => (window.told = JSON.parse(data)));
  window.choose = async (wish) => {
    const body = JSON.stringify(wish);
    return (await fetch(link("layer"), { method: "POST", headers: json, body })).status;
  };
  const video = document.body.appendChild(document.createElement("video"));
  video.id = "chosen";
  video.srcObject = stream;
  await video.play();
  window.connection = connection;
}

export async function layersAreChosen() {
  const gateway = await Gateway.start();
  const browser = await openChromium();
  try {
    const pages = await Promise.all([1, 2].map(() => chromiumPage(browser, { width: 800, height: 600 })));
    for (const page of pages) await page.goto(`${gateway.url}/`);
    const at = async (kind, right) => ({ url: `${gateway.url}/${kind}/sizes`, token: await gateway.token("sizes", right) });
    await pages[0].evaluate(publish, await at("whip", "publish"));
    await pages[1].evaluate(watch, await at("whep", "view"));
    const told = () => pages[1].evaluate(() => window.told);
    const width = () => pages[1].evaluate(() => document.querySelector("#chosen").videoWidth);
    const choose = (wish) => pages[1].evaluate((one) => window.choose(one), wish);
    await until("three layers are told", async () => {
      const rids = new Set(((await told())?.["1"] ?? []).map(({ rid }) => rid));
      return ["q", "h", "f"].every((rid) => rids.has(rid));
    }, 40).catch(async (error) => {
      throw new Error(`${error.message}; told ${JSON.stringify(await told())}`);
    });
    const sees = (wanted, what) =>
      until(what, async () => (await width()) === wanted, 20).catch(async (error) => {
        throw new Error(`${error.message}; ${await width()} wide, told ${JSON.stringify(await told())}`);
      });
    assert.equal(await choose({ mediaId: "1", rid: "q" }), 200);
    await sees(320, "the smallest is shown");
    const current = async () => (await told())["1"].find((layer) => layer.current)?.rid;
    await until("it is told which is shown", async () => (await current()) === "q", 5);
    assert.equal(await choose({ maxHeight: 400 }), 200);
    await sees(640, "the largest that is low enough is shown");
    assert.equal(await choose({ rid: "none" }), 422);
    assert.deepEqual(pages[1].faults.filter((fault) => !/422/.test(fault)), []);
  } finally {
    await browser.close();
    await gateway.stop();
  }
}
