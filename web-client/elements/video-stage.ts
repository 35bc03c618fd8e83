// A picture, or what stands in for it. Sound of the other side comes out of this element.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { words } from "../words/words";
import { button } from "./button";
import { Part } from "./part";

/** Steps of the volume control; the element's own range is 0 to 1. */
export const volumes = [0.25, 0.4, 0.6, 0.8, 1];

@customElement("video-stage")
export class VideoStage extends Part {
    @property({ attribute: false }) stream: MediaStream | null = null;
    /** data-test of the video element: remote or self. */
    @property() test = "remote";
    /** The own picture: no sound, and as in a mirror. */
    @property({ type: Boolean }) mirror = false;
    /** Its sound comes out elsewhere. */
    @property({ type: Boolean }) silent = false;
    @property({ type: Number }) volume = 1;
    /** Shown while there is no picture. */
    @property() empty = "";
    @property({ type: Boolean }) covered = false;
    @state() private blocked = false;

    private get video(): HTMLVideoElement | null {
        return this.querySelector("video");
    }

    /** To be called in a press, so that the browser lets the sound out later. */
    unlock(): void {
        const video = this.video;
        if (!video) return;
        video.muted = this.mirror || this.silent;
        this.blocked = false;
        void this.play(video);
    }

    override updated(changed: PropertyValues<this>): void {
        const video = this.video;
        if (!video) return;
        if (this.mirror || this.silent) video.muted = true;
        video.volume = Math.min(1, Math.max(0, this.volume));
        if (changed.has("stream") && video.srcObject !== this.stream) {
            video.srcObject = this.stream;
            if (this.stream) void this.play(video);
        }
    }

    private async play(video: HTMLVideoElement): Promise<void> {
        if (!video.srcObject) return;
        try {
            await video.play();
        } catch (error) {
            if (!(error instanceof DOMException) || error.name !== "NotAllowedError" || video.muted) return;
            // Without a press the browser plays only silently: picture now, sound with one press.
            video.muted = true;
            this.blocked = true;
            void this.play(video);
        }
    }

    override render(): TemplateResult {
        const shown = this.stream !== null && !this.covered;
        return html`
            <video class=${this.mirror ? "mirror" : ""} data-test=${this.test} ?hidden=${!shown} autoplay playsinline></video>
            ${shown || !this.empty ? nothing : html`<p class="empty">${this.empty}</p>`}
            ${this.blocked
                ? html`<div class="unlock">${button({
                      label: words().common.hearTap,
                      test: "unlock-sound",
                      icon: "sound",
                      kind: "primary",
                      press: () => this.unlock(),
                  })}</div>`
                : nothing}
        `;
    }
}

declare global {
    interface HTMLElementTagNameMap {
        "video-stage": VideoStage;
    }
}
