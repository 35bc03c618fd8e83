// "Really?": for the two or three presses that cannot be taken back. The safe answer is first.
import { html, nothing, type TemplateResult } from "lit";
import { button } from "./button";

export interface ConfirmOptions {
    title: string;
    text?: string;
    yes: string;
    no: string;
    onYes: () => void;
    onNo: () => void;
}

export function confirmation(options: ConfirmOptions): TemplateResult {
    return html`<div class="veil">
        <div class="card ask" role="alertdialog" aria-modal="true" aria-label=${options.title} data-test="confirm">
            <h2>${options.title}</h2>
            ${options.text ? html`<p>${options.text}</p>` : nothing}
            <div class="pair">
                ${button({ label: options.no, test: "confirm-no", icon: "back", press: options.onNo })}
                ${button({ label: options.yes, test: "confirm-yes", icon: "end", kind: "danger", press: options.onYes })}
            </div>
        </div>
    </div>`;
}
