// Hostile HTTP to every route: methods, paths, heads, bodies. Every reply is a 4xx problem that names the field.
import { need } from "./harness.mjs";
import { exchange, open, request, source } from "./raw.mjs";

// The routes, with one good value for each part of a path; run.mjs holds them against the gateway's own table.
export const routes = [
  ["POST", "/whip/hostile"],
  ["GET", "/whip/hostile"],
  ["POST", "/whep/hostile"],
  ["GET", "/whep/hostile"],
  ["POST", "/whep/hostile/p1"],
  ["GET", "/whep/hostile/p1"],
  ["GET", "/media/none"],
  ["PATCH", "/media/none"],
  ["DELETE", "/media/none"],
  ["POST", "/media/none/events"],
  ["GET", "/media/none/events/none"],
  ["DELETE", "/media/none/events/none"],
  ["POST", "/media/none/layer"],
  ["POST", "/v1/sessions"],
  ["POST", "/v1/sessions/second-factor"],
  ["DELETE", "/v1/sessions/current"],
  ["GET", "/v1/me"],
  ["GET", "/v1/me/sessions"],
  ["DELETE", "/v1/me/sessions/none"],
  ["GET", "/v1/users"],
  ["POST", "/v1/users"],
  ["POST", "/v1/users/import"],
  ["PATCH", "/v1/users/none"],
  ["POST", "/v1/users/none/password"],
  ["DELETE", "/v1/users/none/second-factor"],
  ["GET", "/v1/users/none/sessions"],
  ["DELETE", "/v1/users/none/sessions/none"],
  ["GET", "/v1/start"],
  ["POST", "/v1/me/unlock"],
  ["GET", "/v1/centres"],
  ["POST", "/v1/centres"],
  ["PATCH", "/v1/centres/none"],
  ["GET", "/v1/booths"],
  ["POST", "/v1/booths"],
  ["PATCH", "/v1/booths/none"],
  ["DELETE", "/v1/booths/none"],
  ["POST", "/v1/booths/none/code"],
  ["GET", "/v1/audit"],
  ["GET", "/v1/audit/verification"],
  ["POST", "/v1/booths/enrol"],
  ["POST", "/v1/links/none/session"],
  ["GET", "/v1/guests/none"],
  ["POST", "/v1/guests/none/session"],
  ["GET", "/g/none"],
  ["GET", "/v1/clinic"],
  ["GET", "/v1/half-days"],
  ["GET", "/v1/desk"],
  ["GET", "/v1/shifts"],
  ["POST", "/v1/shifts"],
  ["POST", "/v1/shifts/import"],
  ["DELETE", "/v1/shifts/none"],
  ["POST", "/v1/shifts/none/hand-over"],
  ["GET", "/v1/swaps"],
  ["POST", "/v1/swaps"],
  ["POST", "/v1/swaps/1/answer"],
  ["GET", "/v1/appointments"],
  ["POST", "/v1/appointments"],
  ["POST", "/v1/appointments/1/decision"],
  ["GET", "/v1/me/appointments"],
  ["POST", "/v1/me/preflight"],
  ["PUT", "/v1/me/photo"],
  ["DELETE", "/v1/me/photo"],
  ["GET", "/v1/lawyers/x/photo"],
  ["PUT", "/v1/users/none/photo"],
  ["DELETE", "/v1/users/none/photo"],
  ["GET", "/v1/places"],
  ["POST", "/v1/places"],
  ["GET", "/v1/prompts"],
  ["PUT", "/v1/prompts/zh-CN/none"],
  ["DELETE", "/v1/prompts/zh-CN/none"],
  ["GET", "/v1/tasks"],
  ["POST", "/v1/tasks/none/done"],
  ["GET", "/v1/statistics"],
  ["GET", "/v1/statistics.csv"],
  ["GET", "/v1/workload"],
  ["GET", "/v1/workload.csv"],
  ["GET", "/v1/lectures"],
  ["GET", "/v1/lectures/none"],
  ["GET", "/v1/consultations/none"],
  ["GET", "/v1/records"],
  ["GET", "/v1/consultations/none/record"],
  ["PUT", "/v1/consultations/none/record"],
  ["POST", "/v1/consultations/none/record/seal"],
  ["GET", "/v1/consultations/none/record.html"],
  ["GET", "/v1/consultations/none/record.csv"],
  ["GET", "/v1/consultations/none/recordings"],
  ["GET", "/v1/consultations/none/earlier"],
  ["GET", "/v1/consultations/none/earlier/none"],
  ["POST", "/v1/consultations/none/viewings"],
  ["GET", "/v1/consultations/none/viewings/none/0"],
  ["DELETE", "/v1/consultations/none/viewings/none"],
  ["GET", "/v1/consultations/none/readback"],
  ["POST", "/v1/consultations/none/readback"],
  ["DELETE", "/v1/consultations/none/readback"],
  ["PUT", "/v1/consultations/none/readback/facts"],
  ["GET", "/v1/consultations/none/record.pdf"],
  ["GET", "/v1/consultations/none/take-away.pdf"],
  ["GET", "/v1/consultations/none/kept"],
  ["GET", "/v1/consultations/none/kept/p-1"],
  ["POST", "/v1/consultations/none/papers"],
  ["GET", "/v1/consultations/none/papers"],
  ["GET", "/v1/consultations/none/papers/1"],
  ["PATCH", "/v1/consultations/none/papers/1"],
  ["DELETE", "/v1/consultations/none/papers/1"],
  ["POST", "/v1/rooms/hostile/pulls"],
  ["GET", "/v1/rooms/hostile/pulls"],
  ["DELETE", "/v1/rooms/hostile/pulls/none"],
  ["POST", "/v1/rooms/hostile/pushes"],
  ["GET", "/v1/rooms/hostile/pushes"],
  ["DELETE", "/v1/rooms/hostile/pushes/none"],
  ["GET", "/healthz"],
  ["GET", "/readyz"],
  ["GET", "/metrics"],
  ["GET", "/e/none"],
];

// The elder's page answers people, in HTML; everything else answers programs.
const isPage = (path) => path.startsWith("/e/");

export function isProblem(reply, what, { field = false } = {}) {
  need(reply, `${what}: no reply`);
  need(reply.status >= 400 && reply.status < 500, `${what}: ${reply.status} ${reply.body.slice(0, 200)}`);
  need(reply.headers["content-type"]?.startsWith("application/problem+json"), `${what}: no problem+json`);
  const problem = JSON.parse(reply.body);
  need(problem.status === reply.status && problem.type && problem.title, `${what}: ${reply.body}`);
  if (field) need(problem.field, `${what}: no field is named: ${reply.body}`);
  return problem;
}

// JSON text with a zero in it is refused as a whole.
const blamed = (value, field) => (typeof value === "string" && value.includes("\0") ? "body" : field);
const wrong = [0, 1.5, true, null, [], {}, ["a"], { a: 1 }, "", "x".repeat(10240), "a\0b"];

const nested = (depth) => `${'{"name":'.repeat(depth)}1${"}".repeat(depth)}`;
const badJson = [
  "",
  "{",
  "[]",
  '"text"',
  "null",
  "{]",
  "{'name':1}",
  '{"name":"a","name":"b"}',
  '{"name":"a"}{"name":"b"}',
  '{"name":"\\ud800"}',
  '{"name":"a\u0000"}',
  '{"na\\u0000me":"a"}',
  '{"name":1e999999}',
  '{"name":NaN}',
  Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  nested(3000),
  "[".repeat(100000),
  `{"name":"${"x".repeat(900000)}"}`,
  `{${Array.from({ length: 20000 }, (_, at) => `"k${at}":1`).join()}}`,
];

const JSON_TYPE = { "content-type": "application/json", "x-banyan": "1" };

// Every field of every route that takes JSON, in every wrong type.
export async function fields(gateway, round) {
  const at = { port: gateway.http, from: source(round) };
  const post = (path, body) => exchange(at, request("POST", path, { headers: JSON_TYPE, body }));
  for (const value of wrong) {
    const name = await post("/v1/sessions", JSON.stringify({ name: value, password: "p" }));
    need(
      isProblem(name, `name ${JSON.stringify(value)?.slice(0, 30)}`, { field: true }).field ===
        blamed(value, "name"),
      name.body,
    );
    const password = await post("/v1/sessions", JSON.stringify({ name: "n", password: value }));
    const why = `password ${JSON.stringify(value)?.slice(0, 30)}`;
    need(isProblem(password, why, { field: true }).field === blamed(value, "password"), password.body);
  }
  for (const [at_, value] of wrong.entries()) {
    const elsewhere = { port: gateway.http, from: source(round * wrong.length + at_) };
    const body = JSON.stringify({ code: value });
    const reply = await exchange(elsewhere, request("POST", "/v1/booths/enrol", { headers: JSON_TYPE, body }));
    const { field } = isProblem(reply, `code ${body.slice(0, 30)}`);
    need(reply.status === 429 || field === blamed(value, "code"), reply.body);
  }
  for (const body of badJson)
    isProblem(await post("/v1/sessions", body), `body ${String(body).slice(0, 30)}`, { field: true });
}

// The same to a watching session's two extensions: `url` is the session's, `token` its own.
export async function extensions(at, url, token) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const post = (path, body) => exchange(at, request("POST", `${url}/${path}`, { headers, body }));
  const members = ["mediaId", "rid", "encodingId", "spatialLayerId", "maxTemporalLayerId", "maxWidth", "paused"];
  for (const value of [1.5, -1, 1e99, [], {}, ["a"], null, "", "x".repeat(10240), "a\0b"])
    for (const member of members) {
      const body = JSON.stringify({ [member]: value });
      const { field } = isProblem(await post("layer", body), `layer ${body.slice(0, 40)}`, { field: true });
      need(field === blamed(value, member), `layer ${body.slice(0, 40)}: ${field} is blamed`);
    }
  for (const value of [...wrong.filter((one) => one !== ""), ["active", "x".repeat(10240)], [["active"]], [{}]])
    isProblem(await post("events", JSON.stringify(value)), `events ${JSON.stringify(value).slice(0, 40)}`, { field: true });
  for (const body of badJson) {
    const reply = await post("layer", body);
    // Members that nobody knows are left alone.
    if (reply?.status !== 200) isProblem(reply, `layer ${String(body).slice(0, 30)}`, { field: true });
    if (body.length) isProblem(await post("events", body), `events ${String(body).slice(0, 30)}`, { field: true });
  }
  // Streams that are asked for and never read, over and over: one is left.
  for (let i = 0; i < 20; i++) need((await post("events", "")).status === 201, "no event stream");
}

const allowed = { GET: "a body", HEAD: "a body" };

// Every route with what it does not want.
export async function everyRoute(gateway, round, tokens) {
  const at = { port: gateway.http, from: source(round) };
  for (const [method, path] of routes) {
    for (const strange of ["PUT", "DELETE", "PATCH", "POST"].filter(
      (one) => !routes.some(([m, p]) => m === one && p === path),
    )) {
      const reply = await exchange(at, request(strange, path, { body: "" }));
      isProblem(reply, `${strange} ${path}`, { field: [404, 405].includes(reply?.status) });
      if (reply.status === 405) need(reply.headers.allow, `${strange} ${path}: 405 without Allow`);
    }
    if (method in allowed)
      isProblem(await exchange(at, request(method, path, { body: "hello" })), `${method} ${path} with a body`);
    for (const authorization of [
      "Bearer",
      "Bearer ",
      `Bearer ${"x".repeat(8000)}`,
      "Basic YTpi",
      "Bearer \xff\xfe",
      `Bearer ${tokens.whip}x`,
    ]) {
      const reply = await exchange(
        at,
        request(method, path, { headers: { authorization }, body: method === "GET" ? undefined : "{}" }),
      );
      need(
        reply && reply.status < 500,
        `${method} ${path} with ${authorization.slice(0, 20)}: ${reply?.status}`,
      );
      if (reply.status >= 400 && !isPage(path))
        isProblem(reply, `${method} ${path} with ${authorization.slice(0, 20)}`);
    }
  }
}

const paths = [
  "/../etc/passwd",
  "/..%2f..%2fetc/passwd",
  "/%2e%2e/%2e%2e/etc/passwd",
  "/.%00./etc/passwd",
  "/e/%00",
  "/e/%ff%fe",
  "/e/%zz",
  "/e/%",
  "/e/" + "a".repeat(3000),
  "/v1/lectures/" + "%41".repeat(1000),
  "/v1//me",
  "/v1/me/",
  "//v1/me",
  "/v1/links//session",
  "/v1/links/%2e%2e/session",
  "/whip/",
  "/whip/a%20b",
  "/whip/" + "r".repeat(64),
  "/whip/%2e%2e%2fetc",
  "/whep/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p",
  "/media/%00",
  "/assets/../../../etc/passwd",
  "/" + "a/".repeat(1500),
  "/\\..\\..\\windows",
  "/%c0%ae%c0%ae/etc/passwd",
  "/index.html%00.png",
  "/.git/config",
  "/banyan.db",
];

export async function badPaths(gateway, round, tokens) {
  const at = { port: gateway.http, from: source(round) };
  for (const path of paths)
    for (const method of ["GET", "POST", "DELETE"]) {
      const headers = { authorization: `Bearer ${tokens.whip}`, ...JSON_TYPE };
      const reply = await exchange(
        at,
        request(method, path, { headers, body: method === "GET" ? undefined : "{}" }),
      );
      isProblem(reply, `${method} ${path.slice(0, 40)}`);
      need(!reply.body.includes("root:"), `${path} gave a file away`);
    }
}

const get = (rest) => `GET / HTTP/1.1\r\nHost: localhost\r\n${rest}\r\n`;
const post = (rest, body) =>
  `POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${rest}\r\n${body}`;

// [what, bytes]
const heads = [
  ["an unknown method", "BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ["a method of 4000 letters", `${"G".repeat(4000)} / HTTP/1.1\r\nHost: localhost\r\n\r\n`],
  ["an unknown version", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"],
  ["no version", "GET /\r\n\r\n"],
  ["no Host", "GET / HTTP/1.1\r\n\r\n"],
  ["two Hosts", get("Host: elsewhere\r\n")],
  ["a malformed Host", "GET / HTTP/1.1\r\nHost: a b/c\r\n\r\n"],
  ["no path", "GET http HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ["a path of 10 kB", `GET /${"a".repeat(10000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
  ["a header without a colon", get("hello\r\n")],
  ["a folded header", get("A: 1\r\n 2\r\n")],
  ["a space before the colon", get("A : 1\r\n")],
  ["a header of 20 kB", get(`A: ${"x".repeat(20000)}\r\n`)],
  ["1000 headers", get("A: 1\r\n".repeat(1000))],
  ["a zero byte", get("A: \0\r\n")],
  ["LF alone", "GET / HTTP/1.1\nHost: localhost\n\n"],
  ["CR alone", get("A: 1\rB: 2\r\n")],
  ["TLS in plain", Buffer.from("16030100f1010000ed0303", "hex")],
  ["Transfer-Encoding", post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n")],
  [
    "Transfer-Encoding and Content-Length",
    post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
  ],
  ["two Content-Lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}")],
  ["a list of Content-Lengths", post("Content-Length: 2, 2\r\n", "{}")],
  ["Content-Length -1", post("Content-Length: -1\r\n", "{}")],
  ["Content-Length +2", post("Content-Length: +2\r\n", "{}")],
  ["Content-Length 0x2", post("Content-Length: 0x2\r\n", "{}")],
  ["Content-Length of 2^64+2", post("Content-Length: 18446744073709551618\r\n", "{}")],
  ["Content-Length of 2 GB", post("Content-Length: 2000000000\r\n", "{}")],
  ["an unknown expectation", post("Expect: 200-maybe\r\nContent-Length: 2\r\n", "{}")],
  ["an upgrade by POST", post("Upgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 0\r\n", "")],
  ["an upgrade without a key", get("Upgrade: websocket\r\nConnection: upgrade\r\n").replace("/ ", "/v1/live ")],
];

export async function badHeads(gateway, round) {
  for (const [what, bytes] of heads) {
    const reply = await exchange({ port: gateway.http, from: source(round) }, bytes, { seconds: 3 });
    // Bytes that are no HTTP at all may be met with a closed connection.
    if (reply || what !== "TLS in plain") isProblem(reply, what);
  }
}

// Garbage where TLS should be, and handshakes that are left: closed in silence or with an alert.
export async function badTls(gateway, round) {
  for (const bytes of [
    "GET / HTTP/1.1\r\n\r\n",
    Buffer.alloc(500, 0xff),
    Buffer.from("1603010005010000ff00", "hex"),
    Buffer.from("1503010002022800", "hex"),
  ]) {
    const reply = await exchange({ port: gateway.https, from: source(round) }, bytes, { seconds: 0.2 });
    need(!reply || (reply.status >= 400 && reply.status < 500), `TLS port: ${reply?.status}`);
  }
  const left = Array.from({ length: 20 }, () => open({ port: gateway.https, from: source(round) }));
  await Promise.all(left.map((socket) => new Promise((done) => socket.on("connect", done))));
  for (const socket of left) socket.destroy();
}
