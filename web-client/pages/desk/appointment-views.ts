// What the desk sees of appointments: what to approve, whom to tell, who came.
import { html, nothing, type TemplateResult } from "lit";
import { serverNow } from "../../core/clock";
import type { Appointment, Category } from "../../core/types";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { grouped } from "../../elements/phone-pad";
import { reasonForm } from "../../elements/reason-form";
import { sentence } from "../../elements/sentence";
import { span } from "../../elements/span";
import { words } from "../../words/words";

export type Decision = "approve" | "refuse" | "call_off" | "move" | "came" | "no_show" | "told";

export interface AppointmentActions {
    /** For which one a reason is being written, and for what. */
    asking: { id: number; decision: Decision } | null;
    ask: (id: number, decision: Decision) => void;
    back: () => void;
    decide: (id: number, decision: Decision, reason?: string) => void;
    /** Draws the form of one that is to be moved. */
    moving: (one: Appointment) => TemplateResult;
}

const recentShown = 8;

export function isOpen(one: Appointment): boolean {
    return one.state === "requested" || one.state === "approved";
}

function title(one: Appointment): string {
    return span(one.starts_at, one.ends_at);
}

function what(one: Appointment): string {
    const w = words();
    const parts =
        one.kind === "room"
            ? [one.place_name, one.purpose ?? ""]
            : [w.appointment.withWhom(one.lawyer_name ?? ""), one.place_name, w.categories[one.category as Category] ?? ""];
    return parts.filter((part) => part).join(" · ");
}

function who(one: Appointment): string {
    return [one.name, grouped(one.phone), words().appointment.number(one.id)].filter((part) => part).join(" · ");
}

function text(one: Appointment): TemplateResult {
    const w = words().appointment;
    const known = one.came + one.no_shows > 0;
    return html`<span class="who"><b>${title(one)}</b><i>${what(one)}</i><i>${who(one)}</i>
        ${known ? html`<i>${w.history(one.came, one.no_shows)}</i>` : nothing}
        ${one.reason ? html`<i>${one.reason}</i>` : nothing}
        ${isOpen(one) && !one.in_shift ? html`<i class="late">${w.noShift}</i>` : nothing}</span>`;
}

function choices(one: Appointment, actions: AppointmentActions): TemplateResult {
    const w = words().appointment;
    const now = (decision: Decision) => (): void => actions.decide(one.id, decision);
    const why = (decision: Decision) => (): void => actions.ask(one.id, decision);
    if (one.state === "requested")
        return html`${button({ label: w.approve, test: `approve-${one.id}`, icon: "yes", press: now("approve") })}
        ${button({ label: w.refuse, test: `refuse-${one.id}`, icon: "no", press: why("refuse") })}`;
    if (one.starts_at <= serverNow())
        return html`<b>${w.askCame}</b>${button({ label: w.came, test: `came-${one.id}`, icon: "yes", press: now("came") })}
        ${button({ label: w.noShow, test: `no-show-${one.id}`, icon: "no", press: now("no_show") })}`;
    return html`${button({ label: w.move, test: `move-${one.id}`, icon: "clock", press: why("move") })}
        ${button({ label: w.callOff, test: `call-off-${one.id}`, icon: "no", press: why("call_off") })}`;
}

function reasonOf(one: Appointment, decision: Decision, actions: AppointmentActions): TemplateResult {
    if (decision === "move") return actions.moving(one);
    return reasonForm({ label: words().appointment.reason, back: () => actions.back(), done: (reason) => actions.decide(one.id, decision, reason) });
}

function item(one: Appointment, actions: AppointmentActions): TemplateResult {
    const asking = actions.asking && actions.asking.id === one.id ? actions.asking : null;
    const chip = one.state === "requested" ? "busy" : "free";
    return html`<li data-test="appointment-${one.id}" data-state=${one.state}>
        ${text(one)}<span class="chip ${chip}">${icon(one.state === "requested" ? "clock" : "yes")}${words().appointment.states[one.state]}</span>
        ${asking ? reasonOf(one, asking.decision, actions) : html`<span class="choices">${choices(one, actions)}</span>`}
    </li>`;
}

function done(one: Appointment): TemplateResult {
    const good = one.state === "came";
    return html`<li>${text(one)}<span class="chip ${good ? "free" : "busy"}">${icon(good ? "yes" : "no")}${words().appointment.states[one.state]}</span></li>`;
}

/** Who waits in vain for an appointment that is not to be. */
function refusals(list: readonly Appointment[], actions: AppointmentActions): TemplateResult | typeof nothing {
    const w = words().appointment;
    const due = list.filter((one) => one.to_tell && one.ends_at > serverNow());
    if (!due.length) return nothing;
    return html`<h3>${w.tellTitle}</h3><p>${w.tellText}</p>
        <ul class="calls" data-test="to-tell">${due.map(
            (one) => html`<li><span class="who"><b>${grouped(one.phone)}</b><i>${[one.name, title(one), what(one)].filter((part) => part).join(" · ")}</i>
                <i class="late">${words().visit.tellHim(one.reason ?? "")}</i></span>
                ${button({ label: words().visit.toldHim, test: `told-${one.id}`, icon: "phone", press: () => actions.decide(one.id, "told") })}</li>`,
        )}</ul>`;
}

export function appointmentLists(list: readonly Appointment[], actions: AppointmentActions): TemplateResult {
    const w = words().appointment;
    const open = list.filter(isOpen);
    const over = list.filter((one) => !isOpen(one));
    return html`${refusals(list, actions)}
        ${open.length
            ? html`<ul class="duty appointments plain-list" data-test="appointments">${open.map((one) => item(one, actions))}</ul>`
            : sentence("calm", w.none)}
        ${over.length
            ? html`<h3>${w.recent}</h3><ul class="duty appointments plain-list" data-test="recent">${over.slice(-recentShown).reverse().map(done)}</ul>`
            : nothing}`;
}
