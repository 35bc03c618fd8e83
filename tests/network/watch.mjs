// What a page's viewer sees and hears, noted inside the page. These run in the browser and must not refer to anything
// outside themselves.

// Before the page's first line: keeps its connections, every frame's time of a video, and a sample of the receivers'
// counters four times a second. `selector`: the video that counts.
export function watchNetwork(selector) {
  const Real = window.RTCPeerConnection;
  const connections = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...args) {
      super(...args);
      connections.push(this);
    }
  };
  const noted = (window.network = { frames: [], samples: [], sums: {}, connections: () => connections.length });
  let watched = null;
  const each = (video) => (now, { width, height }) => {
    noted.frames.push([performance.now(), width, height]);
    if (video === watched) video.requestVideoFrameCallback(each(video));
  };
  const look = () => {
    const video = document.querySelector(selector);
    if (!video || video === watched) return;
    watched = video;
    video.requestVideoFrameCallback(each(video));
  };

  // Counters of many connections, one after the other, as if they were one.
  const before = new Map();
  const count = (id, name, value) => {
    const key = `${id} ${name}`;
    noted.sums[name] = (noted.sums[name] ?? 0) + (value ?? 0) - (before.get(key) ?? 0);
    before.set(key, value ?? 0);
  };
  const video = ["framesDecoded", "keyFramesDecoded", "freezeCount", "totalFreezesDuration", "nackCount", "pliCount", "packetsLost",
    "packetsReceived", "retransmittedPacketsReceived", "framesDropped"];
  const audio = ["concealedSamples", "silentConcealedSamples", "concealmentEvents", "totalSamplesReceived", "packetsLost", "packetsReceived"];
  const read = (id, report, now) => {
    if (report.type === "inbound-rtp") {
      const names = report.kind === "video" ? video : audio;
      for (const name of names) count(id, `${report.kind}.${name}`, report[name]);
      count(id, "bytes", report.bytesReceived);
      if (report.kind === "video") now.height = Math.max(now.height ?? 0, report.frameHeight ?? 0);
    }
    if (report.type === "outbound-rtp") count(id, "sent.bytes", report.bytesSent);
    if (report.type === "candidate-pair" && report.currentRoundTripTime && report.nominated)
      now.rtt = Math.max(now.rtt ?? 0, report.currentRoundTripTime);
    if (report.availableOutgoingBitrate) now.believed = report.availableOutgoingBitrate;
  };
  const sample = async () => {
    const now = {};
    for (const [i, connection] of connections.entries()) {
      if (connection.signalingState === "closed") continue;
      for (const report of (await connection.getStats()).values()) read(`${i} ${report.id}`, report, now);
    }
    noted.samples.push({ at: performance.now(), ...now, ...noted.sums });
  };
  const loop = () => {
    look();
    sample().catch(() => {}).finally(() => setTimeout(loop, 250));
  };
  loop();
}

// The page's clock, to put what the test does beside what the page saw.
export const pageClock = () => performance.now();

// All that was noted since `from` (page's clock).
export function notedSince(from) {
  const { frames, samples, connections } = window.network;
  return {
    from,
    now: performance.now(),
    connections: connections(),
    frames: frames.filter(([at]) => at >= from - 2000),
    samples: samples.filter(({ at }) => at >= from - 400),
  };
}
