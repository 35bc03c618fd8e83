// The lawyer off duty, waiting for residents, and being rung.
import { html, nothing, type TemplateResult } from "lit";
import { duration, secondsLeft, serverNow } from "../../core/clock";
import { declineReasons, type Category, type Consultation } from "../../core/types";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { messageList } from "../../elements/message-list";
import { sentence } from "../../elements/sentence";
import { tree } from "../../elements/topbar";
import "../../elements/workload";
import { words } from "../../words/words";
import "./appointments";
import "./equipment";
import "./shifts";
import type { LawyerFlow, LawyerState } from "./flow";
import { conflictFacts, transferMenu } from "./others";
import { recordList } from "./record";
import { lastSentence, troubleSentence, type View } from "./view";

function inbox(state: LawyerState, flow: LawyerFlow): TemplateResult | typeof nothing {
    return state.messages.length === 0 ? nothing : messageList(state.messages, { answered: (id) => flow.answered(id) });
}

function shifts(state: LawyerState): TemplateResult {
    return html`<my-shifts lawyer=${state.user ? state.user.id : ""}></my-shifts>`;
}

function equipmentButton(flow: LawyerFlow): TemplateResult {
    return button({ label: words().equipment.open, test: "equipment", icon: "camera", kind: "quiet", press: () => flow.tryEquipment(true) });
}

/** What the short trial said. */
function quickSentence(state: LawyerState): TemplateResult | typeof nothing {
    const w = words().equipment;
    if (state.quick === "no") return nothing;
    const said = { tries: sentence("calm", w.shortTrying), good: sentence("good", w.shortGood), bad: sentence("warn", w.shortBad) };
    return html`<div data-test="quick" data-quick=${state.quick}>${said[state.quick]}</div>`;
}

export const equipmentView: View = (_, flow) => html`<main class="middle"><equipment-check .leave=${() => flow.tryEquipment(false)}></equipment-check></main>`;

export const offDutyView: View = (state, flow) => {
    const w = words().lawyer;
    return html`<main class="middle">
        ${tree()}
        ${state.needed ? sentence("warn", w.needed) : nothing}
        <h1>${w.offDuty}</h1>
        <p class="lead">${w.offDutyText}</p>
        ${button({
            label: w.goOnDuty,
            test: "on-duty",
            icon: "duty",
            kind: "primary",
            disabled: state.busy,
            press: () => flow.goOnDuty(),
        })}
        ${equipmentButton(flow)}
        ${lastSentence(state)} ${troubleSentence(state) ?? nothing} <my-appointments></my-appointments> ${shifts(state)} ${inbox(state, flow)} ${recordList(flow)} <lawyer-workload></lawyer-workload>
    </main>`;
};

function soundOffer(state: LawyerState, flow: LawyerFlow): TemplateResult | typeof nothing {
    if (!state.soundLocked) return nothing;
    const w = words().lawyer;
    return html`${sentence("warn", w.soundLocked)}
    ${button({ label: w.soundUnlock, test: "unlock-ring", icon: "bell", kind: "primary", press: () => void flow.trySound() })}`;
}

/** Why nobody is offered to a lawyer who has time. */
function promised(state: LawyerState): TemplateResult | typeof nothing {
    const at = state.lawyer ? state.lawyer.promised_at : undefined;
    if (!at) return nothing;
    return html`<div data-test="promised">${sentence("calm", words().lawyer.promised(words().when(at, serverNow())))}</div>`;
}

export const idleView: View = (state, flow) => {
    const w = words().lawyer;
    return html`<main class="middle">
        ${tree()}
        <h1>${w.idle}</h1>
        <p class="lead">${w.idleText}</p>
        ${promised(state)} ${soundOffer(state, flow)} ${quickSentence(state)} ${lastSentence(state)} ${troubleSentence(state) ?? nothing}
        ${button({ label: w.goOffDuty, test: "off-duty", icon: "duty", disabled: state.busy, press: () => flow.goOffDuty() })}
        ${equipmentButton(flow)}
        <my-appointments></my-appointments> ${shifts(state)} ${inbox(state, flow)} ${recordList(flow)} <lawyer-workload></lawyer-workload>
    </main>`;
};

const ringRadius = 44;
const ringLength = 2 * Math.PI * ringRadius;

function countdown(one: Consultation): TemplateResult {
    const from = one.offered_at ?? 0;
    const until = one.offer_expires_at ?? from + 30000;
    const left = secondsLeft(from, until, serverNow());
    const gone = 1 - (left * 1000) / Math.max(1, until - from);
    return html`<div class="countdown" data-test="countdown">
        <svg viewBox="0 0 100 100" aria-hidden="true">
            <circle class="track" cx="50" cy="50" r=${ringRadius}></circle>
            <circle class="left" cx="50" cy="50" r=${ringRadius} transform="rotate(-90 50 50)"
                stroke-dasharray=${ringLength} stroke-dashoffset=${ringLength * gone}></circle>
        </svg>
        <b>${left}</b><i>${words().lawyer.seconds}</i>
    </div>`;
}

function facts(state: LawyerState, one: Consultation): TemplateResult {
    const w = words();
    const row = (name: string, value: string): TemplateResult => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
    return html`<dl class="facts" data-test="facts">
        ${row(w.lawyer.offerCategory, w.categories[one.category as Category] ?? one.category)}
        ${row(w.lawyer.offerLanguage, w.lawyer.languages[one.language] ?? one.language)}
        ${row(w.lawyer.offerBooth, one.booth.name)} ${row(w.lawyer.ticket, String(one.ticket_no))}
        ${row(w.lawyer.offerWaited, duration((one.connected_at ?? one.offered_at ?? one.asked_at) - one.asked_at))}
        ${conflictFacts(state).map(([name, value]) => row(name, value))}
    </dl>`;
}

/** What a lawyer who is talking wants to glance at. */
export function brief(one: Consultation): TemplateResult {
    const w = words();
    const facts_ = [w.categories[one.category as Category] ?? one.category, w.lawyer.languages[one.language] ?? one.language, one.booth.name];
    return html`<p data-test="facts">${facts_.join(" · ")}</p>`;
}

/** Not from the queue: passed on, or asked to join. */
function offerNote(one: Consultation): TemplateResult | typeof nothing {
    if (!one.by) return nothing;
    const w = words();
    const name = w.lawyerName(one.by.name);
    return sentence("calm", one.parties ? w.party.offerWith(name) : w.party.offerBy(name));
}

function passOn(one: Consultation, flow: LawyerFlow): TemplateResult | typeof nothing {
    if (one.parties) return nothing; // a colleague's, not ours to pass on
    return button({ label: words().party.transfer, test: "pass-on", icon: "answer", kind: "quiet", press: () => void flow.open("transfer") });
}

function reasonList(flow: LawyerFlow): TemplateResult {
    const w = words();
    return html`<section class="reasons" data-test="reasons">
        <p>${w.lawyer.declineWhy}</p>
        ${declineReasons.map((reason) =>
            button({ label: w.lawyer.reasons[reason], test: `reason-${reason}`, press: () => flow.decline(reason) }),
        )}
        ${button({ label: w.common.back, test: "decline-back", icon: "back", kind: "quiet", press: () => flow.wantDecline(false) })}
    </section>`;
}

export const offerView: View = (state, flow) => {
    const w = words().lawyer;
    const one = state.consultation as Consultation;
    return html`<main class="middle">
        <section class="card offer" aria-live="assertive">
            <header><span class="bell">${icon("bell")}</span><h1>${w.offerTitle}</h1>${countdown(one)}</header>
            ${state.declining
                ? reasonList(flow)
                : state.menu === "transfer"
                  ? transferMenu(state, flow)
                  : html`${offerNote(one)} ${facts(state, one)}<div class="pair">
                      ${button({ label: w.decline, test: "decline", icon: "no", press: () => flow.wantDecline(true) })}
                      ${button({
                          label: w.accept,
                          test: "accept",
                          icon: "answer",
                          kind: "primary",
                          disabled: state.busy,
                          press: () => flow.accept(),
                      })}
                  </div>
                  ${state.call.camera && one.media ? html`<p data-test="camera-ready">${w.cameraReady}</p>` : nothing} ${passOn(one, flow)}`}
            ${troubleSentence(state) ?? nothing}
        </section>
    </main>`;
};
