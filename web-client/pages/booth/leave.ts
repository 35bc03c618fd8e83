// Leaving a number instead of waiting: to be called back within a day, or for an appointment.
import { html, nothing, type TemplateResult } from "lit";
import { button } from "../../elements/button";
import "../../elements/phone-pad";
import { sentence } from "../../elements/sentence";
import { words } from "../../words/words";
import { isOpen, type BoothFlow, type BoothState, type Leaving } from "./flow";
import { help, top, type View } from "./view";

/** Half days to choose from: more would be a calendar. */
const choices = 6;

function lead(waits: boolean, leaving: Leaving): TemplateResult | typeof nothing {
    if (leaving.failed) return sentence("warn", words().visit.noDays);
    return waits ? nothing : html`<p class="lead">${words().visit.leaveText}</p>`;
}

function how(state: BoothState, flow: BoothFlow, leaving: Leaving): TemplateResult {
    const w = words().visit;
    const waits = isOpen(state.consultation);
    return html`<h1>${waits ? w.leaveWaitingTitle : w.leaveTitle}</h1>
        ${lead(waits, leaving)}
        ${button({
            label: w.leaveMessage,
            hint: w.leaveMessageHint,
            test: "leave-message",
            icon: "phone",
            kind: "primary",
            press: () => flow.leaving({ kind: "message", failed: false }),
        })}
        ${button({
            label: w.leaveAppointment,
            hint: w.leaveAppointmentHint,
            test: "leave-appointment",
            icon: "clock",
            press: () => void flow.wantAppointment(),
        })}`;
}

function day(flow: BoothFlow, leaving: Leaving): TemplateResult {
    const w = words().visit;
    return html`<h1>${w.halfDayTitle}</h1>
        <div class="half-days">
            ${(leaving.halfDays ?? []).slice(0, choices).map((one) =>
                button({ label: w.halfDay(one), test: `half-day-${one}`, press: () => flow.leaving({ halfDay: one }) }),
            )}
        </div>`;
}

function phone(flow: BoothFlow, leaving: Leaving): TemplateResult {
    const w = words().visit;
    const take = (event: CustomEvent<string>): void => void flow.leaveWord(event.detail);
    return html`<h1>${w.callTitle}</h1>
        ${leaving.failed ? sentence("warn", w.notTaken) : html`<p class="lead">${w.callText}</p>`}
        <phone-pad @phone=${take}></phone-pad>`;
}

function question(state: BoothState, flow: BoothFlow, leaving: Leaving): TemplateResult {
    if (leaving.kind === null) return how(state, flow, leaving);
    return leaving.kind === "appointment" && leaving.halfDay === null ? day(flow, leaving) : phone(flow, leaving);
}

export const leave: View = (state, flow) => {
    const w = words();
    const waits = isOpen(state.consultation);
    return html`${top(state)}
        <main class="middle leave">
            ${question(state, flow, state.leaving as Leaving)}
            ${button({
                label: waits ? w.visit.goOnWaiting : w.booth.home,
                test: "leave-not",
                icon: waits ? "back" : "home",
                kind: "quiet",
                press: () => (waits ? flow.leaveNot() : flow.home()),
            })}
        </main>
        ${help(state)}`;
};
