// A lawyer's own shifts: another one may be asked to take one of them.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { api, slugOf } from "../../core/api";
import { serverNow } from "../../core/clock";
import type { Shift, Swap } from "../../core/types";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { WatchingPart } from "../../elements/part";
import { explain } from "../../elements/problem";
import { span } from "../../elements/span";
import { wrongAt, wrongForm, type Refusal } from "../../elements/wrong";
import { words } from "../../words/words";

interface Roster {
    shifts: Shift[];
    lawyers: { id: string; name: string }[];
}

const shown = 6;

@customElement("my-shifts")
export class MyShifts extends WatchingPart {
    /** The lawyer's id. */
    @property() lawyer = "";
    @state() private roster: Roster = { shifts: [], lawyers: [] };
    @state() private swaps: Swap[] = [];
    @state() private asking = "";
    protected override readonly every = 20000;

    protected override async load(): Promise<void> {
        this.roster = await api<Roster>("/v1/shifts");
        this.swaps = (await api<{ swaps: Swap[] }>("/v1/swaps")).swaps;
    }

    private async run(path: string, body: object): Promise<void> {
        if (await this.attempt(() => api(path, { method: "POST", body }))) this.asking = "";
        await this.read();
    }

    private refusal(): Refusal | null {
        const { problem } = this;
        if (!problem) return null;
        const field = this.asking && problem.field === "lawyer" ? problem.field : undefined;
        return { field, text: words().swap.problems[slugOf(problem)] ?? explain(problem) };
    }

    private wanted(one: Swap): TemplateResult {
        const w = words().swap;
        const answer = (agrees: boolean): void => void this.run(`/v1/swaps/${one.id}/answer`, { shift: one.shift, agrees });
        return html`<li data-test="swap-${one.id}">
            <span class="who"><b>${w.wanted(words().lawyerName(one.asked_by_name))}</b><i>${span(one.starts_at, one.ends_at)}</i>
                ${one.appointments ? html`<i>${w.kept(one.appointments)}</i>` : nothing}</span>
            <span class="choices">${button({ label: w.agree, test: `swap-agree-${one.id}`, icon: "yes", press: () => answer(true) })}
                ${button({ label: w.decline, test: `swap-decline-${one.id}`, icon: "no", press: () => answer(false) })}</span>
        </li>`;
    }

    private form(one: Shift): TemplateResult {
        const w = words().swap;
        const submit = (event: SubmitEvent): void => {
            event.preventDefault();
            const lawyer = new FormData(event.target as HTMLFormElement).get("lawyer");
            void this.run("/v1/swaps", { shift: one.id, lawyer: typeof lawyer === "string" ? lawyer : "" });
        };
        const others = this.roster.lawyers.filter(({ id }) => id !== this.lawyer);
        return html`<form class="fields note" @submit=${submit}>
            <label>${w.whom}<select name="lawyer" data-test="swap-lawyer">${others.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}</select>
                ${wrongAt(this.refusal(), "lawyer")}</label>
            <div class="pair">
                ${button({ label: words().common.back, test: "swap-back", icon: "back", press: () => (this.asking = "") })}
                <button class="button" data-test="swap-ask">${icon("yes")}<span class="label">${w.send}</span></button>
            </div>
        </form>`;
    }

    private shift(one: Shift): TemplateResult {
        const w = words().swap;
        const open = this.swaps.find(({ shift, answer }) => shift === one.id && !answer);
        const said = this.swaps.find(({ shift, answer }) => shift === one.id && answer === "declined");
        const note = open ? w.waits(words().lawyerName(open.asked_name)) : said ? w.declined(words().lawyerName(said.asked_name)) : "";
        const may = !open && one.starts_at > serverNow() && this.asking !== one.id;
        return html`<li data-test="shift-${one.id}">
            <span class="who"><b>${span(one.starts_at, one.ends_at)}</b>${note ? html`<i>${note}</i>` : nothing}</span>
            ${may ? button({ label: w.ask, test: `swap-${one.id}`, icon: "people", press: () => (this.asking = one.id) }) : nothing}
            ${this.asking === one.id ? this.form(one) : nothing}
        </li>`;
    }

    override render(): TemplateResult | typeof nothing {
        const w = words().swap;
        const own = this.roster.shifts.filter(({ lawyer }) => lawyer === this.lawyer).slice(0, shown);
        const mine = this.swaps.filter(({ asked, answer }) => asked === this.lawyer && !answer);
        if (!own.length && !mine.length) return nothing;
        return html`<section class="card inbox" data-test="my-shifts">
            <h2>${w.title}</h2>
            ${wrongForm(this.refusal())}
            <ul>${mine.map((one) => this.wanted(one))} ${own.map((one) => this.shift(one))}</ul>
        </section>`;
    }
}
