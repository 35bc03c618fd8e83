// The lawyers on duty, with whether one is free in words and not only in colour.
import { html, type TemplateResult } from "lit";
import type { DutyLawyer } from "../core/types";
import { words } from "../words/words";
import { icon } from "./icons";

export function dutyList(lawyers: readonly DutyLawyer[]): TemplateResult {
    const w = words();
    return html`<ul class="duty" data-test="duty-lawyers">
        ${lawyers.map(
            (one) => html`<li class=${one.free ? "free" : "busy"}>
                <span class="face" aria-hidden="true">${one.name.slice(0, 1)}</span>
                <span class="who"><b>${w.lawyerName(one.name)}</b><i>${one.law_firm}</i></span>
                <span class="chip">${icon(one.free ? "yes" : "clock")}${one.free ? w.booth.free : w.booth.busy}</span>
            </li>`,
        )}
    </ul>`;
}
