// The board over a picture, while a paper is shown.
import { html, nothing, type TemplateResult } from "lit";
import type { Paper, Papers } from "../core/papers";
import "./still-board";
import type { Draw } from "./still-board";

export function board(paper: Paper | null, papers: Papers): TemplateResult | typeof nothing {
    if (!paper) return nothing;
    const draw = (event: CustomEvent<Draw>): void => papers.draw(event.detail.kind, event.detail.points);
    return html`<still-board .paper=${paper} @draw=${draw}></still-board>`;
}
