// What the lawyer asks the resident to agree to: a recording, and private matters in the record.
import { html, nothing, type TemplateResult } from "lit";
import { isAskedToo } from "../../core/consents";
import type { Consultation } from "../../core/types";
import { button } from "../../elements/button";
import { recordingCard } from "../../elements/consent";
import { icon } from "../../elements/icons";
import { sentence } from "../../elements/sentence";
import { words } from "../../words/words";
import { isOwn, type LawyerFlow, type LawyerState } from "./flow";

export function recordButton(state: LawyerState, flow: LawyerFlow): TemplateResult {
    const w = words().consent.lawyer;
    const recording = state.consultation ? state.consultation.recording : undefined;
    if (!recording)
        return button({ label: w.ask, test: "record-ask", icon: "live", disabled: state.busy, press: () => flow.askConsent("recording") });
    const label = recording.state === "asked" ? w.cancel : w.stop;
    return button({ label, test: "record-stop", icon: "no", press: () => flow.withdraw("recording") });
}

/** Stands for as long as a recording is asked for or runs; what became of the last one after it. */
export function recordedNotice(state: LawyerState): TemplateResult | typeof nothing {
    const w = words().consent.lawyer;
    const recording = state.consultation ? state.consultation.recording : undefined;
    if (recording)
        return html`<div class="recorded ${recording.state}" role="status" data-test="recorded">${icon("live")}<b>${w[recording.state]}</b></div>`;
    return state.recordingEnd === null ? nothing : sentence(state.recordingEnd === "refused" ? "warn" : "calm", w[state.recordingEnd]);
}

/** A colleague who joined is asked like everybody else. */
export function colleagueAsked(state: LawyerState, flow: LawyerFlow): TemplateResult | typeof nothing {
    const one = state.consultation;
    const me = state.lawyer;
    if (!one || !me || !one.recording || isOwn(one) || !isAskedToo(one, me.id)) return nothing;
    const name = words().lawyerName(one.by ? one.by.name : "");
    return recordingCard(name, one.recording, false, (yes) => flow.consent(yes));
}

export function sensitiveRow(one: Consultation, flow: LawyerFlow): TemplateResult | typeof nothing {
    const w = words().consent.lawyer;
    const answer = one.sensitive ?? "none";
    return html`<div class="sensitive" data-test="sensitive">
        <p><span>${w.sensitive}</span><b>${w.sensitiveIs[answer]}</b></p>
        ${answer === "none" ? button({ label: w.askSensitive, test: "sensitive-ask", icon: "ask", press: () => flow.askConsent("sensitive") }) : nothing}
    </div>`;
}
