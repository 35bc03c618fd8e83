// First inputs for the fuzz targets: what browsers send, and the hostile samples of tests/hostile.
//     node tests/fuzz/seeds.mjs DIRECTORY      writes DIRECTORY/TARGET/seed-N
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { offer } from "../conformance/offer.mjs";
import { hostileFragments, hostileOffers, oddFragments, oddOffers } from "../hostile/offers.mjs";
import { dtlsSamples, rtcpSamples, rtcpStorm, rtpSamples, stunSamples } from "../hostile/samples.mjs";
import { hostilePapers, jpeg, pdf, png } from "../support/papers.mjs";
import { apiSeeds, liveSeeds } from "./seeds_api.mjs";
import { parameterSets } from "./seeds_h264.mjs";

const hex = (text) => Buffer.from(text.replaceAll(" ", ""), "hex");
const SMALL = 6000; // bytes: longer inputs only slow the search down

const kinds = [["audio"], ["video"], ["video", "audio"], ["audio", "video"]];
const directions = ["sendonly", "recvonly", "sendrecv", "inactive"];
const offers = kinds.flatMap((all) => directions.map((direction) => offer({ direction, kinds: all })));
const streams = `a=rid:hi send pt=96;max-width=1280;max-fps=30\r\na=rid:lo send\r\na=simulcast:send hi;~lo,x recv q
a=ssrc-group:FID 1001 2001\r\na=ssrc:1001 cname:camera\r\na=ssrc:2001 msid:camera track1\r\na=ssrc-group:SIM 1 2 3
a=candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host generation 0 ufrag abcd network-id 1
a=candidate:2 1 tcp 1518280447 2001:db8::7 9 typ srflx raddr 0.0.0.0 rport 9 tcptype active\r\na=end-of-candidates
a=rtcp-fb:* nack\r\na=maxptime:60\r\na=imageattr:* send *\r\na=extmap:14/sendonly urn:3gpp:video-orientation x=y
a=rtpmap:98 VP9/90000\r\na=fmtp:98 profile-id=2\r\na=rtpmap:45 AV1/90000\r\na=fmtp:45 profile=0;level-idx=5;tier=0
a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\na=rtpmap:99 telephone-event/8000\r\nb=AS:500\r\n`;
const rich = offers[2].replace("SAVPF 96 97 102", "SAVPF 96 97 102 98 45") + streams.replace(/\r?\n/g, "\r\n");

// Three encodings, one of them restricted, and one by a payload type that nobody agreed on.
const encodings = `a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\na=rid:q send max-width=320;max-fps=15\r
a=rid:h send pt=96,97\r\na=rid:f send\r\na=rid:x send pt=127\r\na=rid:d send depend=q\r\na=simulcast:send q;~h,x;f;d\r\n`;
const simulcast = offer({ direction: "sendonly", kinds: ["audio", "video"] }) + encodings;

const old = offers[0].replace(/SAVPF 111 0/, "SAVPF 0 8 9 13 111");

const extended = [
  "90e0 0001 00000001 00000002 bede 0003 1030 32aabbcc 51 0102 00 61 0a0b 00 fffefdfc",
  "90e0 0001 00000001 00000002 1000 0003 0101 30 0203 010203 0300 0402 0a0b 00 aabb",
  "b0e0 0001 00000001 00000002 bede 0001 f0 000000 aabbcc 00000004",
  "82e0 0001 00000001 00000002 00000003 00000004 aabbcc",
].map((text) => hex(text));

const pictures = [
  "90 80 8123 05 e3 50f100 9d012a 8002e001", // VP8, all of its extension, a keyframe
  "90 e0 11 22 63 00", // VP8, short picture id
  "10 f1a200 9d012a 0000",
  "f8 8123 21 07 1a 0280 01e0 0140 00f0 02 48 11", // VP9 with layers and its structure
  "ac 0102 03 00 49 83 42", // VP9, flexible
  "8d 22 49 83 42",
  "67 42e01f aabb", // H.264: SPS
  "78 0004 67 42e01f 0003 68 ceef 0002 65 88", // STAP-A
  "7c85 8884", // FU-A, its start
  "7c05 8884",
  "7c45 88",
  "10 0a0b00000004 3cb6 32 10", // AV1
  "2c 03 0a0101 32 10 00",
  "18 12 00 0a 0b 0000",
  "70 8101 aa 0a",
].map((text) => hex(text));

const repeated = [
  "ef 0f0003 6f 6f6c64 6e657721", // one older block
  "ef 1e0002 ef 0f0003 6f 6f6c 646572 6e657721", // two
  "6f 78", // none
  "ef 0f0400 6f 00", // longer than there is
].map((text) => hex(text));

const reports = [
  "80c8 0006 00000001 0123456789abcdef 00000002 00000003 00000004",
  "81c9 0007 00000001 00000002 10ffffff 00010002 00000003 00000004 00000005 81ca 0003 00000001 0105 66757a7a00 00",
  "81cb 0002 00000001 03627965 8fce 0005 00000001 00000000 52454d42 01 0a1234 00000002",
  "81cd 0003 00000001 00000002 0010 8001 84ce 0004 00000001 00000000 00000002 07000000",
  "8fcd 0006 00000001 00000002 0010 0008 000abc 01 2002 b7c1 04 08 ff80 10",
].map((text) => hex(text));

const feedback = ["0010 0008 000abc 01 2002 b7c1 04 08 ff80 10", "fff0 0014 7fffff ff 0005 d555 8007 01 02 03 04 05 06"];
const transport = [
  ...feedback.map((text) => Buffer.concat([hex("0040"), hex(text)])),
  ...Array.from({ length: 12 }, (_, at) =>
    Buffer.from(Array.from({ length: 20 + 40 * at }, (__, k) => (k < 2 ? 1 + at * 16 : (k * k * (at + 3)) % 256))),
  ),
];

// --- checks as fuzz_ice.c reads them: path, length, flags, message -----------------------------------

const SIGN = 1, OLD = 2, NAME = 4, HEAD = 8, LATER = 16, RESTART = 32;
const turn = (path, flags, message = "") => {
  const body = hex(message);
  return Buffer.concat([Buffer.from([path, body.length >> 8, body.length & 255, flags]), body]);
};
const LIKE_BROWSER = "0025 0000 0024 0004 6e001eff 802a 0008 0102030405060708";
const checks = [
  turn(1, SIGN | OLD | NAME | HEAD, LIKE_BROWSER),
  turn(2, SIGN | OLD | NAME | HEAD | LATER, "0024 0004 6e001eff"),
  turn(3, SIGN | OLD | NAME | HEAD, "8029 0008 0102030405060708"), // controlled: a conflict of roles
  turn(4, SIGN | OLD | NAME | HEAD, "7f01 0004 00000000 7f02 0004 00000000"), // 420
  turn(130, SIGN | NAME | HEAD | RESTART, LIKE_BROWSER),
  turn(131, SIGN | OLD | NAME | HEAD, LIKE_BROWSER),
  ...Array.from({ length: 10 }, (_, at) => turn(10 + at * 20, SIGN | NAME | HEAD | LATER, LIKE_BROWSER)),
  turn(130, SIGN | NAME | HEAD | LATER | RESTART, LIKE_BROWSER),
];
const datagrams = stunSamples("presentu").filter((data) => data.length < 500);
const ice = [
  Buffer.concat(checks),
  ...checks.slice(0, 6),
  ...datagrams.map((data) => turn(7, 0, data.toString("hex"))),
];

// --- texts of HTTP ----------------------------------------------------------------------------------

const head = (...lines) => `${lines.join("\r\n")}\r\n\r\n`;
const heads = [
  head("POST /whip/room HTTP/1.1", "Host: a", "Content-Type: application/sdp", "Content-Length: 10"),
  head("GET /whep/a%20b/c?x=1&y=%zz HTTP/1.1", "Host: [::1]:80", "Connection: keep-alive, Upgrade", "Upgrade: websocket"),
  head("DELETE /media/abc HTTP/1.0", "Cookie: a=b; c=d", "Authorization: Bearer x"),
  head("GET //a/../b HTTP/1.1", "Host: a", "Transfer-Encoding: chunked"),
  head("POST / HTTP/1.1", "Host: a", "Content-Length: 5", "Content-Length: 6", "Expect: 100-continue"),
  head("OPTIONS * HTTP/1.1", "Host: a"),
  head("BREW / HTTP/1.1", "Host: a", " folded"),
  head("GET http://a/b HTTP/2.0", "Host: a", "Host: b", "Connection: close"),
  head("GET / HTTP/1.1", "Host: a", `X: ${"y".repeat(300)}`, "x-y : z"),
];

const frame = (opcode, text, { fin = 0x80, mask = true, wide = false } = {}) => {
  const body = Buffer.from(text).map((byte, at) => (mask ? byte ^ "abcd".charCodeAt(at % 4) : byte));
  const length = wide || body.length > 125 ? [126, body.length >> 8, body.length & 255] : [body.length];
  length[0] |= mask ? 0x80 : 0;
  return Buffer.concat([Buffer.from([fin | opcode, ...length]), Buffer.from(mask ? "abcd" : ""), body]);
};
const frames = [
  Buffer.concat([frame(1, "hello"), frame(9, "ping"), frame(8, "\x03\xe8bye")]),
  Buffer.concat([frame(1, "x".repeat(300), { fin: 0 }), frame(0, "tail"), frame(10, "")]),
  frame(1, "bare", { mask: false }),
  frame(1, "short", { wide: true }),
  frame(0, "of nothing"),
  frame(9, "y".repeat(126)),
  Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4]),
  Buffer.from([0xc1, 0x80, 1, 2, 3, 4]),
];

const written = Array.from({ length: 16 }, (_, at) =>
  Buffer.from(Array.from({ length: 60 + at * 30 }, (__, k) => (k < 2 ? 15 : k % 37 === 2 ? at : (k * 91 + at) % 256))),
);

// The first byte says as what they are read: enum paper_type.
const paperTypes = ["image/jpeg", "image/png", "application/pdf"];
const papers = [["", "image/jpeg", jpeg({ filling: "x" })], ["", "image/png", png()], ["", "application/pdf", pdf()], ...hostilePapers].map(([, type, bytes]) =>
  Buffer.concat([Buffer.from([paperTypes.indexOf(type)]), bytes]),
);

const seeds = {
  demux_rtp: [...extended, ...stunSamples("x"), ...dtlsSamples(), ...rtpSamples(), ...rtcpSamples()],
  frame: [...pictures, ...parameterSets],
  red: repeated,
  rtcp: [...reports, ...rtcpSamples(), ...rtcpStorm(1, 3)],
  rtcp_write: written,
  sdp: [rich, simulcast, old, ...offers, ...directions.slice(0, 2).flatMap((way) => [...hostileOffers(way), ...oddOffers(way)].map(([, text]) => text))],
  sdp_frag: [...hostileFragments, ...oddFragments, ...[
    "a=ice-ufrag:zzzz\r\na=ice-pwd:zzzzzzzzzzzzzzzzzzzzzz\r\n",
    "a=ice-ufrag:efgh\r\na=ice-pwd:efghefghefghefghefghefgh\r\na=ice-options:trickle ice2\r\na=ice-lite\r\n",
  ].map((text) => `${text}m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=end-of-candidates\r\n`)],
  paper: papers,
  twcc: transport,
  http: heads,
  websocket: frames,
  ice,
  api: apiSeeds(heads, offers[2]),
  live: liveSeeds,
};

const directory = process.argv[2];
for (const [target, inputs] of Object.entries(seeds)) {
  mkdirSync(join(directory, target), { recursive: true });
  const small = inputs.map((input) => Buffer.from(input)).filter((input) => input.length <= SMALL);
  for (const [at, input] of small.entries()) writeFileSync(join(directory, target, `seed-${at}`), input);
}
