// Offers that must be refused whole, and odd ones that may be taken: [name, text].
import { bend, offer, without } from "../conformance/offer.mjs";

const good = (direction) => offer({ direction });
const repeat = (text, count) => Array.from({ length: count }, (_, at) => text.replaceAll("#", at)).join("");

// One bend each.
const bends = [
  ["no version", "v=0\r\n", ""],
  ["version 1", "v=0", "v=1"],
  ["no origin", /o=.*\r\n/, ""],
  ["short origin", /o=.*\r\n/, "o=- 1\r\n"],
  ["no name", "s=-\r\n", ""],
  ["no time", "t=0 0\r\n", ""],
  ["time of words", "t=0 0", "t=now then"],
  ["lines that are none", "s=-\r\n", "s=-\r\nhello\r\n"],
  ["a capital letter", "s=-\r\n", "s=-\r\nX=1\r\n"],
  ["a zero byte", "s=-", "s=\0"],
  ["a control character", "s=-", "s=\x07"],
  ["a lone CR", "s=-", "s=a\rb"],
  ["no media", /m=[^]*/, ""],
  ["port too high", "m=audio 9 ", "m=audio 65536 "],
  ["port below zero", "m=audio 9 ", "m=audio -1 "],
  ["port of words", "m=audio 9 ", "m=audio nine "],
  ["port 0", "m=audio 9 ", "m=audio 0 "],
  ["plain RTP", "UDP/TLS/RTP/SAVPF", "RTP/AVP"],
  ["SDES", "UDP/TLS/RTP/SAVPF", "RTP/SAVPF"],
  ["an unknown protocol", "UDP/TLS/RTP/SAVPF", "QUIC/RTP"],
  ["no formats", "UDP/TLS/RTP/SAVPF 111 0", "UDP/TLS/RTP/SAVPF"],
  ["payload type 128", "SAVPF 111 0", "SAVPF 128 0"],
  ["payload type of words", "SAVPF 111 0", "SAVPF opus"],
  ["payload type twice", "SAVPF 111 0", "SAVPF 111 111"],
  ["an m-line cut off", "m=audio 9 UDP/TLS/RTP/SAVPF 111 0", "m=audio"],
  ["an unknown kind", "m=audio", "m=smell"],
  ["a data channel", "m=audio 9 UDP/TLS/RTP/SAVPF 111 0", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"],
  ["crypto keys", "a=rtcp-mux\r\n", "a=rtcp-mux\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc\r\n"],
  ["ufrag of 3", /a=ice-ufrag:.*/g, "a=ice-ufrag:abc"],
  ["ufrag of 257", /a=ice-ufrag:.*/g, `a=ice-ufrag:${"a".repeat(257)}`],
  ["ufrag with a space", /a=ice-ufrag:.*/g, "a=ice-ufrag:ab cd"],
  ["empty ufrag", /a=ice-ufrag:.*/g, "a=ice-ufrag:"],
  ["pwd of 21", /a=ice-pwd:.*/g, `a=ice-pwd:${"a".repeat(21)}`],
  ["pwd of 257", /a=ice-pwd:.*/g, `a=ice-pwd:${"a".repeat(257)}`],
  ["pwd with a colon", /a=ice-pwd:.*/g, `a=ice-pwd:${"a:".repeat(12)}`],
  ["fingerprint of MD5", /a=fingerprint:.*/g, `a=fingerprint:md5 ${"AA:".repeat(15)}AA`],
  ["fingerprint of SHA-1", /a=fingerprint:.*/g, `a=fingerprint:sha-1 ${"AA:".repeat(19)}AA`],
  ["fingerprint too short", /a=fingerprint:.*/g, "a=fingerprint:sha-256 AA:BB"],
  ["fingerprint too long", /a=fingerprint:.*/g, `a=fingerprint:sha-256 ${"AA:".repeat(32)}AA`],
  ["fingerprint that is no hex", /a=fingerprint:.*/g, `a=fingerprint:sha-256 ${"GG:".repeat(31)}GG`],
  ["fingerprint without digest", /a=fingerprint:.*/g, "a=fingerprint:sha-256"],
  ["an unknown setup", "a=setup:actpass", "a=setup:maybe"],
  ["setup passive", "a=setup:actpass", "a=setup:passive"],
  ["two mids alike", "a=mid:1", "a=mid:0"],
  ["a BUNDLE of strangers", "BUNDLE 0 1", "BUNDLE 8 9"],
  ["a BUNDLE in part", "BUNDLE 0 1", "BUNDLE 0"],
  ["a mid twice in a BUNDLE", "BUNDLE 0 1", "BUNDLE 0 1 1"],
  ["two BUNDLEs", "a=group:BUNDLE 0 1\r\n", "a=group:BUNDLE 0\r\na=group:BUNDLE 1\r\n"],
  ["rtpmap without a name", "a=rtpmap:111 opus/48000/2", "a=rtpmap:111"],
  ["rtpmap without a clock", "a=rtpmap:111 opus/48000/2", "a=rtpmap:111 opus"],
  ["a clock of words", "opus/48000/2", "opus/fast/2"],
  ["a clock of 2^40", "opus/48000/2", "opus/1099511627776/2"],
  ["an extmap of 0", "a=extmap:4 ", "a=extmap:0 "],
  ["an extmap of 70000", "a=extmap:4 ", "a=extmap:70000 "],
  ["an extmap without an address", /a=extmap:4 .*/g, "a=extmap:4"],
  ["a candidate cut off", "a=rtcp-mux\r\n", "a=rtcp-mux\r\na=candidate:1 1 udp\r\n"],
  [
    "a candidate's port too high",
    "a=rtcp-mux\r\n",
    "a=rtcp-mux\r\na=candidate:1 1 udp 1 192.0.2.1 99999 typ host\r\n",
  ],
  ["ptime of 4294967297", "a=rtcp-mux\r\n", "a=rtcp-mux\r\na=ptime:4294967297\r\n"],
  ["a line of 5000 bytes", "s=-", `s=${"a".repeat(5000)}`],
  ["a mid of 1000 bytes", "a=mid:0", `a=mid:${"m".repeat(1000)}`],
];

const missing = [/a=ice-ufrag/, /a=ice-pwd/, /a=fingerprint/, /a=setup/, /a=rtcp-mux/, /a=group/];

export function hostileOffers(direction) {
  const sdp = good(direction);
  const [head] = sdp.split("m=audio");
  return [
    ...bends.map(([name, from, to]) => [name, bend(sdp, from, to)]),
    ...missing.map((pattern) => [`no ${pattern.source}`, without(sdp, pattern)]),
    ["nothing but a version", "v=0\r\n"],
    ["half of it", sdp.slice(0, sdp.indexOf("a=ice-pwd"))],
    ["not UTF-8", Buffer.concat([Buffer.from(sdp.replace("s=-", "s=")), Buffer.from([0xff, 0xfe])])],
    ["bytes", Buffer.from(Array.from({ length: 2000 }, (_, at) => (at * 7919) % 256))],
    ["JSON", '{"type":"offer","sdp":"v=0"}'],
    ["100 m-lines", head + repeat("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:#\r\n", 100)],
    ["80 KiB", sdp + repeat("a=x-nothing:#\r\n", 6000)],
    ["3 directions", offer({ direction: "inactive" })],
    ["two videos", offer({ direction, kinds: ["video", "video"] })],
  ];
}

// Strange and yet a browser might: taken or refused, never more.
export function oddOffers(direction) {
  const sdp = good(direction);
  const plus = (text) => bend(sdp, "a=rtcp-mux\r\n", `a=rtcp-mux\r\n${text}`);
  return [
    [
      "candidates to ports and addresses of others",
      plus(repeat("a=candidate:# 1 udp 1 127.0.0.1 22 typ host\r\n", 10)),
    ],
    [
      "a candidate to 169.254.169.254",
      plus("a=candidate:1 1 tcp 1 169.254.169.254 80 typ host tcptype passive\r\n"),
    ],
    [
      "a candidate to a group",
      plus(
        "a=candidate:1 1 udp 1 224.0.0.1 5000 typ host\r\na=candidate:2 1 udp 1 255.255.255.255 5 typ host\r\n",
      ),
    ],
    ["40 candidates", plus(repeat("a=candidate:# 1 udp 1 192.0.2.1 5000 typ host\r\n", 40))],
    ["an extmap twice", plus("a=extmap:4 urn:x\r\na=extmap:4 urn:y\r\n")],
    ["an rtpmap that no m-line has", plus("a=rtpmap:77 opus/48000/2\r\n")],
    ["an fmtp of 3000 bytes", bend(sdp, "minptime=10", `minptime=10;x=${"y".repeat(3000)}`)],
    ["60 ssrc lines", plus(repeat("a=ssrc:# cname:x\r\n", 60))],
    ["simulcast of itself", plus("a=rid:a send\r\na=simulcast:send a;a;a\r\n")],
    ["LF alone", sdp.replaceAll("\r\n", "\n")],
    ["markup for a name", bend(sdp, "s=-", "s=<script>alert(1)</script>")],
    ["ice-lite against ice-lite", bend(sdp, "t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n")],
  ];
}

const HOST = "1 1 udp 2122260223 192.0.2.7 50000 typ host";

export const hostileFragments = [
  "",
  "hello",
  `a=candidate:${HOST}`,
  "a=mid:0\r\na=candidate:\r\n",
  "a=mid:0\r\na=candidate:1 1 udp\r\n",
  "a=mid:0\r\na=candidate:1 1 udp 99999999999 192.0.2.7 50000 typ host\r\n",
  "a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.7 70000 typ host\r\n",
  "a=mid:0\r\na=candidate:1 0 udp 1 192.0.2.7 5000 typ host\r\n",
  "a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.7 5000\r\n",
  `a=mid:0\r\na=mid:0\r\na=candidate:${HOST}\r\n`,
  "a=ice-ufrag:a\r\n",
  "a=ice-ufrag:abcd\r\na=ice-ufrag:efgh\r\n",
  "a=ice-pwd:short\r\n",
  "a=mid:\0\r\n",
  "a=mid:0\r\nq=1\r\n",
  `a=mid:${"m".repeat(5000)}\r\n`,
  "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n".repeat(100),
  `a=mid:0\r\n${`a=candidate:${HOST}\r\n`.repeat(2000)}`,
  `a=mid:0\r\na=candidate:${HOST}`.repeat(40000).slice(0, 900000),
];

export const oddFragments = [
  "m=",
  "m=audio 9 UDP/TLS/RTP/SAVPF 0",
  `a=mid:0\r\n${`a=candidate:${HOST}\r\n`.repeat(300)}`,
  `a=mid:nowhere\r\na=candidate:${HOST}\r\n`,
  // Half a restart.
  `a=ice-ufrag:zzzz\r\na=mid:0\r\na=candidate:${HOST}\r\n`,
  `a=ice-pwd:${"z".repeat(24)}\r\na=mid:0\r\na=candidate:${HOST}\r\n`,
];
