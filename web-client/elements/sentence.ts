// The one sentence that says what is going on and what to do. It stays where it is, it is read
// aloud by screen readers when it changes, and a picture repeats what its colour says.
import { html, type TemplateResult } from "lit";
import { icon } from "./icons";

export type Tone = "calm" | "good" | "warn" | "lost";

const pictures: Record<Tone, string> = { calm: "info", good: "yes", warn: "warn", lost: "line" };

export function sentence(tone: Tone, text: string): TemplateResult {
    return html`<p class="sentence ${tone}" role="status" data-test="sentence">${icon(pictures[tone])}<span>${text}</span></p>`;
}
