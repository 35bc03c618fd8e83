// One field of a record as the lawyer writes it.
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { wrongAt } from "../../elements/wrong";
import { words } from "../../words/words";
import type { Draft, RecordField, RecordForm } from "./draft";

const fewLeft = 50;

function title(field: RecordField): string {
    return words().record.fields[field.name] ?? field.name;
}

function choiceWords(field: RecordField, code: string): string {
    return words().record.choices[field.name]?.[code] ?? code;
}

function optionList(field: RecordField, form: RecordForm, codes: string[], value: string): TemplateResult[] {
    const periods = field.name === "limitation_kind" ? form.periods : {};
    const text = (code: string): string => {
        const period = periods[code];
        return period ? words().record.period(choiceWords(field, code), period) : choiceWords(field, code);
    };
    return codes.map((code) => html`<option value=${code} ?selected=${code === value}>${text(code)}</option>`);
}

/** The periods that fit the category come first. */
function options(field: RecordField, form: RecordForm, value: string): TemplateResult {
    const codes = field.choices ?? [];
    const likely = field.name === "limitation_kind" ? form.limitations : [];
    const rest = codes.filter((code) => likely.indexOf(code) < 0);
    return html`<option value="" ?selected=${value === ""}>${words().record.choose}</option>
        ${likely.length > 0 ? html`<optgroup label=${words().record.likely}>${optionList(field, form, likely, value)}</optgroup>` : nothing}
        ${optionList(field, form, rest, value)}`;
}

function select(draft: Draft, field: RecordField, form: RecordForm): TemplateResult {
    const value = draft.value(field.name);
    const changed = (event: Event): void => draft.edit(field.name, (event.target as HTMLSelectElement).value);
    return html`<select data-test=${`field-${field.name}`} .value=${live(value)} @change=${changed}>${options(field, form, value)}</select>`;
}

function boxes(draft: Draft, field: RecordField): TemplateResult {
    const codes = field.choices ?? [];
    const chosen = draft.value(field.name).split(",").filter((code) => code !== "");
    const toggle = (code: string): void => {
        const next = codes.filter((one) => (one === code) !== chosen.indexOf(one) >= 0);
        draft.edit(field.name, next.join(","));
    };
    return html`<div class="boxes" role="group" aria-label=${title(field)} data-test=${`field-${field.name}`}>
        ${codes.map(
            (code) => html`<label><input type="checkbox" data-test=${`${field.name}-${code}`} .checked=${live(chosen.indexOf(code) >= 0)}
                @change=${() => toggle(code)} /><span>${choiceWords(field, code)}</span></label>`,
        )}
    </div>`;
}

function written(draft: Draft, field: RecordField): TemplateResult {
    const value = draft.value(field.name);
    const typed = (event: Event): void => draft.edit(field.name, (event.target as HTMLInputElement).value);
    const max = field.max ?? 0;
    const left = max - value.length;
    if (field.type === "date")
        return html`<input type="date" min="1900-01-01" max="2999-12-31" data-test=${`field-${field.name}`} .value=${live(value)} @change=${typed} />`;
    const count = left <= fewLeft ? html`<span class="left">${words().record.left(Math.max(0, left))}</span>` : nothing;
    if (field.type === "text")
        return html`<input type="text" autocomplete="off" maxlength=${max} data-test=${`field-${field.name}`} .value=${live(value)} @input=${typed} />${count}`;
    const rows = Math.min(12, Math.max(2, value.split("\n").length + 1, Math.ceil(value.length / 24)));
    return html`<textarea rows=${rows} maxlength=${max} data-test=${`field-${field.name}`} .value=${live(value)} @input=${typed}></textarea>${count}`;
}

function control(draft: Draft, field: RecordField, form: RecordForm): TemplateResult {
    if (field.type === "choice") return select(draft, field, form);
    if (field.type === "set") return boxes(draft, field);
    return written(draft, field);
}

/** What the resident said of it, while it is read back. */
function answer(draft: Draft, field: RecordField): TemplateResult | typeof nothing {
    const { doc } = draft.store.get();
    const w = words().record;
    if (!doc || doc.state !== "readback" || !field.read_back || draft.value(field.name) === "") return nothing;
    const said = doc.answers[field.name];
    return html`<b class="answer ${said ?? "none"}" data-test=${`answer-${field.name}`}>${said ? w[said] : w.unheard}</b>`;
}

export function fieldView(draft: Draft, field: RecordField, form: RecordForm): TemplateResult {
    const w = words().record;
    const bad = draft.store.get().bad.indexOf(field.name) >= 0;
    const head = html`<span class="name">${title(field)}${field.required ? html`<i>${w.required}</i>` : nothing}${answer(draft, field)}</span>`;
    const complaint = wrongAt(bad ? { field: field.name, text: w.badField } : null, field.name);
    const body = html`${head}${control(draft, field, form)}${complaint}`;
    const kind = `field ${field.type} ${bad ? "wrong" : ""}`;
    return field.type === "set" ? html`<div class=${kind} data-asks>${body}</div>` : html`<label class=${kind}>${body}</label>`;
}
