// A pad for a six-digit code. Sends "code" when the sixth digit is in.
import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { digitPad } from "./digit-pad";
import { Part } from "./part";
import { wrongAt } from "./wrong";

const length = 6;

@customElement("code-pad")
export class CodePad extends Part {
    @property({ type: Boolean }) busy = false;
    /** Why the last one was not taken. */
    @property() wrong = "";
    @state() private digits = "";

    override connectedCallback(): void {
        super.connectedCallback();
        window.addEventListener("keydown", this.key);
    }

    override disconnectedCallback(): void {
        window.removeEventListener("keydown", this.key);
        super.disconnectedCallback();
    }

    clear(): void {
        this.digits = "";
    }

    private key = (event: KeyboardEvent): void => {
        if (/^[0-9]$/.test(event.key)) this.add(event.key);
        if (event.key === "Backspace") this.erase();
    };

    private add(digit: string): void {
        if (this.busy || this.digits.length >= length) return;
        this.digits += digit;
        if (this.digits.length === length) this.dispatchEvent(new CustomEvent<string>("code", { detail: this.digits }));
    }

    private erase(): void {
        this.digits = this.digits.slice(0, -1);
    }

    override render(): TemplateResult {
        return html`<output class="code" data-test="code" aria-live="polite">
                ${Array.from({ length }, (_, at) => html`<i>${this.digits[at] ?? ""}</i>`)}
            </output>
            ${wrongAt(this.wrong ? { field: "digits", text: this.wrong } : null, "digits")}
            ${digitPad({ add: (one) => this.add(one), clear: () => this.clear(), erase: () => this.erase() })}`;
    }
}

declare global {
    interface HTMLElementTagNameMap {
        "code-pad": CodePad;
    }
}
