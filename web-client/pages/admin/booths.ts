// The booths, and the code that enrols a device as one of them.
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api, problemOf } from "../../core/api";
import type { Problem } from "../../core/types";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { explain } from "../../elements/problem";
import { sentence } from "../../elements/sentence";
import { words } from "../../words/words";

interface Place {
    id: string;
    name: string;
    centre: string;
    enrolled: boolean;
}

@customElement("booth-list")
export class BoothList extends LitElement {
    @state() private booths: Place[] = [];
    @state() private given: { booth: string; code: string } | null = null;
    @state() private problem: Problem | null = null;

    override createRenderRoot(): HTMLElement {
        return this;
    }

    override connectedCallback(): void {
        super.connectedCallback();
        void this.run(() => Promise.resolve());
    }

    private async run(what: () => Promise<unknown>): Promise<void> {
        this.problem = null;
        try {
            await what();
            this.booths = (await api<{ booths: Place[] }>("/v1/booths")).booths;
        } catch (error) {
            this.problem = problemOf(error);
        }
    }

    private give(one: Place): void {
        void this.run(async () => {
            const { code } = await api<{ code: string }>(`/v1/booths/${one.id}/code`, { method: "POST" });
            this.given = { booth: one.id, code };
        });
    }

    private booth(one: Place): TemplateResult {
        const w = words().admin;
        const code = this.given && this.given.booth === one.id ? this.given.code : "";
        return html`<li>
            <span class="who"><b>${one.name}</b><i>${one.centre}</i>
                ${code ? html`<span data-test="code">${w.codeIs} <b class="code">${code}</b><br />${w.codeHint}</span>` : nothing}</span>
            <span class="chip ${one.enrolled ? "free" : "busy"}">${icon(one.enrolled ? "yes" : "clock")}${one.enrolled ? w.enrolled : w.notEnrolled}</span>
            ${button({ label: w.giveCode, test: `code-${one.id}`, press: () => this.give(one) })}
        </li>`;
    }

    override render(): TemplateResult {
        return html`<section class="card wide">
            <h2>${words().desk.booths}</h2>
            ${this.problem ? sentence("warn", explain(this.problem)) : nothing}
            <ul class="duty accounts" data-test="booths">${this.booths.map((one) => this.booth(one))}</ul>
        </section>`;
    }
}
