// Another time for an appointment, or another lawyer; how long it takes and where it is stay.
import { html, nothing, type TemplateResult } from "lit";
import { inChina } from "../../core/china";
import { slugOf } from "../../core/api";
import type { Appointment, Problem, Shift } from "../../core/types";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { explain } from "../../elements/problem";
import { wrongAt, wrongForm, type Refusal } from "../../elements/wrong";
import { words } from "../../words/words";
import { lawyersOf } from "./booking-form";

export interface MoveWorld {
    one: Appointment;
    shifts: readonly Shift[];
    problem: Problem | null;
    back: () => void;
    submit: (move: Record<string, unknown>) => void;
}

const fields: Record<string, string> = { starts_at: "from", lawyer: "lawyer" };

function refusalOf({ problem }: MoveWorld): Refusal | null {
    return problem && { field: fields[problem.field ?? ""], text: words().appointment.problems[slugOf(problem)] ?? explain(problem) };
}

function choice(world: MoveWorld, refusal: Refusal | null): TemplateResult | typeof nothing {
    const { one, shifts } = world;
    if (one.kind === "room") return nothing;
    return html`<label>${words().appointment.lawyer}<select name="lawyer" data-test="move-lawyer">
        ${lawyersOf(shifts).map(([id, text]) => html`<option value=${id} ?selected=${id === one.lawyer}>${text}</option>`)}
    </select>${wrongAt(refusal, "lawyer")}</label>`;
}

function read({ one }: MoveWorld, form: HTMLFormElement): Record<string, unknown> {
    const data = new FormData(form);
    const text = (name: string): string => {
        const value = data.get(name);
        return typeof value === "string" ? value : "";
    };
    const starts = Date.parse(`${text("date")}T${text("from")}:00+08:00`);
    const times = { starts_at: starts, ends_at: starts + one.ends_at - one.starts_at };
    return one.kind === "room" ? times : { ...times, lawyer: text("lawyer") };
}

export function moveForm(world: MoveWorld): TemplateResult {
    const w = words().appointment;
    const refusal = refusalOf(world);
    const at = inChina(world.one.starts_at).toISOString();
    const submit = (event: SubmitEvent): void => {
        event.preventDefault();
        world.submit(read(world, event.target as HTMLFormElement));
    };
    return html`<form class="fields note" @submit=${submit}>
        ${wrongForm(refusal)} ${choice(world, refusal)}
        <label>${w.date}<input name="date" data-test="move-date" type="date" .value=${at.slice(0, 10)} required /></label>
        <label>${w.from}<input name="from" data-test="move-from" type="time" .value=${at.slice(11, 16)} required />${wrongAt(refusal, "from")}</label>
        <div class="pair">
            ${button({ label: words().common.back, test: "move-back", icon: "back", press: () => world.back() })}
            <button class="button" data-test="move-done">${icon("yes")}<span class="label">${w.moveDone}</span></button>
        </div>
    </form>`;
}
