// One scenario at one place: what each viewer saw, and the worst of it.
import { backAfter, continuesAfter, figures } from "./figures.mjs";
import { good } from "./scenarios.mjs";
import { notedSince, pageClock } from "./watch.mjs";

// Seconds: until a new session has found its rate, until it has found the rate of the link, and then.
const BEGIN = 4, SETTLE = 4, MEASURE = 10;

const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

const change = (viewers, link) => viewers.forEach(({ network }) => network.set("both", link));
const clocks = (viewers) => Promise.all(viewers.map(({ page }) => page.evaluate(pageClock)));
const stats = (viewers) => Promise.all(viewers.map(({ network }) => network.stats()));
const noted = (viewers, froms) => Promise.all(viewers.map(({ page }, i) => page.evaluate(notedSince, froms[i])));

// What the link itself says: share of its rate that came out towards the viewer, and the queue in front of it.
function line({ down, up }, rate, seconds) {
  const found = { queue_ms: Math.max(down.queue_p95, up.queue_p95), overflowed: down.overflowed + up.overflowed };
  if (rate) found.used = (100 * down.bytes * 8) / (rate * seconds);
  return found;
}

async function steady(viewers, { link }) {
  await sleep(SETTLE);
  await stats(viewers);
  const starts = await clocks(viewers);
  await sleep(MEASURE);
  const [lines, ends] = [await stats(viewers), await clocks(viewers)];
  const seen = await noted(viewers, starts);
  return seen.map((one, i) => ({ ...figures(one, starts[i], ends[i]), ...line(lines[i], link.rate, MEASURE) }));
}

// As much comes as before the step, and the picture moves.
function backAgain(one, start, low, back, end) {
  const bytes = backAfter(one, back, end, figures(one, start, low).kbps);
  return bytes === null ? null : Math.max(bytes, continuesAfter(one, back, end));
}

async function stepped(viewers, { steps }) {
  const beforeSeconds = 4, adapts = 3;
  await sleep(steps.settle - beforeSeconds);
  const starts = await clocks(viewers);
  await sleep(beforeSeconds);
  const lows = await clocks(viewers);
  change(viewers, steps.low);
  await sleep(adapts);
  await stats(viewers);
  await sleep(steps.low_seconds - adapts);
  const lines = await stats(viewers);
  const backs = await clocks(viewers);
  change(viewers, steps.back);
  await sleep(steps.back_seconds);
  const ends = await clocks(viewers);
  const seen = await noted(viewers, starts);
  return seen.map((one, i) => ({
    ...figures(one, lows[i], backs[i]),
    ...line(lines[i], steps.low.rate, steps.low_seconds - adapts),
    continues_ms: continuesAfter(one, lows[i], backs[i]),
    before_kbps: figures(one, starts[i], lows[i]).kbps,
    back_ms: backAgain(one, starts[i], lows[i], backs[i], ends[i]),
  }));
}

// Figures of which less is worse; of all others more is.
const least = new Set(["fps", "kbps", "used", "height"]);

function worst(all) {
  const found = {};
  for (const name of Object.keys(all[0])) {
    const values = all.map((one) => one[name]);
    if (values.some((value) => value === null)) found[name] = null;
    else found[name] = least.has(name) ? Math.min(...values) : Math.max(...values);
  }
  return found;
}

export async function measure(place, scenario) {
  const { viewers } = place;
  const link = { ...good, ...scenario.link };
  change(viewers, good);
  await place.again();
  await sleep(BEGIN);
  change(viewers, link);
  const all = await (scenario.steps ? stepped : steady)(viewers, { ...scenario, link });
  return { worst: worst(all), all };
}

// The figures that miss their goals, in words.
export function misses(found, goal) {
  return Object.entries(goal).flatMap(([name, { below, above }]) => {
    const value = found[name];
    const say = value === null || value === undefined ? "never" : Math.round(value * 10) / 10;
    if (below !== undefined && !(value !== null && value < below)) return [`${name} ${say}, not below ${below}`];
    if (above !== undefined && !(value > above)) return [`${name} ${say}, not above ${above}`];
    return [];
  });
}
