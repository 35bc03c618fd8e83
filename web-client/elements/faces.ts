// Third parties, small beside the main picture: each with a name under it.
import { html, nothing, type TemplateResult } from "lit";
import type { Face } from "../core/faces";
import "./video-stage";

export function faces(others: Face[], title: (face: Face) => string, volume = 1): TemplateResult | typeof nothing {
    if (others.length === 0) return nothing;
    return html`<div class="faces">
        ${others.map(
            (face) => html`<figure data-test="face">
                <video-stage test="face-video" .stream=${face.stream} .volume=${volume} empty=${title(face)}></video-stage>
                <figcaption>${title(face)}</figcaption>
            </figure>`,
        )}
    </div>`;
}
