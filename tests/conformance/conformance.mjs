// Does a server keep WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep)? One line an item, for any server.
//
//     node conformance.mjs URL WHIP_TOKEN WHEP_TOKEN [--room ROOM] [--whip PATH] [--whep PATH] [--insecure] [--quick]
//         [--with counter,events,layers]
//
// URL is the server's; the endpoints are /whip/ROOM and /whep/ROOM on it unless said otherwise. --insecure takes any
// certificate; --quick leaves out what needs a client with media (python3-aiortc) or takes half a minute.
// A server may or may not make counter-offers (E2) and have the extensions for events (E6) and layers (E7); --with says
// that it has to. Items: W the RFC's, E the draft's.
import { report } from "../support/report.mjs";
import { extensions, happenings } from "./events.mjs";
import { offer } from "./offer.mjs";
import { need, Server } from "./server.mjs";
import { restarts } from "./restart.mjs";
import { sessions } from "./session.mjs";
import { counterOffers, unanswered } from "./counter.mjs";
import { whep } from "./whep.mjs";
import { whip } from "./whip.mjs";

const words = process.argv.slice(2);
const option = (name, fallback) => {
  const at = words.indexOf(`--${name}`);
  return at < 0 ? fallback : words.splice(at, 2)[1];
};
const flag = (name) => words.includes(`--${name}`) && words.splice(words.indexOf(`--${name}`), 1).length > 0;

const quick = flag("quick");
// Asking any certificate is gateway.mjs's setting for a test's own gateways; a foreign server is checked.
if (!flag("insecure")) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
const having = option("with", "").split(",");
const room = option("room", "conformance");
const paths = { whip: option("whip", `/whip/${room}`), whep: option("whep", `/whep/${room}`) };
const [url, whipToken, whepToken] = words;
if (!url || !whipToken || !whepToken) {
  console.error(
    "usage: conformance.mjs URL WHIP_TOKEN WHEP_TOKEN [--room ROOM] [--whip PATH] [--whep PATH] [--insecure] [--quick] [--with EXTENSIONS]",
  );
  process.exit(2);
}
const at = (path) => new URL(path, url).href;
const server = new Server({ whip: at(paths.whip), whep: at(paths.whep), whipToken, whepToken, having });

// Looks back on every reply there was.
const afterwards = {
  "W23 never 301 or 302; 307 says where, 503 says when": async () => {
    await server
      .post("whip", offer())
      .then((reply) =>
        reply.status === 201
          ? server.close({
              kind: "whip",
              url: new URL(reply.headers.get("location"), server.endpoints.whip).href,
            })
          : reply,
      );
    need(server.replies.length > 20, "too few replies to tell");
    for (const { method, status, retryAfter, location } of server.replies) {
      need(![301, 302].includes(status), `${method} was redirected with ${status}`);
      need(status !== 307 || location, `${method}: 307 without Location`);
      need(status !== 503 || retryAfter, `${method}: 503 without Retry-After`);
      need(status === 503 || status < 500, `${method} was answered with ${status}`);
    }
  },
};

const bound = (items) =>
  Object.fromEntries(Object.entries(items).map(([name, test]) => [name, () => test(server)]));

let failed = await report(bound({ ...whip, ...whep, ...counterOffers, ...extensions, ...restarts }));
if (!quick) {
  failed += await report(bound(happenings)); // before others publish in the room
  const results = Object.entries(bound({ ...sessions, ...unanswered })).map(([name, test]) => [
    name,
    test().then(
      () => null,
      (error) => error,
    ),
  ]);
  failed += await report(
    Object.fromEntries(
      results.map(([name, result]) => [
        name,
        async () => {
          const error = await result;
          if (error) throw error;
        },
      ]),
    ),
  );
}
failed += await report(afterwards);
process.exit(failed ? 1 : 0);
