// Louder and quieter, with the step in words between them.
import { html, type TemplateResult } from "lit";
import { words } from "../words/words";
import { button } from "./button";
import { volumes } from "./video-stage";

/** @param level  index into volumes */
export function volumeControl(level: number, change: (level: number) => void): TemplateResult {
    const w = words().common;
    const most = volumes.length;
    return html`<div class="volume" role="group" aria-label=${w.volume(level + 1, most)}>
        ${button({ label: w.quieter, test: "quieter", icon: "quieter", disabled: level === 0, press: () => change(level - 1) })}
        <p class="step" data-test="volume" aria-hidden="true">
            ${volumes.map((_, step) => html`<i class=${step <= level ? "on" : ""}></i>`)}
        </p>
        ${button({ label: w.louder, test: "louder", icon: "louder", disabled: level === most - 1, press: () => change(level + 1) })}
    </div>`;
}
