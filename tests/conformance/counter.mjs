// Counter-offers of a WHEP server (E2): 406 with an offer of its own, which the client answers by PATCH.
import { until } from "../support/gateway.mjs";
import { bend, offer, parse, without } from "./offer.mjs";
import { fragment, FRAGMENT, HOST, isRefusal, need } from "./server.mjs";

const NOTHING = "v=0\r\no=- 7 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
const watcher = () => offer({ direction: "recvonly" });

// Well-formed offers that cannot be answered, but whose makers could answer an offer.
const unanswerable = {
  "an offer of nothing": () => NOTHING,
  "no codec of the server's": () => bend(bend(watcher(), "opus/48000/2", "speex/16000"), /VP8|H264/g, "H261"),
  "no BUNDLE": () => without(watcher(), /a=group:BUNDLE/),
  "no rtcp-mux": () => without(watcher(), /a=rtcp-mux/),
};

// What a browser that takes audio and VP8 answers.
function answer(sdp) {
  const lines = offer({ direction: "recvonly", kinds: parse(sdp).media.map(({ lines: [m] }) => m.slice(2, 7)) });
  return parse(sdp)
    .media.reduce((text, media, at) => text.replace(`a=mid:${at}\r\n`, `a=mid:${media.value("mid")}\r\n`), lines)
    .replace(/^a=group:.*$/m, parse(sdp).session.find((line) => line.startsWith("a=group:")) ?? "a=group:BUNDLE 0 1")
    .replaceAll("a=setup:actpass", "a=setup:active");
}

// A counter-offer as a session that waits for `answer`; null where the server refuses instead.
async function countered(server, body = NOTHING) {
  const reply = await server.post("whep", body);
  if (reply.status !== 406 && !server.having.includes("counter")) {
    need(isRefusal(reply), `neither a counter-offer nor a refusal: ${reply.status}`);
    return null;
  }
  need(reply.status === 406, `${reply.status} instead of a counter-offer`);
  const url = new URL(reply.headers.get("location") ?? "", server.endpoints.whep).href;
  return { kind: "whep", url, etag: reply.headers.get("etag"), offer: reply.text, reply };
}

const send = (server, session, body, options = {}) =>
  server.patch(session, body, { type: "application/sdp", match: undefined, ...options });

async function within(server, test) {
  const session = await countered(server);
  if (!session) return;
  try {
    await test(session);
  } finally {
    await server.close(session);
  }
}

export const counterOffers = {
  "E2 a counter-offer: 406, an offer that sends, Location; until when it is good": async (server) => {
    for (const [name, body] of Object.entries(unanswerable)) {
      const session = await countered(server, body());
      if (!session) continue;
      await server.close(session);
      need(session.reply.type === "application/sdp", `${name}: Content-Type ${session.reply.type}`);
      need(session.reply.headers.get("location"), `${name}: no Location`);
      const until = /valid-until="([^"]+)"/.exec(session.reply.headers.get("content-type"))?.[1];
      need(!until || Date.parse(until) > Date.now(), `${name}: valid-until ${until}`);
      for (const media of parse(session.offer).media) {
        need(media.has("a=sendonly") || media.has("a=sendrecv"), `${name}: an m-line that does not send`);
        need(media.value("setup") === "actpass", `${name}: an offer with setup:${media.value("setup")}`);
        need(media.has("a=rtcp-mux-only"), `${name}: an offer without rtcp-mux-only`);
      }
      need(parse(session.offer).media.some(({ candidates }) => candidates.length), `${name}: no candidate`);
    }
    for (const direction of ["sendonly", "inactive"])
      await server.refuses("whep", without(offer({ direction }), /a=group:BUNDLE/), `${direction}, no BUNDLE`);
  },

  "E2 the answer: 204, once; malformed or another's: 4xx, and it may be sent again": (server) =>
    within(server, async (session) => {
      const bad = {
        "no SDP": "hello",
        "setup:actpass": bend(answer(session.offer), "a=setup:active", "a=setup:actpass"),
        "sendonly": bend(answer(session.offer), "a=recvonly", "a=sendonly"),
        "an m-line less": answer(session.offer).replace(/m=video[^]*/, "").replace(/BUNDLE .*/, "BUNDLE 0"),
        "no fingerprint": without(answer(session.offer), /a=fingerprint/),
      };
      for (const [name, body] of Object.entries(bad)) {
        const reply = await send(server, session, body);
        need(isRefusal(reply), `${name}: ${reply.status}`);
      }
      need(isRefusal(await server.patch(session, fragment(HOST))), "candidates before the answer are taken");
      const good = await send(server, session, answer(session.offer));
      need(good.status === 204 && !good.text, `the answer: ${good.status} ${good.text}`);
      need(isRefusal(await send(server, session, answer(session.offer))), "a second answer is taken");
      if (!session.etag) return;
      need((await server.patch(session, fragment(HOST))).status === 204, "no candidate after the answer");
    }),

  "E2 If-Match of an answer: another ETag is a 412, the right one and none are fine": (server) =>
    within(server, async (session) => {
      const reply = await send(server, session, answer(session.offer), { match: '"another"' });
      need(reply.status === 412, `another ETag: ${reply.status}`);
      const fine = await send(server, session, answer(session.offer), { match: session.etag ?? undefined });
      need(fine.status === 204, `the right ETag: ${fine.status}`);
    }),

  "E2 application/sdp is for pending offers only, and a token is needed": async (server) => {
    await server.within(
      "whep",
      async (session) => {
        const reply = await send(server, session, watcher(), { match: session.etag });
        need(isRefusal(reply), `application/sdp to a session that was answered: ${reply.status}`);
        need((reply.headers.get("accept-patch") ?? FRAGMENT).includes(FRAGMENT), "Accept-Patch says otherwise");
      },
      watcher(),
    );
    await within(server, async (session) => {
      need((await send(server, session, answer(session.offer), { token: null })).status === 401, "no token");
    });
  },
};

export const unanswered = {
  "E2 a counter-offer nobody answers is gone after its time": async (server) => {
    const session = await countered(server);
    if (!session) return;
    const status = async () => (await send(server, session, answer(session.offer).slice(0, 40))).status;
    need(isRefusal({ status: await status() }), "gone at once");
    await until("the offer has expired", async () => [404, 410].includes(await status()), 45);
  },
};
