// Appointments at the desk: the lists, a new one, and the centre's rooms.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { api, problemOf, slugOf } from "../../core/api";
import { inChina } from "../../core/china";
import { serverNow } from "../../core/clock";
import type { Appointment, Message, MeetingPlace, Place, Problem, Shift } from "../../core/types";
import { icon } from "../../elements/icons";
import { WatchingPart } from "../../elements/part";
import { explain } from "../../elements/problem";
import { sentence } from "../../elements/sentence";
import { wrongAt, wrongForm, type Refusal } from "../../elements/wrong";
import { words } from "../../words/words";
import { appointmentLists, type Decision } from "./appointment-views";
import { bookingForm } from "./booking-form";
import { moveForm } from "./move-form";

interface Book {
    appointments: Appointment[];
    room_day: string;
    calendar_until: string;
}

const dayMs = 86400000;
/** So long before the tables end the page says so. */
const warnDays = 30;

@customElement("desk-appointments")
export class DeskAppointments extends WatchingPart {
    /** A wish from the inbox that is to become an appointment. */
    @property({ attribute: false }) wish: Message | null = null;
    @state() private book: Book = { appointments: [], room_day: "", calendar_until: "" };
    @state() private places: MeetingPlace[] = [];
    @state() private shifts: Shift[] = [];
    @state() private centres: Place[] = [];
    @state() private kind: Appointment["kind"] = "lawyer";
    @state() private asking: { id: number; decision: Decision } | null = null;
    @state() private booking: Problem | null = null;
    @state() private moving: Problem | null = null;
    @state() private made = "";
    protected override readonly every = 15000;

    protected override async load(): Promise<void> {
        this.centres = (await api<{ centres: Place[] }>("/v1/centres")).centres;
        this.book = await api<Book>("/v1/appointments");
        this.shifts = (await api<{ shifts: Shift[] }>("/v1/shifts")).shifts;
        this.places = (await api<{ places: MeetingPlace[] }>("/v1/places")).places;
    }

    private async run(what: () => Promise<unknown>): Promise<void> {
        await this.attempt(what);
        await this.read();
    }

    private decide(id: number, decision: Decision, reason?: string): void {
        this.asking = null;
        void this.run(() => api(`/v1/appointments/${id}/decision`, { method: "POST", body: reason ? { decision, reason } : { decision } }));
    }

    private async move(id: number, to: Record<string, unknown>): Promise<void> {
        this.moving = null;
        try {
            await api(`/v1/appointments/${id}/decision`, { method: "POST", body: { decision: "move", ...to } });
            this.asking = null;
            this.made = words().appointment.moved;
        } catch (error) {
            this.moving = problemOf(error);
        }
        await this.read();
    }

    private endWish(): void {
        this.booking = null;
        this.dispatchEvent(new CustomEvent("wish-done"));
    }

    private async submit(booking: Record<string, unknown>): Promise<void> {
        const w = words().appointment;
        const { wish } = this;
        this.booking = null;
        this.made = "";
        try {
            await api("/v1/appointments", { method: "POST", body: booking });
            this.made = wish ? w.madeWish : w.made;
            const form = this.querySelector<HTMLFormElement>(".booking");
            if (form) form.reset();
            if (wish) this.endWish();
        } catch (error) {
            this.booking = problemOf(error);
        }
        await this.read();
    }

    private addRoom(event: SubmitEvent): void {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const data = new FormData(form);
        const text = (name: string): string => {
            const value = data.get(name);
            return typeof value === "string" ? value.trim() : "";
        };
        void this.run(async () => {
            await api("/v1/places", { method: "POST", body: { name: text("name"), centre: text("centre") } });
            form.reset();
        });
    }

    /** The tables of holidays end before what may be booked now. */
    private warning(): TemplateResult | typeof nothing {
        const { calendar_until: until } = this.book;
        const needed = inChina(serverNow() + warnDays * dayMs).toISOString().slice(0, 10);
        if (!until || until >= needed) return nothing;
        return sentence("warn", words().appointment.calendarMissing(needed.slice(0, 4)));
    }

    /** Of all that was decided and added here, only a room has a name. */
    private refusal(): Refusal | null {
        const { problem } = this;
        if (!problem) return null;
        return { field: problem.field === "name" ? "name" : undefined, text: words().appointment.problems[slugOf(problem)] ?? explain(problem) };
    }

    private rooms(): TemplateResult {
        const w = words().appointment;
        return html`<form class="fields room" @submit=${(event: SubmitEvent) => this.addRoom(event)}>
            ${this.centres.length > 1
                ? html`<label>${w.roomCentre}<select name="centre" data-test="room-centre" required>
                      ${this.centres.map((one) => html`<option value=${one.id}>${one.name}</option>`)}</select></label>`
                : nothing}
            <label>${w.roomName}<input name="name" data-test="room-name" maxlength="30" required />${wrongAt(this.refusal(), "name")}</label>
            <button class="button" data-test="add-room">${icon("yes")}<span class="label">${w.addRoom}</span></button>
        </form>`;
    }

    override render(): TemplateResult {
        const w = words().appointment;
        const { book, wish } = this;
        const actions = {
            asking: this.asking,
            ask: (id: number, decision: Decision) => {
                this.asking = { id, decision };
                this.moving = null;
                this.made = "";
            },
            back: () => (this.asking = null),
            decide: this.decide.bind(this),
            moving: (one: Appointment) =>
                moveForm({ one, shifts: this.shifts, problem: this.moving, back: () => (this.asking = null), submit: (to) => void this.move(one.id, to) }),
        };
        const kind = wish ? "lawyer" : this.kind;
        const form = bookingForm({
            kind,
            wish,
            shifts: this.shifts,
            places: this.places,
            roomDay: book.room_day || "2026-01-01",
            problem: this.booking,
            choose: (chosen) => ((this.kind = chosen), (this.booking = null)),
            back: () => this.endWish(),
            submit: (booking) => void this.submit(booking),
        });
        return html`<section class="card wide">
            <h2>${w.title}</h2>
            ${this.warning()} ${wrongForm(this.refusal())}
            ${appointmentLists(book.appointments, actions)} ${form} ${this.made ? sentence("good", this.made) : nothing}
            ${kind === "room" ? html`<h3>${w.newRoom}</h3>${this.rooms()}` : nothing}
        </section>`;
    }
}
