// The booth's voice: every sentence that booths say aloud, to be heard, and spoken by somebody instead of the machine.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api, slugOf } from "../../core/api";
import type { DeviceTrouble } from "../../core/devices";
import { canDictate, Dictation } from "../../core/dictation";
import { Voice } from "../../core/voice";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import "../../elements/level-meter";
import { Part } from "../../elements/part";
import { explain } from "../../elements/problem";
import { sentence } from "../../elements/sentence";
import { words } from "../../words/words";

interface Prompt {
    language: string;
    name: string;
    text: string;
    own: boolean;
}

interface Prompts {
    may_record: boolean;
    prompts: Prompt[];
}

/** How far somebody is with the one sentence he speaks; `file`: an object URL of what he said, used only when he has heard it. */
type Take = { of: Prompt; dictation: Dictation } | { of: Prompt; said: Blob; file: string; heard: boolean };

@customElement("booth-voice")
export class BoothVoice extends Part {
    @state() private list: Prompts | null = null;
    @state() private language: string = words().htmlLang;
    @state() private take: Take | null = null;
    @state() private trouble: DeviceTrouble | "old" | null = null;
    @state() private kept = false;
    /** The sentence that all this is about, by its name: what is to be said of it stands beside it. */
    @state() private about = "";
    /** Asks for the microphone. */
    private opening = false;
    private readonly voice = new Voice();

    override disconnectedCallback(): void {
        this.forget();
        super.disconnectedCallback();
    }

    /** Nothing that was said stays anywhere. */
    private forget(): void {
        const { take } = this;
        this.take = null;
        this.trouble = null;
        this.kept = false;
        this.problem = null;
        this.voice.hush();
        if (take && "dictation" in take) take.dictation.stop();
        else if (take) URL.revokeObjectURL(take.file);
    }

    private async read(): Promise<void> {
        this.list = await api<Prompts>("/v1/prompts");
    }

    private async record(of: Prompt): Promise<void> {
        if (this.opening) return;
        this.forget();
        this.about = of.name;
        this.opening = true;
        const dictation = canDictate() ? await Dictation.begin() : "old";
        this.opening = false;
        if (!(dictation instanceof Dictation)) {
            this.trouble = dictation;
            return;
        }
        if (!this.isConnected || !this.list) return dictation.stop();
        const take = { of, dictation };
        this.take = take;
        const said = await dictation.said;
        if (this.take === take) this.take = { of, said, file: URL.createObjectURL(said), heard: false };
    }

    private async change(of: Prompt, said: Blob | null): Promise<void> {
        this.about = of.name;
        const options = said ? ({ method: "PUT", file: said } as const) : ({ method: "DELETE" } as const);
        const done = await this.attempt(async () => {
            await api(`/v1/prompts/${of.language}/${of.name}`, options);
            await this.read();
        });
        if (!done) return;
        this.forget();
        this.kept = true;
    }

    private close(): void {
        this.forget();
        this.list = null;
    }

    private notice(): TemplateResult | typeof nothing {
        const w = words().voice;
        if (this.trouble) return sentence("warn", this.trouble === "old" ? w.cannotRecord : w.noMicrophone[this.trouble]);
        if (this.problem) return sentence("warn", w.problems[slugOf(this.problem)] ?? explain(this.problem));
        return this.kept ? sentence("good", w.kept) : nothing;
    }

    private speaking(take: Take): TemplateResult {
        const w = words().voice;
        const cancel = button({ label: w.cancel, test: "speak-cancel", icon: "back", press: () => this.forget() });
        if ("dictation" in take)
            return html`<div class="speaking">${sentence("calm", w.speakNow)}<b>${take.of.text}</b>
                <level-meter .stream=${take.dictation.stream}></level-meter>
                <span class="acts">${button({ label: w.stop, test: "speak-stop", icon: "yes", kind: "primary", press: () => take.dictation.stop() })} ${cancel}</span>
            </div>`;
        const hear = (): void => {
            this.voice.say([take.file]);
            this.take = { ...take, heard: true };
        };
        const { heard } = take;
        // Not taken as it is: it is spoken again. After anything else it is pressed again.
        const bad = this.problem !== null && [413, 415].includes(this.problem.status);
        return html`<div class="speaking">${this.problem ? this.notice() : sentence("good", heard ? w.heard : w.listen)}<b>${take.of.text}</b>
            <span class="acts">
                ${button({ label: w.hearMine, test: "speak-hear", icon: "play", kind: heard ? "plain" : "primary", press: hear })}
                ${heard && !bad ? button({ label: w.keep, test: "speak-keep", icon: "yes", kind: "primary", press: () => void this.change(take.of, take.said) }) : nothing}
                ${button({ label: w.again, test: "speak-again", icon: "mic", kind: bad ? "primary" : "plain", press: () => void this.record(take.of) })} ${cancel}
            </span>
        </div>`;
    }

    private row(one: Prompt, mayRecord: boolean): TemplateResult {
        const w = words().voice;
        if (this.take && this.take.of.name === one.name) return html`<li>${this.speaking(this.take)}</li>`;
        const hear = (): void => this.voice.say([`/prompts/${one.language}/${one.name}`]);
        return html`<li>
            <span class="who">${one.text}</span>
            <span class="chip ${one.own ? "free" : ""}">${icon(one.own ? "person" : "sound")}${one.own ? w.own : w.machine}</span>
            ${this.about === one.name ? this.notice() : nothing}
            <span class="acts">
                ${button({ label: w.hear, test: `hear-${one.name}`, icon: "play", press: hear })}
                ${mayRecord ? button({ label: w.record, test: `speak-${one.name}`, icon: "mic", press: () => void this.record(one) }) : nothing}
                ${mayRecord && one.own ? button({ label: w.back, test: `machine-${one.name}`, icon: "back", press: () => void this.change(one, null) }) : nothing}
            </span>
        </li>`;
    }

    private choose(language: string): void {
        this.forget();
        this.language = language;
    }

    private all({ may_record: mayRecord, prompts }: Prompts): TemplateResult {
        const w = words().voice;
        const languages = Array.from(new Set(prompts.map(({ language }) => language)));
        return html`${mayRecord ? nothing : sentence("calm", w.notYours)}
            <div class="choices" role="group" aria-label=${w.language}>
                ${languages.map((one) => button({ label: w.languages[one] ?? one, test: `voice-${one}`, pressed: one === this.language, press: () => this.choose(one) }))}
            </div>
            <ul class="duty plain-list voice" data-test="voice">
                ${prompts.filter(({ language }) => language === this.language).map((one) => this.row(one, mayRecord))}
            </ul>`;
    }

    override render(): TemplateResult {
        const w = words().voice;
        const open = this.list !== null;
        const press = (): void => (open ? this.close() : void this.attempt(() => this.read()));
        return html`<section class="card wide">
            <h2>${w.title}</h2>
            <p class="quiet">${w.lead}</p>
            ${open ? nothing : this.notice()}
            <div>${button({ label: open ? w.close : w.open, test: open ? "voice-close" : "voice-open", icon: "sound", press })}</div>
            ${this.list ? this.all(this.list) : nothing}
        </section>`;
    }
}
