// Papers that stay: named in the record, found again beside it.
import { html, nothing, type TemplateResult } from "lit";
import { api } from "../../core/api";
import type { PaperInfo } from "../../core/types";
import "./kept-paper";
import { words } from "../../words/words";

export interface KeptPaper extends PaperInfo {
    id: string;
    /** What was drawn on it. */
    strokes?: number[][];
    /** On the pages of a PDF. */
    drawn?: { page: number; strokes: number[][] }[];
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

/** How the record names a paper that was held out. */
export function shownLine(title: string, original?: boolean): string {
    return original === undefined ? title : `${title}（${original ? "已核对原件" : "未见原件"}）`;
}

/** The record's field with this paper in it once, as it stands now. */
export function withShown(text: string, title: string, original: boolean | undefined, most: number): string {
    const rest = [undefined, true, false].reduce((left: string, before) => withoutLine(left, shownLine(title, before)), text);
    const more = withLine(rest, shownLine(title, original), most);
    return more === rest ? text : more;
}

export async function keptPapers(consultation: string): Promise<KeptPaper[]> {
    try {
        return (await api<{ papers: KeptPaper[] }>(`/v1/consultations/${consultation}/kept`)).papers;
    } catch {
        return [];
    }
}

export function keptView(consultation: string, kept: KeptPaper[], viewer: string, titleOf: (one: KeptPaper) => string): TemplateResult | typeof nothing {
    const w = words().papers;
    if (kept.length === 0) return nothing;
    return html`<section class="papers" data-test="kept">
        <h3>${w.keptBefore}</h3>
        <ul>
            ${kept.map((one) => html`<li class="kept"><kept-paper consultation=${consultation} heading=${titleOf(one)} viewer=${viewer} .one=${one}></kept-paper></li>`)}
        </ul>
    </section>`;
}
