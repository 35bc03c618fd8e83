// Messages and wishes for an appointment that somebody has to answer by telephone.
import { html, nothing, type TemplateResult } from "lit";
import { serverNow } from "../core/clock";
import type { Category, Message } from "../core/types";
import { words } from "../words/words";
import { button } from "./button";
import { grouped } from "./phone-pad";

function due(one: Message): TemplateResult {
    const w = words();
    if (serverNow() > one.due_at) return html`<i class="late">${w.visit.inboxLate}</i>`;
    return html`<i>${w.visit.inboxDue(w.when(one.due_at, serverNow()))}</i>`;
}

function row(one: Message, answered: (id: number) => void, plan?: (one: Message) => void): TemplateResult {
    const w = words();
    return html`<li data-test="message-${one.id}">
        <span class="who">
            <b>${grouped(one.phone)}</b>
            <i>${w.categories[one.category as Category] ?? one.category} · ${one.booth.name}</i>
            ${one.half_day ? html`<i>${w.visit.inboxWish(w.visit.halfDay(one.half_day))}</i>` : nothing} ${due(one)}
        </span>
        ${plan ? button({ label: w.appointment.wish, test: `plan-${one.id}`, icon: "clock", press: () => plan(one) }) : nothing}
        ${button({ label: w.visit.answered, test: `answered-${one.id}`, icon: "yes", press: () => answered(one.id) })}
    </li>`;
}

/** With `plan` each may become an appointment. */
export function messageList(messages: readonly Message[], answered: (id: number) => void, plan?: (one: Message) => void): TemplateResult {
    const w = words().visit;
    return html`<section class="card inbox" data-test="inbox">
        <h2>${w.inbox}</h2>
        ${messages.length === 0
            ? html`<p>${w.inboxEmpty}</p>`
            : html`<p>${w.inboxText}</p>
                  <ul>${messages.map((one) => row(one, answered, plan))}</ul>`}
    </section>`;
}
