// Centres by district and street, each with its booths: for who keeps them, and for the desk of one.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { api, slugOf } from "../core/api";
import type { Place } from "../core/types";
import { words } from "../words/words";
import "./booth-list";
import type { BoothPlace } from "./booth-list";
import { button } from "./button";
import { icon } from "./icons";
import { WatchingPart } from "./part";
import { explain } from "./problem";
import { sentence } from "./sentence";
import { wrongAt, wrongForm, type Refusal } from "./wrong";

const fields = ["district", "street", "name", "phone", "address"] as const;
const needed = ["name", "phone"];
const empty: Place = { id: "", district: "", street: "", name: "", phone: "", address: "" };

/** Where it is, the widest first. */
export function whereOf({ district, street }: { district: string; street: string }): string {
    return [district, street].filter((one) => one).join(" · ");
}

@customElement("place-list")
export class PlaceList extends WatchingPart {
    /** Whether this person makes centres and closes booths, or only looks after booths. */
    @property({ type: Boolean }) keeps = false;
    @state() private centres: Place[] = [];
    @state() private booths: BoothPlace[] = [];
    @state() private editing: Place | null = null;
    @state() private loaded = false;
    /** A device that is enrolled shows here without a press. */
    protected override readonly every = 5000;

    protected override async load(): Promise<void> {
        this.centres = (await api<{ centres: Place[] }>("/v1/centres")).centres;
        this.booths = (await api<{ booths: BoothPlace[] }>("/v1/booths")).booths;
        this.loaded = true;
    }

    private async save(event: SubmitEvent): Promise<void> {
        event.preventDefault();
        const body: Record<string, string> = {};
        new FormData(event.target as HTMLFormElement).forEach((value, name) => {
            if (typeof value === "string") body[name] = value.trim();
        });
        const id = this.editing ? this.editing.id : "";
        const saved = await this.attempt(() => api(id ? `/v1/centres/${id}` : "/v1/centres", { method: id ? "PATCH" : "POST", body }));
        if (saved) this.editing = null;
        await this.read();
        this.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
    }

    private refusal(): Refusal | null {
        const { problem } = this;
        const w = words().place;
        if (!problem) return null;
        const field = problem.field !== undefined && problem.field in w.fields ? problem.field : undefined;
        return { field, text: w.problems[slugOf(problem)] ?? explain(problem) };
    }

    /** What was typed for other centres is offered, so that a district is spelt in one way. */
    private known(name: "district" | "street"): TemplateResult {
        const all = Array.from(new Set(this.centres.map((one) => one[name]).filter((one) => one)));
        return html`<datalist id="known-${name}">${all.map((one) => html`<option value=${one}></option>`)}</datalist>`;
    }

    private form(one: Place): TemplateResult {
        const w = words();
        const field = (name: (typeof fields)[number]): TemplateResult => html`<label>${w.place.fields[name]}
            <input name=${name} data-test=${`centre-${name}`} .value=${one[name]} ?required=${needed.includes(name)}
                list=${name === "district" || name === "street" ? `known-${name}` : nothing}
                maxlength=${name === "address" ? 40 : name === "phone" ? 40 : 20} autocomplete="off" />
            ${w.place.hints[name] ? html`<i class="quiet">${w.place.hints[name]}</i>` : nothing}
            ${wrongAt(this.refusal(), name)}
        </label>`;
        return html`<form class="fields" @submit=${(event: SubmitEvent) => void this.save(event)}>
            ${fields.map(field)} ${this.known("district")} ${this.known("street")}
            <div class="pair">
                ${button({ label: w.admin.cancel, test: "centre-cancel", icon: "back", press: () => this.edit(null) })}
                <button class="button primary" data-test="centre-save">${icon("yes")}<span class="label">${w.admin.save}</span></button>
            </div>
        </form>`;
    }

    private edit(one: Place | null): void {
        this.problem = null;
        this.editing = one;
    }

    private centre(one: Place): TemplateResult {
        const w = words().place;
        const booths = this.booths.filter(({ centre_id }) => centre_id === one.id);
        return html`<section class="card wide" data-test=${`centre-${one.id}`}>
            <header class="row">
                <h2>${one.name}</h2>
                ${this.keeps ? button({ label: w.editCentre, test: `edit-${one.id}`, press: () => this.edit(one) }) : nothing}
            </header>
            <p class="quiet">${whereOf(one) || w.elsewhere} · ${one.phone}${one.address ? ` · ${one.address}` : ""}</p>
            <booth-list .centre=${one} .booths=${booths} ?closes=${this.keeps} @changed=${() => void this.read()}></booth-list>
        </section>`;
    }

    override render(): TemplateResult | typeof nothing {
        const w = words().place;
        if (!this.loaded) return nothing;
        if (this.editing)
            return html`<section class="card wide">
                <h2>${this.editing.id ? w.editCentre : w.addCentre}</h2>
                ${wrongForm(this.refusal())} ${this.form(this.editing)}
            </section>`;
        return html`${this.keeps
            ? html`<section class="card wide">
                  <header class="row"><h2>${w.centres}</h2>
                      ${button({ label: w.addCentre, test: "add-centre", icon: "home", kind: "primary", press: () => this.edit(empty) })}
                  </header>
                  ${this.centres.length ? nothing : sentence("calm", w.noCentres)}
              </section>`
            : nothing}
        ${this.centres.map((one) => this.centre(one))}`;
    }
}
