// The roster at the desk: the next shifts, one more, or a table from a spreadsheet.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api, slugOf } from "../../core/api";
import { serverNow } from "../../core/clock";
import type { Shift, Swap } from "../../core/types";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { Part } from "../../elements/part";
import { explain } from "../../elements/problem";
import { sentence } from "../../elements/sentence";
import { wrongAt, wrongForm, type Refusal } from "../../elements/wrong";
import { span } from "../../elements/span";
import { words } from "../../words/words";

interface Roster {
    shifts: Shift[];
    lawyers: { id: string; name: string; law_firm: string }[];
}

const chinaOffset = "+08:00";
const shown = 40;

@customElement("duty-roster")
export class DutyRoster extends Part {
    @state() private roster: Roster = { shifts: [], lawyers: [] };
    @state() private imported = 0;
    @state() private swaps: Swap[] = [];
    /** The shift that is to go, with appointments in it: somebody has to take it. */
    @state() private handing = "";
    @state() private handed = false;

    override connectedCallback(): void {
        super.connectedCallback();
        void this.run(() => Promise.resolve());
    }

    private async run(what: () => Promise<unknown>): Promise<void> {
        await this.attempt(async () => {
            await what();
            this.roster = await api<Roster>("/v1/shifts");
            this.swaps = (await api<{ swaps: Swap[] }>("/v1/swaps")).swaps;
        });
    }

    private take(input: HTMLInputElement): void {
        const file = input.files ? input.files[0] : undefined;
        input.value = ""; // the same file may be chosen again when it is mended
        this.imported = 0;
        if (!file) return;
        void this.run(async () => {
            const { added } = await api<{ added: number }>("/v1/shifts/import", { method: "POST", file });
            this.imported = added;
        });
    }

    private add(event: SubmitEvent): void {
        event.preventDefault();
        const form = new FormData(event.target as HTMLFormElement);
        const text = (name: string): string => {
            const value = form.get(name);
            return typeof value === "string" ? value : "";
        };
        const at = (name: string): number => Date.parse(`${text("date")}T${text(name)}:00${chinaOffset}`);
        const from = at("from");
        const until = at("until") > from ? at("until") : at("until") + 86400000;
        this.imported = 0;
        void this.run(() => api("/v1/shifts", { method: "POST", body: { lawyer: text("lawyer"), from, until } }));
    }

    /** Nobody who comes may find nobody there: with appointments in it the shift is handed over. */
    private drop({ id, appointments }: Shift): void {
        this.imported = 0;
        this.handed = false;
        this.problem = null;
        this.handing = appointments ? id : "";
        if (!appointments) void this.run(() => api(`/v1/shifts/${id}`, { method: "DELETE" }));
    }

    private handOver(event: SubmitEvent): void {
        event.preventDefault();
        const lawyer = new FormData(event.target as HTMLFormElement).get("lawyer");
        void this.run(async () => {
            await api(`/v1/shifts/${this.handing}/hand-over`, { method: "POST", body: { lawyer } });
            this.handing = "";
            this.handed = true;
        });
    }

    private refusal(): Refusal | null {
        const { problem } = this;
        if (!problem || problem.lines) return null;
        const slug = slugOf(problem);
        if (problem.field === "body") return { field: "file", text: words().desk.badFile };
        if (slug === "has-appointments") return { text: words().desk.keptSince };
        if (this.handing) return { field: "to", text: words().swap.problems[slug] ?? explain(problem) };
        if (slug !== "bad-shift") return { text: explain(problem) };
        return { field: problem.field, text: words().desk.shiftBad };
    }

    private trouble(): TemplateResult | typeof nothing {
        const w = words().desk;
        if (this.imported) return sentence("good", w.imported(this.imported));
        if (this.handed) return sentence("good", w.handed);
        if (!this.problem) return nothing;
        const { lines } = this.problem;
        if (!lines) return html`${wrongForm(this.refusal())}${wrongAt(this.refusal(), "file")}`;
        return html`${wrongAt({ field: "file", text: w.badTable }, "file")}
            <ul class="bad-lines" data-test="bad-lines">
                ${lines.map(({ line, field }) => html`<li>${w.badLine(line, w.shiftFields[field] ?? field)}</li>`)}
            </ul>`;
    }

    private handForm(one: Shift): TemplateResult {
        const w = words().desk;
        const others = this.roster.lawyers.filter(({ id }) => id !== one.lawyer);
        return html`<form class="fields note" @submit=${(event: SubmitEvent) => this.handOver(event)}>
            ${sentence("warn", w.keptText(one.appointments))}
            <label>${w.takesOver}<select name="lawyer" data-test="takes-over">
                ${others.map(({ id, name, law_firm }) => html`<option value=${id}>${name} · ${law_firm}</option>`)}
            </select>${wrongAt(this.refusal(), "to")}</label>
            <div class="pair">
                ${button({ label: words().common.back, test: "hand-back", icon: "back", press: () => (this.handing = "") })}
                <button class="button" data-test="hand-over">${icon("people")}<span class="label">${w.handOver}</span></button>
            </div>
        </form>`;
    }

    private shift(one: Shift): TemplateResult {
        const w = words().desk;
        const now = serverNow();
        const open = this.handing === one.id;
        return html`<li class=${open ? "open" : ""}>
            <span class="who"><b>${words().lawyerName(one.name)}</b>
                <i>${words().when(one.starts_at, now)} – ${words().when(one.ends_at, now)}</i>
                ${one.appointments ? html`<i>${w.kept(one.appointments)}</i>` : nothing}</span>
            ${open ? this.handForm(one) : button({ label: w.removeShift, test: "remove-shift", icon: "no", press: () => this.drop(one) })}
        </li>`;
    }

    private swapList(): TemplateResult | typeof nothing {
        const w = words().swap;
        if (!this.swaps.length) return nothing;
        return html`<h3>${w.deskTitle}</h3>
            <ul class="duty plain-list" data-test="swaps">${this.swaps.map(
                (one) => html`<li><span class="who"><b>${w.desk(words().lawyerName(one.asked_by_name), words().lawyerName(one.asked_name))}</b>
                    <i>${span(one.starts_at, one.ends_at)}</i></span>
                    <span class="chip ${one.answer === "agreed" ? "free" : "busy"}">${icon(one.answer === "agreed" ? "yes" : "clock")}${one.answer ? w.answers[one.answer] : w.open}</span></li>`,
            )}</ul>`;
    }

    private form(): TemplateResult {
        const w = words().desk;
        const field = (name: string, label: string, type: string): TemplateResult =>
            html`<label>${label}<input name=${name} data-test=${`shift-${name}`} type=${type} required />
                ${wrongAt(this.refusal(), name)}</label>`;
        return html`<form class="fields" @submit=${(event: SubmitEvent) => this.add(event)}>
            <label>${w.shiftLawyer}<select name="lawyer" data-test="shift-lawyer">
                ${this.roster.lawyers.map(({ id, name, law_firm }) => html`<option value=${id}>${name} · ${law_firm}</option>`)}
            </select>${wrongAt(this.refusal(), "lawyer")}</label>
            ${field("date", w.shiftDate, "date")} ${field("from", w.shiftFrom, "time")} ${field("until", w.shiftUntil, "time")}
            <button class="button" data-test="add-shift">${icon("yes")}<span class="label">${w.addShift}</span></button>
        </form>`;
    }

    override render(): TemplateResult {
        const w = words().desk;
        const { shifts } = this.roster;
        return html`<section class="card" data-asks>
            <header class="row"><h2>${w.rosterTitle}</h2>
                <label class="button">${icon("desk")}<span class="label">${w.importShifts}</span>
                    <input class="file" type="file" accept=".csv,text/csv" data-test="import-shifts"
                        @change=${(event: Event) => this.take(event.target as HTMLInputElement)} /></label>
            </header>
            <p class="quiet">${w.importHint}</p>
            ${this.trouble()}
            ${shifts.length
                ? html`<ul class="duty plain-list" data-test="shifts">${shifts.slice(0, shown).map((one) => this.shift(one))}</ul>`
                : sentence("calm", w.noShifts)}
            ${this.swapList()} ${this.form()}
        </section>`;
    }
}
