// Ten digits, as on a telephone.
import { html, type TemplateResult } from "lit";
import { words } from "../words/words";
import { button } from "./button";

export interface DigitPadOptions {
    add: (digit: string) => void;
    clear: () => void;
    erase: () => void;
}

export function digitPad(options: DigitPadOptions): TemplateResult {
    const w = words().booth;
    const digit = (one: string): TemplateResult =>
        html`<button type="button" class="button plain" data-test="digit-${one}" @click=${() => options.add(one)}>
            <span class="label">${one}</span>
        </button>`;
    return html`<div class="pad">
        ${["1", "2", "3", "4", "5", "6", "7", "8", "9"].map(digit)}
        ${button({ label: w.startOver, test: "clear", kind: "quiet", press: options.clear })} ${digit("0")}
        ${button({ label: w.erase, test: "erase", kind: "quiet", press: options.erase })}
    </div>`;
}
