// What somebody sees who waits outside while others talk: no picture, and why.
import { html, nothing, type TemplateResult } from "lit";
import { words } from "../words/words";
import { icon } from "./icons";

export function outside(parked: boolean): TemplateResult | typeof nothing {
    if (!parked) return nothing;
    const w = words().party;
    return html`<div class="outside" role="status" data-test="parked">
        ${icon("clock")}
        <h1>${w.parkedTitle}</h1>
        <p>${w.parkedText}</p>
    </div>`;
}
