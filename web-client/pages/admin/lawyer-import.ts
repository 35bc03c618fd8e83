// Lawyers from a table, and the one-time passwords they are given: shown once, to be printed.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api } from "../../core/api";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { Part } from "../../elements/part";
import { explain } from "../../elements/problem";
import { sentence } from "../../elements/sentence";
import { wrongAt } from "../../elements/wrong";
import { words } from "../../words/words";

interface Newcomer {
    name: string;
    display_name: string;
    password: string;
}

@customElement("lawyer-import")
export class LawyerImport extends Part {
    @state() private made: Newcomer[] = [];
    @state() private busy = false;

    private async take(input: HTMLInputElement): Promise<void> {
        const file = input.files ? input.files[0] : undefined;
        input.value = ""; // the same file may be chosen again when it is mended
        this.problem = null;
        if (!file) return;
        this.busy = true;
        await this.attempt(async () => {
            this.made = (await api<{ accounts: Newcomer[] }>("/v1/users/import", { method: "POST", file })).accounts;
        });
        this.busy = false;
    }

    private trouble(): TemplateResult | typeof nothing {
        const w = words().lawyerImport;
        if (!this.problem) return nothing;
        const { lines } = this.problem;
        if (!lines) return wrongAt({ field: "file", text: this.problem.field === "body" ? words().desk.badFile : explain(this.problem) }, "file");
        return html`${wrongAt({ field: "file", text: words().desk.badTable }, "file")}
            <ul class="bad-lines" data-test="bad-lines">
                ${lines.map(({ line, field }) => html`<li>${words().desk.badLine(line, w.fields[field] ?? field)}</li>`)}
            </ul>`;
    }

    private list(): TemplateResult {
        const w = words().lawyerImport;
        return html`${sentence("good", w.made(this.made.length))}
            <p>${w.madeText}</p>
            <table class="passwords" data-test="passwords">
                <thead><tr>${w.heads.map((head) => html`<th>${head}</th>`)}</tr></thead>
                <tbody>${this.made.map((one) => html`<tr><td>${one.display_name}</td><td>${one.name}</td><td class="secret">${one.password}</td></tr>`)}</tbody>
            </table>
            <div class="choices no-print">
                ${button({ label: w.print, test: "print-passwords", icon: "inheritance", kind: "primary", press: () => window.print() })}
                ${button({ label: words().admin.madeDone, test: "passwords-done", icon: "yes", press: () => (this.made = []) })}
            </div>`;
    }

    override render(): TemplateResult {
        const w = words().lawyerImport;
        if (this.made.length) return html`<section class="card wide">${this.list()}</section>`;
        return html`<section class="card wide" data-asks>
            <header class="row"><h2>${w.title}</h2>
                <label class="button">${icon("desk")}<span class="label">${this.busy ? words().signIn.busy : words().desk.importShifts}</span>
                    <input class="file" type="file" accept=".csv,text/csv" data-test="import-lawyers" ?disabled=${this.busy}
                        @change=${(event: Event) => void this.take(event.target as HTMLInputElement)} /></label>
            </header>
            <p class="quiet">${w.hint}</p>
            ${this.trouble()}
        </section>`;
    }
}
