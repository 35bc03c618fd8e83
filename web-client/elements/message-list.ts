// Messages and wishes for an appointment that somebody has to answer by telephone.
import { html, nothing, type TemplateResult } from "lit";
import { serverNow } from "../core/clock";
import type { Category, Message } from "../core/types";
import { words } from "../words/words";
import { button } from "./button";
import { grouped } from "./phone-pad";
import { reasonForm } from "./reason-form";

/** What may be done; the desk plans and refuses, too. */
export interface MessageActions {
    answered: (id: number) => void;
    plan?: (one: Message) => void;
    refuse?: {
        /** For which one a reason is being written. */
        asking: number | null;
        ask: (id: number | null) => void;
        done: (id: number, reason: string) => void;
    };
}

function due(one: Message): TemplateResult {
    const w = words();
    if (serverNow() > one.due_at) return html`<i class="late">${w.visit.inboxLate}</i>`;
    return html`<i>${w.visit.inboxDue(w.when(one.due_at, serverNow()))}</i>`;
}

function choices(one: Message, actions: MessageActions): TemplateResult {
    const w = words();
    const { plan, refuse } = actions;
    if (refuse && refuse.asking === one.id)
        return reasonForm({ label: w.visit.refuseWhy, back: () => refuse.ask(null), done: (reason) => refuse.done(one.id, reason) });
    const label = one.reason ? w.visit.toldHim : w.visit.answered;
    return html`<span class="choices">
        ${plan ? button({ label: w.appointment.wish, test: `plan-${one.id}`, icon: "clock", press: () => plan(one) }) : nothing}
        ${refuse && !one.reason ? button({ label: w.visit.refuseWish, test: `refuse-wish-${one.id}`, icon: "no", press: () => refuse.ask(one.id) }) : nothing}
        ${button({ label, test: `answered-${one.id}`, icon: "yes", press: () => actions.answered(one.id) })}
    </span>`;
}

function row(one: Message, actions: MessageActions): TemplateResult {
    const w = words();
    return html`<li data-test="message-${one.id}">
        <span class="who">
            <b>${grouped(one.phone)}</b>
            <i>${w.categories[one.category as Category] ?? one.category} · ${one.booth.name}</i>
            ${one.half_day ? html`<i>${w.visit.inboxWish(w.visit.halfDay(one.half_day))}</i>` : nothing} ${due(one)}
            ${one.reason ? html`<i class="late">${w.visit.tellHim(one.reason)}</i>` : nothing}
        </span>
        ${choices(one, actions)}
    </li>`;
}

export function messageList(messages: readonly Message[], actions: MessageActions): TemplateResult {
    const w = words().visit;
    return html`<section class="card inbox" data-test="inbox">
        <h2>${w.inbox}</h2>
        ${messages.length === 0
            ? html`<p>${w.inboxEmpty}</p>`
            : html`<p>${w.inboxText}</p>
                  <ul>${messages.map((one) => row(one, actions))}</ul>`}
    </section>`;
}
