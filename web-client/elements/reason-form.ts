// One line that says why, before something is refused.
import { html, type TemplateResult } from "lit";
import { words } from "../words/words";
import { button } from "./button";
import { icon } from "./icons";

export interface ReasonQuestion {
    label: string;
    back: () => void;
    done: (reason: string) => void;
}

export function reasonForm({ label, back, done }: ReasonQuestion): TemplateResult {
    const submit = (event: SubmitEvent): void => {
        event.preventDefault();
        const reason = new FormData(event.target as HTMLFormElement).get("reason");
        if (typeof reason === "string" && reason.trim()) done(reason.trim());
    };
    return html`<form class="fields note" @submit=${submit}>
        <label>${label}<input name="reason" data-test="reason" maxlength="50" required /></label>
        <div class="pair">
            ${button({ label: words().common.back, test: "reason-back", icon: "back", press: back })}
            <button class="button" data-test="reason-done">${icon("yes")}<span class="label">${words().appointment.reasonDone}</span></button>
        </div>
    </form>`;
}
