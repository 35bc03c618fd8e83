// The items of a WHIP server (RFC 9725) that one request or two can tell. Numbers: the list in conformance.mjs.
import { bend, offer, parse, without } from "./offer.mjs";
import { fragment, FRAGMENT, HOST, isRefusal, links, need } from "./server.mjs";

const isProblem = (reply) => {
  need(reply.type === "application/problem+json", `no problem+json: ${reply.type}`);
  const problem = JSON.parse(reply.text);
  need(problem.status === reply.status && problem.type && problem.title, `not RFC 9457: ${reply.text}`);
};

const allows = (reply, name, value) =>
  (reply.headers.get(name) ?? "")
    .toLowerCase()
    .split(/\s*,\s*/)
    .includes(value.toLowerCase());

export const whip = {
  "W1 GET on endpoint and session: 2xx, empty": async (server) => {
    const endpoint = await server.ask("GET", server.endpoints.whip, { token: server.tokens.whip });
    need(endpoint.status >= 200 && endpoint.status < 300 && !endpoint.text, `endpoint: ${endpoint.status}`);
    await server.within("whip", async (session) => {
      const reply = await server.on(session, "GET");
      need(reply.status >= 200 && reply.status < 300 && !reply.text, `session: ${reply.status} ${reply.text}`);
    });
  },

  "W2 POST of an offer: 201, SDP answer, Location, ETag": (server) =>
    server.within("whip", async ({ reply, answer }) => {
      need(reply.type === "application/sdp", `Content-Type ${reply.type}`);
      need(reply.headers.get("location"), "no Location");
      need(reply.headers.get("etag"), "no ETag");
      need(answer.startsWith("v=0\r\n") && parse(answer).media.length === 2, `no answer:\n${answer}`);
    }),

  "W3 other type or malformed SDP: 4xx with a problem": async (server) => {
    const text = await server.post("whip", offer(), { type: "text/plain" });
    need(isRefusal(text), `text/plain: ${text.status}`);
    isProblem(text);
    const bare = await server.post("whip", offer(), { type: null });
    need(isRefusal(bare), `no SDP type: ${bare.status}`);
    for (const body of ["", "hello", "v=1\r\n", bend(offer(), "s=-\r\n", ""), offer().slice(0, 300)]) {
      const reply = await server.post("whip", body);
      need(isRefusal(reply), `${JSON.stringify(body.slice(0, 40))}: ${reply.status}`);
      isProblem(reply);
    }
  },

  "W4 the answer is recvonly; sendrecv is taken, recvonly and inactive are refused": async (server) => {
    for (const direction of ["sendonly", "sendrecv"])
      await server.within(
        "whip",
        ({ answer }) => {
          for (const media of parse(answer).media)
            need(media.has("a=recvonly"), `${direction} is not answered with recvonly:\n${answer}`);
        },
        offer({ direction }),
      );
    for (const direction of ["recvonly", "inactive"])
      await server.refuses("whip", offer({ direction }), direction);
  },

  "W7 OPTIONS: 200 with Accept-Post, and what CORS needs": async (server) => {
    const reply = await server.ask("OPTIONS", server.endpoints.whip, {
      headers: {
        origin: "https://elsewhere.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });
    need([200, 204].includes(reply.status), `status ${reply.status}`);
    need(allows(reply, "accept-post", "application/sdp"), "no Accept-Post: application/sdp");
    need(reply.headers.get("access-control-allow-origin"), "no Access-Control-Allow-Origin");
    for (const name of ["authorization", "content-type", "if-match"])
      need(allows(reply, "access-control-allow-headers", name), `${name} is not allowed`);
    for (const method of ["POST", "PATCH", "DELETE"])
      need(allows(reply, "access-control-allow-methods", method), `${method} is not allowed`);
    await server.within("whip", ({ reply: created }) => {
      for (const name of ["location", "etag", "link"])
        need(allows(created, "access-control-expose-headers", name), `${name} is not exposed by 201`);
    });
  },

  "W8 PATCH of another type or of a malformed fragment: 4xx": (server) =>
    server.within("whip", async (session) => {
      for (const [body, type] of [
        [fragment(HOST), "text/plain"],
        [offer(), "application/sdp"],
        ["hello", FRAGMENT],
        [fragment("what a candidate"), FRAGMENT],
        ["", FRAGMENT],
      ]) {
        const reply = await server.patch(session, body, { type });
        need(isRefusal(reply), `${type} ${JSON.stringify(body.slice(0, 30))}: ${reply.status}`);
      }
    }),

  "W10 a strong ETag, another for every session": (server) =>
    server.within("whip", (one) =>
      server.within("whip", (two) => {
        for (const { etag } of [one, two])
          need(/^"[\x21\x23-\x7e]+"$/.test(etag), `not a strong ETag: ${etag}`);
        need(one.etag !== two.etag, "two sessions have one ETag");
      }),
    ),

  "W11 PATCH without If-Match: 428; with another: 412; with * as without a change": (server) =>
    server.within("whip", async (session) => {
      const status = async (match) => (await server.patch(session, fragment(HOST), { match })).status;
      need((await status(undefined)) === 428, "no If-Match is not a 428");
      for (const match of ['"another"', session.etag.slice(1, -1), `W/${session.etag}`])
        need((await status(match)) === 412, `${match} is not a 412`);
      for (const match of [session.etag, "*", '"*"'])
        need((await status(match)) === 204, `${match} is not taken`);
    }),

  "W12 DELETE does not look at If-Match": async (server) => {
    const session = await server.open("whip");
    const reply = await server.on(session, "DELETE", { match: '"another"' });
    need(reply.status === 200, `status ${reply.status}`);
  },

  "W13 the answer holds the server's candidates": (server) =>
    server.within("whip", ({ answer }) => {
      const { session, media } = parse(answer);
      const all = media.flatMap(({ candidates }) => candidates);
      need(
        all.some((line) => / udp /i.test(line)),
        `no UDP candidate:\n${answer}`,
      );
      const whole = session.includes("a=ice-lite") || media.some((one) => one.has("a=end-of-candidates"));
      need(whole, "neither ice-lite nor end-of-candidates");
    }),

  "W14 a trickled candidate: 204, no body, no ETag": (server) =>
    server.within("whip", async (session) => {
      const reply = await server.patch(session, fragment(HOST));
      need(reply.status === 204 && !reply.text && !reply.headers.get("etag"), `${reply.status} ${reply.text}`);
      const end = await server.patch(session, fragment(HOST) + "a=end-of-candidates\r\n");
      need(end.status === 204, `end-of-candidates: ${end.status}`);
    }),

  "W15 candidates that are of no use are dropped without a word": (server) =>
    server.within("whip", async (session) => {
      const useless = [
        "2 1 udp 2122260223 0a1b2c3d-0000-4000-8000-0123456789ab.local 50001 typ host",
        "3 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active",
        "4 1 sctp 1518280447 192.0.2.7 9 typ host",
        "5 1 udp 1677729535 2001:db8::7 50002 typ srflx raddr :: rport 0",
      ];
      const reply = await server.patch(session, fragment(HOST, ...useless));
      need(reply.status === 204, `status ${reply.status}: ${reply.text}`);
    }),

  "W19 one BUNDLE and rtcp-mux; rtcp-mux-only is understood and not answered": (server) =>
    server.within(
      "whip",
      async ({ answer }) => {
        const { session, media } = parse(answer);
        need(session.includes("a=group:BUNDLE 0 1"), `no whole BUNDLE:\n${answer}`);
        for (const one of media) {
          need(one.has("a=rtcp-mux"), "an m-line without rtcp-mux");
          need(!one.has("a=rtcp-mux-only"), "an answer with rtcp-mux-only (RFC 8858)");
        }
        await server.refuses("whip", without(offer(), /a=group:BUNDLE/), "two m-lines and no BUNDLE");
        await server.refuses("whip", without(offer(), /a=rtcp-mux/), "no rtcp-mux");
      },
      bend(
        bend(offer(), "a=rtcp-mux\r\n", "a=rtcp-mux\r\na=rtcp-mux-only\r\n"),
        "m=video 9",
        "m=video 0",
      ).replace("a=mid:1\r\n", "a=mid:1\r\na=bundle-only\r\n"),
    ),

  "W20 more than one track of a kind, or more than one stream: taken whole or 400/422": async (server) => {
    for (const [why, sdp] of [
      ["two video tracks", offer({ kinds: ["audio", "video", "video"] })],
      ["two audio tracks", offer({ kinds: ["audio", "audio", "video"] })],
      ["two streams", bend(offer(), "a=msid:camera track1", "a=msid:screen track1")],
    ]) {
      const reply = await server.post("whip", sdp);
      if (reply.status !== 201) {
        need([400, 422].includes(reply.status), `${why}: ${reply.status}`);
        continue;
      }
      const url = new URL(reply.headers.get("location"), server.endpoints.whip).href;
      await server.ask("DELETE", url, { token: server.tokens.whip });
      need(
        !parse(reply.text).media.some(({ port, lines }) => !port || lines.includes("a=inactive")),
        `${why}: in part`,
      );
    }
  },

  "W21 no partial answer: one m-line that cannot be taken refuses all": async (server) => {
    const strange = bend(
      without(without(offer(), /a=(fmtp|rtcp-fb):/), /a=rtpmap:(97|102)/),
      "96 VP8/90000",
      "96 NOVEL/90000",
    );
    await server.refuses("whip", bend(strange, "SAVPF 96 97 102", "SAVPF 96"), "an unknown video codec");
    const refused = await server
      .refuses("whip", bend(offer(), "RTP/SAVPF 111 0", "RTP/SAVPF 0"), "no Opus")
      .catch(
        (error) => error, // G.711 alone may be taken as well
      );
    need(!(refused instanceof Error) || / 201 /.test(refused.message), refused.message);
  },

  "W22 setup actpass and active are answered with passive, passive is refused": async (server) => {
    for (const setup of ["actpass", "active"])
      await server.within(
        "whip",
        ({ answer }) => need(parse(answer).media[0].value("setup") === "passive", `${setup}:\n${answer}`),
        bend(offer(), "a=setup:actpass", `a=setup:${setup}`),
      );
    for (const setup of ["passive", "holdconn"])
      await server.refuses("whip", bend(offer(), "a=setup:actpass", `a=setup:${setup}`), setup);
  },

  "W24 an ice-server Link is whole, and never on a preflight": async (server) => {
    const preflight = await server.ask("OPTIONS", server.endpoints.whip);
    need(!links(preflight).some(({ rel }) => rel === "ice-server"), "credentials on a preflight");
    await server.within("whip", ({ reply }) => {
      for (const link of links(reply).filter(({ rel }) => rel === "ice-server")) {
        need(/^(stun|turn)s?:[^/]/.test(link.url), `not a STUN or TURN address: ${link.url}`);
        need(!link.url.includes("%3F"), `the ? is escaped: ${link.url}`);
        if (!link.url.startsWith("turn")) continue;
        need(link.username && link.credential, `no credentials: ${link.url}`);
        need((link["credential-type"] ?? "password") === "password", "an unknown credential-type");
      }
    });
  },

  "W25 a bearer token on endpoint and session, none on a preflight": async (server) => {
    const refused = (reply, what) => {
      need(reply.status === 401, `${what}: ${reply.status}`);
      need(
        /^bearer/i.test(reply.headers.get("www-authenticate") ?? ""),
        `${what}: no WWW-Authenticate: Bearer`,
      );
    };
    for (const token of [null, "wrong", server.tokens.whip.slice(0, -2)])
      refused(
        await server.post("whip", offer(), { token }),
        `POST with ${token ? "a wrong token" : "no token"}`,
      );
    await server.within("whip", async (session) => {
      for (const token of [null, "wrong"]) {
        refused(await server.patch(session, fragment(HOST), { token }), "PATCH");
        refused(await server.on(session, "DELETE", { token }), "DELETE");
      }
      if (server.tokens.whep !== server.tokens.whip)
        for (const method of ["PATCH", "DELETE"]) {
          const reply = await server.on(session, method, {
            token: server.tokens.whep,
            ...(method === "PATCH" && { type: FRAGMENT, match: session.etag, body: fragment(HOST) }),
          });
          need([401, 403].includes(reply.status), `${method} with another's token: ${reply.status}`);
        }
      need((await server.on(session, "GET")).status < 300, "the session did not outlive the strangers");
    });
    for (const url of [server.endpoints.whip, server.endpoints.whep])
      need((await server.ask("OPTIONS", url)).status < 300, "a preflight needs a token");
  },

  "W26 simulcast is answered by rid as RFC 8853 says, or with one stream": async (server) => {
    const lines = [
      "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
      "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
      "a=rid:h send",
      "a=rid:m send max-width=640",
      "a=rid:l send pt=96",
      "a=simulcast:send h;m;l",
    ];
    const several = bend(offer(), "a=rtpmap:96 VP8/90000", [...lines, "a=rtpmap:96 VP8/90000"].join("\r\n"));
    await server.within(
      "whip",
      ({ answer }) => {
        const video = parse(answer).media[1];
        const streams = video.value("simulcast");
        const rids = video.lines.filter((line) => line.startsWith("a=rid:"));
        if (!streams) return need(!rids.length, `rids without simulcast:\n${answer}`);
        need(/^recv [\w;,~-]+$/.test(streams), `a=simulcast:${streams}`);
        need(video.lines.some((line) => line.endsWith("sdes:rtp-stream-id")), `nothing tells the streams apart:\n${answer}`);
        for (const rid of streams.slice(5).split(/[;,]/).map((one) => one.replace("~", ""))) {
          need(["h", "m", "l"].includes(rid), `${rid} was not offered`);
          need(rids.some((line) => line.startsWith(`a=rid:${rid} recv`)), `${rid} is not described:\n${answer}`);
        }
        need(rids.every((line) => / recv\b/.test(line)), `a rid that is not received:\n${answer}`);
        need(!video.lines.some((line) => / send\b/.test(line) && line.startsWith("a=rid")), "a rid that is sent");
      },
      several,
    );
    // What is offered in the other direction only is no simulcast of the client's.
    await server.within(
      "whip",
      ({ answer }) => need(!parse(answer).media[1].value("simulcast"), `it receives what nobody sends:\n${answer}`),
      bend(bend(several, / send\b/g, " recv"), "a=simulcast:send", "a=simulcast:recv"),
    );
  },

  "W27 one Link an extension": (server) =>
    server.within("whip", ({ reply }) => {
      const extensions = links(reply).filter(({ rel }) => rel !== "ice-server");
      for (const { rel } of extensions) need(rel, "a Link without rel");
      need(new Set(extensions.map(({ rel }) => rel)).size === extensions.length, "an extension has two Links");
    }),
};
