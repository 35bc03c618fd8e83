// The record beside the video, and after the call: one form in parts, saved by itself, sealed.
import { html, nothing, type TemplateResult } from "lit";
import { inChina } from "../../core/china";
import { button } from "../../elements/button";
import { confirmation } from "../../elements/confirm";
import { sentence } from "../../elements/sentence";
import { words } from "../../words/words";
import type { Draft, DraftState, RecordDoc, RecordForm } from "./draft";
import { keptView } from "./kept";
import type { LawyerFlow, LawyerState } from "./flow";
import { recordFacts, recordLines } from "./record-facts";
import { fieldView } from "./record-field";
import "./player";
import type { RecordBrief, Records } from "./records";
import { lastSentence, troubleSentence, type View } from "./view";

type Part = "story" | "advice" | "aid" | "next" | "resident" | "confirm";

const parts: [Part, string[]][] = [
    ["story", ["category", "facts", "claim", "adverse_party", "materials_shown", "materials_kept", "originals"]],
    ["advice", ["advice", "legal_basis", "limitation_told", "limitation_kind", "limitation_from", "risk_told", "risks"]],
    ["aid", ["legal_aid_told", "legal_aid_matter", "legal_aid_grounds"]],
    ["next", ["next_steps", "summary", "referral", "appointment"]],
    ["resident", ["identity", "resident_name", "gender", "age_band", "contact", "groups", "companion", "language", "interpreter", "staff"]],
    ["confirm", ["confirmation", "refusal"]],
];

function clockTime(ms: number): string {
    return inChina(ms).toISOString().slice(11, 16);
}

/** Said quietly: whether what is written is safe. */
export function saveWords(state: DraftState): string {
    const w = words().record;
    if (state.away) return w.waiting;
    if (state.bad.length > 0) return w.badField;
    if (state.saving || Object.keys(state.mine).length > 0) return w.saving;
    return state.doc && state.doc.rev > 0 ? w.saved(clockTime(state.doc.saved_at)) : w.nothingYet;
}

function hints(part: Part, form: RecordForm): TemplateResult | typeof nothing {
    const w = words().record;
    if (part !== "story") return nothing;
    const points = form.points.map((code) => w.points[code] ?? code).join(" · ");
    const warning = form.warning === undefined ? undefined : w.warnings[form.warning];
    return html`<p class="hint">${w.ask}：${points}</p>${warning === undefined ? nothing : sentence("warn", warning)}`;
}

function advice(part: Part, doc: RecordDoc, form: RecordForm): TemplateResult | typeof nothing {
    const w = words().record;
    const date = doc.known["limitation_deadline"];
    const { days_left: days, urgent, is_over: over, aid_matter: matter, aid_exempt: exempt } = doc.advice;
    if (part === "advice" && date !== undefined && days !== undefined)
        return html`${sentence(over || urgent ? "warn" : "calm", over ? w.over(w.date(date)) : w.deadline(w.date(date), days))}
            <p class="hint" data-test="deadline-check">${w.deadlineCheck}</p>`;
    if (part === "advice" && Object.keys(form.periods).length === 0) return sentence("warn", w.noPeriod);
    if (part !== "aid") return nothing;
    return html`${urgent ? sentence("warn", w.urgent) : nothing} ${matter ? sentence("calm", w.aidMatter) : nothing}
    ${exempt ? sentence("good", w.aidExempt) : nothing}`;
}

function missing(doc: RecordDoc): TemplateResult | typeof nothing {
    const w = words().record;
    if (doc.missing === undefined) return nothing;
    const name = w.fields[doc.missing] ?? doc.missing;
    const there = (doc.fields[doc.missing] ?? doc.known[doc.missing] ?? "") !== "";
    return html`<p class="hint" data-test="missing">${there ? w.notConfirmed(name) : w.missing(name)}</p>`;
}

function readBack(draft: Draft, doc: RecordDoc, inCall: boolean): TemplateResult | typeof nothing {
    const w = words().record;
    if (!inCall || doc.state === "sealed") return nothing;
    const reads = doc.state === "readback";
    return html`${reads ? sentence("good", w.reading) : nothing}
    ${button({
        label: reads ? w.readAgain : w.readBack,
        test: reads ? "readback-stop" : "readback",
        icon: "sound",
        press: () => void draft.readBack(!reads),
    })}`;
}

function closing(draft: Draft, records: Records, doc: RecordDoc, inCall: boolean): TemplateResult {
    const w = words().record;
    return html`${doc.state === "readback" ? nothing : readBack(draft, doc, inCall)} ${missing(doc)}
    ${draft.store.get().problem ? sentence("warn", w.notSealed) : nothing}
    ${button({
        label: w.seal,
        test: "seal",
        icon: "yes",
        kind: inCall ? "plain" : "primary",
        disabled: doc.missing !== undefined,
        press: () => records.wantSeal(true),
    })}`;
}

function partView(draft: Draft, part: Part, names: string[], form: RecordForm): TemplateResult {
    const doc = draft.store.get().doc as RecordDoc;
    const fields = form.fields.filter((one) => names.indexOf(one.name) >= 0);
    fields.sort((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
    return html`<fieldset class="part" data-test=${`part-${part}`}>
        <legend>${words().record.parts[part]}</legend>
        ${hints(part, form)} ${fields.map((field) => fieldView(draft, field, form))} ${advice(part, doc, form)}
    </fieldset>`;
}

async function copyAll(records: Records, doc: RecordDoc, form: RecordForm): Promise<void> {
    try {
        await navigator.clipboard.writeText(recordLines(doc, form).map(([name, text]) => `${name}：${text}`).join("\n"));
        records.copied(true);
    } catch {
        records.copied(false);
    }
}

/** The resident has heard all that is to be heard, and found it right: there is a sheet to take home. */
function isFoundRight(doc: RecordDoc, form: RecordForm): boolean {
    const all: Record<string, string> = { ...doc.fields, ...doc.known };
    const heard = form.fields.filter((field) => field.read_back && (all[field.name] ?? "") !== "");
    return heard.length > 0 && heard.every((field) => doc.answers[field.name] === "right");
}

function outlets(draft: Draft, records: Records, doc: RecordDoc, form: RecordForm): TemplateResult {
    const w = words().record;
    const { copied } = records.store.get();
    const go = (ending: string) => (): void => void draft.flush().then(() => window.open(`${draft.path}.${ending}`, "_blank", "noopener"));
    const takeAway = (): void => void window.open(`/v1/consultations/${draft.id}/take-away.pdf`, "_blank", "noopener");
    return html`<div class="outlets">
        ${button({ label: w.copy, test: "copy", icon: "contract", press: () => void copyAll(records, doc, form) })}
        ${button({ label: w.print, test: "print", icon: "inheritance", press: go("html") })}
        ${button({ label: w.pdf, test: "pdf", icon: "contract", press: go("pdf") })}
        ${isFoundRight(doc, form) ? button({ label: w.takeAway, test: "take-away", icon: "person", press: takeAway }) : nothing}
        ${button({ label: w.csv, test: "csv", icon: "desk", press: go("csv") })}
    </div>
    ${copied === null ? nothing : sentence(copied ? "good" : "warn", copied ? w.copied : w.notCopied)}`;
}

function sealedView(doc: RecordDoc, form: RecordForm): TemplateResult {
    return html`${sentence("good", words().record.sealed)} ${recordFacts(doc, form)}`;
}

function keptTitle(one: { name: string; n: number }): string {
    return one.name || words().papers.still(one.n);
}

function recordingView(id: string, records: Records, viewer: string): TemplateResult | typeof nothing {
    const { recorded } = records.store.get();
    return recorded > 0 ? html`<recording-player consultation=${id} viewer=${viewer} .recorded=${recorded}></recording-player>` : nothing;
}

/** The open record; `inCall`: its resident is there. `viewer`: the lawyer's name. */
export function recordView(records: Records, inCall: boolean, viewer: string): TemplateResult {
    const w = words().record;
    const { open: draft, sealing } = records.store.get();
    const state = draft?.store.get();
    if (!draft || !state || !state.doc || !state.form)
        return html`<section class="record">${state?.problem ? sentence("warn", w.cannotOpen) : sentence("calm", words().common.starting)}</section>`;
    const { doc, form } = state;
    const confirm = {
        title: w.sealTitle,
        text: w.sealText,
        yes: w.sealYes,
        no: w.sealNo,
        onYes: () => records.seal(),
        onNo: () => records.wantSeal(false),
    };
    const body = doc.state === "sealed"
        ? sealedView(doc, form)
        : html`${doc.state === "readback" ? readBack(draft, doc, inCall) : nothing} ${parts.map(([part, names]) => partView(draft, part, names, form))} ${closing(draft, records, doc, inCall)}`;
    return html`<section class="record" data-test="record" data-record=${doc.state} data-rev=${doc.rev}>
        <header><h2>${w.title}</h2><p class="saved" role="status" data-test="saved">${doc.state === "sealed" ? "" : saveWords(state)}</p></header>
        ${body} ${outlets(draft, records, doc, form)} ${inCall ? nothing : html`${keptView(draft.id, records.store.get().kept, viewer, keptTitle)} ${recordingView(draft.id, records, viewer)}`} ${sealing ? confirmation(confirm) : nothing}
    </section>`;
}

/** After the call. */
export const recordScreen: View = (state: LawyerState, flow: LawyerFlow) => html`<main class="writing">
    ${lastSentence(state)} ${troubleSentence(state) ?? nothing} ${recordView(flow.records, false, state.user ? state.user.name : "")}
    ${button({ label: words().record.back, test: "record-close", icon: "back", press: () => flow.records.close() })}
</main>`;

/** What is still to be sealed, and the last that is. */
export function recordList(flow: LawyerFlow): TemplateResult {
    const w = words().record;
    const { list, sealed } = flow.records.store.get();
    return html`${briefs(flow, "unsealed", [w.list, w.open], list)} ${briefs(flow, "sealed", [w.sealedList, w.openSealed], sealed)}`;
}

function briefs(flow: LawyerFlow, test: string, [title, open]: [string, string], list: RecordBrief[]): TemplateResult | typeof nothing {
    const w = words().record;
    if (list.length === 0) return nothing;
    return html`<section class="card unsealed" data-test=${test}>
        <h2>${title}</h2>
        <ul>
            ${list.map(
                (one) => html`<li>
                    <span>${inChina(one.connected_at).toISOString().slice(5, 16).replace("T", " ")} · ${w.ticket(one.ticket_no)} ·
                        ${w.choices["category"]?.[one.category] ?? one.category}</span>
                    ${button({ label: open, test: `open-${one.consultation}`, icon: "contract", press: () => flow.records.open(one.consultation) })}
                </li>`,
            )}
        </ul>
    </section>`;
}
