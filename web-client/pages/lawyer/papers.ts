// The papers of the call, beside the picture: files to send, what is there, and what is shown.
import { html, nothing, type TemplateResult } from "lit";
import type { PaperInfo } from "../../core/types";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { sentence } from "../../elements/sentence";
import { wrongAt } from "../../elements/wrong";
import { words } from "../../words/words";
import type { LawyerFlow, LawyerState } from "./flow";

/** A still has no name: the resident's first, second... */
export function titleOf(one: PaperInfo, all: PaperInfo[]): string {
    const w = words().papers;
    if (one.name) return one.name;
    return w.still(all.filter((other) => other.name === "" && other.n <= one.n).length);
}

/** The whole that is shown, and which page of it. */
function leafing(state: LawyerState): { whole: PaperInfo; page: number } | null {
    const { shown, all } = state.papers;
    if (!shown) return null;
    const { info } = shown;
    const whole = info.of === undefined ? info : all.find((one) => one.n === info.of);
    return whole && whole.pages !== undefined ? { whole, page: info.page ?? 0 } : null;
}

function leafButtons(state: LawyerState, flow: LawyerFlow): TemplateResult | typeof nothing {
    const w = words().papers;
    const at = leafing(state);
    if (!at) return nothing;
    const { whole, page } = at;
    const pages = whole.pages ?? 1;
    const busy = state.sending === "sending";
    return html`<div class="leaf">
        ${button({ label: w.pageBack, test: "page-back", disabled: busy || page <= 1, press: () => flow.leaf(whole, page - 1) })}
        <span role="status" data-test="page">${w.page(page, pages)}</span>
        ${button({ label: w.pageOn, test: "page-on", disabled: busy || page >= pages, press: () => flow.leaf(whole, page + 1) })}
    </div>`;
}

function shownButtons(state: LawyerState, flow: LawyerFlow): TemplateResult | typeof nothing {
    const { shown } = state.papers;
    if (!shown) return nothing;
    return html`${leafButtons(state, flow)}
        <div class="leaf two">
            ${button({
                label: words().visit.clearStrokes,
                test: "clear-strokes",
                icon: "erase",
                disabled: shown.strokes.length === 0,
                press: () => flow.papers.draw("clear", []),
            })}
            ${button({ label: words().visit.putPaperAway, test: "put-away", icon: "no", press: () => flow.papers.putAway() })}
        </div>`;
}

function row(state: LawyerState, flow: LawyerFlow, one: PaperInfo): TemplateResult {
    const w = words().papers;
    const { shown, all } = state.papers;
    const isShown = shown !== null && (shown.info.n === one.n || shown.info.of === one.n);
    const say = (original: boolean, label: string): TemplateResult =>
        button({ label, test: `original-${original ? "yes" : "no"}-${one.n}`, pressed: one.original === original, press: () => void flow.original(one, titleOf(one, all), original) });
    return html`<li data-test=${`paper-${one.n}`}>
        <span>${icon(one.name ? "contract" : "camera")}<b>${titleOf(one, all)}</b>${one.pages ? html`<i>${w.pages(one.pages)}</i>` : nothing}</span>
        ${isShown
            ? html`<i class="now">${w.shownNow}</i>`
            : button({ label: w.show, test: `show-${one.n}`, press: () => (one.pages ? flow.leaf(one, 1) : flow.papers.show(one.n, true)) })}
        ${button({
            label: one.kept ? w.kept : w.keep,
            test: `keep-${one.n}`,
            pressed: one.kept ?? false,
            press: () => void flow.keep(one, titleOf(one, all), !one.kept),
        })}
        ${button({ label: w.remove, test: `remove-${one.n}`, kind: "quiet", disabled: one.kept, press: () => flow.papers.remove(one.n) })}
        <div class="original" role="group" aria-label=${w.original}><span>${w.original}</span>${say(true, w.originalYes)} ${say(false, w.originalNo)}</div>
    </li>`;
}

function filePicker(state: LawyerState, flow: LawyerFlow): TemplateResult {
    const w = words().papers;
    const busy = state.sending === "sending";
    const picked = (event: Event): void => {
        const input = event.target as HTMLInputElement;
        const [file] = Array.from(input.files ?? []);
        input.value = "";
        if (file) flow.sendFile(file);
    };
    const trouble = state.sending === "no" || state.sending === "sending" ? null : { field: "file", text: w.troubles[state.sending] };
    return html`<div data-asks><label class="button plain file ${busy ? "busy" : ""}">
            ${icon("contract")}<span class="words"><span class="label">${busy ? w.sending : w.send}</span><span class="hint">${w.kinds}</span></span>
            <input type="file" accept=".pdf,.jpg,.jpeg,.png" data-test="send-file" ?disabled=${busy} @change=${picked} />
        </label>${wrongAt(trouble, "file")}</div>
        ${state.keepFailed ? sentence("warn", w.keepFailed) : nothing}`;
}

/** A file may also be let fall anywhere on it. */
export function papersView(state: LawyerState, flow: LawyerFlow): TemplateResult {
    const w = words().papers;
    const whole = state.papers.all.filter((one) => one.of === undefined);
    const over = (event: DragEvent): void => event.preventDefault();
    const drop = (event: DragEvent): void => {
        event.preventDefault();
        const [file] = Array.from(event.dataTransfer?.files ?? []);
        if (file) flow.sendFile(file);
    };
    return html`<section class="papers" data-test="papers" @dragover=${over} @drop=${drop}>
        <h2>${w.title}</h2>
        ${shownButtons(state, flow)} ${filePicker(state, flow)}
        ${whole.length === 0 ? nothing : html`<ul>${whole.map((one) => row(state, flow, one))}</ul>`}
    </section>`;
}
