// A WHEP client whose offer says nothing, in Chromium: it answers the gateway's counter-offer and watches the lecture.
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { Gateway, until } from "../support/gateway.mjs";
import { chromiumPage, openChromium } from "./browsers.mjs";
import { listen, measure } from "./probe.mjs";

// Runs in the page.
async function watchByAnswer({ url, token }) {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/sdp" };
  const nothing = "v=0\r\no=- 7 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
  const asked = await fetch(url, { method: "POST", headers, body: nothing });
  const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const stream = new MediaStream();
  connection.ontrack = ({ track }) => stream.addTrack(track);
  await connection.setRemoteDescription({ type: "offer", sdp: await asked.text() });
  await connection.setLocalDescription(await connection.createAnswer());
  const answered = await fetch(new URL(asked.headers.get("Location"), url), {
    method: "PATCH",
    headers: { ...headers, "If-Match": asked.headers.get("ETag") },
    body: connection.localDescription.sdp,
  });
  const video = document.body.appendChild(document.createElement("video"));
  video.id = "counter";
  video.srcObject = stream;
  await video.play();
  window.connection = connection;
  return { asked: asked.status, type: asked.headers.get("Content-Type"), answered: answered.status };
}

export async function chromiumAnswers() {
  const gateway = await Gateway.start({ lecture: resolve("build/demo/lecture.webm") });
  const browser = await openChromium();
  try {
    const page = await chromiumPage(browser, { width: 1024, height: 768 });
    await page.goto(`${gateway.url}/`);
    const token = await gateway.token("lecture-demo", "view");
    const said = await page.evaluate(watchByAnswer, { url: `${gateway.url}/whep/lecture-demo`, token });
    assert.deepEqual([said.asked, said.answered], [406, 204]);
    assert.match(said.type, /^application\/sdp; valid-until="\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT"$/);
    let seen;
    await until("the lecture's picture advances", async () => {
      seen = await page.evaluate(measure, "#counter");
      return seen && seen.advances && seen.width === 1280;
    }, 20).catch((error) => {
      throw new Error(`${error.message}; last measured ${JSON.stringify(seen)}`);
    });
    await until("the lecturer is heard", async () => (await page.evaluate(listen, "#counter")) > 0.01, 20);
  } finally {
    await browser.close();
    await gateway.stop();
  }
}
