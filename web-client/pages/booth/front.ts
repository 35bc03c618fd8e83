// The booth's screens before a consultation.
import { html, nothing, type TemplateResult } from "lit";
import { serverNow } from "../../core/clock";
import { button } from "../../elements/button";
import { dutyList } from "../../elements/duty-list";
import { sentence } from "../../elements/sentence";
import { tree } from "../../elements/topbar";
import "../../elements/code-pad";
import type { Problem } from "../../core/types";
import { words } from "../../words/words";
import type { BoothFlow, BoothState } from "./flow";
import { help, top, type View } from "./view";

function enrolTrouble(problem: Problem | null): string {
    const w = words().booth;
    if (!problem) return "";
    if (problem.status === 429) return w.enrolThrottled;
    if (problem.status === 0 || problem.status >= 500) return w.enrolUnreachable;
    return w.enrolWrong;
}

export const enrol: View = (state, flow) => {
    const w = words().booth;
    const take = (event: CustomEvent<string>): void => {
        const pad = event.target as HTMLElementTagNameMap["code-pad"];
        void flow.enrol(event.detail).then(() => pad.clear());
    };
    return html`${top(state)}
        <main class="middle narrow">
            <h1>${w.enrolTitle}</h1>
            <p>${w.enrolText}</p>
            <code-pad ?busy=${state.enrolling} wrong=${enrolTrouble(state.enrolProblem)} @code=${take}></code-pad>
            ${state.forgotten && !state.enrolProblem ? sentence("warn", words().booth.forgotten) : nothing}
        </main>`;
};

export const starting: View = (state) => html`${top(state)}
    <main class="middle">${tree()}<h1>${words().common.starting}</h1></main>`;

export const offline: View = (state) => {
    const w = words().booth;
    return html`${top(state)}
        <main class="middle">
            ${tree()}
            <h1>${w.closedTitle}</h1>
            ${sentence("lost", w.closedText)}
        </main>
        ${help(state)}`;
};

function nextDuty(state: BoothState): TemplateResult | typeof nothing {
    const at = state.clinic ? state.clinic.next_duty_at : undefined;
    if (at === undefined) return nothing;
    const w = words();
    return html`<p class="next-duty" data-test="next-duty">${at > serverNow() ? w.booth.nextDuty(w.when(at, serverNow())) : w.booth.nextDutySoon}</p>`;
}

function onDuty(state: BoothState): TemplateResult {
    const w = words().booth;
    const lawyers = state.clinic ? state.clinic.duty_lawyers : [];
    const waiting = state.clinic ? state.clinic.waiting : 0;
    if (lawyers.length === 0) return html`${nextDuty(state)} ${sentence("warn", w.nobodyOnDuty)}`;
    return html`<section class="on-duty">
        <h2>${w.onDuty}</h2>
        ${dutyList(lawyers.slice(0, 4), state.token)}
        ${waiting > 0 ? html`<p class="queue" data-test="queue">${w.queueLength(waiting)}</p>` : nothing}
    </section>`;
}

export const attract: View = (state, flow: BoothFlow) => {
    const w = words().booth;
    return html`${top(state)}
        <main class="middle attract">
            ${tree()}
            <p class="slogan">${w.slogan}</p>
            ${button({ label: w.ask, test: "ask", icon: "ask", kind: "primary", press: () => flow.go("consent") })}
            ${onDuty(state)}
        </main>
        ${help(state)}`;
};

export const declined: View = (state, flow) => {
    const w = words().booth;
    return html`${top(state)}
        <main class="middle">
            ${tree()}
            <h1>${w.declinedTitle}</h1>
            <p class="lead">${w.declinedText}</p>
            ${button({ label: w.home, test: "home", icon: "home", kind: "primary", press: () => flow.go("attract") })}
        </main>
        ${help(state)}`;
};
