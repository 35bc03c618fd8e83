// The booth when there are more than two: the question aloud, and what a lawyer may know before.
import { html, nothing, type TemplateResult } from "lit";
import type { Consultation, Party } from "../../core/types";
import { button } from "../../elements/button";
import { veil } from "../../elements/veil";
import { words } from "../../words/words";
import type { BoothFlow, BoothState } from "./flow";

/** Whom the lawyer would like to ask in, while the resident has not answered. */
export function askedFor(one: Consultation | null): Party | null {
    return ((one && one.parties) ?? []).find((party) => party.state === "asked") ?? null;
}

export function isParked(one: Consultation): boolean {
    return one.parked === one.booth.id;
}

export function partyQuestion(state: BoothState, flow: BoothFlow): TemplateResult | typeof nothing {
    const party = askedFor(state.consultation);
    const one = state.consultation;
    if (!party || !one) return nothing;
    const w = words().party;
    const lawyer = one.lawyer ? words().lawyerName(one.lawyer.name) : words().booth.someLawyer;
    const question = w.question(lawyer, party.role, party.name);
    const content = html`<h2>${question}</h2>
        <p>${w.questionText}</p>
        ${button({ label: w.agree, test: "party-yes", icon: "yes", kind: "primary", press: () => flow.agree(party.id, true) })}
        ${button({ label: w.disagree, test: "party-no", icon: "no", press: () => flow.agree(party.id, false) })}`;
    return veil("alertdialog", question, content, "party-question", "party-ask");
}

const ages = ["under_18", "18_59", "60_79", "80_plus"];

export function aboutButton(state: BoothState, flow: BoothFlow): TemplateResult {
    const w = words().party;
    return button({
        label: state.about === "told" ? w.aboutDone : w.about,
        test: "about",
        icon: state.about === "told" ? "yes" : "person",
        press: () => flow.wantAbout("age"),
    });
}

function adverseField(flow: BoothFlow): TemplateResult {
    const w = words();
    const submit = (event: Event): void => {
        event.preventDefault();
        const field = (event.target as HTMLFormElement).elements.namedItem("adverse") as HTMLInputElement;
        void flow.about({ text: field.value.trim() });
    };
    return html`<form class="name-field" @submit=${submit}>
        <label>${w.party.adverseLabel}<input name="adverse" data-test="adverse" maxlength="30" autocomplete="off" /></label>
        <button type="submit" class="button primary" data-test="adverse-done"><span class="label">${w.visit.done}</span></button>
    </form>`;
}

/** Two questions, one at a time, each with a way not to answer. */
export function aboutQuestion(state: BoothState, flow: BoothFlow): TemplateResult | typeof nothing {
    if (state.about !== "age" && state.about !== "adverse") return nothing;
    const w = words().party;
    const asksAge = state.about === "age";
    const title = asksAge ? w.ageTitle : w.adverseTitle;
    const content = html`<h2>${title}</h2>
        <p>${w.adverseText}</p>
        ${asksAge
            ? ages.map((band) => button({ label: w.ages[band] ?? band, test: `age-${band}`, press: () => void flow.about({ age_band: band }) }))
            : adverseField(flow)}
        ${button({ label: w.skip, test: "about-skip", icon: "no", kind: "quiet", press: () => flow.wantAbout(asksAge ? "adverse" : "no") })}`;
    return veil("dialog", title, content, "about-question", "party-ask");
}
