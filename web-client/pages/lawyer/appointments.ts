// A lawyer's own appointments: when, where, about what, and who comes.
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api } from "../../core/api";
import { serverNow } from "../../core/clock";
import type { Appointment, Category } from "../../core/types";
import { icon } from "../../elements/icons";
import { words } from "../../words/words";

const every = 20000;

@customElement("my-appointments")
export class MyAppointments extends LitElement {
    @state() private list: Appointment[] = [];
    private timer = 0;

    override createRenderRoot(): HTMLElement {
        return this;
    }

    override connectedCallback(): void {
        super.connectedCallback();
        this.timer = window.setInterval(() => void this.load(), every);
        void this.load();
    }

    override disconnectedCallback(): void {
        window.clearInterval(this.timer);
        super.disconnectedCallback();
    }

    private async load(): Promise<void> {
        try {
            this.list = (await api<{ appointments: Appointment[] }>("/v1/me/appointments")).appointments;
        } catch {
            // The list is old until the line is back.
        }
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
