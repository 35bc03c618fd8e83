// Requests and conversations as fuzz_api.c and fuzz_live.c read them.

function request(method, path, { body = "", type = "application/json", who = "", more = [] } = {}) {
  const lines = [`${method} ${path} HTTP/1.1`, "Host: localhost", ...more];
  if (who) lines.push(who.startsWith("cookie") ? `Cookie: __Host-banyan=${who.slice(7)}` : `Authorization: ${who}`);
  if (body) lines.push(`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

const json = (value) => JSON.stringify(value);
const offered = (kind, body) => request("POST", kind, { body, type: "application/sdp", who: "room" });
const patched = (body, more = ["If-Match: *"]) =>
  request("PATCH", "/media/last", { body, type: "application/trickle-ice-sdpfrag", who: "room", more });

const bodies = [
  json({ name: "lawyer", password: "x" }),
  json({ name: "busy", password: "x" }),
  json({ name: "nobody", password: "x" }),
  json({ name: 7, password: null }),
  json({ name: "a".repeat(300), password: "" }),
  '{"name":"a","name":"b"}',
  '{"name":"\\ud800"}',
  "[".repeat(300),
  "[]",
  "\xef\xbb\xbf{}",
  '{"a":1e999}',
  '{"code":"booth"}',
  '{"code":"busy"}',
  '{"code":"\\u0000"}',
];

const places = [
  ["GET", "/v1/me"],
  ["POST", "/v1/me/preflight"],
  ["GET", "/v1/clinic"],
  ["GET", "/v1/lectures"],
  ["GET", "/v1/lectures/lec1"],
  ["GET", "/v1/consultations/c-1"],
  ["GET", "/v1/records"],
  ["GET", "/v1/consultations/c-1/record"],
  ["GET", "/v1/consultations/c-1/record.html"],
  ["GET", "/v1/consultations/c-1/record.csv"],
  ["GET", "/v1/consultations/c-1/record.pdf"],
  ["GET", "/v1/consultations/c-1/take-away.pdf"],
  ["GET", "/v1/consultations/c-1/readback"],
  ["GET", "/v1/consultations/c-1/earlier"],
  ["GET", "/v1/consultations/c-1/earlier/c-0"],
  ["DELETE", "/v1/consultations/c-1/readback?rev=0"],
  ["GET", "/v1/consultations/c-1/papers"],
  ["GET", "/v1/consultations/c-1/papers/1"],
  ["DELETE", "/v1/consultations/c-1/papers/1"],
  ["GET", "/healthz"],
  ["GET", "/readyz"],
  ["GET", "/metrics"],
  ["GET", "/e/member"],
  ["GET", "/booth"],
  ["GET", "/whip/room"],
  ["OPTIONS", "/whip/room"],
  ["PUT", "/whip/room"],
  ["DELETE", "/v1/sessions/current"],
  ["POST", "/v1/links/member/session"],
  ["POST", "/v1/links/busy/session"],
];

const records = [
  ["PUT", "/v1/consultations/c-1/record", { rev: 0, fields: { facts: "a\nb", groups: "elder,woman", limitation_kind: "civil", limitation_from: "2026-02-28" } }],
  ["PUT", "/v1/consultations/c-1/record", { rev: 6, fields: {} }],
  ["PUT", "/v1/consultations/c-1/record", { rev: 0, fields: { facts: 7, number: "1" } }],
  ["POST", "/v1/consultations/c-1/record/seal", { rev: 0 }],
  ["POST", "/v1/consultations/c-1/readback", { rev: 0 }],
  ["PUT", "/v1/consultations/c-1/readback/facts", { rev: 0, answer: "right" }],
];

export const apiSeeds = (heads, offer) => [
  ...heads,
  ...bodies.flatMap((body) => ["/v1/sessions", "/v1/booths/enrol"].map((path) => request("POST", path, { body }))),
  ...places.flatMap(([method, path]) =>
    ["", "booth", "member", "cookie lawyer", "cookie hall", "cookie staff"].map((who) =>
      request(method, path, { who, more: ["X-Banyan: 1", "Origin: https://localhost"] }),
    ),
  ),
  request("POST", "/v1/sessions", { body: json({ name: "hall", password: "x" }), type: "text/plain" }),
  ...records.flatMap(([method, path, value]) =>
    ["booth", "cookie lawyer", "cookie staff"].map((who) => request(method, path, { body: json(value), who, more: ["X-Banyan: 1"] })),
  ),
  request("DELETE", "/v1/sessions/current", { who: "cookie lawyer" }),
  offered("/whip/room?source=screen", offer) + patched("a=mid:0\r\n") + request("GET", "/media/last", { who: "room" }) +
    patched("a=mid:10\r\n", []) + patched("a=mid:0\r\n", ['If-Match: "other"']) + request("DELETE", "/media/last", { who: "room" }),
  offered("/whep/room/publication", offer) + request("OPTIONS", "/media/last") + request("DELETE", "/media/last"),
  offered("/whip/room", "not an offer"),
  offered("/whip/bad%2Froom", offer),
  request("POST", "/whep/room", { body: "x", who: "room" }),
];

// Who speaks: 0 the booth, 1 an elder, 2 a lawyer, 3 the hall; + 0x40 as a fresh connection.
const BOOTH = "0", ELDER = "1", LAWYER = "2", HALL = "3", LAWYER_ANEW = "r";
const say = (who, value) => who + (typeof value === "string" ? value : json(value));
const hello = (who, more = {}) => say(who, { do: "hello", ref: 1, ...more });
const talk = (...lines) => lines.join("\n");
const ask = { do: "ask", ref: 2, key: "k", category: "family", language: "zh-CN", consent: "2026-11" };

export const liveSeeds = [
  talk(
    hello(BOOTH), hello(LAWYER), say(LAWYER, { do: "on_duty", ref: 3 }), say(BOOTH, ask), say(LAWYER, { do: "ping" }),
    say(BOOTH, { do: "cancel", ref: 4 }), say(LAWYER, { do: "off_duty" }), hello(LAWYER_ANEW, { since: 3 }),
  ),
  talk(hello(BOOTH), say(BOOTH, ask), say(BOOTH, ask), say(BOOTH, { do: "leave" }), say(BOOTH, { do: "nothing" })),
  talk(hello(LAWYER), ...["accept", "decline", "end"].map((verb) => say(LAWYER, { do: verb, consultation: "c-1", reason: "other" }))),
  talk(hello(HALL), say(HALL, { do: "start", lecture: "lec1" }), say(HALL, { do: "end_lecture", lecture: "lec1" }), say(HALL, { do: "start", lecture: 1 })),
  talk(hello(ELDER, { since: 1 }), hello(ELDER), say(ELDER, { do: "start", lecture: "lec1" })),
  talk(hello(ELDER, { since: 6 }), say(ELDER, "[]"), say(ELDER, "{"), say(ELDER, '{"do":1}'), say(ELDER, '{"do":"a","do":"b"}')),
  talk(hello(HALL, { token: "wrong" }), say(HALL, { do: "ping", ref: "x" }), say(HALL, { do: "hello", ref: 1e30 })),
  talk(say(BOOTH, "[".repeat(3000)), say(BOOTH, `{"do":"${"x".repeat(500)}"}`), say(BOOTH, "\xff\xfe")),
];
