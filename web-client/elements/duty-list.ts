// The lawyers on duty, with whether one is free in words and not only in colour.
import { html, type TemplateResult } from "lit";
import { serverNow } from "../core/clock";
import type { DutyLawyer } from "../core/types";
import { words } from "../words/words";
import { icon } from "./icons";
import "./lawyer-face";

function stateOf(one: DutyLawyer): string {
    const w = words();
    if (one.promised_at) return w.booth.promised(w.when(one.promised_at, serverNow()));
    return one.free ? w.booth.free : w.booth.busy;
}

/** @param token  a booth's; those who are signed in need none */
export function dutyList(lawyers: readonly DutyLawyer[], token: string | null = null): TemplateResult {
    const w = words();
    return html`<ul class="duty" data-test="duty-lawyers">
        ${lawyers.map(
            (one) => html`<li class=${one.free ? "free" : "busy"}>
                <lawyer-face .person=${one} .token=${token}></lawyer-face>
                <span class="who"><b>${w.lawyerName(one.name)}</b><i>${one.law_firm}</i></span>
                <span class="chip">${icon(one.free ? "yes" : "clock")}${stateOf(one)}</span>
            </li>`,
        )}
    </ul>`;
}
