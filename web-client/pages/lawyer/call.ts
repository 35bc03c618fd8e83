// The lawyer talking with a resident: the resident large, the facts beside.
import { html, nothing, type TemplateResult } from "lit";
import { duration, serverNow } from "../../core/clock";
import { canShare } from "../../core/screen";
import type { Consultation } from "../../core/types";
import { button } from "../../elements/button";
import { board } from "../../elements/board";
import { confirmation } from "../../elements/confirm";
import { faces } from "../../elements/faces";
import { sentence, type Tone } from "../../elements/sentence";
import "../../elements/video-stage";
import { words } from "../../words/words";
import { brief } from "./duty";
import { colleagueAsked, recordButton, recordedNotice, sensitiveRow } from "./consents";
import { earlierRow } from "./earlier";
import { isOwn, type LawyerFlow, type LawyerState } from "./flow";
import { othersPanel } from "./others";
import { recordView } from "./record";
import { papersView } from "./papers";
import { isSlowerWished, panicButton, residentRow, sayField } from "./say";
import type { View } from "./view";

/** One sentence about the line, the worst first. */
export function callSentence(state: LawyerState): [Tone, string] {
    const w = words().lawyer;
    const { watching, publishing, trouble } = state.call;
    if (state.away) return ["lost", w.reconnecting];
    if (state.consultation && state.consultation.state === "suspended") return ["lost", w.residentAway];
    if (watching === "lost" || publishing === "lost") return ["lost", w.reconnecting];
    if (trouble !== null) return ["warn", words().troubles[trouble]];
    if (watching !== "flowing") return ["calm", w.opening];
    if (state.call.soundOnly) return ["warn", words().common.soundOnly];
    if (isSlowerWished(state, performance.now())) return ["warn", words().visit.slowerWished];
    if (state.muted) return ["warn", w.mutedNow];
    if (state.cameraOff) return ["warn", w.cameraOffNow];
    if (state.sharing) return ["good", words().papers.sharing];
    return ["good", w.talking];
}

function controls(state: LawyerState, flow: LawyerFlow): TemplateResult {
    const w = words().lawyer;
    const { muted, cameraOff } = state;
    return html`<div class="controls">
        ${button({
            label: muted ? w.unmute : w.mute,
            test: "mute",
            icon: muted ? "micOff" : "mic",
            pressed: muted,
            press: () => flow.mute(!muted),
        })}
        ${button({
            label: cameraOff ? w.cameraOn : w.cameraOff,
            test: "camera",
            icon: cameraOff ? "cameraOff" : "camera",
            pressed: cameraOff,
            press: () => flow.cameraOff(!cameraOff),
        })}
        ${canShare() && state.consultation && isOwn(state.consultation)
            ? button({
                  label: state.sharing ? words().papers.shareStop : words().papers.share,
                  test: "share",
                  icon: "screen",
                  pressed: state.sharing,
                  press: () => flow.share(!state.sharing),
              })
            : nothing}
        ${state.consultation && isOwn(state.consultation) ? recordButton(state, flow) : nothing} ${panicButton(state, flow)}
        ${state.consultation && !isOwn(state.consultation) ? nothing : button({ label: w.end, test: "end", icon: "end", kind: "danger", press: () => flow.wantEnd(true) })}
    </div>`;
}

function own(state: LawyerState, flow: LawyerFlow): TemplateResult {
    return html`${papersView(state, flow)} ${sayField(state, flow)} ${residentRow(state)} ${earlierRow(state.consultation as Consultation, flow, state.user ? state.user.name : "")} ${sensitiveRow(state.consultation as Consultation, flow)} ${recordView(flow.records, true, "")}`;
}

function aside(state: LawyerState, flow: LawyerFlow, one: Consultation): TemplateResult {
    const w = words();
    const self = state.call.camera && !state.cameraOff ? state.call.self : null;
    return html`<aside class="card">
        <div class="person">
            <video-stage class="self" test="self" mirror .stream=${self} empty=${w.lawyer.cameraOffNow}></video-stage>
            <div>
                <p class="duration">
                    <span>${w.lawyer.duration}</span>
                    <b data-test="duration">${duration(serverNow() - (one.connected_at ?? serverNow()))}</b>
                </p>
                ${brief(one)}
            </div>
        </div>
        ${othersPanel(state, flow)} ${isOwn(one) ? own(state, flow) : nothing}
    </aside>`;
}

export const callView: View = (state, flow) => {
    const w = words().lawyer;
    const one = state.consultation as Consultation;
    const [tone, text] = callSentence(state);
    const confirm = {
        title: w.endTitle,
        yes: w.endYes,
        no: w.endNo,
        onYes: () => flow.end(),
        onNo: () => flow.wantEnd(false),
    };
    return html`<main class="talk with-record">
        <section class="screen">
            <div class="with-paper ${state.seen ? "with-screen" : ""}">
                ${state.seen ? html`<video-stage class="screen" test="screen" silent .stream=${state.seen}></video-stage>` : nothing}
                <video-stage
                    class="remote"
                    test="remote"
                    .stream=${state.call.remote}
                    ?covered=${state.call.watching === "connecting"}
                    empty=${text}
                ></video-stage>
                ${board(state.papers, flow.papers)} ${faces(state.call.others, (face) => words().party.face(face.party.role, face.party.name))}
            </div>
            ${recordedNotice(state)} ${sentence(tone, text)} ${controls(state, flow)}
        </section>
        ${aside(state, flow, one)} ${colleagueAsked(state, flow)} ${state.ending ? confirmation(confirm) : nothing}
    </main>`;
};
