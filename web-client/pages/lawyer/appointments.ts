// A lawyer's own appointments: when, where, about what, and who comes.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api } from "../../core/api";
import { serverNow } from "../../core/clock";
import type { Appointment, Category } from "../../core/types";
import { icon } from "../../elements/icons";
import { WatchingPart } from "../../elements/part";
import { words } from "../../words/words";

@customElement("my-appointments")
export class MyAppointments extends WatchingPart {
    @state() private list: Appointment[] = [];
    protected override readonly every = 20000;

    protected override async load(): Promise<void> {
        this.list = (await api<{ appointments: Appointment[] }>("/v1/me/appointments")).appointments;
    }

    private row(one: Appointment): TemplateResult {
        const w = words();
        const about = [w.categories[one.category as Category] ?? "", one.name, one.place_name, w.appointment.number(one.id)];
        return html`<li data-test="appointment-${one.id}">
            <span class="who"><b>${w.when(one.starts_at, serverNow())}</b><i>${about.filter((part) => part).join(" · ")}</i></span>
            ${one.state === "came" ? html`<span class="chip free">${icon("yes")}${w.appointment.came}</span>` : nothing}
        </li>`;
    }

    override render(): TemplateResult | typeof nothing {
        const w = words().appointment;
        if (!this.list.length) return nothing;
        return html`<section class="card inbox" data-test="my-appointments">
            <h2>${w.mine}</h2>
            <p>${w.mineText}</p>
            <ul>${this.list.map((one) => this.row(one))}</ul>
        </section>`;
    }
}
