// Who looks, and since when, across what he looks at: a photograph of the screen tells whose it is.
import { html, type TemplateResult } from "lit";
import { inChina } from "../core/china";

const marks = 6;

/** "刘志远 2026-11-22 10:30"; `since`: milliseconds. */
export function watermarkText(viewer: string, since: number): string {
    return `${viewer} ${inChina(since).toISOString().slice(0, 16).replace("T", " ")}`;
}

/** Lies over its nearest positioned ancestor, and lets everything through to what is below. */
export function watermark(text: string): TemplateResult {
    return html`<div class="watermark" aria-hidden="true" data-test="watermark">${Array.from({ length: marks }, () => html`<span>${text}</span>`)}</div>`;
}
