// One lawyer's work, a line a consultation: for himself, or with `lawyers` for whoever keeps the desk.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { api } from "../core/api";
import { inChina } from "../core/china";
import { serverNow } from "../core/clock";
import { periods, type Workload } from "../core/report";
import { words } from "../words/words";
import { Part } from "./part";
import { explain } from "./problem";
import { periodChoice, reportChoice, type Choice } from "./report-choice";
import { sentence } from "./sentence";

const dayMs = 86400000;

@customElement("lawyer-workload")
export class LawyerWorkload extends Part {
    /** Whose work may be looked at; null: one's own. */
    @property({ attribute: false }) lawyers: { id: string; name: string }[] | null = null;
    @state() private period = periods(serverNow())[0] ?? "";
    @state() private lawyer = "";
    @state() private work: Workload | null = null;

    override connectedCallback(): void {
        super.connectedCallback();
        this.lawyer = this.lawyers?.[0]?.id ?? "";
        void this.load();
    }

    private query(): string {
        return `period=${this.period}${this.lawyers ? `&lawyer=${this.lawyer}` : ""}`;
    }

    private async load(): Promise<void> {
        await this.attempt(async () => {
            this.work = await api<Workload>(`/v1/workload?${this.query()}`);
        });
    }

    private choices(): Choice[] {
        const take = (what: "period" | "lawyer") => (value: string): void => {
            this[what] = value;
            void this.load();
        };
        const one = periodChoice(this.period, take("period"));
        if (!this.lawyers) return [one];
        const options = this.lawyers.map(({ id, name }): [string, string] => [id, words().lawyerName(name)]);
        return [{ name: "lawyer", label: words().report.chooseLawyer, value: this.lawyer, options, change: take("lawyer") }, one];
    }

    private row(one: Workload["rows"][number]): TemplateResult {
        const day = new Date(one.day * dayMs).toISOString().slice(0, 10).replace(/-/g, "");
        const minutes = one.ended_at ? Math.round((one.ended_at - one.connected_at) / 60000) : "";
        return html`<tr>
            <td>${day}-${String(one.ticket_no).padStart(3, "0")}</td>
            <td>${inChina(one.connected_at).toISOString().slice(5, 16).replace("T", " ")}</td>
            <td>${minutes}</td>
            <td>${words().record.choices["category"]?.[one.category] ?? one.category}</td>
            <td>${one.booth}</td>
        </tr>`;
    }

    private rows(work: Workload): TemplateResult {
        const w = words().report;
        const mean = work.satisfaction_tenths;
        if (!work.rows.length) return sentence("calm", w.workNone);
        return html`<p data-test="work-done"><b>${w.workDone(work.attendances, work.talk_minutes)}</b>
                ${mean === undefined ? nothing : html`<br />${w.workMean((mean / 10).toFixed(1))}`}</p>
            <div class="table" tabindex="0" role="region" aria-label=${w.workTitle}><table data-test="work">
                <thead><tr>${w.workHeads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
                <tbody>${work.rows.map((one) => this.row(one))}</tbody>
            </table></div>`;
    }

    override render(): TemplateResult {
        const w = words().report;
        return html`<section class="card report">
            <h2>${w.workTitle}</h2>
            <p class="quiet">${w.workLead}</p>
            ${reportChoice(this.choices(), `/v1/workload.csv?${this.query()}`)}
            ${this.problem ? sentence("warn", explain(this.problem)) : nothing} ${this.work ? this.rows(this.work) : nothing}
        </section>`;
    }
}
