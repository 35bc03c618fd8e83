// A record to be read: what is in it, line by line, in the register's order.
import { html, type TemplateResult } from "lit";
import { words } from "../../words/words";
import type { RecordDoc, RecordForm } from "./draft";

/** A value as a reader wants it. */
function readable(name: string, value: string): string {
    const named = words().record.choices[name];
    return named ? value.split(",").map((code) => named[code] ?? code).join("、") : value;
}

export function recordLines(doc: RecordDoc, form: RecordForm): [string, string][] {
    const all: Record<string, string> = { ...doc.fields, ...doc.known };
    return form.fields
        .filter((field) => (all[field.name] ?? "") !== "" && words().record.fields[field.name] !== undefined)
        .map((field) => [words().record.fields[field.name] ?? "", readable(field.name, all[field.name] ?? "")]);
}

export function recordFacts(doc: RecordDoc, form: RecordForm): TemplateResult {
    return html`<dl class="facts whole">${recordLines(doc, form).map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>`;
}
