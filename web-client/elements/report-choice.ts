// What stands above a report: whose and which time, and the way to its table.
import { html, type TemplateResult } from "lit";
import { serverNow } from "../core/clock";
import { periods } from "../core/report";
import { words } from "../words/words";
import { icon } from "./icons";

export interface Choice {
    name: string;
    label: string;
    value: string;
    /** Value and word of each. */
    options: [string, string][];
    change: (value: string) => void;
}

export function periodChoice(value: string, change: (value: string) => void): Choice {
    const w = words().report;
    return { name: "period", label: w.choosePeriod, value, options: periods(serverNow()).map((one) => [one, w.period(one)]), change };
}

function choice(one: Choice): TemplateResult {
    const pick = (event: Event): void => one.change((event.target as HTMLSelectElement).value);
    return html`<label>${one.label}<select data-test=${one.name} @change=${pick}>
        ${one.options.map(([value, word]) => html`<option value=${value} ?selected=${value === one.value}>${word}</option>`)}
    </select></label>`;
}

/** @param table  address of the same as a file */
export function reportChoice(choices: Choice[], table: string): TemplateResult {
    return html`<div class="fields">${choices.map(choice)}</div>
        <a class="button plain" data-test="table" href=${table} download>${icon("desk")}<span class="label">${words().report.table}</span></a>`;
}
