// A question of consent with two large answers, and the notice that stands while somebody is recorded.
import { html, nothing, type TemplateResult } from "lit";
import type { Asked } from "../core/consents";
import type { Recording } from "../core/types";
import { words } from "../words/words";
import { button } from "./button";
import { icon } from "./icons";
import { sentence } from "./sentence";
import { veil } from "./veil";

interface Question {
    asked: Asked;
    title: string;
    lines: string[];
    yes: string;
    no: string;
    /** The answer before was not kept. */
    failed: boolean;
    answer: (yes: boolean) => void;
}

export function consentCard({ asked, title, lines, yes, no, failed, answer }: Question): TemplateResult {
    const content = html`<h2>${title}</h2>
        <ul>
            ${lines.map((line) => html`<li>${line}</li>`)}
        </ul>
        ${failed ? sentence("warn", words().consent.notSaved) : nothing}
        <div class="pair">
            ${button({ label: no, test: `${asked}-no`, icon: "no", press: () => answer(false) })}
            ${button({ label: yes, test: `${asked}-yes`, icon: "yes", kind: "primary", press: () => answer(true) })}
        </div>`;
    return veil("alertdialog", title, content, `asked-${asked}`, "consent-card");
}

/** What whoever is in a consultation is asked before it is recorded. */
export function recordingCard(lawyer: string, recording: Recording, failed: boolean, answer: (yes: boolean) => void): TemplateResult {
    const w = words().consent;
    return consentCard({ asked: "recording", title: w.recordTitle(lawyer), lines: w.record(recording.days), yes: w.recordYes, no: w.recordNo, failed, answer });
}

/** Stands for as long as it runs, and never hides. */
export function recordedBar(recorded: "running" | "paused" | null, stop: () => void): TemplateResult | typeof nothing {
    if (recorded === null) return nothing;
    const w = words().consent;
    return html`<div class="recorded ${recorded}" role="status" data-test="recorded">
        ${icon("live")}<b>${w[recorded]}</b>
        ${button({ label: w.stop, test: "record-stop", icon: "no", press: stop })}
    </div>`;
}

/** Stands while the lawyer may see what was written before. */
export function earlierBar(stop: () => void): TemplateResult {
    const w = words().consent.earlier;
    return html`<div class="recorded seen" role="status" data-test="earlier-seen">
        <b>${w.seen}</b>
        ${button({ label: w.stop, test: "earlier-stop", icon: "no", press: stop })}
    </div>`;
}
