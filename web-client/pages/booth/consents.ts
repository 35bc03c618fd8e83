// What the resident is asked beside the five lines, with two large answers; and the notice that
// stands while he is recorded, with the button that ends it.
import { html, nothing, type TemplateResult } from "lit";
import { askedOf, isRecorded, type Asked } from "../../core/consents";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { sentence } from "../../elements/sentence";
import { words } from "../../words/words";
import type { BoothFlow, BoothState } from "./flow";

/** What the resident is asked on this screen now. */
export function askedNow(state: BoothState): Asked | null {
    if (state.identifying !== "no" || state.ending) return null; // one question at a time
    return askedOf(state.consultation, state.booth ? state.booth.id : "");
}

function textsOf(asked: Asked, state: BoothState): { title: string; lines: string[]; yes: string; no: string } {
    const w = words().consent;
    const one = state.consultation;
    const name = one && one.lawyer ? words().lawyerName(one.lawyer.name) : words().booth.someLawyer;
    const days = (state.clinic && state.clinic.recording_days) ?? 30;
    return asked === "sensitive"
        ? { title: w.sensitiveTitle, lines: w.sensitive, yes: w.sensitiveYes, no: w.sensitiveNo }
        : { title: w.recordTitle(name), lines: w.record(days), yes: w.recordYes, no: w.recordNo };
}

export function consentQuestion(state: BoothState, flow: BoothFlow): TemplateResult | typeof nothing {
    const asked = askedNow(state);
    if (asked === null) return nothing;
    const { title, lines, yes, no } = textsOf(asked, state);
    return html`<div class="veil">
        <div class="card ask consent-card" role="alertdialog" aria-modal="true" aria-label=${title} data-test="asked-${asked}">
            <h2>${title}</h2>
            <ul>
                ${lines.map((line) => html`<li>${line}</li>`)}
            </ul>
            ${state.consentFailed ? sentence("warn", words().consent.notSaved) : nothing}
            <div class="pair">
                ${button({ label: no, test: `${asked}-no`, icon: "no", press: () => void flow.consent(asked, false) })}
                ${button({ label: yes, test: `${asked}-yes`, icon: "yes", kind: "primary", press: () => void flow.consent(asked, true) })}
            </div>
        </div>
    </div>`;
}

/** Stands for as long as it runs, and never hides. */
export function recordedNotice(state: BoothState, flow: BoothFlow): TemplateResult | typeof nothing {
    const recorded = isRecorded(state.consultation);
    if (recorded === null) return nothing;
    const w = words().consent;
    return html`<div class="recorded ${recorded}" role="status" data-test="recorded">
        ${icon("live")}<b>${w[recorded]}</b>
        ${button({ label: w.stop, test: "record-stop", icon: "no", press: () => void flow.withdraw("recording") })}
    </div>`;
}
