// The centre's desk: who needs help now, every booth and lawyer, who is to be called back, and the
// lectures.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api } from "../../core/api";
import { serverNow } from "../../core/clock";
import { LiveClient } from "../../core/live";
import { ring, unlock } from "../../core/ring";
import type { Alarm, Board, Lecture, Message, Task } from "../../core/types";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { messageList, type MessageActions } from "../../elements/message-list";
import { explain } from "../../elements/problem";
import { sentence } from "../../elements/sentence";
import { WorkPage } from "../../elements/work-page";
import { words } from "../../words/words";
import "./appointments";
import "./prompts";
import type { DeskAppointments } from "./appointments";
import "../../elements/place-list";
import "./roster";
import "./statistics";
import { alarmCard, boothCard, lawyerCard, taskCard } from "./views";

const loud: Alarm["kind"][] = ["danger", "panic"];

@customElement("desk-page")
export class DeskPage extends WorkPage {
    protected readonly roles = ["staff"];
    @state() private data: Board | null = null;
    @state() private lectures: Lecture[] = [];
    @state() private tasks: Task[] = [];
    @state() private openTask: number | null = null;
    @state() private wish: Message | null = null;
    /** The message for which a reason is being written. */
    @state() private refusing: number | null = null;
    @state() private silent = false;
    private listening = false;
    private readonly live = new LiveClient({
        token: () => null,
        state: () => undefined,
        event: (name) => this.event(name),
        status: () => undefined,
    });

    protected override headline(): { title: string; signInTitle: string; signInText: string } {
        return words().desk;
    }

    /** A tab in the background has nothing but its title. */
    protected override heading(): string {
        return this.needsHelp() ? words().desk.ringTitle : super.heading();
    }

    protected override async load(): Promise<void> {
        if (!this.listening) this.live.start();
        if (!this.listening) this.silent = !(await unlock());
        this.listening = true;
        this.data = await api<Board>("/v1/desk");
        this.tasks = (await api<{ tasks: Task[] }>("/v1/tasks")).tasks;
        this.lectures = (await api<{ lectures: Lecture[] }>("/v1/lectures")).lectures;
        ring(this.needsHelp());
    }

    private event(name: string): void {
        const book = this.querySelector<DeskAppointments>("desk-appointments");
        if (name === "appointment" && book) void book.read();
        void this.turn();
    }

    private plan(wish: Message): void {
        this.wish = wish;
        const book = this.querySelector("desk-appointments");
        if (book) window.setTimeout(() => (book.querySelector("#booking") ?? book).scrollIntoView(), 0);
    }

    protected override isNeeded(): boolean {
        return this.needsHelp();
    }

    private needsHelp(): boolean {
        return this.data !== null && this.data.alarms.some(({ kind }) => loud.includes(kind));
    }

    private async run(what: Promise<unknown>): Promise<void> {
        await this.attempt(() => what);
        await this.turn();
    }

    private close(alarm: Alarm): void {
        void this.run(this.live.command("close_alarm", { alarm: alarm.id }));
    }

    private done(id: number, note: string): void {
        this.openTask = null;
        void this.run(api(`/v1/tasks/${id}/done`, { method: "POST", body: note ? { note } : {} }));
    }

    private async sound(): Promise<void> {
        this.silent = !(await unlock());
    }

    private lecture(one: Lecture): TemplateResult {
        const w = words();
        return html`<li>
            <span class="who"><b>${one.title}</b><i>${w.when(one.starts_at, serverNow())} · ${one.lecturer}</i></span>
            <span class="chip ${one.state === "live" ? "free" : "busy"}">
                ${icon(one.state === "live" ? "live" : "clock")}${w.hall.states[one.state] ?? one.state}
            </span>
        </li>`;
    }

    private lectureCard(): TemplateResult {
        const w = words().desk;
        return html`<section class="card">
            <h2>${w.lectures}</h2>
            ${this.lectures.length
                ? html`<ul class="duty plain-list">${this.lectures.map((one) => this.lecture(one))}</ul>`
                : sentence("calm", w.noLectures)}
        </section>`;
    }

    private soundOffer(): TemplateResult | typeof nothing {
        if (!this.silent) return nothing;
        const label = words().lawyer.soundUnlock;
        return html`<div class="calm">${button({ label, test: "unlock-ring", icon: "bell", press: () => void this.sound() })}</div>`;
    }

    private messageActions(): MessageActions {
        const command = (name: string, params: Record<string, unknown>): void => {
            this.refusing = null;
            void this.run(this.live.command(name, params));
        };
        return {
            answered: (message) => command("answer", { message }),
            plan: (one) => this.plan(one),
            refuse: {
                asking: this.refusing,
                ask: (id) => (this.refusing = id),
                done: (message, reason) => command("refuse_wish", { message, reason }),
            },
        };
    }

    protected override board(): TemplateResult {
        const w = words().desk;
        const { data } = this;
        if (!data) return html``;
        const tasks = { open: this.openTask, choose: (id: number | null) => (this.openTask = id), done: this.done.bind(this) };
        return html`${this.problem ? sentence("warn", explain(this.problem)) : nothing} ${this.soundOffer()}
            ${alarmCard(data.alarms, (alarm) => this.close(alarm))}
            <section class="card number">
                <h2>${w.waiting}</h2>
                <p class="big" data-test="waiting"><b>${data.clinic.waiting}</b> ${w.people}</p>
            </section>
            ${boothCard(data.booths)} ${lawyerCard(data.lawyers)} ${taskCard(this.tasks, tasks)}
            ${messageList(data.messages, this.messageActions())}
            <desk-appointments .wish=${this.wish} @wish-done=${() => (this.wish = null)}></desk-appointments>
            <duty-roster></duty-roster> <place-list></place-list> <booth-voice></booth-voice> ${this.lectureCard()} <clinic-statistics></clinic-statistics>`;
    }
}
