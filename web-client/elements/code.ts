// A text as a QR code: dark cells as one path, with the quiet zone that scanners want.
import { html, type TemplateResult } from "lit";
import { qr } from "../core/qr";

export function code(text: string, label: string): TemplateResult {
    const grid = qr(text);
    const cells = grid.map((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : "")).join("")).join("");
    const size = grid.length + 8;
    return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label=${label} shape-rendering="crispEdges">
        <path class="paper" d="M0 0h${size}v${size}h-${size}z"></path><path class="ink" d=${cells}></path>
    </svg>`;
}
