// What the booth's screens share.
import { html, nothing, type TemplateResult } from "lit";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { veil } from "../../elements/veil";
import { topbar } from "../../elements/topbar";
import { words } from "../../words/words";
import { idleSeconds, type BoothFlow, type BoothState } from "./flow";

export type View = (state: BoothState, flow: BoothFlow) => TemplateResult;

export function centreName(state: BoothState): string {
    if (state.centre) return state.centre.name;
    const centre = state.booth ? state.booth.centre : "";
    return typeof centre === "string" ? centre : centre.name;
}

/** What the screen said is said again; the page hears the press (booth.ts). */
function again(): TemplateResult {
    return html`<button type="button" class="link" data-test="hear-again">${icon("sound")}<span>${words().booth.hearAgain}</span></button>`;
}

export function top(state: BoothState): TemplateResult {
    return topbar({ title: words().booth.title, who: centreName(state), middle: state.token === null ? undefined : again() });
}

/** Who helps when the machine does not, on every screen in the same place. */
export function help(state: BoothState): TemplateResult {
    const phone = state.centre ? state.centre.phone : "";
    return html`<footer class="help">
        ${icon("person")}<span>${words().booth.staffHelp}</span>
        ${phone ? html`<b class="tel">${words().common.phone} ${phone}</b>` : nothing}
    </footer>`;
}

export function idleQuestion(state: BoothState, flow: BoothFlow): TemplateResult | typeof nothing {
    const seconds = idleSeconds(state, performance.now());
    if (seconds === null) return nothing;
    const w = words().booth;
    const content = html`<h2>${w.stillHere}</h2>
        <p>${w.stillHereText(seconds)}</p>
        ${button({ label: w.stillHereYes, test: "still-here", icon: "yes", kind: "primary", press: () => flow.touch() })}`;
    return veil("alertdialog", w.stillHere, content, "idle");
}
