// The read-back in large letters, and the sheet of paper the resident takes home.
import { html, nothing, type TemplateResult } from "lit";
import { button } from "../../elements/button";
import { sentence } from "../../elements/sentence";
import { words } from "../../words/words";
import type { BoothFlow } from "./flow";
import { isConfirmed, nextItem, type Item, type Readback, type ReadbackDoc } from "./readback";

/** Until everything is right. */
export function reads(readback: Readback): boolean {
    const { doc } = readback.store.get();
    return doc !== null && doc.state === "readback" && !isConfirmed(doc);
}

function title(item: Item): string {
    return words().record.booth.items[item.field] ?? "";
}

/** A day as one says it; all else as it was written. */
function said(item: Item): string {
    return item.field === "limitation_deadline" ? words().record.date(item.text) : item.text;
}

function question(doc: ReadbackDoc, item: Item, readback: Readback): TemplateResult {
    const w = words().record.booth;
    const { busy, failed } = readback.store.get();
    return html`<article class="item" data-test="item" data-item=${item.field}>
            <p class="quiet">${w.progress(doc.items.indexOf(item) + 1, doc.items.length)}</p>
            <h1>${title(item)}</h1>
            <p class="text" tabindex="0">${said(item)}</p>
        </article>
        ${failed ? sentence("warn", w.failed) : nothing}
        <div class="verdict">
            ${button({ label: w.change, test: "item-change", icon: "no", disabled: busy, press: () => void readback.answer(item, "change") })}
            ${button({ label: w.right, test: "item-right", icon: "yes", kind: "primary", disabled: busy, press: () => void readback.answer(item, "right") })}
        </div>`;
}

export function readbackView(readback: Readback): TemplateResult {
    const w = words().record.booth;
    const doc = readback.store.get().doc as ReadbackDoc;
    const item = nextItem(doc);
    if (item) return question(doc, item, readback);
    return html`<article class="item" data-test="item-none"><h1>${w.changing}</h1><p class="lead">${w.changingText}</p></article>`;
}

function line(doc: ReadbackDoc, field: string): TemplateResult | typeof nothing {
    const item = doc.items.find((one) => one.field === field);
    return item ? html`<h2>${title(item)}</h2><p>${said(item)}</p>` : nothing;
}

/** Three sentences, what to do, by when, whom to call: only on paper, and only what was confirmed. */
export function takeawaySheet(readback: Readback): TemplateResult | typeof nothing {
    const { doc } = readback.store.get();
    if (!doc || !isConfirmed(doc)) return nothing;
    const w = words().record.booth;
    const advice = doc.items.some((one) => one.field === "summary") ? "summary" : "advice";
    return html`<section class="takeaway" data-test="takeaway" aria-hidden="true">
        <h1>${w.sheetTitle}</h1>
        ${line(doc, advice)} ${line(doc, "next_steps")} ${line(doc, "limitation_deadline")}
        <h2>${w.sheetCall}</h2>
        <p>${doc.phone}</p>
        <p>${w.sheetBy(words().lawyerName(doc.lawyer), doc.law_firm)}</p>
        <p>${w.sheetNumber(doc.number)}</p>
        <p>${w.sheetFree}</p>
    </section>`;
}

/** The button that prints it. */
export function takeaway(flow: BoothFlow): TemplateResult | typeof nothing {
    if (!isConfirmed(flow.readback.store.get().doc)) return nothing;
    const press = (): void => {
        flow.touch();
        window.print();
    };
    return html`${button({ label: words().record.booth.print, test: "takeaway-print", icon: "inheritance", press })}`;
}
