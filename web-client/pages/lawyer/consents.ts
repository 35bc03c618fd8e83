// What the lawyer asks the resident to agree to: a recording, and private matters in the record.
import { html, nothing, type TemplateResult } from "lit";
import type { Consultation } from "../../core/types";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { sentence } from "../../elements/sentence";
import { words } from "../../words/words";
import type { LawyerFlow, LawyerState } from "./flow";

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

export function sensitiveRow(one: Consultation, flow: LawyerFlow): TemplateResult | typeof nothing {
    const w = words().consent.lawyer;
    const answer = one.sensitive ?? "none";
    return html`<div class="sensitive" data-test="sensitive">
        <p><span>${w.sensitive}</span><b>${w.sensitiveIs[answer]}</b></p>
        ${answer === "none" ? button({ label: w.askSensitive, test: "sensitive-ask", icon: "ask", press: () => flow.askConsent("sensitive") }) : nothing}
    </div>`;
}
