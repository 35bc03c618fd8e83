// The two questions between "ask a lawyer" and the queue: may we, and what is it about.
import { html, nothing, type TemplateResult } from "lit";
import { categories } from "../../core/types";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import "../../elements/phone-pad";
import { sentence } from "../../elements/sentence";
import { veil } from "../../elements/veil";
import { words } from "../../words/words";
import type { BoothFlow, BoothState } from "./flow";
import { centreName, help, top, type View } from "./view";

export const consent: View = (state, flow) => {
    const w = words().booth;
    const lines = w.consent(centreName(state) || w.thisCentre);
    return html`${top(state)}
        <main class="middle">
            <h1>${w.consentTitle}</h1>
            <ol class="consent card">
                ${lines.map((line) => html`<li>${line}</li>`)}
            </ol>
            <div class="answers">
                ${button({ label: w.agree, test: "agree", icon: "yes", kind: "primary", press: () => flow.go("category") })}
                ${button({ label: w.disagree, test: "disagree", icon: "no", press: () => flow.go("declined") })}
            </div>
        </main>
        ${help(state)}`;
};

/** Ways to talk: what the clinic's lawyers speak, and writing, which all of them can. */
function languages(state: BoothState, flow: BoothFlow): TemplateResult {
    const w = words().visit;
    const spoken = (state.clinic && state.clinic.languages) ?? [];
    const tags = [...new Set(["zh-CN", ...spoken, flow.language(), "zh-Hans"])].filter((tag) => tag in w.languages);
    return html`<div class="languages" role="group" aria-label=${w.languageTitle}>
        <p>${w.languageTitle}</p>
        ${tags.map((tag) =>
            button({
                label: w.languages[tag] ?? tag,
                test: `language-${tag}`,
                pressed: flow.language() === tag,
                press: () => flow.chooseLanguage(tag),
            }),
        )}
    </div>`;
}

/** Digits only: typing would be too much. */
function numberQuestion(state: BoothState, flow: BoothFlow): TemplateResult | typeof nothing {
    if (!state.numbering) return nothing;
    const w = words().visit;
    const take = (event: CustomEvent<string>): void => flow.askByNumber(event.detail);
    const content = html`<h2>${w.numberTitle}</h2>
        <p>${w.numberText}</p>
        <phone-pad least="1" @phone=${take}></phone-pad>
        <div class="other">
            ${button({ label: w.numberNone, test: "number-none", icon: "back", press: () => flow.wantNumber(false) })}
        </div>`;
    return veil("dialog", w.numberTitle, content, "number-question", "phone-card");
}

export const category: View = (state, flow) => {
    const w = words();
    return html`${top(state)}
        <main class="middle wide">
            <h1>${w.booth.categoryTitle}</h1>
            ${state.askFailed ? sentence("warn", w.booth.askFailed) : nothing}
            ${button({
                label: w.booth.categoryOther,
                test: "category-other",
                icon: "ask",
                kind: "primary",
                press: () => void flow.ask("other"),
            })}
            <div class="cards">
                ${categories.map((one) =>
                    button({
                        label: w.categories[one],
                        hint: w.categoryHints[one],
                        test: `category-${one}`,
                        icon: one,
                        press: () => void flow.ask(one),
                    }),
                )}
                ${button({
                    label: w.booth.danger,
                    hint: w.booth.dangerHint,
                    test: "category-danger",
                    icon: "warn",
                    kind: "danger",
                    press: () => flow.danger(),
                })}
            </div>
            ${languages(state, flow)}
            ${button({ label: w.visit.haveNumber, test: "have-number", icon: "clock", press: () => flow.wantNumber(true) })}
            ${button({ label: w.common.back, test: "back", icon: "back", kind: "quiet", press: () => flow.go("attract") })}
        </main>
        ${help(state)} ${numberQuestion(state, flow)}`;
};

export const danger: View = (state, flow) => {
    const w = words().booth;
    return html`${top(state)}
        <main class="middle danger">
            <h1>${icon("warn")}${w.dangerTitle}</h1>
            <p class="lead">${w.dangerCall}</p>
            <p class="number" data-test="police">110</p>
            <p class="lead">${w.dangerText}</p>
            ${state.alarmed ? sentence("good", words().visit.alarmed) : nothing}
            ${button({ label: w.dangerAsk, test: "danger-ask", icon: "ask", kind: "primary", press: () => void flow.ask("injury") })}
            ${button({ label: w.home, test: "home", icon: "home", press: () => flow.go("attract") })}
        </main>
        ${help(state)}`;
};
