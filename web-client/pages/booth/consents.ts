// What the resident is asked beside the five lines, with two large answers; and the notice that
// stands while he is recorded, with the button that ends it.
import { html, nothing, type TemplateResult } from "lit";
import { askedOf, isRecorded, type Asked } from "../../core/consents";
import { consentCard, earlierBar, recordedBar, recordingCard } from "../../elements/consent";
import { words } from "../../words/words";
import type { BoothFlow, BoothState } from "./flow";

/** What the resident is asked on this screen now. */
export function askedNow(state: BoothState): Asked | null {
    if (state.identifying !== "no" || state.ending) return null; // one question at a time
    return askedOf(state.consultation, state.booth ? state.booth.id : "");
}

export function consentQuestion(state: BoothState, flow: BoothFlow): TemplateResult | typeof nothing {
    const asked = askedNow(state);
    const w = words().consent;
    if (asked === null) return nothing;
    const failed = state.consentFailed;
    const answer = (yes: boolean) => void flow.consent(asked, yes);
    if (asked === "sensitive") return consentCard({ asked, title: w.sensitiveTitle, lines: w.sensitive, yes: w.sensitiveYes, no: w.sensitiveNo, failed, answer });
    if (asked === "earlier") return consentCard({ asked, ...w.earlier.question, failed, answer });
    const { lawyer, recording } = state.consultation ?? {};
    const name = lawyer ? words().lawyerName(lawyer.name) : words().booth.someLawyer;
    return recording ? recordingCard(name, recording, failed, answer) : nothing;
}

/** What somebody has agreed to and goes on: each with the button that ends it. */
export function agreedNotices(state: BoothState, flow: BoothFlow): TemplateResult {
    const seen = state.consultation !== null && state.consultation.earlier === "yes";
    return html`<div class="agreed">
        ${recordedBar(isRecorded(state.consultation), () => void flow.withdraw("recording"))}
        ${seen ? earlierBar(() => void flow.withdraw("earlier")) : nothing}
    </div>`;
}
