// A stand-in for the gateway, for looking at the pages: node dev/mock.mjs [PORT]
// It serves a fresh build, speaks REST and /v1/live with made-up people, and moves by itself:
// who asks is offered after 4 s and connected after 8 s; a lawyer on duty is rung after 4 s.
// There is no media in it; dev/shots.mjs gives the browser pretended pictures instead.
// Sign in with any password as: lawyer, hall, staff, admin. Enrolment code: any but 000000.
import http from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { build } from "../build.mjs";
import { statistics, workload } from "./report.mjs";
import { noPapers, picture } from "./papers.mjs";
import { answerRecord, blank } from "./record.mjs";
import { deskRest } from "./desk.mjs";

export const centre = { name: "槐园社区党群服务中心", phone: "0898-6655 1234", address: "槐园路 8 号" };
const lawyers = [
    { id: "l-1", name: "刘敏", law_firm: "海天律师事务所", licence_no: "14601201510234567", photo: "p1", free: true },
    { id: "l-2", name: "陈志远", law_firm: "南国律师事务所", licence_no: "14601201210765432", free: false },
];
/** Somebody before a wall. */
const portrait = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="480"><rect width="480" height="480" fill="#9db3bd"/>
<path d="M60 480q20-170 180-170t180 170z" fill="#26323c"/><path d="M200 320l40 110 40-110z" fill="#fff"/><ellipse cx="240" cy="210" rx="86" ry="108" fill="#e6b894"/>
<path d="M150 200q0-130 90-130t90 130q-20-60-90-64-70 4-90 64z" fill="#2b211c"/><circle cx="208" cy="212" r="8"/><circle cx="272" cy="212" r="8"/><path d="M208 268q32 22 64 0" fill="none" stroke="#8c4a3a" stroke-width="7"/></svg>`;
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".ogg": "audio/ogg" };
const csp =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' wss: ws:; media-src 'self' blob:; " +
    "img-src 'self' data: blob:; font-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

const account = (id, name, role, display_name, patch = {}) => ({
    id, name, role, display_name, law_firm: "", licence_no: "", skills: [], languages: [], centres: [],
    disabled: false, must_change: false, second_factor: true, ...patch,
});
const accounts = [
    account("u-1", "liu", "lawyer", "刘敏", {
        law_firm: "海天律师事务所", licence_no: "14601201510234567", skills: ["family", "labour"], languages: ["zh-CN"], photo: "p1",
    }),
    account("u-2", "wang.li", "lawyer", "王丽", { must_change: true, second_factor: false }),
    account("u-3", "desk", "staff", "小周", { second_factor: false, centres: ["ct-1", "ct-2"], district: "江北区" }),
    account("u-4", "hall", "hall", "会场值班员", { disabled: true, second_factor: false }),
    account("u-5", "secadmin", "secadmin", "安全管理员"),
];

const place = { id: "b-1", name: "槐园一号咨询亭" };
export const alarms = () => [
    { id: 1, kind: "danger", booth: { id: "b-2", name: "槐园二号咨询亭" }, raised_at: Date.now() - 20000 },
    { id: 2, kind: "panic", booth: place, lawyer: { id: "l-1", name: "刘敏" }, ticket_no: 12, raised_at: Date.now() - 60000 },
    { id: 3, kind: "away", booth: { id: "b-3", name: "南门咨询亭" }, raised_at: Date.now() - 900000 },
    { id: 4, kind: "waiting", booth: place, ticket_no: 12, raised_at: Date.now() - 400000 },
];
const board = () => ({
    messages: [
        { id: 1, kind: "message", category: "labour", phone: "13876543210", booth: { id: "b-1", name: "槐园一号咨询亭" }, asked_at: Date.now() - 9e7, due_at: Date.now() - 1e6 },
        { id: 2, kind: "appointment", category: "family", phone: "089866551234", half_day: "2026-11-24-am", booth: { id: "b-2", name: "槐园二号咨询亭" }, asked_at: Date.now(), due_at: Date.now() + 8e7 },
        { id: 3, kind: "appointment", category: "labour", phone: "13876543210", half_day: "2026-11-25-pm", reason: "那天律师出差", booth: { id: "b-1", name: "槐园一号咨询亭" }, asked_at: Date.now(), due_at: Date.now() + 8e7 },
    ],
    alarms: [],
    booths: [
        { ...place, here: true, consultation: { ticket_no: 12, state: "connected", category: "family", asked_at: Date.now() - 900000, connected_at: Date.now() - 754000, lawyer: "刘敏" } },
        { id: "b-2", name: "槐园二号咨询亭", here: true, consultation: { ticket_no: 13, state: "waiting", category: "labour", asked_at: Date.now() - 95000, connected_at: 0 } },
        { id: "b-3", name: "南门咨询亭", here: false },
        { id: "b-4", name: "北门咨询亭", here: true },
    ],
    lawyers: [
        { ...lawyers[0], on_duty: true, here: true, free: false },
        { ...lawyers[1], on_duty: true, here: true, free: true },
        { id: "l-3", name: "王丽", law_firm: "榕树律师事务所", on_duty: false, here: true, free: false },
    ],
});
const tomorrow = () => new Date(`${new Date(Date.now() + 32 * 3600000).toISOString().slice(0, 10)}T09:00:00+08:00`).getTime();
const tasks = () => [
    { id: 5, kind: "dissatisfied", made_at: Date.now() - 3600000, asked_at: Date.now() - 5400000, note: "", ticket_no: 7, category: "housing", booth: place.name },
    { id: 6, kind: "remind", made_at: Date.now() - 9e7, note: "", appointment: 9, state: "approved", starts_at: tomorrow(), name: "王桂兰", phone: "13876543210",
      category: "family", booth: place.name, lawyer: "刘敏" },
    { id: 7, kind: "remind", made_at: Date.now() - 9e7, note: "", appointment: 15, state: "approved", starts_at: tomorrow() + 3600000, name: "", phone: "02312345678",
      booth: "二楼会议室" },
    { id: 4, kind: "dissatisfied", made_at: Date.now() - 9e7, asked_at: Date.now() - 9e7, done_at: Date.now() - 8e7, done_by: "小周",
      note: "老人家没听清下一步去哪，已经把地址写给她了", ticket_no: 3, category: "family", booth: place.name },
    { id: 3, kind: "remind", made_at: Date.now() - 9e7, done_at: Date.now() - 8e7, done_by: "小周", note: "家里有事，不来了", appointment: 6, state: "cancelled", starts_at: tomorrow() + 7200000,
      name: "李建国", phone: "13512345678", category: "labour", booth: place.name, lawyer: "陈志远" },
];

export function consultation(patch = {}) {
    const now = Date.now();
    return {
        id: "c-1",
        ticket_no: 12,
        state: "waiting",
        position: 3,
        minutes: 9,
        category: "family",
        language: "zh-CN",
        booth: { id: "b-1", name: "槐园一号咨询亭" },
        lawyer: null,
        asked_at: now - 95000,
        ...patch,
    };
}

export const connected = {
    state: "connected",
    lawyer: lawyers[0],
    offered_at: Date.now() - 9000,
    connected_at: Date.now() - 4000,
    media: { room: "c-1", token: "t" },
};

/** Three in a call, as seen by the lawyer and the booth. */
export const people = [
    { id: "b-1", role: "resident", name: "槐园一号咨询亭", state: "inside", publication: "p1" },
    { id: "l-1", role: "lawyer", name: "刘敏", state: "inside", publication: "p2" },
    { id: "g-1", role: "interpreter", name: "古丽", state: "inside", publication: "p3" },
];

export function lecture(patch = {}) {
    return {
        id: "lecture-1",
        title: "学习身边榜样，建设美好家园",
        lecturer: "王建国",
        centre,
        starts_at: Date.now() + 25 * 60000,
        state: "planned",
        room: "lecture-demo",
        viewers: 12,
        media: { room: "lecture-demo", token: "t" },
        ...patch,
    };
}

// What staff and administrators find in their lists.
function office() {
    return {
        shifts: [
            { id: "s-1", lawyer: "l-1", name: "刘敏", law_firm: "海天律师事务所", starts_at: Date.parse("2026-11-25T09:00:00+08:00"), ends_at: Date.parse("2026-11-25T12:00:00+08:00"), appointments: 2 },
            { id: "s-2", lawyer: "l-2", name: "陈志远", law_firm: "南国律师事务所", starts_at: Date.parse("2026-11-26T14:00:00+08:00"), ends_at: Date.parse("2026-11-26T17:30:00+08:00"), appointments: 0 },
        ],
        start: { account: true, centre: true, booth: true, lawyer: true, consultation: true },
        centres: [
            { id: "ct-1", district: "江北区", street: "槐园街道", ...centre },
            { id: "ct-2", district: "江北区", street: "北门街道", name: "北门社区党群服务中心", phone: "0898-6655 2200", address: "" },
        ],
        booths: [
            { id: "b-1", name: "槐园一号咨询亭", centre: centre.name, centre_id: "ct-1", enrolled: true },
            { id: "b-2", name: "南门咨询亭", centre: centre.name, centre_id: "ct-1", enrolled: false },
        ],
        sessions: [
            { id: "a", made_at: Date.now() - 9e6, used_at: Date.now() - 60000, address: "10.0.3.17", current: false },
            { id: "b", made_at: Date.now() - 4e7, used_at: Date.now() - 3e7, address: "10.0.3.22", current: false },
        ],
    };
}

function freshWorld() {
    return {
        clinic: { centre, duty_lawyers: lawyers, languages: ["zh-CN", "yue", "csl"], waiting: 2 },
        booth: { id: "b-1", name: "槐园一号咨询亭", centre },
        lawyer: { id: "l-1", name: "刘敏", law_firm: "海天律师事务所", on_duty: false },
        member: { id: "m-1", name: "张德胜" },
        hall: { id: "h-1", name: "槐园社区会场" },
        consultation: null,
        lecture: lecture(),
        waiting: 2,
        messages: [],
        resident: null,
        user: null,
        users: accounts,
        whole: true,
        board: board(),
        tasks: tasks(),
        ...office(),
        enrol: 201,
        link: 201,
        silent: false,
        statistics: statistics(),
        workload: workload(),
        record: blank(),
        records: [],
        readback: null,
        papers: null,
        screen: null,
    };
}

const roles = {
    booth: (w) => ({ booth: w.booth, clinic: w.clinic, consultation: w.consultation, papers: w.papers, screen: w.screen }),
    lawyer: (w) => ({ lawyer: w.lawyer, consultation: w.consultation, waiting: w.waiting, messages: w.messages, resident: w.resident, about: w.about, links: w.links, papers: w.papers }),
    hall: (w) => ({ hall: w.hall, lectures: [w.lecture, lecture({ id: "lecture-2", title: "防范养老诈骗", lecturer: "李红" })] }),
    member: (w) => ({ member: w.member, lecture: w.lecture }),
    guest: (w) => ({ consultation: w.consultation, centre, papers: w.papers, screen: w.screen }),
};

const problem = (status, title) => [status, { type: `/problems/${title.replace(/ /g, "-")}`, title, status }];

function signIn(world, body) {
    const wants = { code: "code-needed", fresh: "new-password-needed", phone: "second-factor-needed" }[body.name];
    if (wants) return problem(401, wants);
    const role = { lawyer: "lawyer", hall: "hall", staff: "staff", admin: "sysadmin" }[body.name];
    if (!role) return problem(401, "sign-in failed");
    world.user = { id: "u-1", name: body.name, role };
    return [201, { user: world.user }];
}

const rest = {
    ...deskRest,
    "GET /v1/me": (w) => (w.user ? [200, w.user] : problem(401, "not signed in")),
    "POST /v1/sessions": signIn,
    "DELETE /v1/sessions/current": (w) => ((w.user = null), [204]),
    "GET /v1/clinic": (w) => [200, w.clinic],
    "GET /v1/half-days": () => [200, { half_days: ["2026-11-24", "2026-11-25", "2026-11-26"].flatMap((day) => [`${day}-am`, `${day}-pm`]) }],
    "GET /v1/desk": (w) => [200, { clinic: w.clinic, ...w.board }],
    "GET /v1/shifts": (w) => [200, { shifts: w.shifts, lawyers }],
    "POST /v1/shifts/import": () => [422, { type: "/problems/bad-table", title: "", status: 422, lines: [{ line: 3, field: "date" }, { line: 7, field: "lawyer" }] }],
    "GET /v1/tasks": (w) => [200, { tasks: w.tasks }],
    "GET /v1/lectures": (w) => [200, { lectures: [w.lecture] }],
    "POST /v1/booths/enrol": (w, body) =>
        body.code === "000000" || w.enrol !== 201 ? problem(404, "unknown code") : [201, { token: "booth", booth: w.booth }],
    "POST /v1/sessions/second-factor": () => [
        201,
        { key: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", uri: "otpauth://totp/Banyan:wang.li?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", enrolment: "e" },
    ],
    "GET /v1/users": (w) => [200, { users: w.users }],
    "POST /v1/users": (w, body) =>
        body.name === "liu" ? problem(409, "name taken")
        : body.centres ? [422, { ...problem(422, "none chosen")[1], field: "centres" }]
        : [201, { user: { id: "u-9" }, password: "h7Kq2mZx9Rtb" }],
    "GET /v1/users/u-3/sessions": () => [200, { sessions: [] }],
    "GET /v1/users/u-1/sessions": (w) => [200, { sessions: w.sessions }],
    "GET /v1/start": (w) => [200, w.start],
    "POST /v1/me/preflight": (w) =>
        w.shut ? problem(503, "try later")
               : [201, { room: "test-1", token: "t", publication: "p", ice_servers: [{ urls: ["turn:192.0.2.9:3478"], username: "u", credential: "c" }] }],
    "POST /v1/me/unlock": (w, body) => (body.password === "x" ? [204] : problem(401, "sign-in failed")),
    "GET /v1/me/sessions": (w) => [200, { sessions: [{ ...w.sessions[0], id: "c", current: true, address: "10.0.3.9" }, ...w.sessions] }],
    "GET /v1/centres": (w) => [200, { centres: w.centres, all: w.all !== false }],
    "POST /v1/centres": () => problem(409, "name taken"),
    "POST /v1/booths": () => problem(409, "name taken"),
    "GET /v1/booths": (w) => [200, { booths: w.booths }],
    "POST /v1/booths/b-2/code": () => [201, { code: "483920", expires_at: Date.now() + 86400000 }],
    "GET /v1/audit/verification": (w) => [200, { entries: 1204, whole: w.whole }],
    "GET /v1/audit": () => [200, { entries: [
        { n: 1204, at_ms: Date.now() - 60000, actor: "user:u-secadmin", action: "account_made", object: "u-3Xk29dLq0a", detail: "lawyer" },
        { n: 1203, at_ms: Date.now() - 90000, actor: "lawyer:u-lawyer-1", action: "accept", object: "c-8sK20dkWq1mZx7Yb", detail: "connected u-lawyer-1" },
        { n: 1202, at_ms: Date.now() - 95000, actor: "booth:b-demo", action: "ask", object: "c-8sK20dkWq1mZx7Yb", detail: "waiting" },
    ] }],
    "GET /v1/statistics": (w) => [200, w.statistics],
    "GET /v1/workload": (w) => [200, w.workload],
    "GET /healthz": () => [200, {}],
    "GET /readyz": () => [200, {}],
};

export class Mock {
    world = freshWorld();
    n = 1;
    sockets = new Set();
    /** Follow commands by what would happen next, for clicking through by hand. */
    auto = false;

    /** `built`: another one has built there already. */
    async start(port, out, { built = false } = {}) {
        this.out = out;
        if (!built) await build(out);
        this.server = http.createServer((request, response) => void this.answer(request, response));
        const live = new WebSocketServer({ server: this.server, path: "/v1/live" });
        live.on("connection", (socket) => this.accept(socket));
        await new Promise((done) => this.server.listen(port, "127.0.0.1", done));
        return this.server.address().port;
    }

    reset() {
        this.world = freshWorld();
    }

    stop() {
        this.sockets.forEach((socket) => socket.terminate());
        this.server.close();
        this.server.closeAllConnections();
    }

    /** Changes the world and, with `event`, tells everybody. */
    set(patch, event) {
        Object.assign(this.world, patch);
        if (event) this.tell(event, this.world[event]);
    }

    tell(event, data) {
        this.n += 1;
        for (const socket of this.sockets) socket.send(JSON.stringify({ n: this.n, event, data }));
    }

    /** The gateway goes away, or comes back. */
    silence(on) {
        this.world.silent = on;
        if (on) this.sockets.forEach((socket) => socket.terminate());
    }

    accept(socket) {
        if (this.world.silent) return socket.terminate();
        socket.on("close", () => this.sockets.delete(socket));
        socket.on("message", (data) => this.hear(socket, JSON.parse(String(data))));
    }

    hear(socket, message) {
        const reply = (rest_) => socket.send(JSON.stringify({ reply: message.ref, ok: true, ...rest_ }));
        if (message.do === "hello") {
            const role = message.token ?? this.world.user?.role;
            if (!roles[role]) return reply({ ok: false, error: problem(401, "who are you")[1] });
            this.sockets.add(socket);
            return reply({ role, n: this.n, state: roles[role](this.world) });
        }
        reply({ data: {} });
        this.follow(message);
    }

    follow(message) {
        const set = (state, event) => this.set({ [event]: { ...this.world[event], ...state } }, event);
        const steps = {
            ask: () => {
                set(consultation({ category: message.category }), "consultation");
                if (!this.auto) return;
                setTimeout(() => set({ state: "offered" }, "consultation"), 4000);
                setTimeout(() => set(connected, "consultation"), 8000);
            },
            identify: () => set({ identity: message.identity }, "consultation"),
            cancel: () => set({ state: "closed", end_reason: "cancelled" }, "consultation"),
            leave: () => set({ state: "closed", end_reason: "resident_left" }, "consultation"),
            end: () => set({ state: "closed", end_reason: "lawyer_ended" }, "consultation"),
            accept: () => set({ ...connected, connected_at: Date.now() }, "consultation"),
            decline: () => set({ state: "waiting" }, "consultation"),
            off_duty: () => set({ on_duty: false }, "lawyer"),
            on_duty: () => {
                set({ on_duty: true }, "lawyer");
                if (this.auto) setTimeout(() => this.offer(), 4000);
            },
            start: () => set({ state: "live" }, "lecture"),
            end_lecture: () => set({ state: "ended" }, "lecture"),
        };
        steps[message.do]?.();
    }

    offer() {
        const now = Date.now();
        this.set({ consultation: consultation({ state: "offered", offered_at: now, offer_expires_at: now + 30000 }) }, "consultation");
    }

    async answer(request, response) {
        if (this.world.silent) return request.socket.destroy();
        const { pathname } = new URL(request.url, "http://x");
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        if (/^\/wh[ie]p\//.test(pathname)) return this.media(request, response);
        const json = text.startsWith("{") ? JSON.parse(text) : {};
        if (/^\/v1\/guests\//.test(pathname)) return this.guest(request.method, pathname, response);
        const link = /^\/v1\/links\/(.+)\/session$/.exec(pathname);
        const record = answerRecord(this.world, request.method, pathname, json);
        if (/\/viewings\/v\/\d+$/.test(pathname)) return this.film(request, response);
        if (request.method === "GET" && /\/(papers\/\d+|kept\/p-\d+)$/.test(pathname)) return response.writeHead(200, { "Content-Type": "image/png" }).end(picture());
        if (/\/papers$/.test(pathname) && request.method === "GET") return response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ ...(this.world.papers ?? noPapers), screen: this.world.screen }));
        if (request.method === "GET" && /^\/v1\/lawyers\/[^/]+\/photo$/.test(pathname)) return response.writeHead(200, { "Content-Type": "image/svg+xml" }).end(portrait);
        const found = record ? () => record : link ? () => this.link(link[1]) : rest[`${request.method} ${pathname}`];
        if (!found) return this.file(pathname, response);
        const [status, body] = found(this.world, json);
        response.writeHead(status, { "Content-Type": "application/json" });
        response.end(body ? JSON.stringify(body) : undefined);
    }

    /** The demo lecture stands in for what was recorded; without it there is none. */
    async film(request, response) {
        const film = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../build/demo/lecture.webm");
        const whole = await readFile(film).catch(() => null);
        const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? -1);
        if (!whole || from < 0 || from >= whole.length) return response.writeHead(404).end();
        const some = whole.subarray(from, from + (1 << 20));
        response.writeHead(206, { "Content-Type": "video/webm", "Accept-Ranges": "bytes", "Content-Range": `bytes ${from}-${from + some.length - 1}/${whole.length}` }).end(some);
    }

    /** A third party's link: /g/gu is good, /g/old is not, /g/used was used. */
    guest(method, pathname, response) {
        const status = /used/.test(pathname) ? 409 : /old/.test(pathname) ? 404 : method === "POST" ? 201 : 200;
        const me = { id: "g-1", role: "interpreter", name: "古丽" };
        response.writeHead(status, { "Content-Type": "application/json" });
        response.end(JSON.stringify(status > 300 ? { type: "/problems/x", title: "", status } : { me, token: "guest", lawyer: "刘敏", centre }));
    }

    link(name) {
        if (name === "old") return problem(404, "unknown link");
        return [201, { token: "member", member: this.world.member, lecture: this.world.lecture }];
    }

    media(request, response) {
        if (request.method !== "POST") return response.writeHead(200).end();
        response.writeHead(201, { "Content-Type": "application/sdp", Location: "/whip/x/1", ETag: '"1"' });
        response.end("v=0\r\n");
    }

    async file(pathname, response) {
        const page = /^\/g\//.test(pathname) ? "/guest.html" : /^\/e\//.test(pathname) ? "/elder-link.html" : { "/": "/index.html", "/elder": "/elder.html" }[pathname];
        const name = page ?? (path.extname(pathname) ? pathname : /^\/prompts\//.test(pathname) ? `${pathname}.ogg` : `${pathname}.html`);
        try {
            let bytes = await readFile(path.join(this.out, path.normalize(name)));
            if (name === "/elder-link.html") bytes = this.fill(String(bytes));
            response.writeHead(200, { "Content-Type": types[path.extname(name)] ?? "text/plain", "Content-Security-Policy": csp });
            response.end(bytes);
        } catch {
            response.writeHead(404).end();
        }
    }

    fill(html) {
        const { title, lecturer } = this.world.lecture ?? { title: "现在没有课", lecturer: "" };
        const values = { title, lecturer, time: "11月22日 上午 9:30", centre: centre.name, phone: centre.phone };
        return html.replace(/\{\{(\w+)\}\}/g, (_, key) => values[key] ?? "");
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const mock = new Mock();
    mock.auto = true;
    const port = await mock.start(Number(process.argv[2] ?? 8090), path.resolve("../build/web-mock"));
    console.log(`http://127.0.0.1:${port}/  (personal link: /e/zhang, a dead one: /e/old)`);
}
