// What the clinic did: numbers, and a chart that reads without colour.
import { html, nothing, svg, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api } from "../../core/api";
import { serverNow } from "../../core/clock";
import { periods, type Statistics, type Told } from "../../core/report";
import { Part } from "../../elements/part";
import { explain } from "../../elements/problem";
import { periodChoice, reportChoice, type Choice } from "../../elements/report-choice";
import { sentence } from "../../elements/sentence";
import { words } from "../../words/words";
import "../../elements/workload";

interface Place {
    id: string;
    name: string;
}

@customElement("clinic-statistics")
export class ClinicStatistics extends Part {
    @state() private period = periods(serverNow())[0] ?? "";
    @state() private centre = "";
    @state() private centres: Place[] = [];
    /** Only who keeps all centres is told of all of them together. */
    @state() private whole = false;
    @state() private lawyers: Place[] = [];
    @state() private all: Statistics | null = null;

    override connectedCallback(): void {
        super.connectedCallback();
        void this.run(async () => {
            const { centres, all } = await api<{ centres: Place[]; all: boolean }>("/v1/centres");
            this.centres = centres;
            this.whole = all;
            if (!all && centres.length > 1) this.centre = (centres[0] as Place).id;
            this.lawyers = (await api<{ lawyers: Place[] }>("/v1/shifts")).lawyers;
        });
    }

    private query(): string {
        return `period=${this.period}${this.centre ? `&centre=${this.centre}` : ""}`;
    }

    private async run(first: () => Promise<unknown>): Promise<void> {
        await this.attempt(async () => {
            await first();
            this.all = await api<Statistics>(`/v1/statistics?${this.query()}`);
        });
    }

    private choices(): Choice[] {
        const take = (what: "period" | "centre") => (value: string): void => {
            this[what] = value;
            void this.run(() => Promise.resolve());
        };
        const w = words().report;
        const every: [string, string][] = this.whole ? [["", w.everyCentre]] : [];
        const options = [...every, ...this.centres.map(({ id, name }): [string, string] => [id, name])];
        const time = periodChoice(this.period, take("period"));
        if (this.centres.length < 2) return [time];
        return [{ name: "centre", label: w.chooseCentre, value: this.centre, options, change: take("centre") }, time];
    }

    private numbers(all: Statistics): TemplateResult {
        const w = words().report;
        const { items, times, people, percent, atLeast, minutes } = w.units;
        const say = (n: Told, unit: (n: string) => string): string => (n === null ? w.notShown : unit(n.toLocaleString("en-US")));
        const time = (s: Told): string => (s === null ? w.notShown : w.units.time(Math.floor(s / 60), s % 60));
        const lines: [string, string, string][] = [
            ["items", w.items, say(all.items, items)],
            ["attendances", w.attendances, say(all.attendances, times)],
            ["persons", w.persons, say(all.persons, people)],
            ["connected", w.connected, say(all.connected_percent, percent)],
            ["wait", w.wait, time(all.wait_p50_s)],
            ["wait-long", w.waitLong, time(all.wait_p95_s)],
            ["talk", w.talk, say(all.talk_minutes, minutes)],
            ["talk-mean", w.talkMean, time(all.talk_mean_s)],
            ["rated", w.rated, say(all.rated, times)],
            ["satisfied", w.satisfied, say(all.satisfied_percent, all.satisfied_at_least ? atLeast : percent)],
            ["messages", w.messages, say(all.messages, items)],
            ["in-time", w.inTime, say(all.in_time_percent, percent)],
            ["appointments", w.appointments, say(all.appointments, items)],
            ["follow-ups", w.followUps, say(all.follow_ups, (n) => `${all.follow_ups_done ?? 0}/${n}`)],
        ];
        return html`<dl class="numbers">
            ${lines.map(([test, name, value]) => html`<div><dt>${name}</dt><dd data-test="n-${test}">${value}</dd></div>`)}
        </dl>`;
    }

    /** Its length says how many; a number that is not told is an empty frame. */
    private bar(n: Told, most: number): TemplateResult {
        const width = n === null ? 12 : Math.round((100 * n) / Math.max(1, most));
        const shape = n === null ? svg`<rect class="few" x="0.5" y="1" width=${width} height="8"></rect>` : svg`<rect x="0" y="0" width=${width} height="10"></rect>`;
        return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${shape}</svg>`;
    }

    /** How many people the meetings were, one bar above the other. */
    private people(all: Statistics): TemplateResult {
        const w = words().report;
        const rows: [string, Told][] = [[w.attendances, all.attendances], [w.persons, all.persons]];
        return html`<table class="chart" data-test="chart-persons">
            <caption>${w.peopleTitle}</caption>
            <thead><tr><th scope="col">${w.peopleHead}</th><th scope="col">${w.peopleNumber}</th><th scope="col">${w.share}</th></tr></thead>
            <tbody>${rows.map(([name, n]) => html`<tr><th scope="row">${name}</th><td>${n === null ? w.notShown : n}</td><td>${this.bar(n, all.attendances ?? 5)}</td></tr>`)}</tbody>
        </table>
        <p class="quiet">${w.personsHow}</p>`;
    }

    private chart(all: Statistics): TemplateResult {
        const w = words().report;
        const rows = all.categories.filter(({ n }) => n !== 0).sort((a, b) => (b.n ?? 1) - (a.n ?? 1));
        const most = Math.max(5, ...rows.map(({ n }) => n ?? 0));
        return html`<table class="chart" data-test="chart">
            <caption>${w.categories}</caption>
            <thead><tr><th scope="col">${w.category}</th><th scope="col">${w.number}</th><th scope="col">${w.share}</th></tr></thead>
            <tbody>${rows.map(
                ({ category, n }) => html`<tr>
                    <th scope="row">${words().record.choices["category"]?.[category] ?? category}</th>
                    <td>${n === null ? w.notShown : n}</td><td>${this.bar(n, most)}</td>
                </tr>`,
            )}</tbody>
        </table>`;
    }

    override render(): TemplateResult {
        const w = words().report;
        const { all } = this;
        return html`<section class="card report" data-test="statistics">
            <h2>${w.title}</h2>
            <p class="quiet">${w.lead}</p>
            ${reportChoice(this.choices(), `/v1/statistics.csv?${this.query()}`)}
            ${this.problem ? sentence("warn", explain(this.problem)) : nothing}
            ${all ? (all.items === 0 ? sentence("calm", w.nothing) : html`${this.numbers(all)} ${this.people(all)} ${this.chart(all)}`) : nothing}
        </section>
        ${this.lawyers.length ? html`<lawyer-workload .lawyers=${this.lawyers}></lawyer-workload>` : nothing}`;
    }
}
