// Offers like a browser's, and the means to bend one in a single place.
import { createHash, randomBytes } from "node:crypto";

const word = (length) => randomBytes(length).toString("base64").replace(/[+/=]/g, "a").slice(0, length);

const fingerprint = () =>
  createHash("sha256").update(randomBytes(32)).digest("hex").toUpperCase().match(/../g).join(":");

const audio = (ssrc) => [
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 0",
  "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 minptime=10;useinbandfec=1",
  "a=rtcp-fb:111 transport-cc",
  "a=rtpmap:0 PCMU/8000",
  "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
  ...(ssrc ? [`a=ssrc:${ssrc} cname:booth`] : []),
];

const video = (ssrc) => [
  "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102",
  "a=rtpmap:96 VP8/90000",
  "a=rtcp-fb:96 goog-remb",
  "a=rtcp-fb:96 transport-cc",
  "a=rtcp-fb:96 ccm fir",
  "a=rtcp-fb:96 nack",
  "a=rtcp-fb:96 nack pli",
  "a=rtpmap:97 rtx/90000",
  "a=fmtp:97 apt=96",
  "a=rtpmap:102 H264/90000",
  "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
  "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
  "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
  "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
  ...(ssrc ? [`a=ssrc:${ssrc} cname:booth`] : []),
];

// One section as a browser writes it, in `direction`, with the session's credentials.
function section(lines, mid, direction, ice) {
  const [media, ...rest] = lines;
  const stream = direction === "sendonly" || direction === "sendrecv";
  return [
    media,
    "c=IN IP4 0.0.0.0",
    "a=rtcp:9 IN IP4 0.0.0.0",
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.pwd}`,
    "a=ice-options:trickle",
    `a=fingerprint:sha-256 ${ice.fingerprint}`,
    "a=setup:actpass",
    `a=mid:${mid}`,
    `a=${direction}`,
    ...(stream ? [`a=msid:camera track${mid}`] : []),
    "a=rtcp-mux",
    "a=rtcp-rsize",
    ...rest,
  ];
}

// An offer of one Opus and one VP8/H.264 track. `kinds`: sections and their order.
export function offer({ direction = "sendonly", kinds = ["audio", "video"] } = {}) {
  const ice = { ufrag: word(4), pwd: word(24), fingerprint: fingerprint() };
  const sends = direction.startsWith("send");
  const sections = kinds.map((kind, mid) =>
    section((kind === "audio" ? audio : video)(sends && 1000 + mid), mid, direction, ice),
  );
  return [
    "v=0",
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${kinds.map((_, mid) => mid).join(" ")}`,
    "a=extmap-allow-mixed",
    "a=msid-semantic: WMS camera",
    ...sections.flat(),
    "",
  ].join("\r\n");
}

// Replaces text that has to be there: a bend that bends nothing is a mistake of the test.
export function bend(text, from, to) {
  const found = typeof from === "string" ? text.includes(from) : from.test(text);
  if (!found) throw new Error(`nothing to replace: ${from}`);
  if (from instanceof RegExp) from.lastIndex = 0;
  return typeof from === "string" ? text.replaceAll(from, to) : text.replace(from, to);
}

// Takes away every line that matches.
export const without = (text, pattern) => bend(text, new RegExp(`^${pattern.source}.*\\r\\n`, "gm"), "");

export function parse(text) {
  const [head, ...sections] = text.split(/^(?=m=)/m);
  const lines = (part) => part.split(/\r\n/).filter(Boolean);
  return {
    session: lines(head),
    media: sections.map((part) => {
      const list = lines(part);
      const value = (name) =>
        list.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3) ??
        lines(head)
          .find((line) => line.startsWith(`a=${name}:`))
          ?.slice(name.length + 3);
      return {
        lines: list,
        value,
        has: (line) => list.includes(line),
        port: Number(list[0].split(" ")[1]),
        candidates: list.filter((line) => line.startsWith("a=candidate:")),
      };
    }),
  };
}
