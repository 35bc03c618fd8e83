// How loud the microphone is: a bar for the eye, words for what to do.
import { html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { LevelMeter, levelWord, type LevelWord } from "../core/level";
import { words } from "../words/words";
import { Part } from "./part";
import { sentence, type Tone } from "./sentence";

const tones: Record<LevelWord, Tone> = { silent: "warn", quiet: "warn", good: "good", loud: "warn" };
const floor = -70;

@customElement("level-meter")
export class LevelMeterElement extends Part {
    @property({ attribute: false }) stream: MediaStream | null = null;
    @state() private db = -100;
    private meter: LevelMeter | null = null;

    override updated(changed: PropertyValues<this>): void {
        if (!changed.has("stream")) return;
        this.stop();
        if (!this.stream || this.stream.getAudioTracks().length === 0) return;
        this.meter = new LevelMeter(this.stream, (db) => (this.db = db));
    }

    override disconnectedCallback(): void {
        this.stop();
        super.disconnectedCallback();
    }

    private stop(): void {
        if (this.meter) this.meter.stop();
        this.meter = null;
    }

    override render(): TemplateResult {
        const word = levelWord(this.db);
        const width = Math.round(Math.min(100, Math.max(0, ((this.db - floor) / -floor) * 100)));
        return html`<svg class="level ${word}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                <rect class="track" width="100" height="6"></rect>
                <rect class="bar" width=${width} height="6"></rect>
            </svg>
            <span data-test="level" data-level=${word}>${sentence(tones[word], words().hall.levels[word])}</span>`;
    }
}
