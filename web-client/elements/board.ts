// The board over a picture, while a paper is shown.
import { html, nothing, type TemplateResult } from "lit";
import type { Paper, Papers, PapersState } from "../core/papers";
import { words } from "../words/words";
import { icon } from "./icons";
import "./still-board";
import type { Draw } from "./still-board";

/** A whole PDF, until a page of it is shown. */
function card(paper: Paper): TemplateResult {
    const w = words().papers;
    return html`<div class="paper-card" role="status" data-test="paper-card">
        ${icon("contract")}<b>${paper.info.name}</b><i>${w.pages(paper.info.pages ?? 1)}</i>
        <p>${w.opening}</p>
    </div>`;
}

export function board({ shown: paper, may }: PapersState, papers: Papers): TemplateResult | typeof nothing {
    if (!paper) return nothing;
    if (paper.info.type === "application/pdf") return card(paper);
    const draw = (event: CustomEvent<Draw>): void => papers.draw(event.detail.kind, event.detail.points);
    return html`<still-board .paper=${paper} may=${may} @draw=${draw}></still-board>`;
}
