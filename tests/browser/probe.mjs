// What a page shows and plays, measured inside the page: the colour of a video, whether it moves, the
// loudest tone of its sound. These run in the browser and must not refer to anything outside themselves.

export function measure(selector, withTone = true) {
  const until = async (condition, ms) => {
    for (const end = performance.now() + ms; !condition() && performance.now() < end; )
      await new Promise((done) => setTimeout(done, 20));
  };
  const video = document.querySelector(selector);
  if (!video || !video.videoWidth) return null;

  const picture = () => {
    const canvas = document.createElement("canvas");
    canvas.width = 64;
    canvas.height = 36;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(video, 0, 0, 64, 36);
    return context.getImageData(0, 0, 64, 36).data;
  };
  const mean = (data) => {
    const sum = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c++) sum[c] += data[i + c];
    return sum.map((value) => value / (data.length / 4));
  };
  const differs = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;

  const tone = async () => {
    const stream = video.srcObject;
    if (!stream || !stream.getAudioTracks().length) return 0;
    const audio = new AudioContext({ sampleRate: 48000 });
    await audio.resume();
    const analyser = audio.createAnalyser();
    analyser.fftSize = 8192;
    analyser.smoothingTimeConstant = 0;
    audio.createMediaStreamSource(stream).connect(analyser);
    await until(() => audio.currentTime > 0.4, 3000); // twice what the analyser looks at, by the sound's own clock
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let best = 0;
    for (let i = 1; i < bins.length; i++) if (bins[i] > bins[best]) best = i;
    const loud = bins[best] > -70;
    await audio.close();
    return loud ? (best * 48000) / 8192 : 0;
  };

  return (async () => {
    const before = picture();
    const time = video.currentTime;
    let after = before;
    await until(() => differs(before, (after = picture())) > 0.5 && video.currentTime > time, 500);
    return {
      width: video.videoWidth,
      height: video.videoHeight,
      colour: mean(after),
      moves: differs(before, after) > 0.5,
      advances: video.currentTime > time,
      tone: withTone ? await tone() : 0,
    };
  })();
}

// The loudest moment (0..1) of a video's sound within a second.
export function listen(selector) {
  const stream = document.querySelector(selector)?.srcObject;
  if (!stream || !stream.getAudioTracks().length) return 0;
  return (async () => {
    const audio = new AudioContext();
    await audio.resume();
    const analyser = audio.createAnalyser();
    audio.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let peak = 0;
    for (let i = 0; i < 20; i++) {
      await new Promise((done) => setTimeout(done, 50));
      analyser.getFloatTimeDomainData(samples);
      for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
    }
    await audio.close();
    return peak;
  })();
}

// For a browser that has no sound card to play to and so opens no AudioContext (Firefox without a screen):
// the connections of a page are kept in sight from its first line, and their decoded sound is asked for.
export function keepConnections() {
  const Real = window.RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...args) {
      super(...args);
      window.connections.push(this);
    }
  };
}

// Energy of all sound decoded so far (the standard's totalAudioEnergy): silence adds nothing.
export async function decodedSound() {
  let energy = 0;
  for (const connection of window.connections)
    (await connection.getStats()).forEach((report) => {
      if (report.type === "inbound-rtp" && report.kind === "audio") energy += report.totalAudioEnergy ?? 0;
    });
  return energy;
}

// How many connections that only receive are connected, and what came by them: pictures and bytes of sound. (Bytes of the picture's
// stream would count the gateway's probes, which say nothing.)
export async function watchedSoFar() {
  const sum = { connected: 0, pictures: 0, sound: 0 };
  for (const connection of window.connections) {
    if (connection.getTransceivers().some(({ direction }) => direction !== "recvonly")) continue;
    sum.connected += connection.connectionState === "connected";
    (await connection.getStats()).forEach((report) => {
      if (report.type !== "inbound-rtp") return;
      sum.pictures += report.framesReceived ?? 0;
      sum.sound += report.kind === "audio" ? report.bytesReceived : 0;
    });
  }
  return sum;
}

// What the browser's congestion control believes it may send, in bit/s; 0 while it does not say.
export async function believedRate() {
  let rate = 0;
  for (const connection of window.connections)
    (await connection.getStats()).forEach((report) => {
      if (report.type === "candidate-pair") rate = Math.max(rate, report.availableOutgoingBitrate ?? 0);
    });
  return rate;
}
