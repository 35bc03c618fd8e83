// What the lawyer's screens share, and the ones before the work begins.
import { html, nothing, type TemplateResult } from "lit";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { explain } from "../../elements/problem";
import { sentence } from "../../elements/sentence";
import { signOut } from "../../elements/sign-in";
import { topbar } from "../../elements/topbar";
import type { User } from "../../core/types";
import { words } from "../../words/words";
import { screenOf, type LawyerFlow, type LawyerState } from "./flow";

export type View = (state: LawyerState, flow: LawyerFlow) => TemplateResult;

function dutyChip(state: LawyerState): TemplateResult {
    const w = words().lawyer;
    const on = state.lawyer !== null && state.lawyer.on_duty;
    return html`<span class="chip ${on ? "free" : "busy"}" data-test="duty">${icon("duty")}${on ? w.onDuty : w.notOnDuty}</span>
        <span class="chip" data-test="waiting">${icon("people")}${w.waiting(state.waiting)}</span>`;
}

/** `locked`: nothing can be pressed but what unlocks. */
export function top(state: LawyerState, flow: LawyerFlow, locked = false): TemplateResult {
    const { lawyer, user } = state;
    const screen = screenOf(state);
    const leave = (): void => {
        if (lawyer && lawyer.on_duty) flow.goOffDuty();
        void flow.records.leave().then(() => signOut());
    };
    return topbar({
        title: words().lawyer.title,
        who: lawyer ? `${words().lawyerName(lawyer.name)} · ${lawyer.law_firm}` : undefined,
        middle: lawyer ? dutyChip(state) : undefined,
        account: user !== null && !locked && screen !== "call" && screen !== "offer",
        signOut: user && !locked && screen !== "call" && screen !== "offer" ? leave : undefined,
    });
}

/** What became of the last one. */
export function lastSentence(state: LawyerState): TemplateResult | typeof nothing {
    const w = words().lawyer;
    if (!state.last) return nothing;
    if (state.last === "timed_out") return sentence("warn", w.timedOut);
    return sentence("calm", w.ended[state.last]);
}

/** Trouble first: no line, a refused command; nothing when all is well. */
export function troubleSentence(state: LawyerState): TemplateResult | null {
    const w = words().common;
    if (state.away) return sentence("lost", w.noAnswer);
    if (state.problem) return sentence("warn", explain(state.problem));
    return null;
}

export const startingView: View = (state) => html`<main class="middle">
    <h1>${words().common.starting}</h1>
    ${troubleSentence(state) ?? ""}
</main>`;

export const signInView: View = (_, flow) => html`<main class="middle">
    <sign-in
        heading=${words().lawyer.signInTitle}
        lead=${words().lawyer.signInText}
        @signed-in=${(event: CustomEvent<User>) => flow.signedIn(event.detail)}
    ></sign-in>
</main>`;

export const notForYouView: View = () => html`<main class="middle">
    ${sentence("warn", words().signIn.notForYou)}
    ${button({ label: words().common.signOut, test: "leave", icon: "back", kind: "primary", press: () => void signOut() })}
</main>`;
