// What a lawyer has beside the picture: large letters for the resident's screen, who the resident
// is, and a quiet call for help.
import { html, nothing, type TemplateResult } from "lit";
import { button } from "../../elements/button";
import { grouped } from "../../elements/phone-pad";
import { sentence } from "../../elements/sentence";
import { words } from "../../words/words";
import type { LawyerFlow, LawyerState } from "./flow";

/** The resident's wish stands long enough to be seen, and goes by itself. */
const slowerFor = 20000;

export function isSlowerWished(state: LawyerState, now: number): boolean {
    return state.slowerAt !== null && now - state.slowerAt < slowerFor;
}

export function residentRow(state: LawyerState): TemplateResult {
    const w = words().visit;
    const { resident } = state;
    const value = resident && resident.identity === "phone" ? grouped(resident.value) : resident ? resident.value : "";
    return html`<p class="resident" data-test="resident"><span>${w.resident}</span><b>${value || w.residentNone}</b></p>`;
}

export function sayField(state: LawyerState, flow: LawyerFlow): TemplateResult {
    const w = words().visit;
    const submit = (event: Event): void => {
        event.preventDefault();
        const field = (event.target as HTMLFormElement).elements.namedItem("say") as HTMLTextAreaElement;
        const text = field.value.trim().replace(/\s+/g, " ");
        if (text) void flow.say(text).then((shown) => shown && (field.value = ""));
    };
    return html`<form class="say" @submit=${submit}>
        <label>${w.sayLabel}<textarea name="say" data-test="say-text" rows="1" maxlength="120" required></textarea></label>
        <button type="submit" class="button plain" data-test="say"><span class="label">${w.say}</span></button>
        ${state.sayFailed ? sentence("warn", w.sayFailed) : nothing}
        ${state.said
            ? html`<p class="shown" data-test="shown"><span>${w.sayShown}</span><b>${state.said}</b></p>
                  ${button({ label: w.sayClear, test: "say-clear", press: () => void flow.say("") })}`
            : nothing}
    </form>`;
}

/** No colour, no question: it is pressed under somebody's eyes. What became of it is its label. */
export function panicButton(state: LawyerState, flow: LawyerFlow): TemplateResult {
    const w = words().visit;
    const labels = { no: w.panic, told: w.panicTold, failed: w.panicFailed };
    const told = state.panic === "told";
    return button({ label: labels[state.panic], test: told ? "panic-told" : "panic", icon: told ? "yes" : "bell", press: () => flow.panic() });
}
