// The centre's desk: who is waiting, which lawyer is there, which lectures there are.
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api } from "../../core/api";
import { serverNow } from "../../core/clock";
import type { Clinic, Lecture } from "../../core/types";
import { dutyList } from "../../elements/duty-list";
import { icon } from "../../elements/icons";
import { sentence } from "../../elements/sentence";
import { WorkPage } from "../../elements/work-page";
import { words } from "../../words/words";

@customElement("desk-page")
export class DeskPage extends WorkPage {
    protected readonly roles = ["staff", "sysadmin", "admin"];
    @state() private clinic: Clinic | null = null;
    @state() private lectures: Lecture[] = [];

    protected override headline(): { title: string; signInTitle: string; signInText: string } {
        return words().desk;
    }

    protected override async load(): Promise<void> {
        this.clinic = await api<Clinic>("/v1/clinic");
        this.lectures = (await api<{ lectures: Lecture[] }>("/v1/lectures")).lectures;
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

    protected override board(): TemplateResult {
        const w = words().desk;
        const lawyers = this.clinic ? this.clinic.duty_lawyers : [];
        return html`<section class="card number">
                <h2>${w.waiting}</h2>
                <p class="big" data-test="waiting"><b>${this.clinic ? this.clinic.waiting : 0}</b> ${w.people}</p>
            </section>
            <section class="card">
                <h2>${w.duty}</h2>
                ${lawyers.length ? dutyList(lawyers) : sentence("warn", w.noDuty)}
            </section>
            <section class="card">
                <h2>${w.lectures}</h2>
                ${this.lectures.length
                    ? html`<ul class="duty lecture-list">${this.lectures.map((one) => this.lecture(one))}</ul>`
                    : sentence("calm", w.noLectures)}
            </section>`;
    }
}
