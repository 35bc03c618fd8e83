// Who the resident is, if he wants to say so: asked while he waits, never before.
import { html, nothing, type TemplateResult } from "lit";
import type { Consultation } from "../../core/types";
import { button } from "../../elements/button";
import "../../elements/phone-pad";
import { sentence } from "../../elements/sentence";
import { veil } from "../../elements/veil";
import { words } from "../../words/words";
import type { BoothFlow, BoothState } from "./flow";

/** The way to it, and what was left. */
export function identityButton(one: Consultation, flow: BoothFlow): TemplateResult {
    const w = words().visit;
    const identity = one.identity ?? "none";
    return html`<div class="identity">
        ${identity === "none" ? nothing : html`<p data-test="identity">${w.identityLeft[identity]}</p>`}
        ${button({
            label: identity === "none" ? w.identify : w.identifyAgain,
            test: "identify",
            icon: "phone",
            press: () => flow.wantIdentify(true),
        })}
    </div>`;
}

function nameField(flow: BoothFlow): TemplateResult {
    const w = words().visit;
    const submit = (event: Event): void => {
        event.preventDefault();
        const field = (event.target as HTMLFormElement).elements.namedItem("name") as HTMLInputElement;
        if (field.value.trim()) void flow.identify("name", field.value.trim());
    };
    return html`<form class="name-field" @submit=${submit}>
        <label>${w.nameLabel}<input name="name" data-test="name" maxlength="30" autocomplete="off" required /></label>
        <button type="submit" class="button plain" data-test="name-done"><span class="label">${w.done}</span></button>
    </form>`;
}

export function identityQuestion(state: BoothState, flow: BoothFlow): TemplateResult | typeof nothing {
    if (state.identifying === "no") return nothing;
    const w = words().visit;
    const phone = (event: CustomEvent<string>): void => void flow.identify("phone", event.detail);
    const content = html`<h2>${w.phoneTitle}</h2>
        ${state.identifying === "failed" ? sentence("warn", w.notTaken) : html`<p>${w.phoneText}</p>`}
        <phone-pad @phone=${phone}></phone-pad>
        <div class="other">
            ${nameField(flow)}
            ${button({ label: w.leaveNothing, test: "leave-nothing", icon: "no", press: () => void flow.identify("none") })}
        </div>`;
    return veil("dialog", w.phoneTitle, content, "identify-question", "phone-card");
}
