// The server under test: its addresses and tokens, requests to it, and what is true of every reply.
import { offer } from "./offer.mjs";

export const FRAGMENT = "application/trickle-ice-sdpfrag";

export function need(condition, text) {
  if (!condition) throw new Error(text);
}

// A 4xx that is about what was sent: not about who asks (401, 403), where (404) or when (412, 428, 429).
export const isRefusal = ({ status }) =>
  status >= 400 && status < 500 && ![401, 403, 404, 412, 428, 429].includes(status);

export class Server {
  replies = []; // [method, status, retry-after, location] of all there were, for W23

  constructor({ whip, whep, whipToken, whepToken, having = [] }) {
    this.endpoints = { whip, whep };
    this.having = having; // "counter", "events", "layers": what it has to have
    this.tokens = { whip: whipToken, whep: whepToken };
  }

  // A reply with its body read. `token`: null for none.
  async ask(method, url, { token, type, body, match, headers = {} } = {}) {
    const given = { ...headers };
    if (token) given.authorization = `Bearer ${token}`;
    if (type) given["content-type"] = type;
    if (match) given["if-match"] = match;
    const reply = await fetch(url, { method, headers: given, body, redirect: "manual" });
    const text = await reply.text();
    const { status, headers: got } = reply;
    this.replies.push({ method, status, retryAfter: got.get("retry-after"), location: got.get("location") });
    return { status, headers: got, text, type: (got.get("content-type") ?? "").split(";")[0].trim() };
  }

  post(kind, body, { type = "application/sdp", token = this.tokens[kind] } = {}) {
    return this.ask("POST", this.endpoints[kind], { token, type, body });
  }

  // A session from an offer that has to be taken: {url, etag, answer, kind}.
  async open(kind, sdp = offer({ direction: kind === "whip" ? "sendonly" : "recvonly" })) {
    const reply = await this.post(kind, sdp);
    need(reply.status === 201, `the offer is answered with ${reply.status}: ${reply.text}`);
    const url = new URL(reply.headers.get("location") ?? "", this.endpoints[kind]).href;
    return { kind, url, etag: reply.headers.get("etag"), answer: reply.text, reply };
  }

  on(session, method, options = {}) {
    return this.ask(method, session.url, { token: this.tokens[session.kind], ...options });
  }

  patch(session, body, options = {}) {
    return this.on(session, "PATCH", { type: FRAGMENT, match: session.etag, body, ...options });
  }

  close(session) {
    return this.on(session, "DELETE");
  }

  // Runs `test` with a session that is deleted afterwards.
  async within(kind, test, sdp) {
    const session = await this.open(kind, sdp);
    try {
      return await test(session);
    } finally {
      await this.close(session);
    }
  }

  // The offer has to be refused as a whole: 400 or 422, no session.
  async refuses(kind, sdp, why) {
    const reply = await this.post(kind, sdp);
    if (reply.status === 201)
      await this.ask("DELETE", new URL(reply.headers.get("location"), this.endpoints[kind]).href, {
        token: this.tokens[kind],
      });
    need([400, 422].includes(reply.status), `${why}: ${reply.status} instead of 400 or 422`);
    need(!reply.headers.get("location"), `${why}: refused, and yet a Location`);
    return reply;
  }
}

// RFC 8288 as far as it is used here: [{url, rel, ...}]
export const links = (reply) =>
  (reply.headers.get("link") ?? "")
    .split(/,(?=\s*<)/)
    .filter((text) => text.trim())
    .map((text) => {
      const [, url, rest] = /^\s*<([^>]*)>(.*)$/.exec(text) ?? [];
      need(url, `a Link that cannot be read: ${text}`);
      const pairs = [...rest.matchAll(/;\s*([\w-]+)=("([^"]*)"|[^;\s]+)/g)];
      return { url, ...Object.fromEntries(pairs.map((pair) => [pair[1].toLowerCase(), pair[3] ?? pair[2]])) };
    });

// A fragment as a browser trickles it.
export const fragment = (...candidates) =>
  ["m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=mid:0", ...candidates.map((text) => `a=candidate:${text}`), ""].join(
    "\r\n",
  );

export const HOST = "1 1 udp 2122260223 192.0.2.7 50000 typ host generation 0 ufrag abcd";
