// A pad for a phone number, in groups as people say it. Sends "phone" when the number is done.
import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { words } from "../words/words";
import { button } from "./button";
import { digitPad } from "./digit-pad";
import { Part } from "./part";
import { wrongAt } from "./wrong";

const least = 7;
const most = 12;
const mobile = 11;

/** A mobile number as 138 0000 1234; others as they are. */
export function grouped(digits: string): string {
    if (!digits.startsWith("1")) return digits;
    return digits.replace(/^(\d{3})(\d{1,4})(\d*)$/, "$1 $2 $3").trim();
}

/** Only a mobile's length is known: nobody could be called back at one that lacks a digit. */
function mobileFault(digits: string): string {
    if (!digits.startsWith("1") || digits.length === mobile) return "";
    const w = words().visit;
    return digits.length < mobile ? w.mobileShort(mobile, digits.length) : w.mobileLong(mobile, digits.length);
}

@customElement("phone-pad")
export class PhonePad extends Part {
    /** Fewer than a phone has: another number, or only its last digits. */
    @property({ type: Number }) least = least;
    @state() private digits = "";
    @state() private wrong = "";

    private change(digits: string): void {
        this.digits = digits;
        this.wrong = "";
    }

    private add(digit: string): void {
        if (this.digits.length < most) this.change(this.digits + digit);
    }

    private done(): void {
        this.wrong = this.least < least ? "" : mobileFault(this.digits);
        if (this.wrong) return;
        this.dispatchEvent(new CustomEvent<string>("phone", { detail: this.digits }));
    }

    override render(): TemplateResult {
        return html`<output class="phone" data-test="phone" aria-live="polite">${this.least < least ? this.digits : grouped(this.digits)}</output>
            ${wrongAt(this.wrong ? { field: "digits", text: this.wrong } : null, "digits")}
            ${digitPad({
                add: (one) => this.add(one),
                clear: () => this.change(""),
                erase: () => this.change(this.digits.slice(0, -1)),
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
