// The audit log for the auditor: whether it is whole, and its newest entries.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api } from "../../core/api";
import { serverNow } from "../../core/clock";
import { button } from "../../elements/button";
import { Part } from "../../elements/part";
import { explain } from "../../elements/problem";
import { sentence } from "../../elements/sentence";
import { words } from "../../words/words";

interface Entry {
    n: number;
    at_ms: number;
    actor: string;
    action: string;
    object: string;
    detail: string;
}

@customElement("audit-log")
export class AuditLog extends Part {
    @state() private entries: Entry[] = [];
    @state() private state: { entries: number; whole: boolean } | null = null;

    override connectedCallback(): void {
        super.connectedCallback();
        void this.read();
    }

    private async read(): Promise<void> {
        await this.attempt(async () => {
            this.state = await api<{ entries: number; whole: boolean }>("/v1/audit/verification");
            this.entries = (await api<{ entries: Entry[] }>("/v1/audit")).entries;
        });
    }

    private verdict(): TemplateResult | typeof nothing {
        const w = words().admin;
        if (this.problem) return sentence("warn", explain(this.problem));
        if (!this.state) return nothing;
        const { entries, whole } = this.state;
        return whole ? sentence("good", w.auditWhole(entries)) : sentence("lost", w.auditBroken(entries + 1));
    }

    private entry(one: Entry): TemplateResult {
        const w = words().admin;
        const [kind, id] = one.actor.split(":", 2) as [string, string?];
        return html`<tr>
            <td>${one.n}</td><td>${words().when(one.at_ms, serverNow())}</td><td>${w.actors[kind] ?? kind} ${id ?? ""}</td>
            <td>${w.actions[one.action] ?? one.action}</td><td>${one.object}</td><td>${one.detail}</td>
        </tr>`;
    }

    override render(): TemplateResult {
        const w = words().admin;
        return html`<section class="card wide">
            <header class="row"><h2>${w.audit}</h2>
                ${button({ label: w.checkAgain, test: "check-again", icon: "yes", press: () => void this.read() })}
            </header>
            ${this.verdict()}
            <div class="table" tabindex="0" role="region" aria-label=${w.audit}><table data-test="audit">
                <thead><tr>${w.auditHeads.map((head) => html`<th>${head}</th>`)}</tr></thead>
                <tbody>${this.entries.map((one) => this.entry(one))}</tbody>
            </table></div>
        </section>`;
    }
}
