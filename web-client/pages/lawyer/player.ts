// What was recorded of a consultation, for its lawyer: everybody's picture side by side at the same
// moment, with the lawyer's name across it. There is no file to take away.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { api } from "../../core/api";
import { duration, serverNow } from "../../core/clock";
import { clockAt, fileAt, lanesOf, lengthOf, spansOf, type Lane, type Recorded, type Span } from "../../core/timeline";
import { button } from "../../elements/button";
import { Part } from "../../elements/part";
import { sentence } from "../../elements/sentence";
import { watermark, watermarkText } from "../../elements/watermark";
import { words } from "../../words/words";

interface Viewing {
    viewing: string;
    damaged: number;
    files: Recorded[];
}

const stepEvery = 200;
/** So often in a row a file may fail before it is over. */
const tries = 3;
const jump = 15000;
/** Sides that are further apart than this are put together again. */
const apart = 0.6;

@customElement("recording-player")
export class RecordingPlayer extends Part {
    @property() consultation = "";
    /** Whose name stands on the picture. */
    @property() viewer = "";
    /** Milliseconds that were recorded, of all sides the longest. */
    @property({ type: Number }) recorded = 0;
    @state() private viewing: Viewing | null = null;
    @state() private opening = false;
    @state() private trouble: "over" | "failed" | null = null;
    @state() private playing = false;
    @state() private position = 0;
    private faults = 0;
    private lanes: Lane[] = [];
    private spans: Span[] = [];
    private mark = "";
    private steppedAt = 0;
    private timer = 0;

    override disconnectedCallback(): void {
        this.close();
        super.disconnectedCallback();
    }

    override updated(changed: Map<string, unknown>): void {
        if (changed.has("consultation") && changed.get("consultation")) this.close();
    }

    private get path(): string {
        return `/v1/consultations/${this.consultation}/viewings`;
    }

    private async open(): Promise<void> {
        this.opening = true;
        this.trouble = null;
        try {
            const viewing = await api<Viewing>(this.path, { method: "POST", body: {} });
            this.lanes = lanesOf(viewing.files);
            this.spans = spansOf(viewing.files);
            this.mark = watermarkText(this.viewer, serverNow());
            this.viewing = viewing;
            this.position = this.faults = 0;
            this.steppedAt = performance.now();
            this.timer = window.setInterval(() => this.step(), stepEvery);
        } catch {
            this.trouble = "failed";
        }
        this.opening = false;
    }

    private close(): void {
        const { viewing } = this;
        window.clearInterval(this.timer);
        this.videos().forEach((video) => video.removeAttribute("src"));
        this.playing = false;
        this.viewing = null;
        if (viewing) api(`${this.path}/${viewing.viewing}`, { method: "DELETE" }).catch(() => undefined);
    }

    private videos(): HTMLVideoElement[] {
        return Array.from(this.querySelectorAll("video"));
    }

    private seek(position: number): void {
        this.position = Math.min(Math.max(0, position), lengthOf(this.spans));
        this.step();
    }

    private play(playing: boolean): void {
        if (playing && this.position >= lengthOf(this.spans)) this.position = 0;
        this.playing = playing;
        this.step();
    }

    /** The clock goes on only while every side that has something to show can show it. */
    private step(): void {
        const now = performance.now();
        const ready = this.videos().map((video, i) => this.follow(video, this.lanes[i] as Lane));
        const goes = this.playing && ready.every(Boolean);
        this.videos().forEach((video) => {
            if (goes && !video.classList.contains("absent") && video.paused && !video.ended) video.play().catch(() => undefined);
            else if (!goes && !video.paused) video.pause();
        });
        if (goes) {
            this.faults = 0;
            this.position = Math.min(this.position + now - this.steppedAt, lengthOf(this.spans));
        }
        if (this.position >= lengthOf(this.spans)) this.playing = false;
        this.steppedAt = now;
    }

    /** Puts a side where it belongs; whether it can go on from there. */
    private follow(video: HTMLVideoElement, lane: Lane): boolean {
        const clock = clockAt(this.spans, this.position);
        const file = fileAt(lane, clock);
        video.classList.toggle("absent", file === null);
        if (!file || !this.viewing) return true;
        const at = (clock - file.began_at) / 1000;
        const source = `${this.path}/${this.viewing.viewing}/${file.n}`;
        if (video.getAttribute("src") !== source) {
            video.src = source;
        } else if (video.readyState >= HTMLMediaElement.HAVE_METADATA && !video.seeking && !video.ended && Math.abs(video.currentTime - at) > apart) {
            video.currentTime = at; // not before it is known what there is: browsers give up then
        }
        return video.ended || (!video.seeking && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA);
    }

    /** A network that changed ends a request, too: the next step asks again. */
    private failed(video: HTMLVideoElement): void {
        this.faults += 1;
        video.removeAttribute("src");
        if (this.faults < tries) return;
        this.close();
        this.trouble = "over";
    }

    private picture(lane: Lane): TemplateResult {
        const w = words();
        const file = fileAt(lane, clockAt(this.spans, this.position));
        const said = !file ? w.watch.notThen : file.video ? "" : w.watch.soundOnly;
        return html`<figure @contextmenu=${(event: Event) => event.preventDefault()}>
            <video playsinline disablepictureinpicture preload="auto" data-test=${`watch-${lane.role}`} @error=${(event: Event) => this.failed(event.target as HTMLVideoElement)}></video>
            <p class="said">${said}</p>
            ${watermark(this.mark)}
            <figcaption>${w.party.face(lane.role, lane.name)}</figcaption>
        </figure>`;
    }

    private player(viewing: Viewing): TemplateResult {
        const w = words().watch;
        const whole = lengthOf(this.spans);
        const at = w.at(duration(this.position), duration(whole));
        return html`<div class="lanes">${this.lanes.map((lane) => this.picture(lane))}</div>
            <input type="range" min="0" max=${whole} step="1000" aria-label=${w.place} aria-valuetext=${at} data-test="watch-place"
                .value=${String(Math.round(this.position))} @input=${(event: Event) => this.seek(Number((event.target as HTMLInputElement).value))} />
            <div class="controls">
                ${button({ label: this.playing ? w.pause : w.play, test: "watch-play", icon: this.playing ? "pause" : "play", kind: "primary", pressed: this.playing, press: () => this.play(!this.playing) })}
                ${button({ label: w.back, test: "watch-back", press: () => this.seek(this.position - jump) })}
                ${button({ label: w.on, test: "watch-on", press: () => this.seek(this.position + jump) })}
                <span class="at" data-test="watch-at">${at}</span>
                ${button({ label: w.close, test: "watch-close", icon: "no", kind: "quiet", press: () => this.close() })}
            </div>
            ${viewing.damaged > 0 ? sentence("warn", w.damaged(viewing.damaged)) : nothing}`;
    }

    override render(): TemplateResult {
        const w = words().watch;
        return html`<section class="watch" data-test="watch">
            <h3>${w.title}</h3>
            ${this.viewing
                ? this.player(this.viewing)
                : html`<p>${w.note(Math.round(this.recorded / 60000))}</p>
                      ${this.trouble ? sentence("warn", w[this.trouble]) : nothing}
                      ${button({ label: this.opening ? w.opening : w.open, test: "watch-open", icon: "play", disabled: this.opening, press: () => void this.open() })}`}
        </section>`;
    }
}

declare global {
    interface HTMLElementTagNameMap {
        "recording-player": RecordingPlayer;
    }
}
