// A pad for a phone number, in groups as people say it. Sends "phone" when the number is done.
import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { words } from "../words/words";
import { button } from "./button";
import { digitPad } from "./digit-pad";
import { Part } from "./part";

const least = 7;
const most = 12;

/** A mobile number as 138 0000 1234; others as they are. */
export function grouped(digits: string): string {
    if (!digits.startsWith("1")) return digits;
    return digits.replace(/^(\d{3})(\d{1,4})(\d*)$/, "$1 $2 $3").trim();
}

@customElement("phone-pad")
export class PhonePad extends Part {
    /** Fewer than a phone has: another number, or only its last digits. */
    @property({ type: Number }) least = least;
    @state() private digits = "";

    private add(digit: string): void {
        if (this.digits.length < most) this.digits += digit;
    }

    private done(): void {
        this.dispatchEvent(new CustomEvent<string>("phone", { detail: this.digits }));
    }

    override render(): TemplateResult {
        return html`<output class="phone" data-test="phone" aria-live="polite">${this.least < least ? this.digits : grouped(this.digits)}</output>
            ${digitPad({
                add: (one) => this.add(one),
                clear: () => (this.digits = ""),
                erase: () => (this.digits = this.digits.slice(0, -1)),
            })}
            ${button({
                label: words().visit.done,
                test: "phone-done",
                icon: "yes",
                kind: "primary",
                disabled: this.digits.length < this.least,
                press: () => this.done(),
            })}`;
    }
}

declare global {
    interface HTMLElementTagNameMap {
        "phone-pad": PhonePad;
    }
}
