// The booths of one centre: their names, the code that enrols a device, a new one, and the end of
// one. Sends "changed".
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { api, slugOf } from "../core/api";
import type { Place } from "../core/types";
import { words } from "../words/words";
import { button } from "./button";
import { confirmation } from "./confirm";
import { icon } from "./icons";
import { Part } from "./part";
import { explain } from "./problem";
import { wrongAt, wrongForm, type Refusal } from "./wrong";

export interface BoothPlace {
    id: string;
    name: string;
    centre: string;
    centre_id: string;
    enrolled: boolean;
}

@customElement("booth-list")
export class BoothList extends Part {
    @property({ attribute: false }) centre: Place | null = null;
    @property({ attribute: false }) booths: BoothPlace[] = [];
    /** Whether this person may close booths for good. */
    @property({ type: Boolean }) closes = false;
    @state() private given: { booth: string; code: string } | null = null;
    /** A booth's id, or "" for a new one. */
    @state() private naming: string | null = null;
    @state() private closing: BoothPlace | null = null;

    private async run(what: () => Promise<unknown>): Promise<void> {
        if (await this.attempt(what)) this.naming = null;
        this.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
    }

    private give(one: BoothPlace): void {
        void this.run(async () => {
            const { code } = await api<{ code: string }>(`/v1/booths/${one.id}/code`, { method: "POST" });
            this.given = { booth: one.id, code };
        });
    }

    private name(event: SubmitEvent): void {
        event.preventDefault();
        const name = new FormData(event.target as HTMLFormElement).get("booth-name");
        const body = { name: typeof name === "string" ? name.trim() : "" };
        const { naming, centre } = this;
        void this.run(() =>
            naming
                ? api(`/v1/booths/${naming}`, { method: "PATCH", body })
                : api("/v1/booths", { method: "POST", body: { ...body, centre: centre ? centre.id : "" } }),
        );
    }

    private end(one: BoothPlace): void {
        this.closing = null;
        void this.run(() => api(`/v1/booths/${one.id}`, { method: "DELETE" }));
    }

    private nameForm(value: string): TemplateResult {
        const w = words();
        return html`<form class="fields" @submit=${(event: SubmitEvent) => this.name(event)}>
            <label>${w.place.boothName}
                <input name="booth-name" data-test="booth-name" .value=${value} maxlength="20" required autocomplete="off" />
                ${wrongAt(this.refusal(), "name")}
            </label>
            <div class="pair">
                ${button({ label: w.admin.cancel, test: "booth-cancel", icon: "back", press: () => (this.naming = null) })}
                <button class="button" data-test="booth-save">${icon("yes")}<span class="label">${w.admin.save}</span></button>
            </div>
        </form>`;
    }

    private acts(one: BoothPlace): TemplateResult {
        const w = words();
        return html`<span class="acts">
            ${button({ label: w.admin.giveCode, test: `code-${one.id}`, press: () => this.give(one) })}
            ${button({ label: w.place.rename, test: `rename-${one.id}`, press: () => (this.naming = one.id) })}
            ${this.closes ? button({ label: w.place.close, test: `close-${one.id}`, press: () => (this.closing = one) }) : nothing}
        </span>`;
    }

    private booth(one: BoothPlace): TemplateResult {
        const w = words().admin;
        const code = this.given && this.given.booth === one.id && !one.enrolled ? this.given.code : "";
        const again = this.given && this.given.booth === one.id && one.enrolled ? this.given.code : "";
        if (this.naming === one.id) return html`<li class="open">${this.nameForm(one.name)}</li>`;
        return html`<li>
            <span class="who"><b>${one.name}</b>
                ${code || again
                    ? html`<span data-test="code">${w.codeIs} <b class="code">${code || again}</b><br />${w.codeHint}</span>`
                    : nothing}</span>
            <span class="chip ${one.enrolled ? "free" : "busy"}">${icon(one.enrolled ? "yes" : "clock")}${one.enrolled ? w.enrolled : w.notEnrolled}</span>
            ${this.acts(one)}
        </li>`;
    }

    private refusal(): Refusal | null {
        const { problem } = this;
        if (!problem) return null;
        const field = this.naming !== null && problem.field === "name" ? problem.field : undefined;
        return { field, text: words().place.problems[slugOf(problem)] ?? explain(problem) };
    }

    private question(one: BoothPlace): TemplateResult {
        const w = words();
        return confirmation({
            title: w.place.closeTitle(one.name),
            text: w.place.closeText,
            yes: w.place.close,
            no: w.admin.cancel,
            onYes: () => this.end(one),
            onNo: () => (this.closing = null),
        });
    }

    override render(): TemplateResult {
        const w = words().place;
        const add = (): void => void (this.naming = "");
        return html`${wrongForm(this.refusal())}
            ${this.booths.length ? nothing : html`<p class="quiet">${w.noBooths}</p>`}
            <ul class="duty accounts booth-rows" data-test="booths">${this.booths.map((one) => this.booth(one))}</ul>
            ${this.naming === ""
                ? this.nameForm("")
                : button({ label: w.addBooth, test: `add-booth-${this.centre ? this.centre.id : ""}`, icon: "housing", press: add })}
            ${this.closing ? this.question(this.closing) : nothing}`;
    }
}
