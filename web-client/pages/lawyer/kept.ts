// Papers that stay: named in the record, found again beside it.
import { html, nothing, type TemplateResult } from "lit";
import { api } from "../../core/api";
import type { PaperInfo } from "../../core/types";
import { button } from "../../elements/button";
import { words } from "../../words/words";

export interface KeptPaper extends PaperInfo {
    id: string;
}

const between = "；";

/** The record's field with one more line in it, once; as it was when it would be too long. */
export function withLine(text: string, line: string, most: number): string {
    const lines = text === "" ? [] : text.split(between);
    const more = lines.includes(line) ? text : [...lines, line].join(between);
    return more.length > most ? text : more;
}

export function withoutLine(text: string, line: string): string {
    return text.split(between).filter((one) => one !== line).join(between);
}

/** How the record names a paper that is kept: so that it can be told from any other. */
export function keptLine(title: string, sha256: string): string {
    return `${title}（SHA-256 ${sha256}）`;
}

export async function keptPapers(consultation: string): Promise<KeptPaper[]> {
    try {
        return (await api<{ papers: KeptPaper[] }>(`/v1/consultations/${consultation}/kept`)).papers;
    } catch {
        return [];
    }
}

export function keptView(consultation: string, kept: KeptPaper[], titleOf: (one: KeptPaper) => string): TemplateResult | typeof nothing {
    const w = words().papers;
    if (kept.length === 0) return nothing;
    const open = (one: KeptPaper): void => void window.open(`/v1/consultations/${consultation}/kept/${one.id}`, "_blank", "noopener");
    return html`<section class="papers" data-test="kept">
        <h3>${w.keptBefore}</h3>
        <ul>
            ${kept.map(
                (one) => html`<li>
                    <span><b>${titleOf(one)}</b></span>
                    ${button({ label: w.open, test: `kept-${one.id}`, icon: "contract", press: () => open(one) })}
                </li>`,
            )}
        </ul>
    </section>`;
}
