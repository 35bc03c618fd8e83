// "Really?": for the two or three presses that cannot be taken back. The safe answer is first.
import { html, nothing, type TemplateResult } from "lit";
import { button } from "./button";
import { veil } from "./veil";

export interface ConfirmOptions {
    title: string;
    text?: string;
    yes: string;
    no: string;
    onYes: () => void;
    onNo: () => void;
}

export function confirmation(options: ConfirmOptions): TemplateResult {
    const content = html`<h2>${options.title}</h2>
        ${options.text ? html`<p>${options.text}</p>` : nothing}
        <div class="pair">
            ${button({ label: options.no, test: "confirm-no", icon: "back", press: options.onNo })}
            ${button({ label: options.yes, test: "confirm-yes", icon: "end", kind: "danger", press: options.onYes })}
        </div>`;
    return veil("alertdialog", options.title, content, "confirm");
}
