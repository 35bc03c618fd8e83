// Why a form was refused: beside the field it is about, or above the form when it is about none of them.
import { html, nothing, type TemplateResult } from "lit";
import { icon } from "./icons";
import { sentence } from "./sentence";

export interface Refusal {
    /** The form's own name of the field; undefined: the whole form. */
    field?: string;
    text: string;
}

export function wrongAt(refusal: Refusal | null, name: string): TemplateResult | typeof nothing {
    if (!refusal || refusal.field !== name) return nothing;
    return html`<span class="wrong" role="alert" data-test="wrong-${name}">${icon("warn")}${refusal.text}</span>`;
}

export function wrongForm(refusal: Refusal | null): TemplateResult | typeof nothing {
    return refusal && refusal.field === undefined ? sentence("warn", refusal.text) : nothing;
}
