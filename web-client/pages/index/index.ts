// The front door.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api } from "../../core/api";
import type { Centre, Clinic } from "../../core/types";
import { icon } from "../../elements/icons";
import { Page } from "../../elements/page";
import { noAccountYet, readStart } from "../../elements/start-steps";
import { languageSwitch, tree } from "../../elements/topbar";
import { words } from "../../words/words";

function door(path: string, picture: string, label: string, hint = ""): TemplateResult {
    return html`<a class="button ${hint ? "door" : "plain"}" href=${path} data-test=${`door${path.replace("/", "-")}`}>
        ${icon(picture)}
        <span class="words">
            <span class="label">${label}</span>${hint ? html`<span class="hint">${hint}</span>` : nothing}
        </span>
    </a>`;
}

@customElement("front-page")
export class FrontPage extends Page {
    @state() private centre: Centre | null = null;
    /** A new machine: no door leads anywhere yet. */
    @state() private isNew = false;

    override connectedCallback(): void {
        super.connectedCallback();
        void readStart().then((facts) => (this.isNew = facts !== null && !facts.account));
        // The doors work without it; it only adds whom to call.
        api<Clinic>("/v1/clinic").then(
            (clinic) => (this.centre = clinic.centre),
            () => undefined,
        );
    }

    protected override screen(): string {
        return this.isNew ? "new" : "front";
    }

    protected override heading(): string {
        return words().index.title;
    }

    override render(): TemplateResult {
        const w = words().index;
        if (this.isNew) return html`<main class="middle">${noAccountYet()} ${languageSwitch()}</main>`;
        return html`<main class="middle front">
            ${tree()}
            <h1>${this.centre ? this.centre.name : w.title}</h1>
            <p class="lead">${w.lead}</p>
            <nav class="doors">
                ${door("/booth", "ask", w.booth, w.boothText)} ${door("/elder", "play", w.elder, w.elderText)}
            </nav>
            <h2>${w.forWork}</h2>
            <nav class="side-doors">
                ${door("/lawyer", "criminal", w.lawyer)} ${door("/hall", "live", w.hall)} ${door("/desk", "desk", w.desk)}
                ${door("/admin", "gauge", w.admin)}
            </nav>
            ${this.centre ? html`<p class="quiet">${w.call} <b class="tel">${this.centre.phone}</b></p>` : nothing}
            ${languageSwitch()}
        </main>`;
    }
}
