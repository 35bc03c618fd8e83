// A record for the mock: a part of the gateway's table, and what it answers.
import { circle } from "./papers.mjs";

const field = (name, type, more = {}) => ({ name, type, ...(type === "long" ? { max: 4000 } : type === "text" ? { max: 100 } : {}), ...more });
const choice = (name, choices, more = {}) => field(name, "choice", { choices, ...more });
const told = ["yes", "not_applicable"];

export const form = {
    fields: [
        choice("category", ["family", "inheritance", "labour", "debt", "contract", "other"], { required: true }),
        field("facts", "long", { required: true, read_back: true }),
        field("claim", "long", { required: true, read_back: true, max: 500 }),
        field("adverse_party", "text"),
        field("materials_shown", "text"),
        field("materials_kept", "text"),
        choice("originals", ["yes", "no"]),
        field("advice", "long", { required: true, read_back: true }),
        field("legal_basis", "long"),
        choice("limitation_told", told, { required: true }),
        choice("limitation_kind", ["civil", "labour", "work_injury", "labour_award"]),
        field("limitation_from", "date"),
        choice("risk_told", told, { required: true }),
        field("risks", "long", { read_back: true }),
        choice("legal_aid_told", told, { required: true }),
        choice("legal_aid_matter", ["labour", "maintenance", "none"]),
        field("legal_aid_grounds", "set", { choices: ["abuse", "elder_no_income", "disabled_no_income", "migrant_wages"] }),
        field("next_steps", "long", { required: true, read_back: true, max: 500 }),
        field("summary", "long", { read_back: true, max: 200 }),
        choice("referral", ["none", "legal_aid", "mediation"]),
        field("appointment", "date"),
        choice("identity", ["given", "refused"], { required: true }),
        field("resident_name", "text"),
        choice("gender", ["female", "male"]),
        choice("age_band", ["under_18", "18_59", "60_69", "70_79", "80_up"]),
        field("contact", "text"),
        field("groups", "set", { choices: ["elder", "disabled", "woman", "migrant_worker"] }),
        field("companion", "text"),
        field("language", "text"),
        choice("confirmation", ["readback", "signature", "fingerprint_mark", "absent", "refused"], { required: true }),
        field("refusal", "text"),
    ],
    points: ["employer", "labour_contract", "wages", "work_end", "work_injury"],
    limitations: ["labour", "work_injury"],
    periods: { civil: { years: 3 }, labour: { years: 1 }, work_injury: { years: 1 }, labour_award: { days: 15 } },
};

export const written = {
    category: "labour",
    facts: "在城东工地做木工，老板姓王，从八月起没有发工资，一共欠三个月，约一万八千元。有微信记录和工友作证，没有签合同。",
    claim: "要回三个月工资。",
    advice: "没有签合同也是劳动关系，微信记录、工友证言可以作证。先向人社局投诉，不行再申请劳动仲裁，仲裁不收费。",
    limitation_told: "yes",
    limitation_kind: "labour",
    limitation_from: "2026-01-31",
    risk_told: "yes",
    legal_aid_told: "yes",
    legal_aid_matter: "labour",
    legal_aid_grounds: "migrant_wages",
    next_steps: "带身份证和手机里的微信记录，去区人社局劳动监察窗口。",
    summary: "老板欠工资不合法。微信记录就是证据。先去人社局投诉，不用花钱。",
    identity: "refused",
    groups: "migrant_worker",
};

export function recordDoc(patch = {}) {
    return {
        consultation: "c-1",
        state: "drafting",
        rev: 3,
        saved_at: Date.parse("2026-11-22T10:32:00+08:00"),
        fields: written,
        known: { number: "20261122-012", limitation_deadline: "2027-01-31", lawyer: "刘敏" },
        answers: {},
        advice: { aid_matter: true, aid_exempt: true, urgent: false, is_over: false, days_left: 70 },
        missing: "confirmation",
        form,
        ...patch,
    };
}

export const blank = () => recordDoc({ rev: 0, saved_at: 0, fields: { category: "labour" }, known: {}, advice: {}, missing: "facts" });

export function briefs() {
    const at = Date.parse("2026-11-21T15:20:00+08:00");
    const one = { booth: "槐园一号咨询亭", connected_at: at, ended_at: at + 900000, state: "drafting" };
    return [
        { ...one, consultation: "c-1", ticket_no: 12, category: "labour" },
        { ...one, consultation: "c-2", ticket_no: 9, category: "family", connected_at: at - 7200000 },
    ];
}

export const readback = (answers = {}) => ({
    consultation: "c-1",
    state: "readback",
    rev: 4,
    items: ["facts", "claim", "advice", "limitation_deadline", "summary", "next_steps"].map((name) => ({
        field: name,
        text: { ...written, limitation_deadline: "2027-01-31" }[name],
        answer: answers[name] ?? null,
    })),
    number: "20261122-012",
    lawyer: "刘敏",
    law_firm: "海天律师事务所",
    phone: "0898-6655 1234",
});

const before = () => {
    const at = Date.parse("2026-09-08T10:20:00+08:00");
    const one = { consultation: "c-0", ticket_no: 3, category: "labour", connected_at: at, lawyer: "陈志远", law_firm: "南国律师事务所", centre: "南门社区党群服务中心" };
    const said = { summary: written.summary, next_steps: written.next_steps, limitation_deadline: "2027-01-31" };
    return [{ ...one, sealed: true, ...said }, { ...one, consultation: "c-00", category: "family", connected_at: at - 9e9, sealed: false }];
};

const began = Date.parse("2026-11-21T15:22:00+08:00");
const part = (n, role, name, after, seconds) => ({ n, recording: `r-${n}`, part: 1, participant: role, role, name, began_at: began + after, duration_ms: seconds * 1000, video: true });
/** What was recorded, with the names of who was. */
export const recorded = {
    recordings: [{ id: "r-0", started_at: began, ended_at: began + 1292000 }],
    viewing: { viewing: "v", damaged: 0, files: [part(0, "resident", "槐园一号咨询亭", 0, 60), part(1, "lawyer", "刘敏", 300, 60), part(2, "interpreter", "古丽", 40000, 18)] },
    kept: [
        { id: "p-1", n: 1, type: "image/png", name: "", by: "booth", original: true, strokes: [circle] },
        { id: "p-2", n: 3, type: "application/pdf", name: "买买提·吐尔逊 劳动合同.pdf", by: "lawyer", pages: 4, original: false, drawn: [] },
    ],
};

/** What is beside a record once its call is over. */
function answerBeside(world, method, pathname) {
    const beside = world.recorded ?? { recordings: [], kept: [] };
    if (method === "POST" && /\/viewings$/.test(pathname)) return [201, beside.viewing];
    if (/\/recordings$/.test(pathname)) return [200, { recordings: beside.recordings }];
    if (/\/kept$/.test(pathname)) return [200, { papers: beside.kept }];
    return null;
}

/** What the gateway would answer, or null. */
export function answerRecord(world, method, pathname, body) {
    if (/\/earlier$/.test(pathname)) return [200, { earlier: before() }];
    if (/\/earlier\/c-0$/.test(pathname)) return [200, recordDoc({ state: "sealed", missing: undefined, hash: "0".repeat(64) })];
    const beside = answerBeside(world, method, pathname);
    if (beside) return beside;
    if (pathname === "/v1/records") return [200, { records: world.records }];
    if (/\/readback(\/|$)/.test(pathname)) return answerReadback(world, method, pathname, body);
    if (!/^\/v1\/consultations\/[^/]+\/record(\/seal)?$/.test(pathname)) return null;
    if (method === "PUT") {
        const missing = world.record.form.fields.find((one) => one.required && !body.fields[one.name])?.name;
        world.record = { ...world.record, rev: world.record.rev + 1, fields: body.fields, saved_at: Date.now(), missing };
    }
    if (method === "POST") world.record = { ...world.record, state: "sealed", hash: "0".repeat(64), missing: undefined };
    return [200, world.record];
}

function answerReadback(world, method, pathname, body) {
    if (method === "PUT") {
        const name = pathname.slice(pathname.lastIndexOf("/") + 1);
        const items = world.readback.items.map((one) => (one.field === name ? { ...one, answer: body.answer } : one));
        world.readback = { ...world.readback, rev: world.readback.rev + 1, items };
    }
    if (method === "GET" || method === "PUT") return world.readback ? [200, world.readback] : [404, {}];
    world.record = { ...world.record, state: method === "POST" ? "readback" : "drafting" };
    return [200, world.record];
}
