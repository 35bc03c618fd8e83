// From what a page noted to what a person would say about it.

// The longest pause between two frames that a person calls a freeze.
export const FREEZE_MS = 500;

const last = (list) => list[list.length - 1];

// Pauses of the picture of at least `least` ms: [{from, ms}]; one that still goes on counts up to `end`.
export function pauses(frames, start, end, least = FREEZE_MS) {
  const found = [];
  let before = last(frames.filter(([at]) => at <= start))?.[0] ?? start;
  for (const at of [...frames.map(([at]) => at).filter((at) => at > start && at <= end), end]) {
    if (at - before >= least) found.push({ from: before, ms: Math.round(at - before) });
    before = at;
  }
  return found;
}

function difference(samples, start, end) {
  const inside = samples.filter(({ at }) => at >= start - 400 && at <= end + 400);
  const [a, b] = [inside[0] ?? {}, last(inside) ?? {}];
  const sums = { seconds: ((b.at ?? 0) - (a.at ?? 0)) / 1000 };
  for (const name of Object.keys(b)) if (typeof b[name] === "number") sums[name] = b[name] - (a[name] ?? 0);
  return sums;
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;

// Between two times of the page's clock.
export function figures(noted, start, end) {
  const { frames, samples } = noted;
  const sums = difference(samples, start, end);
  const seconds = (end - start) / 1000;
  const shown = frames.filter(([at]) => at > start && at <= end);
  const still = pauses(frames, start, end);
  const inside = samples.filter(({ at }) => at >= start && at <= end);
  const heard = sums["audio.totalSamplesReceived"];
  return {
    fps: shown.length / seconds,
    height: median(shown.map(([, , height]) => height)),
    freezes: still.length,
    longest_ms: Math.max(0, ...pauses(frames, start, end, 0).map(({ ms }) => ms)),
    frozen_ms: still.reduce((sum, { ms }) => sum + ms, 0),
    // What the browser calls a freeze: three times the usual interval, and 150 ms more than it.
    hiccups: sums["video.freezeCount"] ?? 0,
    // Of a second without any sound there are no samples at all.
    concealed: heard > 0 ? (100 * sums["audio.concealedSamples"]) / heard : 100,
    kbps: sums.seconds > 0 ? (8 * (sums.bytes ?? 0)) / sums.seconds / 1000 : 0,
    keyframes: sums["video.keyFramesDecoded"] ?? 0,
    nacks: sums["video.nackCount"] ?? 0,
    plis: sums["video.pliCount"] ?? 0,
    lost: sums["video.packetsLost"] ?? 0,
    repaired: sums["video.retransmittedPacketsReceived"] ?? 0,
    rtt_ms: 1000 * median(inside.map(({ rtt }) => rtt ?? 0)),
  };
}

// ms from `at` until pictures go on without a pause that a person would mind; `end` bounds the search.
export function continuesAfter(noted, at, end) {
  const still = pauses(noted.frames, at, end);
  if (!still.length) return 0;
  const { from, ms } = last(still);
  return Math.max(0, Math.round(from + ms - at));
}

// ms from `at` until the stream is again what it was (80 % of `kbps`) for a second; null: not before `end`.
export function backAfter(noted, at, end, kbps) {
  const inside = noted.samples.filter((one) => one.at >= at && one.at <= end);
  for (const [i, from] of inside.entries()) {
    const until = inside.slice(i + 1).find((one) => one.at >= from.at + 1000);
    if (!until) return null;
    if ((8 * (until.bytes - from.bytes)) / (until.at - from.at) >= 0.8 * kbps) return Math.round(from.at - at);
  }
  return null;
}
