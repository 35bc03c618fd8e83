// H.264 sequence parameter sets (ITU-T H.264, section 7.3.2.1.1) as one payload each, of the kinds that cameras send.
const bitWriter = () => {
  let bits = "";
  const fixed = (value, count) => (bits += value.toString(2).padStart(count, "0"));
  const number = (value) => fixed(value + 1, 2 * Math.floor(Math.log2(value + 1)) + 1); // ue(v), section 9.1
  const signed = (value) => number(value > 0 ? 2 * value - 1 : -2 * value);
  const bytes = () => {
    const whole = `${bits}1`.padEnd(Math.ceil((bits.length + 1) / 8) * 8, "0");
    return Buffer.from(whole.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  };
  return { fixed, number, signed, bytes };
};

// What high profiles tell of their samples; `lists`: scaling lists, their deltas.
const writeSamples = (w, { chroma, lists }) => {
  w.number(chroma);
  if (chroma === 3) w.fixed(0, 1);
  w.number(0);
  w.number(0);
  w.fixed(0, 1);
  w.fixed(lists ? 1 : 0, 1);
  for (const [at, deltas] of (lists ?? []).entries()) {
    w.fixed(deltas ? 1 : 0, 1);
    for (let i = 0; deltas && i < (at < 6 ? 16 : 64) && (i === 0 || deltas[i - 1] !== -8); i++) w.signed(deltas[i] ?? 0);
  }
};

const writeOrder = (w, { order = 0, cycle = [] }) => {
  w.number(order);
  if (order === 0) w.number(2);
  if (order !== 1) return;
  w.fixed(0, 1);
  w.signed(-1);
  w.signed(1);
  w.number(cycle.length);
  for (const offset of cycle) w.signed(offset);
};

const parameterSet = ({ profile = 66, wide, high, fieldsToo, crop, ...more }) => {
  const w = bitWriter();
  w.fixed(profile, 8);
  w.fixed(0, 8);
  w.fixed(31, 8);
  w.number(0);
  if (more.chroma !== undefined) writeSamples(w, more);
  w.number(0);
  writeOrder(w, more);
  w.number(1);
  w.fixed(0, 1);
  w.number(wide / 16 - 1);
  w.number(high / (fieldsToo ? 32 : 16) - 1);
  w.fixed(fieldsToo ? 0 : 1, 1);
  if (fieldsToo) w.fixed(0, 1);
  w.fixed(1, 1);
  w.fixed(crop ? 1 : 0, 1);
  for (const edge of crop ?? []) w.number(edge);
  w.fixed(0, 1);
  return Buffer.concat([Buffer.from([0x67]), w.bytes()]);
};

export const parameterSets = [
  { wide: 640, high: 480 },
  { wide: 1920, high: 1088, crop: [0, 0, 0, 4] },
  { wide: 320, high: 240, order: 1, cycle: [1, -2, 3] },
  { wide: 320, high: 240, order: 2 },
  { wide: 720, high: 576, fieldsToo: true, profile: 77, crop: [2, 2, 0, 0] },
  { wide: 1280, high: 720, profile: 100, chroma: 1, lists: [[1, -8], null, null, null, null, null, [2, 3], null] },
  { wide: 1280, high: 720, profile: 244, chroma: 3, lists: Array.from({ length: 12 }, (_, at) => (at % 2 ? [0, 4, -12] : null)) },
  { wide: 16, high: 16, crop: [9, 9, 9, 9] }, // nothing is left
  { wide: 65536 * 2, high: 16 },
].map(parameterSet);
