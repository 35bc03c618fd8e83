// The page behind a third party's link: who asks, a look at camera and microphone, the call, the end.
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { isAskedToo, isRecorded } from "../../core/consents";
import { Voice } from "../../core/voice";
import { keepAwake } from "../../core/wake";
import { board } from "../../elements/board";
import { button } from "../../elements/button";
import { confirmation } from "../../elements/confirm";
import { recordedBar, recordingCard } from "../../elements/consent";
import { faces } from "../../elements/faces";
import { icon } from "../../elements/icons";
import { outside } from "../../elements/outside";
import { Page } from "../../elements/page";
import { sentence, type Tone } from "../../elements/sentence";
import { languageSwitch, tree } from "../../elements/topbar";
import "../../elements/video-stage";
import { volumes } from "../../elements/video-stage";
import { volumeControl } from "../../elements/volume";
import { words } from "../../words/words";
import { GuestFlow, isParked, screenOf, type GuestState, type Screen } from "./flow";

/** One sentence about the line, the worst first. */
function lineSentence(state: GuestState): [Tone, string] {
    const w = words();
    const { watching, publishing, soundOnly, microphone } = state.call;
    const one = state.consultation;
    if (state.away) return ["lost", w.common.noAnswer];
    if (isParked(one)) return ["calm", w.party.parkedTitle];
    if (one && one.state !== "connected") return ["lost", w.party.guestWaiting];
    if (watching === "lost" || publishing === "lost") return ["lost", w.party.guestEntering];
    if (watching !== "flowing") return ["calm", w.party.guestEntering];
    if (!microphone) return ["warn", w.party.guestNothing];
    if (soundOnly) return ["warn", w.common.soundOnly];
    return ["good", state.papers.shown && state.papers.may === "point" ? w.party.guestPoints : w.party.guestTalking];
}

@customElement("guest-page")
export class GuestPage extends Page {
    private readonly flow = new GuestFlow();
    private readonly voice = new Voice();
    private wasParked = false;

    private readonly parts: Record<Screen, (state: GuestState) => TemplateResult> = {
        starting: (state) => this.notice(words().common.starting, state.away ? words().common.noAnswer : ""),
        "bad-link": () => this.notice(words().party.guestBadTitle, words().party.guestBadText),
        "used-link": () => this.notice(words().party.guestBadTitle, words().party.guestUsedText),
        ready: (state) => this.ready(state),
        test: (state) => this.test(state),
        entering: () => this.notice(words().party.guestEntering, ""),
        call: (state) => this.call(state),
        ended: (state) => this.notice(words().party.guestEndedTitle, this.endText(state)),
    };

    override connectedCallback(): void {
        super.connectedCallback();
        this.follow(this.flow.store);
        this.flow.start();
    }

    protected override screen(): string {
        return screenOf(this.flow.store.get());
    }

    protected override heading(): string {
        return words().party.guestTitle;
    }

    override updated(): void {
        super.updated();
        const parked = isParked(this.flow.store.get().consultation);
        if (parked && !this.wasParked) this.voice.say([`/prompts/${words().htmlLang}/parked`]);
        this.wasParked = parked;
        keepAwake(this.screen() === "call");
    }

    private endText(state: GuestState): string {
        const w = words().party;
        return `${w.guestEnded[state.end ?? ""] ?? w.guestEnded["finished"] ?? ""}${w.guestEndedText}`;
    }

    private notice(title: string, text: string): TemplateResult {
        return html`<main class="middle">
            ${tree()}
            <h1>${title}</h1>
            <p class="lead" data-test="notice">${text}</p>
        </main>`;
    }

    private ready(state: GuestState): TemplateResult {
        const w = words().party;
        return html`<main class="middle">
            ${tree()}
            <h1>${w.guestHello(state.name, words().lawyerName(state.lawyer))}</h1>
            <p class="lead">${w.guestLead}</p>
            ${button({ label: w.guestStart, test: "guest-start", icon: "answer", kind: "primary", press: () => this.flow.test() })}
        </main>`;
    }

    private test(state: GuestState): TemplateResult {
        const w = words().party;
        const { camera, microphone, trouble, self } = state.call;
        const nothingThere = trouble !== null && !microphone;
        const [tone, text]: [Tone, string] = nothingThere ? ["warn", w.guestNothing] : trouble !== null && !camera ? ["warn", w.guestNoCamera] : ["good", w.guestSeen];
        return html`<main class="middle">
            <h1>${w.guestTest}</h1>
            <video-stage class="self" test="self" mirror .stream=${camera ? self : null} empty=${w.guestTest}></video-stage>
            ${camera || microphone || trouble ? sentence(tone, text) : nothing}
            ${nothingThere
                ? button({ label: w.guestRetry, test: "guest-retry", icon: "back", kind: "primary", press: () => this.flow.retry() })
                : button({ label: w.guestEnter, test: "guest-enter", icon: "answer", kind: "primary", press: () => void this.flow.enter() })}
        </main>`;
    }

    private call(state: GuestState): TemplateResult {
        const w = words().party;
        const [tone, text] = lineSentence(state);
        const volume = volumes[state.volume] ?? 1;
        const confirm = {
            title: w.guestLeaveTitle,
            text: w.guestLeaveText,
            yes: w.guestLeave,
            no: words().common.back,
            onYes: () => this.flow.leave(),
            onNo: () => this.flow.wantLeave(false),
        };
        return html`<main class="talk">
            <div class="with-paper ${state.screen ? "with-screen" : ""}">
                ${state.screen ? html`<video-stage class="screen" test="screen" silent .stream=${state.screen}></video-stage>` : nothing}
                <video-stage class="remote" test="remote" .stream=${state.call.remote} .volume=${volume} ?covered=${state.call.watching === "connecting"} empty=${text}></video-stage>
                ${board(state.papers, this.flow.papers)} ${faces(state.call.others, (face) => w.face(face.party.role, face.party.name), volume)} ${outside(isParked(state.consultation))}
            </div>
            <section class="under">
                ${recordedBar(isRecorded(state.consultation), () => this.flow.withdraw())} ${sentence(tone, text)}
                <video-stage class="self" test="self" mirror .stream=${state.call.camera ? state.call.self : null}></video-stage>
                ${volumeControl(state.volume, (level) => this.flow.setVolume(level))}
                ${button({ label: w.guestLeave, test: "guest-leave", icon: "end", kind: "danger", press: () => this.flow.wantLeave(true) })}
            </section>
            ${this.asked(state)} ${state.leaving ? confirmation(confirm) : nothing}
        </main>`;
    }

    private asked(state: GuestState): TemplateResult | typeof nothing {
        const one = state.consultation;
        const lawyer = words().lawyerName(one && one.lawyer ? one.lawyer.name : state.lawyer);
        if (!one || !one.recording || !isAskedToo(one, one.me.id)) return nothing;
        return recordingCard(lawyer, one.recording, state.consentFailed, (yes) => void this.flow.consent(yes));
    }

    private help(state: GuestState): TemplateResult | typeof nothing {
        if (!state.centre || screenOf(state) === "call") return nothing;
        const { name, phone } = state.centre;
        return html`<section class="help">
            <p>${words().party.guestHelp}</p>
            <a class="tel" href="tel:${phone.replace(/[^0-9+]/g, "")}" data-test="phone">${icon("answer")}<span>${phone}</span></a>
            <p class="quiet">${name}</p>
        </section>`;
    }

    override render(): TemplateResult {
        const state = this.flow.store.get();
        return html`${this.parts[screenOf(state)](state)} ${this.help(state)}
            <footer class="foot">${languageSwitch()}</footer>`;
    }
}
