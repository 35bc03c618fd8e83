// The cards of the desk's board.
import { html, nothing, type TemplateResult } from "lit";
import { duration, serverNow } from "../../core/clock";
import type { Alarm, BoardBooth, BoardLawyer, Category, Task } from "../../core/types";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { grouped } from "../../elements/phone-pad";
import { sentence } from "../../elements/sentence";
import { words } from "../../words/words";

/** One sentence that says what to do. */
export function alarmText(alarm: Alarm): string {
    const w = words().desk;
    const place = alarm.booth ? alarm.booth.name : "";
    const lawyer = alarm.lawyer ? words().lawyerName(alarm.lawyer.name) : "";
    return w.alarms[alarm.kind]({ place, lawyer, ticket: alarm.ticket_no ?? 0 });
}

export function alarmCard(alarms: readonly Alarm[], close: (alarm: Alarm) => void): TemplateResult {
    const w = words().desk;
    if (!alarms.length) return html`<div class="calm">${sentence("good", w.noAlarms)}</div>`;
    return html`<section class="card wide alarms" aria-live="assertive">
        <h2>${icon("bell")}${w.alarmTitle}</h2>
        <ul class="duty" data-test="alarms">
            ${alarms.map(
                (one) => html`<li data-kind=${one.kind}>
                    <span class="who"><b>${alarmText(one)}</b><i>${words().when(one.raised_at, serverNow())}</i></span>
                    ${button({ label: w.seenTo, test: `close-${one.kind}`, icon: "yes", press: () => close(one) })}
                </li>`,
            )}
        </ul>
    </section>`;
}

function boothState(one: BoardBooth): TemplateResult {
    const w = words().desk;
    const open = one.consultation;
    if (!one.here) return html`<span class="chip busy">${icon("line")}${w.boothAway}</span>`;
    if (!open) return html`<span class="chip free">${icon("yes")}${w.boothFree}</span>`;
    const talks = open.state === "connected" || open.state === "suspended";
    const since = duration(serverNow() - (talks ? open.connected_at : open.asked_at));
    return html`<span class="chip">${icon(talks ? "answer" : "clock")}${talks ? w.talking(since) : w.waitingFor(since)}</span>`;
}

function boothLine(one: BoardBooth): string {
    const open = one.consultation;
    if (!open) return "";
    const what = `${words().desk.ticket(open.ticket_no)} · ${words().categories[open.category as Category] ?? open.category}`;
    return open.lawyer ? `${what} · ${words().lawyerName(open.lawyer)}` : what;
}

export function boothCard(booths: readonly BoardBooth[]): TemplateResult {
    return html`<section class="card">
        <h2>${words().desk.booths}</h2>
        <ul class="duty plain-list" data-test="booths">
            ${booths.map(
                (one) => html`<li>
                    <span class="who"><b>${one.name}</b><i>${boothLine(one)}</i></span>${boothState(one)}
                </li>`,
            )}
        </ul>
    </section>`;
}

function lawyerState(one: BoardLawyer): TemplateResult {
    const w = words().desk;
    if (!one.on_duty) return html`<span class="chip">${icon("info")}${w.offDuty}</span>`;
    if (!one.here) return html`<span class="chip busy">${icon("line")}${w.lawyerAway}</span>`;
    if (one.promised_at) return html`<span class="chip busy">${icon("clock")}${words().booth.promised(words().when(one.promised_at, serverNow()))}</span>`;
    if (one.free) return html`<span class="chip free">${icon("yes")}${words().booth.free}</span>`;
    return html`<span class="chip busy">${icon("clock")}${words().booth.busy}</span>`;
}

export function lawyerCard(lawyers: readonly BoardLawyer[]): TemplateResult {
    const w = words().desk;
    return html`<section class="card">
        <h2>${w.duty}</h2>
        ${lawyers.some((one) => one.on_duty) ? nothing : sentence("warn", w.noDuty)}
        <ul class="duty plain-list" data-test="lawyers">
            ${lawyers.map(
                (one) => html`<li data-duty=${String(one.on_duty)}>
                    <span class="who"><b>${words().lawyerName(one.name)}</b><i>${one.law_firm}</i></span>${lawyerState(one)}
                </li>`,
            )}
        </ul>
    </section>`;
}

export interface TaskActions {
    open: number | null;
    choose: (id: number | null) => void;
    done: (id: number, note: string) => void;
}

function taskForm(task: Task, actions: TaskActions): TemplateResult {
    const w = words().desk;
    const submit = (event: SubmitEvent): void => {
        event.preventDefault();
        const note = new FormData(event.target as HTMLFormElement).get("note");
        if (typeof note === "string" && note.trim()) actions.done(task.id, note.trim());
    };
    return html`<form class="fields note" @submit=${submit}>
        <label>${w.note}<textarea name="note" data-test="note" rows="3" maxlength="300" required></textarea></label>
        <div class="pair">
            ${button({ label: words().common.back, test: "task-back", icon: "back", press: () => actions.choose(null) })}
            <button class="button" data-test="task-done">${icon("yes")}<span class="label">${w.taskDone}</span></button>
        </div>
    </form>`;
}

/** One sentence that says what to do. */
function taskText(task: Task): string {
    const w = words().desk;
    if (task.kind !== "remind") return w.tasks[task.kind];
    return w.remind(task.name ?? "", grouped(task.phone ?? ""), words().when(task.starts_at ?? 0, serverNow()));
}

function taskLine(task: Task): string {
    const parts = [
        task.booth ?? "",
        task.ticket_no ? words().desk.ticket(task.ticket_no) : "",
        task.appointment ? words().appointment.number(task.appointment) : words().when(task.asked_at ?? task.made_at, serverNow()),
        task.lawyer ? words().lawyerName(task.lawyer) : "",
        task.category ? (words().categories[task.category as Category] ?? "") : "",
    ];
    return parts.filter((part) => part).join(" · ");
}

/** Whoever came before, or does not come at all, nobody had to ring. */
function outcome(task: Task): TemplateResult {
    const { state = "approved" } = task;
    const good = state === "approved" || state === "came";
    const text = state === "approved" ? words().desk.isDone : words().appointment.states[state];
    return html`<span class="chip ${good ? "free" : "busy"}">${icon(good ? "yes" : "no")}${text}</span>`;
}

function taskItem(task: Task, actions: TaskActions): TemplateResult {
    const w = words().desk;
    const text = html`<span class="who"><b>${taskText(task)}</b><i>${taskLine(task)}</i>
        ${task.done_at ? html`<i>${w.doneBy(task.done_by ?? "", task.note)}</i>` : nothing}</span>`;
    if (task.done_at) return html`<li>${text}${outcome(task)}</li>`;
    if (task.appointment)
        return html`<li>${text}${button({ label: words().appointment.reminded, test: `remind-${task.appointment}`, icon: "phone", press: () => actions.done(task.id, "") })}</li>`;
    if (actions.open === task.id) return html`<li class="open">${text}${taskForm(task, actions)}</li>`;
    const press = (): void => actions.choose(task.id);
    return html`<li>${text}${button({ label: w.noteIt, test: `task-${task.id}`, icon: "phone", press })}</li>`;
}

export function taskCard(tasks: readonly Task[], actions: TaskActions): TemplateResult {
    const w = words().desk;
    return html`<section class="card wide">
        <h2>${w.taskTitle}</h2>
        ${tasks.some((one) => !one.done_at) ? nothing : sentence("good", w.noTasks)}
        <ul class="duty plain-list" data-test="tasks">${tasks.slice(0, 50).map((one) => taskItem(one, actions))}</ul>
    </section>`;
}
