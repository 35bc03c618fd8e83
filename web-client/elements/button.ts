// Buttons: always with words, big enough for the page they are on (style/tokens.css).
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "./icons";

export interface ButtonOptions {
    label: string;
    /** Stable name for tests. */
    test: string;
    press: () => void;
    icon?: string;
    kind?: "primary" | "plain" | "danger" | "quiet";
    hint?: string;
    disabled?: boolean;
    pressed?: boolean;
}

/** The second tap of a trembling hand must not press what came up under the finger. */
function onlyFirst(press: () => void): (event: MouseEvent) => void {
    return (event) => {
        if (event.detail < 2) press();
    };
}

export function button(options: ButtonOptions): TemplateResult {
    return html`<button
        type="button"
        class="button ${options.kind ?? "plain"}"
        data-test=${options.test}
        aria-pressed=${options.pressed === undefined ? nothing : String(options.pressed)}
        ?disabled=${options.disabled ?? false}
        @click=${onlyFirst(options.press)}
    >
        ${options.icon ? icon(options.icon) : nothing}
        <span class="words">
            <span class="label">${options.label}</span>
            ${options.hint ? html`<span class="hint">${options.hint}</span>` : nothing}
        </span>
    </button>`;
}
