// Malformed, and well-formed but uninvited, STUN, DTLS, RTP and RTCP.
import { createHmac, randomBytes } from "node:crypto";

const u16 = (value) => Buffer.from([(value >> 8) & 255, value & 255]);
const u32 = (value) => Buffer.concat([u16(value >>> 16), u16(value & 65535)]);
const bytes = (length, value) => Buffer.alloc(length, value);

// --- STUN --------------------------------------------------------------------------------------

const COOKIE = 0x2112a442;
const TYPE = {
  username: 6,
  integrity: 8,
  error: 9,
  unknown: 10,
  xor: 0x20,
  priority: 0x24,
  use: 0x25,
  finger: 0x8028,
};

// An attribute; `said`: the length it claims.
function attribute(type, value, said = value.length) {
  return Buffer.concat([u16(type), u16(said), value, bytes((4 - (value.length % 4)) % 4)]);
}

function stun({ type = 1, attributes = [], said, cookie = COOKIE }) {
  const body = Buffer.concat(attributes);
  return Buffer.concat([u16(type), u16(said ?? body.length), u32(cookie), randomBytes(12), body]);
}

const user = (text) => attribute(TYPE.username, Buffer.from(text));

// A check as a browser sends it, with MESSAGE-INTEGRITY of a password that is not the session's.
function check(ufrag, extra = []) {
  const body = Buffer.concat([user(`${ufrag}:abcd`), attribute(TYPE.priority, u32(1853817087)), ...extra]);
  const head = Buffer.concat([u16(1), u16(body.length + 24), u32(COOKIE), randomBytes(12)]);
  const digest = createHmac("sha1", "not the password")
    .update(Buffer.concat([head, body]))
    .digest();
  return Buffer.concat([head, body, attribute(TYPE.integrity, digest)]);
}

// `ufrag`: one of a running session, so that the lookup finds it.
export function stunSamples(ufrag) {
  const whole = check(ufrag);
  const long = [64, 256, 513, 763, 1200].map((length) => stun({ attributes: [user("u".repeat(length))] }));
  const kinds = [0x0011, 0x0101, 0x0111, 0x0003, 0x0113, 0x3fff, 0x0001].map((type) =>
    stun({ type, attributes: [user(`${ufrag}:abcd`)] }),
  );
  const short = Object.values(TYPE).flatMap((type) =>
    [0, 1, 3].map((length) => stun({ attributes: [user(`${ufrag}:a`), attribute(type, bytes(length, 0xff))] })),
  );
  const lying = Object.values(TYPE).flatMap((type) =>
    [5, 1000, 65535].map((said) => stun({ attributes: [attribute(type, bytes(4), said)] })),
  );
  return [
    ...[20, 21, 23, 24, 28, 40, whole.length - 1].map((length) => whole.subarray(0, length)),
    ...long,
    ...kinds,
    ...short,
    ...lying,
    whole,
    check("nobody00"),
    check(ufrag, [attribute(TYPE.use, bytes(0)), attribute(0x802a, bytes(8))]),
    check(ufrag, [attribute(0x7f01, bytes(4))]),
    check(
      ufrag,
      Array.from({ length: 200 }, () => attribute(0xc001, bytes(0))),
    ),
    stun({}),
    stun({ said: 4 }),
    stun({ said: 65532 }),
    stun({ cookie: 0 }),
    stun({ attributes: [user(""), user(":"), user(`${ufrag}`), user(`:${ufrag}`)] }),
    stun({ attributes: [user(`${ufrag}:abcd`), attribute(TYPE.finger, bytes(4))] }),
    stun({ attributes: [user(`${ufrag}\0:abcd`)] }),
    stun({ attributes: [attribute(TYPE.username, randomBytes(600))] }),
    Buffer.concat([bytes(2), u16(8), u32(COOKIE), bytes(20)]),
    bytes(1400, 1),
    ...Array.from({ length: 20 }, () => Buffer.concat([u16(1), u16(80), u32(COOKIE), randomBytes(92)])),
  ];
}

// --- DTLS --------------------------------------------------------------------------------------

function record(type, body, { version = 0xfefd, epoch = 0, said = body.length } = {}) {
  return Buffer.concat([
    Buffer.from([type]),
    u16(version),
    u16(epoch),
    randomBytes(6).fill(0, 0, 4),
    u16(said),
    body,
  ]);
}

function clientHello({
  ciphers = [0xc02b, 0xc02f, 0xc00a],
  cookie = bytes(0),
  extensions = bytes(0),
  length,
  offset = 0,
}) {
  const hello = Buffer.concat([
    u16(0xfefd),
    randomBytes(32),
    Buffer.from([0, cookie.length]),
    cookie,
    u16(ciphers.length * 2),
    ...ciphers.map(u16),
    Buffer.from([1, 0]),
    extensions,
  ]);
  const size = (value) => u32(value).subarray(1);
  const head = Buffer.concat([
    Buffer.from([1]),
    size(length ?? hello.length),
    u16(0),
    size(offset),
    size(hello.length),
  ]);
  return record(22, Buffer.concat([head, hello]));
}

const alert = (level, what, options) => record(21, Buffer.from([level, what]), options);

export function dtlsSamples() {
  const hello = clientHello({});
  return [
    hello,
    clientHello({ ciphers: [0x0001, 0x0000] }), // NULL
    clientHello({ cookie: randomBytes(200) }),
    clientHello({ extensions: u16(65535) }),
    clientHello({ length: 0xffffff }),
    clientHello({ length: 4000, offset: 3000 }),
    hello.subarray(0, 13),
    hello.subarray(0, 40),
    hello.subarray(0, hello.length - 1),
    ...[
      [2, 40],
      [2, 0],
      [1, 0],
      [2, 10],
      [255, 255],
    ].map(([level, what]) => alert(level, what)),
    alert(2, 40, { epoch: 1 }),
    alert(1, 0, { epoch: 1 }),
    alert(2, 40, { version: 0xfeff }),
    alert(2, 40, { said: 65535 }),
    record(20, Buffer.from([1])),
    record(22, bytes(0)),
    record(22, bytes(12, 255)),
    record(23, randomBytes(40), { epoch: 1 }),
    record(63, randomBytes(40)),
    record(22, randomBytes(1400)),
    Buffer.concat(Array.from({ length: 20 }, () => alert(2, 40))),
    ...Array.from({ length: 20 }, () =>
      Buffer.concat([Buffer.from([20 + (randomBytes(1)[0] % 44)]), randomBytes(60)]),
    ),
  ];
}

// A flood of ClientHellos, each with its own random.
export const helloFlood = (count) => Array.from({ length: count }, () => clientHello({}));

// --- RTP and RTCP ------------------------------------------------------------------------------

function rtp({ first = 0x80, type = 97, ssrc = 0x1234, body = bytes(40, 7) } = {}) {
  return Buffer.concat([Buffer.from([first, type]), randomBytes(2), randomBytes(4), u32(ssrc), body]);
}

export function rtpSamples() {
  const extended = (words, body) => rtp({ first: 0x90, body: Buffer.concat([u16(0xbede), u16(words), body]) });
  return [
    ...[1, 2, 11]
      .map((length) => rtp().subarray(0, length))
      .map((data) => Buffer.concat([data, bytes(12 - data.length)])),
    rtp({ body: bytes(0) }),
    rtp({ first: 0x8f, body: bytes(4) }), // 15 CSRCs that are not there
    rtp({ first: 0xa0, body: bytes(40, 0) }), // padding of 0
    rtp({ first: 0xa0, body: bytes(40, 255) }), // padding of 255
    extended(65535, bytes(8)),
    extended(2, Buffer.from([0x1f, 1, 2, 3, 4, 5, 6, 7])),
    extended(1, Buffer.from([0xff, 0, 0, 0])),
    rtp({ first: 0x90, body: Buffer.concat([u16(0x1000), u16(1), Buffer.from([5, 255, 0, 0])]) }),
    rtp({ first: 0x40 + 0x80 }).fill(0xbf, 0, 1),
    rtp({ body: randomBytes(1450) }),
    rtp({ body: randomBytes(8900) }),
    ...Array.from({ length: 30 }, () => rtp({ type: randomBytes(1)[0], ssrc: randomBytes(4).readUInt32BE() })),
  ];
}

// Forged packets of many streams, of types that the session has and has not.
export const rtpStreams = (count) =>
  Array.from({ length: count }, (_, at) =>
    rtp({ type: 96 + (at % 3), ssrc: 0x10000 + at, body: randomBytes(30) }),
  );

function rtcp(type, count, body, words = body.length / 4) {
  return Buffer.concat([Buffer.from([0x80 | count, type]), u16(words), body]);
}

export function rtcpSamples(ssrc = 0x1234) {
  const about = Buffer.concat([u32(1), u32(ssrc)]);
  const twcc = (status, rest) => rtcp(205, 15, Buffer.concat([about, u16(0), u16(status), u32(1), rest]));
  return [
    rtcp(200, 31, bytes(24)),
    rtcp(200, 0, bytes(4)),
    rtcp(201, 31, bytes(28)),
    rtcp(201, 0, bytes(4), 65535),
    rtcp(202, 1, Buffer.concat([u32(1), Buffer.from([1, 255, 65, 66])])),
    rtcp(202, 31, bytes(4)),
    rtcp(203, 1, Buffer.concat([u32(1), Buffer.from([255, 1, 2, 3])])), // BYE, a reason of 255 bytes
    rtcp(203, 31, u32(1)),
    rtcp(204, 0, bytes(4)),
    rtcp(205, 1, about),
    rtcp(205, 1, Buffer.concat([about, ...Array.from({ length: 300 }, () => u32(0xffffffff))])),
    twcc(65535, bytes(4, 0x20)),
    twcc(65535, bytes(1000, 0xff)),
    twcc(0, bytes(0)),
    rtcp(206, 1, about),
    rtcp(206, 4, Buffer.concat([about, bytes(4)])),
    rtcp(206, 15, Buffer.concat([about, Buffer.from("REMB"), Buffer.from([255, 255, 255, 255])])),
    rtcp(206, 15, Buffer.concat([about, Buffer.from("REMB"), bytes(4)])),
    rtcp(207, 0, Buffer.concat([u32(1), Buffer.from([4, 0, 255, 255])])),
    rtcp(223, 31, randomBytes(200)),
    Buffer.concat(Array.from({ length: 100 }, () => rtcp(206, 1, about))),
    Buffer.concat([rtcp(201, 0, u32(1)), Buffer.from([0, 0, 0, 0, 0, 0])]),
    Buffer.from([0xa0, 201, 0, 1, 0, 0, 0, 255]),
    ...Array.from({ length: 20 }, () =>
      Buffer.concat([Buffer.from([0x81, 192 + (randomBytes(1)[0] % 32)]), randomBytes(46)]),
    ),
  ];
}

// What an authenticated peer may send too often: requests for pictures and for packets again.
export const rtcpStorm = (ssrc, count) =>
  Array.from({ length: count }, (_, at) => {
    const about = Buffer.concat([u32(1), u32(ssrc)]);
    if (at % 3 === 0) return rtcp(206, 1, about);
    if (at % 3 === 1) return rtcp(206, 4, Buffer.concat([about, u32(ssrc), Buffer.from([at & 255, 0, 0, 0])]));
    return rtcp(205, 1, Buffer.concat([about, u16(at * 17), u16(65535)]));
  });
