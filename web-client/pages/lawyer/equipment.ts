// "Try my equipment": camera, microphone, speaker, and each way to the gateway, with a sentence what to do.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { closeStream, openDevices, type Devices } from "../../core/devices";
import { bestWay, nothingTried, Preflight, qualityOf, verdictOf, type PreflightState, type Tried, type Verdict } from "../../core/preflight";
import { ringOnce, unlock } from "../../core/ring";
import { wayNames, type Way } from "../../core/ways";
import { button } from "../../elements/button";
import "../../elements/level-meter";
import { Part } from "../../elements/part";
import { sentence, type Tone } from "../../elements/sentence";
import "../../elements/video-stage";
import { words } from "../../words/words";

const tones: Record<Verdict, Tone> = { trying: "calm", noWay: "lost", noDevice: "warn", slow: "warn", works: "good" };

function verdict(devices: Devices | null, tried: PreflightState): TemplateResult {
    const w = words().equipment;
    const best = bestWay(tried.ways);
    const said = verdictOf(devices, tried);
    const works = best && best !== "udp" ? w.works(w.ways[best]) : w.allGood;
    return sentence(tones[said], said === "works" ? works : w[said]);
}

@customElement("equipment-check")
export class EquipmentCheck extends Part {
    @property({ attribute: false }) leave: () => void = () => undefined;
    @state() private devices: Devices | null = null;
    @state() private tried: PreflightState = nothingTried;
    @state() private heard: "not-asked" | "asked" | "yes" | "no" = "not-asked";
    private readonly preflight = new Preflight((tried) => (this.tried = tried));

    override connectedCallback(): void {
        super.connectedCallback();
        void this.begin();
    }

    override disconnectedCallback(): void {
        this.preflight.stop();
        closeStream(this.devices ? this.devices.stream : null);
        super.disconnectedCallback();
    }

    private async begin(): Promise<void> {
        this.preflight.stop();
        closeStream(this.devices ? this.devices.stream : null);
        const devices = await openDevices();
        if (!this.isConnected) return closeStream(devices.stream);
        this.devices = devices;
        await this.preflight.run(devices.stream);
    }

    private async play(): Promise<void> {
        await unlock();
        ringOnce();
        this.heard = "asked";
    }

    private camera(): TemplateResult {
        const w = words().equipment;
        const { devices } = this;
        const trouble = devices && !devices.camera ? devices.trouble : null;
        return html`<section class="card" data-test="try-camera">
            <h2>${w.camera}</h2>
            <video-stage class="self" test="self" mirror .stream=${devices && devices.camera ? devices.stream : null} empty=${words().common.starting}></video-stage>
            ${trouble ? sentence("warn", words().troubles[trouble]) : html`<p>${w.cameraGood}</p>`}
        </section>`;
    }

    private microphone(): TemplateResult {
        const w = words().equipment;
        const { devices } = this;
        const trouble = devices && !devices.microphone ? devices.trouble : null;
        return html`<section class="card" data-test="try-microphone">
            <h2>${w.microphone}</h2>
            <p>${w.microphoneText}</p>
            ${trouble ? sentence("warn", words().troubles[trouble]) : html`<level-meter .stream=${devices ? devices.stream : null}></level-meter>`}
        </section>`;
    }

    private speaker(): TemplateResult {
        const w = words().equipment;
        const answer = (heard: "yes" | "no") => (): void => void (this.heard = heard);
        return html`<section class="card" data-test="try-speaker">
            <h2>${w.speaker}</h2>
            <p>${w.speakerText}</p>
            ${button({ label: w.play, test: "play", icon: "sound", press: () => void this.play() })}
            ${this.heard === "not-asked"
                ? nothing
                : html`<div class="pair">
                      ${button({ label: w.notHeard, test: "not-heard", icon: "no", press: answer("no") })}
                      ${button({ label: w.heard, test: "heard", icon: "yes", press: answer("yes") })}
                  </div>`}
            ${this.heard === "yes" ? sentence("good", w.speakerGood) : this.heard === "no" ? sentence("warn", w.speakerBad) : nothing}
        </section>`;
    }

    private way(name: Way, { state: at, target, measured }: Tried): TemplateResult {
        const w = words().equipment;
        const closed = at === "closed" ? w.closedHint[name](target || w.server) : null;
        return html`<li class=${at} data-test=${`way-${name}`} data-way=${at}>
            <p><b>${w.ways[name]}</b><span>${w.states[at]}</span></p>
            ${measured ? html`<p data-test="measured">${w.measured(measured.rtt, Math.round(1000 * measured.lost) / 10, w.quality[qualityOf(measured)])}</p>` : nothing}
            ${closed ? html`<p class="hint">${closed}</p>` : nothing}
        </li>`;
    }

    private network(): TemplateResult {
        const w = words().equipment;
        return html`<section class="card" data-test="try-network">
            <h2>${w.network}</h2>
            <figure>
                <video-stage class="echo" test="echo" silent .stream=${this.tried.echo} empty=${w.echoWaits}></video-stage>
                <figcaption>${w.echo}</figcaption>
            </figure>
            <ul>${wayNames.map((name) => this.way(name, this.tried.ways[name]))}</ul>
        </section>`;
    }

    override render(): TemplateResult {
        const w = words().equipment;
        return html`<h1>${w.title}</h1>
            <p class="lead">${w.lead}</p>
            <div data-test="verdict" data-done=${this.tried.done} aria-live="polite">${verdict(this.devices, this.tried)}</div>
            <div class="tries">${this.camera()} ${this.microphone()} ${this.speaker()} ${this.network()}</div>
            <div class="pair">
                ${button({ label: words().common.back, test: "equipment-back", icon: "back", press: this.leave })}
                ${button({ label: w.again, test: "equipment-again", icon: "clock", kind: "primary", disabled: !this.tried.done, press: () => void this.begin() })}
            </div>`;
    }
}
