// ICE restart by PATCH (RFC 9725 section 4.3.3), for WHIP and WHEP alike: what requests can tell. Media is looked at in
// tests/unit and tests/browser.
import { offer, parse } from "./offer.mjs";
import { fragment, FRAGMENT, HOST, isRefusal, need } from "./server.mjs";

let count = 0;
const fresh = () => ({ ufrag: `new${++count}u`, pwd: `newpassword0123456789${count}x` });

const withIce = ({ ufrag, pwd }) => `a=ice-ufrag:${ufrag}\r\na=ice-pwd:${pwd}\r\n${fragment(HOST)}`;

// The credentials of an offer, as a client trickles with them.
const ofOffer = (sdp) => {
  const [one] = parse(sdp).media;
  return { ufrag: one.value("ice-ufrag"), pwd: one.value("ice-pwd") };
};

// What a fragment says.
const read = (text) => {
  const value = (name) => new RegExp(`^a=${name}:(.*)$`, "m").exec(text)?.[1].trim();
  return {
    ufrag: value("ice-ufrag"),
    pwd: value("ice-pwd"),
    group: value("group"),
    options: value("ice-options"),
    lite: /^a=ice-lite\r?$/m.test(text),
    mids: [...text.matchAll(/^a=mid:(\S+)/gm)].map((found) => found[1]),
    candidates: [...text.matchAll(/^a=candidate:.*$/gm)].map((found) => found[0].trim()),
    ends: /^a=end-of-candidates\r?$/m.test(text),
  };
};

const strong = (etag) => /^"[\x21\x23-\x7e]+"$/.test(etag ?? "");

async function restart(server, session, match = session.etag) {
  const reply = await server.patch(session, withIce(fresh()), { match });
  need(reply.status === 200, `a restart is answered with ${reply.status}: ${reply.text}`);
  return { ...session, etag: reply.headers.get("etag"), restarted: reply };
}

const items = (kind) => {
  const sdp = () => offer({ direction: kind === "whip" ? "sendonly" : "recvonly" });
  const within = (test) => {
    const offered = sdp();
    return (server) => server.within(kind, (session) => test(server, session, ofOffer(offered)), offered);
  };
  const name = kind.toUpperCase();
  return {
    [`W9 ${name}: trickle and restart are both served, or one of them is a 422`]: within(async (server, session, ice) => {
      const trickled = (await server.patch(session, withIce(ice))).status;
      const restarted = (await server.patch(session, withIce(fresh()))).status;
      need([204, 422].includes(trickled), `trickle: ${trickled}`);
      need([200, 422].includes(restarted), `restart: ${restarted}`);
      need(trickled !== 422 || restarted !== 422, "neither is served");
    }),

    [`W16 ${name}: a new ufrag and pwd: 200, a fragment with new credentials, a new ETag`]: within(async (server, session) => {
      const before = parse(session.answer);
      const tagged = before.media[0];
      const seen = new Set([tagged.value("ice-ufrag"), tagged.value("ice-pwd"), session.etag]);
      let now = session;
      for (const match of ["*", '"*"', null]) {
        now = await restart(server, now, match ?? now.etag);
        const { restarted, etag } = now;
        need(restarted.type === FRAGMENT, `Content-Type ${restarted.type}`);
        need(strong(etag), `not a strong ETag: ${etag}`);
        const told = read(restarted.text);
        need(told.ufrag?.length >= 4 && told.pwd?.length >= 22, `no credentials:\n${restarted.text}`);
        for (const value of [told.ufrag, told.pwd, etag]) {
          need(!seen.has(value), `${value} was there before`);
          seen.add(value);
        }
        need(told.lite === before.session.includes("a=ice-lite"), "ice-lite is not as in the answer");
        need(told.options === tagged.value("ice-options"), "ice-options are not as in the answer");
        need(told.mids[0] === tagged.value("mid"), `the section is not the tagged one:\n${restarted.text}`);
        need(JSON.stringify(told.candidates) === JSON.stringify(tagged.candidates), "other candidates than in the answer");
        need(told.ends || told.lite, "more candidates may come");
      }
    }),

    [`W17 ${name}: a restart that cannot be done leaves the session as it is`]: within(async (server, session, ice) => {
      const { ufrag, pwd } = fresh();
      for (const body of [
        `a=ice-ufrag:${ufrag}\r\n${fragment(HOST)}`,
        withIce({ ufrag: "x", pwd }),
        withIce({ ufrag, pwd: "short" }),
        withIce({ ufrag, pwd: ice.pwd }),
        withIce({ ufrag: ice.ufrag, pwd }),
        withIce({ ufrag, pwd }) + "a=candidate:nothing\r\n",
        withIce({ ufrag: "u".repeat(300), pwd }),
      ]) {
        const reply = await server.patch(session, body);
        need(isRefusal(reply), `${JSON.stringify(body.slice(0, 60))}: ${reply.status}`);
        need(!reply.headers.get("etag"), "a refusal with an ETag");
      }
      need((await server.on(session, "GET")).status < 300, "the session is gone");
      const trickled = await server.patch(session, withIce(ice));
      need(trickled.status === 204, `the credentials of the offer are not the present ones: ${trickled.status}`);
      await restart(server, session);
    }),

    [`W18 ${name}: a PATCH with the ETag before a restart: 412, and nothing changes`]: within(async (server, session, ice) => {
      const now = await restart(server, session);
      for (const body of [withIce(fresh()), withIce(ice), fragment(HOST)]) {
        const late = await server.patch(session, body);
        need(late.status === 412, `${body.slice(0, 20)} with the ETag before: ${late.status}`);
      }
      const trickled = await server.patch(now, fragment(HOST));
      need(trickled.status === 204, `a candidate after the restart: ${trickled.status}`);
      need((await server.patch(now, withIce(ice), { match: "*" })).status !== 200, "the credentials before are back");
      await restart(server, now);
    }),

    [`W18 ${name}: of two restarts at once with one ETag one is done`]: within(async (server, session) => {
      const replies = await Promise.all([1, 2].map(() => server.patch(session, withIce(fresh()))));
      const statuses = replies.map(({ status }) => status).sort();
      need(statuses.join() === "200,412", `answered with ${statuses}`);
    }),
  };
};

export const restarts = { ...items("whip"), ...items("whep") };
