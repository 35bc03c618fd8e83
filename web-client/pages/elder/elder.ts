// The lecture at home. The first page is already in the document, rendered by the gateway; this
// takes it over, adds the one button, and never takes the large text away.
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { serverNow } from "../../core/clock";
import { keepAwake } from "../../core/wake";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { Page } from "../../elements/page";
import { sentence, type Tone } from "../../elements/sentence";
import { languageSwitch, tree } from "../../elements/topbar";
import "../../elements/video-stage";
import { volumes, type VideoStage } from "../../elements/video-stage";
import { volumeControl } from "../../elements/volume";
import { words } from "../../words/words";
import { ElderFlow, lineOf, screenOf, type ElderState, type LineState, type Screen } from "./flow";

type Part = (state: ElderState) => TemplateResult;

const tones: Record<LineState, Tone> = { fine: "good", opening: "calm", "sound-only": "warn", paused: "lost", lost: "lost" };

/** What the gateway wrote into the first page; an unfilled place counts as empty. */
interface Rendered {
    title: string;
    lecturer: string;
    time: string;
    centre: string;
    phone: string;
}

@customElement("elder-page")
export class ElderPage extends Page {
    private readonly flow = new ElderFlow();
    private rendered: Rendered = { title: "", lecturer: "", time: "", centre: "", phone: "" };

    private readonly parts: Record<Screen, Part> = {
        "no-link": () => this.notice(words().elder.noLinkTitle, words().elder.noLinkText),
        "bad-link": () => this.notice(words().elder.badLinkTitle, words().elder.badLinkText),
        none: () => this.notice(words().elder.noLecture, words().elder.noLectureText),
        ready: (state) => this.ready(state),
        early: (state) => this.early(state),
        playing: (state) => this.playing(state),
        ended: (state) => this.ended(state),
    };

    override connectedCallback(): void {
        for (const key of Object.keys(this.rendered) as (keyof Rendered)[]) {
            const value = this.dataset[key] ?? "";
            this.rendered[key] = value.includes("{{") ? "" : value;
        }
        super.connectedCallback();
        this.follow(this.flow.store);
        this.tick(5000);
        void this.flow.start();
    }

    protected override screen(): string {
        return screenOf(this.flow.store.get());
    }

    protected override heading(): string {
        return words().elder.title;
    }

    override updated(): void {
        super.updated();
        const state = this.flow.store.get();
        document.documentElement.dataset["size"] = String(state.size + 1);
        this.dataset["line"] = screenOf(state) === "playing" ? lineOf(state) : "";
        keepAwake(state.entered && this.screen() !== "ended");
    }

    private enter(): void {
        // Inside the press, or the browser keeps the sound to itself.
        this.querySelector<VideoStage>("video-stage")?.unlock();
        this.flow.enter();
    }

    private titleBlock(state: ElderState): TemplateResult {
        const { lecture } = state;
        const w = words().elder;
        const lecturer = lecture ? lecture.lecturer : this.rendered.lecturer;
        const time = lecture ? words().when(lecture.starts_at, serverNow()) : this.rendered.time;
        return html`<h1 data-test="title">${lecture ? lecture.title : this.rendered.title}</h1>
            <p class="lead">${lecturer ? html`<span>${w.lecturer(lecturer)}</span>` : nothing}<span data-test="time">${time}</span></p>`;
    }

    private ready(state: ElderState): TemplateResult {
        const w = words().elder;
        const live = state.lecture !== null && state.lecture.state === "live";
        return html`<main class="middle">
            ${state.member ? html`<p class="hello">${w.hello(state.member.name)}</p>` : nothing} ${this.titleBlock(state)}
            ${button({ label: w.enter, test: "enter", icon: "play", kind: "primary", press: () => this.enter() })}
            ${state.away
                ? sentence("lost", w.lost)
                : sentence(live ? "good" : "calm", live ? w.enterLive : w.enterEarly)}
        </main>`;
    }

    private early(state: ElderState): TemplateResult {
        const w = words().elder;
        const left = state.lecture ? Math.ceil((state.lecture.starts_at - serverNow()) / 60000) : 0;
        return html`<main class="middle">
            ${tree()} ${this.titleBlock(state)}
            <p class="countdown" data-test="countdown">${left > 0 ? w.minutesLeft(left) : w.soon}</p>
            ${state.away ? sentence("lost", w.lost) : sentence("calm", w.early)}
        </main>`;
    }

    private playing(state: ElderState): TemplateResult {
        const w = words().elder;
        const line = lineOf(state);
        const texts: Record<LineState, string> = {
            fine: w.watching,
            opening: w.opening,
            "sound-only": words().common.soundOnly,
            paused: w.paused,
            lost: w.lost,
        };
        return html`<main class="watch">
            ${sentence(tones[line], texts[line])}
            ${volumeControl(state.volume, (level) => this.flow.setVolume(level))}
            <h1 data-test="title">${state.lecture ? state.lecture.title : ""}</h1>
        </main>`;
    }

    private ended(state: ElderState): TemplateResult {
        const w = words().elder;
        return html`<main class="middle">
            ${tree()}
            <h1>${w.endedTitle}</h1>
            <p class="lead" data-test="thanks">${w.ended(state.member ? state.member.name : "")}</p>
        </main>`;
    }

    private notice(title: string, text: string): TemplateResult {
        return html`<main class="middle">
            ${tree()}
            <h1>${title}</h1>
            <p class="lead">${text}</p>
        </main>`;
    }

    private help(state: ElderState): TemplateResult | typeof nothing {
        const written = { name: this.rendered.centre, phone: this.rendered.phone };
        const centre = state.lecture?.centre ?? state.centre ?? written;
        if (!centre.phone) return nothing;
        const w = words().elder;
        return html`<section class="help">
            <p>${w.help}</p>
            <a class="tel" href="tel:${centre.phone.replace(/[^0-9+]/g, "")}" data-test="phone">
                ${icon("answer")}<span>${centre.phone}</span>
            </a>
            ${centre.name ? html`<p class="quiet">${w.helpTo(centre.name)}</p>` : nothing}
        </section>`;
    }

    private sizes(state: ElderState): TemplateResult {
        const w = words().elder;
        return html`<section class="sizes" role="group" aria-label=${w.textSize}>
            <span>${w.textSize}</span>
            ${w.sizes.map((label, size) =>
                button({
                    label,
                    test: `size-${size + 1}`,
                    pressed: state.size === size,
                    press: () => this.flow.setSize(size),
                }),
            )}
        </section>`;
    }

    override render(): TemplateResult {
        const state = this.flow.store.get();
        const screen = screenOf(state);
        return html`<video-stage
                class="remote"
                test="remote"
                ?hidden=${screen !== "playing"}
                .stream=${state.stream}
                ?covered=${state.watching === "connecting"}
                .volume=${volumes[state.volume] ?? 1}
                empty=${words().elder.opening}
            ></video-stage>
            ${this.parts[screen](state)} ${this.help(state)} ${this.sizes(state)}
            <footer class="foot">${languageSwitch()}</footer>`;
    }
}
