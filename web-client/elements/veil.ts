// A question over the page. While it is there nothing behind it is reached: the keyboard goes round inside it, and back to
// where it was when it is answered.
import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";

let before: HTMLElement | null = null;

// One function for all drawings: lit calls it only when the question comes and goes.
function comeAndGo(card?: Element): void {
    if (card) {
        before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
        requestAnimationFrame(() => (card as HTMLElement).focus());
    } else if (before) {
        before.focus();
        before = null;
    }
}

function goRound(event: KeyboardEvent): void {
    if (event.key !== "Tab") return;
    const area = event.currentTarget as HTMLElement;
    const all = [...area.querySelectorAll<HTMLElement>("button:not([disabled]), input, select, textarea, a[href]")];
    const [first, last] = [all[0], all[all.length - 1]];
    const at = document.activeElement;
    const atEdge = event.shiftKey ? at === first || at === area.firstElementChild : at === last;
    if (!atEdge || !first || !last) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
}

/** @param kind  more classes of the card */
export function veil(role: "dialog" | "alertdialog", title: string, content: TemplateResult, test = "question", kind = ""): TemplateResult {
    return html`<div class="veil" @keydown=${goRound}>
        <div class="card ask ${kind}" role=${role} aria-modal="true" aria-label=${title} data-test=${test} tabindex="-1" ${ref(comeAndGo)}>
            ${content}
        </div>
    </div>`;
}
