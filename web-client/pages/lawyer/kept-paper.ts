// A paper that stays, opened in the page with what was drawn on it; a PDF page by page. Nothing of it becomes a file.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { serverNow } from "../../core/clock";
import { Pdf } from "../../core/pdf";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { Part } from "../../elements/part";
import { sentence } from "../../elements/sentence";
import "../../elements/still-board";
import { watermark, watermarkText } from "../../elements/watermark";
import { words } from "../../words/words";
import type { KeptPaper } from "./kept";

@customElement("kept-paper")
export class KeptPaperView extends Part {
    @property() consultation = "";
    @property() heading = "";
    /** Whose name stands on it. */
    @property() viewer = "";
    @property({ attribute: false }) one: KeptPaper | null = null;
    @state() private url: string | null = null;
    @state() private page = 1;
    @state() private busy = false;
    @state() private failed = false;
    private pdf: Pdf | null = null;
    private mark = "";

    override disconnectedCallback(): void {
        this.close();
        super.disconnectedCallback();
    }

    private async open(one: KeptPaper): Promise<void> {
        this.busy = true;
        this.failed = false;
        try {
            const answer = await fetch(`/v1/consultations/${this.consultation}/kept/${one.id}`, { headers: { "X-Banyan": "1" }, cache: "no-store" });
            if (!answer.ok) throw new Error(`${answer.status}`);
            if (one.type === "application/pdf") this.pdf = await Pdf.open(await answer.arrayBuffer());
            this.mark = watermarkText(this.viewer, serverNow());
            this.look(this.pdf ? await this.pdf.draw(1) : await answer.blob(), 1);
        } catch {
            this.failed = true;
        }
        this.busy = false;
    }

    private async leaf(page: number): Promise<void> {
        if (!this.pdf) return;
        this.busy = true;
        this.look(await this.pdf.draw(page), page);
        this.busy = false;
    }

    private look(picture: Blob, page: number): void {
        if (this.url) URL.revokeObjectURL(this.url);
        this.url = this.isConnected ? URL.createObjectURL(picture) : null;
        this.page = page;
    }

    private close(): void {
        if (this.url) URL.revokeObjectURL(this.url);
        this.url = null;
        if (this.pdf) this.pdf.close();
        this.pdf = null;
    }

    private strokes(one: KeptPaper): number[][] {
        if (one.type !== "application/pdf") return one.strokes ?? [];
        return (one.drawn ?? []).filter(({ page }) => page === this.page).reduce<number[][]>((all, { strokes }) => [...all, ...strokes], []);
    }

    private leaves(): TemplateResult | typeof nothing {
        const w = words().papers;
        const { pdf, page, busy } = this;
        if (!pdf) return nothing;
        return html`<div class="leaf">
            ${button({ label: w.pageBack, test: "kept-back", disabled: busy || page <= 1, press: () => void this.leaf(page - 1) })}
            <span role="status">${w.page(page, pdf.pages)}</span>
            ${button({ label: w.pageOn, test: "kept-on", disabled: busy || page >= pdf.pages, press: () => void this.leaf(page + 1) })}
        </div>`;
    }

    private board(one: KeptPaper, url: string): TemplateResult {
        const paper = { info: one, url, strokes: this.strokes(one), pointer: null };
        return html`<div class="kept-board on-paper" data-test="kept-board"><still-board .paper=${paper} may="see"></still-board>${watermark(this.mark)}</div>
            ${this.leaves()}`;
    }

    override render(): TemplateResult | typeof nothing {
        const w = words().papers;
        const { one } = this;
        if (!one) return nothing;
        const press = (): void => (this.url ? this.close() : void this.open(one));
        return html`<div class="kept-row">
                <span>${icon("contract")}<b>${this.heading}</b>${one.original === undefined ? nothing : html`<i>${one.original ? w.originalSeen : w.originalNotSeen}</i>`}</span>
                ${button({ label: this.url ? w.closeKept : w.open, test: `kept-${one.id}`, disabled: this.busy, press })}
            </div>
            ${this.failed ? sentence("warn", w.troubles.unreadable) : nothing} ${this.url ? this.board(one, this.url) : nothing}`;
    }
}

declare global {
    interface HTMLElementTagNameMap {
        "kept-paper": KeptPaperView;
    }
}
