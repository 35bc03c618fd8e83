// The booth's screens while somebody waits for a lawyer, and while they talk.
import { html, nothing, type TemplateResult } from "lit";
import { serverNow } from "../../core/clock";
import type { Category, Consultation } from "../../core/types";
import { button } from "../../elements/button";
import { board } from "../../elements/board";
import { confirmation } from "../../elements/confirm";
import { faces } from "../../elements/faces";
import "../../elements/lawyer-face";
import { outside } from "../../elements/outside";
import { sentence, type Tone } from "../../elements/sentence";
import { tree } from "../../elements/topbar";
import "../../elements/video-stage";
import { volumes } from "../../elements/video-stage";
import { volumeControl } from "../../elements/volume";
import type { Prompt } from "../../words/prompts";
import { words } from "../../words/words";
import { readbackView, reads, takeaway } from "./readback-view";
import { hasWaitedLong, type BoothFlow, type BoothState } from "./flow";
import { identityButton, identityQuestion } from "./identity";
import { aboutButton, aboutQuestion, isParked, partyQuestion } from "./party";
import { agreedNotices, consentQuestion } from "./consents";
import { help, top, type View } from "./view";

export const asking: View = (state) => html`${top(state)}
    <main class="middle">${tree()}<h1>${words().booth.asking}</h1></main>`;

function place(flow: BoothFlow, one: Consultation): TemplateResult {
    const w = words().booth;
    if (one.transferring) return html`<p class="place" data-test="transferring">${words().party.transferring(w.yourLawyer)}</p>`;
    if (one.state === "offered") return html`<p class="place" data-test="ahead">${w.offered}</p>`;
    const ahead = Math.max(0, (one.position ?? 1) - 1);
    const minutes = one.minutes === undefined ? null : flow.estimate.minutes(one.id, one.minutes);
    return html`<p class="place" data-test="ahead">${w.ahead(ahead)}</p>
        ${minutes === null ? nothing : html`<p class="place small" data-test="minutes">${w.minutes(minutes)}</p>`}`;
}

/** What a resident should know while waiting: a fault first, then what comes. */
function waitingSentence(state: BoothState, one: Consultation): TemplateResult {
    const w = words().booth;
    const { trouble, camera, microphone } = state.call;
    if (state.away) return sentence("lost", words().common.noAnswer);
    if (trouble !== null && !microphone) return sentence("warn", w.bothTrouble);
    if (trouble !== null && !camera) return sentence("warn", w.cameraTrouble);
    if (one.transferring) return sentence("calm", words().party.transferringText);
    const nobody = one.state === "waiting" && state.clinic && state.clinic.duty_lawyers.length === 0;
    return nobody ? sentence("warn", w.noLawyerNow) : sentence("calm", w.stayHere);
}

export const waiting: View = (state, flow) => {
    const w = words().booth;
    const one = state.consultation as Consultation;
    return html`${top(state)}
        <main class="middle waiting">
            <p class="ticket" data-test="ticket">${w.ticket(one.ticket_no)}</p>
            <div class="card queue-card" aria-live="polite">${place(flow, one)}</div>
            ${waitingSentence(state, one)}
            <figure class="mirror-figure" ?hidden=${!state.call.camera}>
                <video-stage class="self" test="self" mirror .stream=${state.call.camera ? state.call.self : null}></video-stage>
                <figcaption>${w.seeYourself}</figcaption>
            </figure>
            ${one.transferring ? nothing : aboutButton(state, flow)}
            <div class="waiting-choices">
                ${identityButton(one, flow)}
                ${hasWaitedLong(state, serverNow())
                    ? button({
                          label: words().visit.leaveInstead,
                          test: "leave-instead",
                          icon: "bell",
                          press: () => flow.wantLeave(one.category as Category),
                      })
                    : nothing}
                ${button({ label: w.giveUp, test: "cancel", icon: "no", press: () => flow.cancel() })}
            </div>
        </main>
        ${help(state)} ${identityQuestion(state, flow)} ${aboutQuestion(state, flow)} ${consentQuestion(state, flow)}`;
};

/** One sentence about the line, the worst first: how bad it is, and which prompt says it aloud. */
export function callSentence(state: BoothState): [Tone, string, Prompt | null] {
    const w = words().booth;
    const one = state.consultation as Consultation;
    const { watching, publishing, camera, microphone, trouble } = state.call;
    const name = one.lawyer ? one.lawyer.name : w.someLawyer;
    if (state.away) return ["lost", w.reconnecting(name), "reconnecting"];
    if (isParked(one)) return ["calm", words().party.parkedTitle, "parked"];
    if (one.state === "suspended") return ["lost", w.lawyerAway(name), "lawyerAway"];
    if (watching === "lost" || publishing === "lost") return ["lost", w.reconnecting(name), "reconnecting"];
    if (watching !== "flowing") return ["calm", w.opening(name), null];
    if (state.call.soundOnly) return ["warn", words().common.soundOnly, "soundOnly"];
    if (trouble !== null && !microphone) return ["warn", w.bothTrouble, "noMicrophone"];
    if (trouble !== null && !camera) return ["warn", w.cameraTrouble, "noCamera"];
    return ["good", w.talk(name), "meeting"];
}

function nameplate(one: Consultation): TemplateResult | typeof nothing {
    if (!one.lawyer) return nothing;
    const w = words();
    const { name, law_firm, licence_no } = one.lawyer;
    return html`<div class="nameplate" data-test="lawyer">
        <b>${w.lawyerName(name)}</b><i>${law_firm}</i>
        ${licence_no ? html`<i>${w.booth.licence(licence_no)}</i>` : nothing}
    </div>`;
}

/** How long "the lawyer has been told" stands. */
const slowerFor = 8000;

function slowerButton(state: BoothState, flow: BoothFlow): TemplateResult {
    const w = words().visit;
    const told = state.slowerAt !== null && performance.now() - state.slowerAt < slowerFor;
    return button({ label: told ? w.slowerTold : w.slower, test: "slower", icon: told ? "yes" : "clock", pressed: told, press: () => flow.slower() });
}

/** The lawyer's words, in letters that can be read from the chair. */
function letters(state: BoothState, one: Consultation): TemplateResult | typeof nothing {
    if (!state.said) return nothing;
    const name = one.lawyer ? words().lawyerName(one.lawyer.name) : words().booth.someLawyer;
    return html`<div class="letters" role="status" data-test="said">
        <i>${words().visit.said(name)}</i>
        <p>${state.said}</p>
    </div>`;
}

function paperButtons(state: BoothState, flow: BoothFlow): TemplateResult {
    const w = words().visit;
    const labels = { no: state.papers.shown && state.papers.shown.info.by === "booth" ? w.showPaperAgain : w.showPaper, taking: w.showingPaper, failed: w.paperFailed };
    return html`${button({
        label: labels[state.showing],
        test: "show-paper",
        icon: "camera",
        disabled: state.showing === "taking" || !state.call.camera,
        press: () => void flow.showPaper(),
    })}
    ${state.papers.shown
        ? button({ label: w.putPaperAway, test: "put-away", icon: "no", press: () => flow.papers.putAway() })
        : slowerButton(state, flow)}`;
}

function endQuestion(flow: BoothFlow): TemplateResult {
    const w = words().booth;
    return confirmation({
        title: w.endTitle,
        yes: w.endYes,
        no: w.endNo,
        onYes: () => flow.leave(),
        onNo: () => flow.wantEnd(false),
    });
}

function endButton(flow: BoothFlow, kind: "danger" | "plain"): TemplateResult {
    return button({ label: words().booth.end, test: "end", icon: "end", kind, press: () => flow.wantEnd(true) });
}

function callUnder(state: BoothState, flow: BoothFlow): TemplateResult {
    const one = state.consultation as Consultation;
    const [tone, text] = callSentence(state);
    return html`<section class="under">
        ${letters(state, one)} ${sentence(tone, text)}
        <div class="people">
            ${nameplate(one)}
            <video-stage class="self" test="self" mirror .stream=${state.call.camera ? state.call.self : null}></video-stage>
        </div>
        ${takeaway(flow)} ${volumeControl(state.volume, (level) => flow.setVolume(level))}
        <div class="last-row">${paperButtons(state, flow)} ${endButton(flow, "danger")}</div>
    </section>`;
}

function readingUnder(state: BoothState, flow: BoothFlow): TemplateResult {
    const [tone, text] = callSentence(state);
    return html`<section class="under reading">${letters(state, state.consultation as Consultation)} ${sentence(tone, text)} ${readbackView(flow.readback)} ${endButton(flow, "plain")}</section>`;
}

/** What one looks at: a paper of the lawyer's by its name and page, or the screen. */
function paperTitle(state: BoothState): TemplateResult | typeof nothing {
    const w = words().papers;
    const { shown, all } = state.papers;
    if (!shown) return state.screen ? html`<p class="paper-title" data-test="paper-title">${w.screenShown}</p>` : nothing;
    const { name, of, page } = shown.info;
    const whole = all.find((one) => one.n === of);
    if (shown.info.kept || (whole && whole.kept)) return html`<p class="paper-title" data-test="paper-title">${w.keptNote}</p>`;
    if (!name || shown.info.pages) return nothing;
    return html`<p class="paper-title" data-test="paper-title"><b>${name}</b>${whole && page ? html`<span>${w.page(page, whole.pages ?? page)}</span>` : nothing}</p>`;
}

/** Who it will be, until he is seen himself. */
function photoBefore(state: BoothState): TemplateResult | typeof nothing {
    const lawyer = state.consultation ? state.consultation.lawyer : null;
    return lawyer && lawyer.photo ? html`<lawyer-face class="before" .person=${lawyer} .token=${state.token}></lawyer-face>` : nothing;
}

export const call: View = (state, flow) => {
    const text = callSentence(state)[1];
    const covered = state.call.watching === "connecting";
    const reading = reads(flow.readback);
    const title = paperTitle(state);
    return html`<main class="call ${reading ? "reads" : ""}">
        <div class="with-paper ${state.screen ? "with-screen" : ""} ${title === nothing ? "" : "titled"}">
            ${state.screen ? html`<video-stage class="screen" test="screen" silent .stream=${state.screen}></video-stage>` : nothing}
            <video-stage
                class="remote"
                test="remote"
                .stream=${state.call.remote}
                ?covered=${covered}
                .volume=${volumes[state.volume] ?? 1}
                empty=${text}
            ></video-stage>
            ${covered ? photoBefore(state) : nothing} ${board(state.papers, flow.papers)} ${faces(state.call.others, (face) => words().party.face(face.party.role, face.party.name), volumes[state.volume] ?? 1)} ${title}
            ${outside(isParked(state.consultation as Consultation))}
        </div>
        ${reading ? readingUnder(state, flow) : callUnder(state, flow)}
        ${state.ending ? endQuestion(flow) : nothing} ${agreedNotices(state, flow)} ${consentQuestion(state, flow)} ${partyQuestion(state, flow)}
    </main>`;
};
