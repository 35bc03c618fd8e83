// The items of a WHEP server (draft-ietf-wish-whep) that differ from WHIP's, and that the rest is the same.
import { bend, offer, parse } from "./offer.mjs";
import { fragment, HOST, isRefusal, need } from "./server.mjs";

const watcher = (options) => offer({ direction: "recvonly", ...options });

export const whep = {
  "E1 a recvonly or sendrecv offer is answered with sendonly; sendonly and inactive are refused": async (
    server,
  ) => {
    for (const direction of ["recvonly", "sendrecv"])
      await server.within(
        "whep",
        ({ answer, reply }) => {
          need(reply.type === "application/sdp", `Content-Type ${reply.type}`);
          for (const media of parse(answer).media)
            need(media.has("a=sendonly"), `${direction} is not answered with sendonly:\n${answer}`);
        },
        offer({ direction }),
      );
    for (const direction of ["sendonly", "inactive"])
      await server.refuses("whep", offer({ direction }), direction);
  },

  "E3 GET: 2xx, empty; HEAD: 200 with the same headers": async (server) => {
    await server.within("whep", async (session) => {
      for (const url of [server.endpoints.whep, session.url]) {
        const [get, head] = [
          await server.ask("GET", url, { token: server.tokens.whep }),
          await server.ask("HEAD", url, { token: server.tokens.whep }),
        ];
        need(get.status >= 200 && get.status < 300 && !get.text, `GET: ${get.status}`);
        need(head.status === 200 && head.type === "application/sdp", `HEAD: ${head.status} ${head.type}`);
        for (const name of ["content-type", "content-length"])
          need(get.headers.get(name) === head.headers.get(name), `HEAD differs from GET in ${name}`);
      }
    });
  },

  "E4 no publisher: 201 all the same, or 409 with Retry-After": async (server) => {
    const reply = await server.post("whep", watcher());
    need([201, 409].includes(reply.status), `status ${reply.status}`);
    if (reply.status === 409) need(Number(reply.headers.get("retry-after")) > 0, "409 without Retry-After");
    else
      await server.ask("DELETE", new URL(reply.headers.get("location"), server.endpoints.whep).href, {
        token: server.tokens.whep,
      });
  },

  "E5 the rest is as with WHIP: types, ETag, trickle, transport, tokens, DELETE": async (server) => {
    need(isRefusal(await server.post("whep", watcher(), { type: "text/plain" })), "text/plain is taken");
    const open = await server.ask("POST", server.endpoints.whep, { type: "application/sdp", body: watcher() });
    need(
      open.status === 401 && /^bearer/i.test(open.headers.get("www-authenticate") ?? ""),
      `no token: ${open.status}`,
    );
    await server.refuses("whep", watcher({ kinds: ["audio", "video", "video"] }), "two video tracks");
    await server.refuses("whep", bend(watcher(), "a=setup:actpass", "a=setup:passive"), "setup:passive");
    const session = await server.open("whep", watcher());
    need(/^"[\x21\x23-\x7e]+"$/.test(session.etag), `not a strong ETag: ${session.etag}`);
    need(parse(session.answer).media[0].value("setup") === "passive", "the answer is not passive");
    need(parse(session.answer).media[0].candidates.length, "no candidate in the answer");
    const patch = async (match) => (await server.patch(session, fragment(HOST), { match })).status;
    need((await patch(undefined)) === 428, "no If-Match is not a 428");
    need((await patch('"another"')) === 412, "another ETag is not a 412");
    need((await patch(session.etag)) === 204, "a candidate is not a 204");
    need((await server.on(session, "DELETE", { token: null })).status === 401, "DELETE needs no token");
    need((await server.close(session)).status === 200, "DELETE is not a 200");
    need((await server.close(session)).status === 404, "the second DELETE is not a 404");
  },
};
