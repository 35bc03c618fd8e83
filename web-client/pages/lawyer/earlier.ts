// What lawyers wrote before for the same resident: a list, and a sealed record to read. It is there only while
// the resident agrees: when he no longer does, the element goes, and what it has fetched goes with it.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { api } from "../../core/api";
import { inChina } from "../../core/china";
import { serverNow } from "../../core/clock";
import type { Consultation } from "../../core/types";
import { button } from "../../elements/button";
import { Part } from "../../elements/part";
import { explain } from "../../elements/problem";
import { sentence } from "../../elements/sentence";
import { watermark, watermarkText } from "../../elements/watermark";
import { words } from "../../words/words";
import type { RecordDoc } from "./draft";
import type { LawyerFlow } from "./flow";
import { recordFacts } from "./record-facts";

interface Earlier {
    consultation: string;
    ticket_no: number;
    category: string;
    connected_at: number;
    lawyer: string;
    law_firm: string;
    centre: string;
    sealed: boolean;
    summary?: string;
    next_steps?: string;
    limitation_deadline?: string;
}

@customElement("earlier-list")
export class EarlierList extends Part {
    /** The running consultation's id. */
    @property() consultation = "";
    /** Whose name stands on what is opened. */
    @property() viewer = "";
    @state() private list: Earlier[] | null = null;
    @state() private opened: RecordDoc | null = null;
    private mark = "";

    override connectedCallback(): void {
        super.connectedCallback();
        void this.attempt(async () => {
            this.list = (await api<{ earlier: Earlier[] }>(this.path())).earlier;
        });
    }

    private path(one = ""): string {
        return `/v1/consultations/${this.consultation}/earlier${one}`;
    }

    private open(one: Earlier): void {
        void this.attempt(async () => {
            this.mark = watermarkText(this.viewer, serverNow());
            this.opened = await api<RecordDoc>(this.path(`/${one.consultation}`));
        });
    }

    private head(one: Earlier): TemplateResult {
        const w = words();
        const date = w.record.date(inChina(one.connected_at).toISOString().slice(0, 10));
        const category = w.record.choices["category"]?.[one.category] ?? one.category;
        return html`<p><b>${date} · ${category}</b><i>${w.lawyerName(one.lawyer)} · ${one.law_firm} · ${one.centre}</i></p>`;
    }

    private row(one: Earlier): TemplateResult {
        const w = words();
        const e = w.consent.earlier;
        const deadline = one.limitation_deadline;
        return html`<li data-test=${`earlier-${one.consultation}`}>
            ${this.head(one)}
            ${one.sealed ? nothing : html`<p class="hint">${e.unsealed}</p>`} ${one.summary ? html`<p>${one.summary}</p>` : nothing}
            ${one.next_steps ? html`<p>${e.next(one.next_steps)}</p>` : nothing} ${deadline ? html`<p>${e.deadline(w.record.date(deadline))}</p>` : nothing}
            ${one.sealed ? button({ label: e.open, test: `earlier-open-${one.consultation}`, icon: "contract", press: () => this.open(one) }) : nothing}
        </li>`;
    }

    private record(doc: RecordDoc): TemplateResult {
        const e = words().consent.earlier;
        return html`${button({ label: e.back, test: "earlier-back", icon: "back", press: () => (this.opened = null) })}
            <div class="on-paper" data-test="earlier-record">${doc.form ? recordFacts(doc, doc.form) : nothing}${watermark(this.mark)}</div>`;
    }

    override render(): TemplateResult {
        const e = words().consent.earlier;
        const list = this.list ?? [];
        return html`${this.problem ? sentence("warn", explain(this.problem)) : nothing}
            ${this.list && list.length === 0 ? html`<p data-test="earlier-none">${e.nobody}</p>` : nothing}
            ${list.length > 0 ? html`<p class="hint">${e.same}</p>` : nothing}
            ${this.opened ? this.record(this.opened) : html`<ul>${list.map((one) => this.row(one))}</ul>`}`;
    }
}

/** Whether it may be seen, and then the list. Without a telephone number there is nothing to find any by. */
export function earlierRow(one: Consultation, flow: LawyerFlow, viewer: string): TemplateResult | typeof nothing {
    const w = words().consent;
    if (one.earlier === undefined) return nothing;
    const ask = one.earlier === "none" || one.earlier === "no";
    return html`<section class="earlier" data-test="earlier">
        <div class="sensitive">
            <p><span>${w.earlier.title}</span><b>${w.earlier.is[one.earlier]}</b></p>
            ${ask ? button({ label: w.lawyer.askSensitive, test: "earlier-ask", icon: "ask", press: () => flow.askConsent("earlier") }) : nothing}
        </div>
        ${one.earlier === "yes" ? html`<earlier-list consultation=${one.id} viewer=${viewer}></earlier-list>` : nothing}
    </section>`;
}
