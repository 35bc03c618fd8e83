// The hall's laptop: one page that says "you are live, N members are with you".
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { duration, serverNow } from "../../core/clock";
import type { Lecture, User } from "../../core/types";
import { keepAwake } from "../../core/wake";
import { button } from "../../elements/button";
import { confirmation } from "../../elements/confirm";
import { icon } from "../../elements/icons";
import "../../elements/level-meter";
import { Page } from "../../elements/page";
import { explain } from "../../elements/problem";
import { sentence } from "../../elements/sentence";
import { signOut } from "../../elements/sign-in";
import { topbar, tree } from "../../elements/topbar";
import "../../elements/video-stage";
import { words } from "../../words/words";
import { HallFlow, chosenLecture, screenOf, type HallState, type Screen } from "./flow";

type View = (state: HallState, flow: HallFlow) => TemplateResult;

function trouble(state: HallState): TemplateResult | typeof nothing {
    const w = words();
    if (state.away) return sentence("lost", w.common.noAnswer);
    if (state.problem) return sentence("warn", explain(state.problem));
    return state.trouble ? sentence("warn", w.troubles[state.trouble]) : nothing;
}

const starting: View = (state) => html`<main class="middle"><h1>${words().common.starting}</h1>${trouble(state)}</main>`;

const signIn: View = (_, flow) => html`<main class="middle">
    <sign-in
        heading=${words().hall.signInTitle}
        lead=${words().hall.signInText}
        @signed-in=${(event: CustomEvent<User>) => flow.signedIn(event.detail)}
    ></sign-in>
</main>`;

const notForYou: View = () => html`<main class="middle">
    ${sentence("warn", words().signIn.notForYou)}
    ${button({ label: words().common.signOut, test: "leave", icon: "back", kind: "primary", press: () => void signOut() })}
</main>`;

function lectureHint(lecture: Lecture): string {
    const w = words();
    return `${w.when(lecture.starts_at, serverNow())} · ${lecture.lecturer} · ${w.hall.states[lecture.state] ?? ""}`;
}

const choose: View = (state, flow) => {
    const w = words().hall;
    const ended = (one: Lecture): number => (one.state === "ended" ? 1 : 0);
    const open = [...state.lectures].sort((a, b) => ended(a) - ended(b));
    return html`<main class="middle">
        ${tree()}
        <h1>${open.length ? w.choose : w.none}</h1>
        <div class="lectures" data-test="lectures">
            ${open.map((one) =>
                button({
                    label: one.title,
                    hint: lectureHint(one),
                    test: `lecture-${one.id}`,
                    icon: one.state === "live" ? "live" : "play",
                    press: () => flow.choose(one.id),
                }),
            )}
        </div>
        ${trouble(state)}
    </main>`;
};

function preview(state: HallState): TemplateResult {
    return html`<video-stage
        class="preview"
        test="self"
        mirror
        .stream=${state.camera ? state.stream : null}
        empty=${words().hall.noPicture}
    ></video-stage>`;
}

const check: View = (state, flow) => {
    const w = words();
    const lecture = chosenLecture(state) as Lecture;
    return html`<main class="studio">
        <section class="screen">${preview(state)}</section>
        <section class="side">
            <h1>${w.hall.checkTitle}</h1>
            <p class="lead">${lecture.title}</p>
            <div class="card" ?hidden=${!state.microphone}>
                <h2>${w.hall.sound}</h2>
                <p>${w.hall.speak}</p>
                <level-meter .stream=${state.microphone ? state.stream : null}></level-meter>
            </div>
            ${lecture.state === "live" ? sentence("warn", w.hall.otherSource) : nothing} ${trouble(state)}
            ${button({
                label: state.starting ? w.hall.starting : w.hall.start,
                test: "start",
                icon: "live",
                kind: "primary",
                disabled: state.starting || !(state.camera || state.microphone),
                press: () => void flow.goLive(),
            })}
            ${button({ label: w.common.back, test: "back", icon: "back", kind: "quiet", press: () => flow.back() })}
        </section>
    </main>`;
};

function airSentence(state: HallState): TemplateResult {
    const w = words().hall;
    if (state.away || state.publishing === "lost") return sentence("lost", w.reconnecting);
    if (state.publishing !== "flowing") return sentence("calm", w.starting);
    return state.trouble ? trouble(state) as TemplateResult : sentence("good", w.live);
}

const onAir: View = (state, flow) => {
    const w = words().hall;
    const lecture = chosenLecture(state) as Lecture;
    const confirm = {
        title: w.endTitle,
        text: w.endText,
        yes: w.endYes,
        no: w.endNo,
        onYes: () => void flow.end(),
        onNo: () => flow.wantEnd(false),
    };
    return html`<main class="studio">
        <section class="screen">${preview(state)}</section>
        <section class="side">
            ${airSentence(state)}
            <p class="viewers" data-test="viewers" data-viewers=${lecture.viewers ?? 0}>
                ${icon("people")}<span>${w.watching(lecture.viewers ?? 0)}</span>
            </p>
            <p class="lead">${lecture.title}</p>
            <p class="duration"><span>${w.onAir}</span><b data-test="duration">${duration(Date.now() - state.airSince)}</b></p>
            <level-meter ?hidden=${!state.microphone} .stream=${state.microphone ? state.stream : null}></level-meter>
            ${state.problem ? trouble(state) : nothing}
            ${button({ label: w.end, test: "end", icon: "end", kind: "danger", press: () => flow.wantEnd(true) })}
        </section>
        ${state.ending ? confirmation(confirm) : nothing}
    </main>`;
};

const endedView: View = (_, flow) => {
    const w = words().hall;
    return html`<main class="middle">
        ${tree()}
        <h1>${w.endedTitle}</h1>
        <p class="lead">${w.endedText}</p>
        ${button({ label: w.another, test: "another", icon: "back", kind: "primary", press: () => flow.back() })}
    </main>`;
};

const views: Record<Screen, View> = {
    starting,
    "sign-in": signIn,
    "not-for-you": notForYou,
    choose,
    check,
    "on-air": onAir,
    ended: endedView,
};

@customElement("hall-page")
export class HallPage extends Page {
    private readonly flow = new HallFlow();

    override connectedCallback(): void {
        super.connectedCallback();
        this.follow(this.flow.store);
        this.tick(1000);
        void this.flow.start();
    }

    protected override screen(): string {
        return screenOf(this.flow.store.get());
    }

    protected override heading(): string {
        return words().hall.title;
    }

    override render(): TemplateResult {
        const state = this.flow.store.get();
        const screen = screenOf(state);
        keepAwake(screen === "on-air" || screen === "check");
        const bar = topbar({
            title: words().hall.title,
            who: state.hall ? state.hall.name : undefined,
            signOut: state.user && !state.onAir ? () => void signOut() : undefined,
        });
        return html`${bar} ${views[screen](state, this.flow)}`;
    }
}
