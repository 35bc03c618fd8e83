import { Gateway, until } from "../support/gateway.mjs";
import { chromiumPage, openChromium } from "./browsers.mjs";
const [codec, modes, dd] = [process.argv[2] ?? "VP8", process.argv[3] ?? "", process.argv[4]];
async function publish(url, token, codec, mode, dd) {
  const canvas = document.createElement("canvas"); canvas.width = 1280; canvas.height = 720;
  const c = canvas.getContext("2d"); let n = 0;
  setInterval(() => { n++; c.fillStyle = `hsl(${n % 360},80%,50%)`; c.fillRect(0,0,1280,720); c.fillStyle="white"; for (let i=0;i<60;i++) c.fillRect((n*7+i*97)%1280,(i*53+n*3)%720,40,40);}, 33);
  const stream = canvas.captureStream(30);
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" }); window.pc = pc;
  const svc = mode.startsWith("svc:");
  const encodings = svc ? [{ scalabilityMode: mode.slice(4), maxBitrate: 2500000 }] :
    [{ rid: "h", maxBitrate: 1500000 }, { rid: "m", scaleResolutionDownBy: 2, maxBitrate: 500000 }, { rid: "l", scaleResolutionDownBy: 4, maxBitrate: 150000 }].map(e => mode ? {...e, scalabilityMode: mode} : e);
  const t = pc.addTransceiver(stream.getVideoTracks()[0], { direction: "sendonly", streams: [stream], sendEncodings: encodings });
  const caps = RTCRtpSender.getCapabilities("video").codecs;
  t.setCodecPreferences([...caps.filter(x => x.mimeType === "video/" + codec), ...caps.filter(x => x.mimeType === "video/rtx")]);
  if (dd) { const ext = t.getHeaderExtensionsToNegotiate(); for (const e of ext) if (/dependency-descriptor/.test(e.uri)) e.direction = "sendrecv"; t.setHeaderExtensionsToNegotiate(ext); }
  await pc.setLocalDescription();
  const r = await fetch(url, { method: "POST", headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${token}` }, body: pc.localDescription.sdp });
  const sdp = await r.text();
  if (r.status !== 201) return r.status + sdp;
  await pc.setRemoteDescription({ type: "answer", sdp });
  return sdp.split("\r\n").filter(l => /rid|simulcast|extmap/.test(l)).join("\n");
}
async function watch(url, token, dd) {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" }); window.pc = pc;
  const t = pc.addTransceiver("video", { direction: "recvonly" });
  if (dd) { const ext = t.getHeaderExtensionsToNegotiate(); for (const e of ext) if (/dependency-descriptor/.test(e.uri)) e.direction = "sendrecv"; t.setHeaderExtensionsToNegotiate(ext); }
  const v = document.createElement("video"); v.autoplay = true; v.muted = true; document.body.append(v);
  pc.ontrack = (e) => { v.srcObject = new MediaStream([e.track]); };
  await pc.setLocalDescription();
  const r = await fetch(url, { method: "POST", headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${token}` }, body: pc.localDescription.sdp });
  const sdp = await r.text();
  if (r.status !== 201) return r.status + sdp;
  await pc.setRemoteDescription({ type: "answer", sdp });
  return "ok " + sdp.split("\r\n").filter(l => /dependency/.test(l)).join("\n");
}
const stat = async () => { let o = {}; (await window.pc.getStats()).forEach(r => { if (r.type === "inbound-rtp") o = { w: r.frameWidth, h: r.frameHeight, fps: r.framesPerSecond, dec: r.framesDecoded, drop: r.framesDropped, key: r.keyFramesDecoded, freeze: r.freezeCount, fd: r.totalFreezesDuration, pli: r.pliCount, nack: r.nackCount, lost: r.packetsLost, imp: r.decoderImplementation, kb: r.bytesReceived>>10 }; }); return o; };
const out = async () => { let o = []; (await window.pc.getStats()).forEach(r => { if (r.type === "outbound-rtp") o.push([r.rid, r.frameWidth, r.frameHeight, r.framesPerSecond, r.scalabilityMode, r.targetBitrate>>10, r.bytesSent>>10].join(":")); if (r.type==="candidate-pair" && r.availableOutgoingBitrate) o.push("bwe " + (r.availableOutgoingBitrate>>10)); }); return o.join("  "); };
const gateway = await Gateway.start({ shards: 2 });
const browser = await openChromium();
try {
  const a = await chromiumPage(browser, { width: 800, height: 600 });
  const b = await chromiumPage(browser, { width: 800, height: 600 });
  await a.goto(gateway.url + "/healthz"); await b.goto(gateway.url + "/healthz");
  console.log(await a.evaluate(`(${publish})(${[`/whip/r1?source=hall`, await gateway.token("r1", "publish", "view"), codec, modes, dd].map(x=>JSON.stringify(x ?? null)).join(",")})`));
  await new Promise(r => setTimeout(r, 3000));
  console.log(await b.evaluate(`(${watch})(${[`/whep/r1`, await gateway.token("r1", "view"), dd].map(x=>JSON.stringify(x ?? null)).join(",")})`));
  for (let i = 0; i < +(process.argv[5] ?? 14); i++) {
    await new Promise(r => setTimeout(r, 2000));
    console.log(JSON.stringify(await b.evaluate(stat)), await a.evaluate(out));
  }
} finally { console.log(gateway.log.split("\n").filter(l=>/HACK/.test(l)).slice(-40).join("\n")); const m = await (await fetch(`http://127.0.0.1:${gateway.http}/metrics`)).text().catch(()=>""); console.log(m.split("\n").filter(l=>/drop/.test(l)&&!/ 0$/.test(l)).join("\n")); await browser.close(); await gateway.stop(); }
