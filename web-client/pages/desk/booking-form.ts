// A new appointment: with a lawyer at a booth, or of a room. What is wrong stands beside its field.
import { html, nothing, type TemplateResult } from "lit";
import { partsOf } from "../../core/half-day";
import { slugOf } from "../../core/api";
import { categories, type Appointment, type Message, type MeetingPlace, type Problem, type Shift } from "../../core/types";
import { button } from "../../elements/button";
import { icon } from "../../elements/icons";
import { explain } from "../../elements/problem";
import { grouped } from "../../elements/phone-pad";
import { sentence } from "../../elements/sentence";
import { span } from "../../elements/span";
import { wrongAt, wrongForm, type Refusal } from "../../elements/wrong";
import { words } from "../../words/words";

export interface BookingWorld {
    kind: Appointment["kind"];
    /** The wish it answers. */
    wish: Message | null;
    shifts: readonly Shift[];
    places: readonly MeetingPlace[];
    /** The first day of a room, "2026-11-26". */
    roomDay: string;
    problem: Problem | null;
    choose: (kind: Appointment["kind"]) => void;
    back: () => void;
    submit: (booking: Record<string, unknown>) => void;
}

const lengths = [20, 30, 45, 60, 90];
const usual = 30;
const fields: Record<string, string> = { starts_at: "from", ends_at: "length", lawyer: "lawyer", place: "place", phone: "phone", name: "name", category: "category", purpose: "purpose" };
const minute = 60000;

export function dayWords(day: string): string {
    const { month, day: date, weekday } = partsOf(`${day}-am`);
    return words().appointment.day(month, date, weekday);
}

/** The form's field that a problem is about, if there is one. */
function fieldOf(problem: Problem, kind: BookingWorld["kind"]): string | undefined {
    if (["too-soon", "bad-start"].includes(slugOf(problem))) return "date";
    return kind === "room" && problem.field === "ends_at" ? "until" : fields[problem.field ?? ""];
}

function refusalOf({ problem, kind }: BookingWorld): Refusal | null {
    return problem && { field: fieldOf(problem, kind), text: words().appointment.problems[slugOf(problem)] ?? explain(problem) };
}

const wrong = (world: BookingWorld, name: string): TemplateResult | typeof nothing => wrongAt(refusalOf(world), name);

function input(world: BookingWorld, name: string, label: string, type: string, more: { value?: string; needed?: boolean } = {}): TemplateResult {
    return html`<label>${label}<input name=${name} data-test="book-${name}" type=${type} .value=${more.value ?? ""} ?required=${more.needed ?? true} />
        ${wrong(world, name)}</label>`;
}

function select(world: BookingWorld, name: string, label: string, options: readonly [string, string][], chosen = ""): TemplateResult {
    return html`<label>${label}<select name=${name} data-test="book-${name}" required>
            ${options.map(([value, text]) => html`<option value=${value} ?selected=${value === chosen}>${text}</option>`)}</select>
        ${wrong(world, name)}</label>`;
}

/** Lawyers who are on the roster, each with when. */
export function lawyersOf(shifts: readonly Shift[]): [string, string][] {
    const w = words();
    const times = new Map<string, { name: string; when: string[] }>();
    for (const one of shifts) {
        const entry = times.get(one.lawyer) ?? { name: one.name, when: [] };
        if (entry.when.length < 3) entry.when.push(span(one.starts_at, one.ends_at));
        times.set(one.lawyer, entry);
    }
    return Array.from(times, ([id, { name, when }]) => [id, w.appointment.onShift(name, when.join("，"))]);
}

function withLawyer(world: BookingWorld): TemplateResult {
    const w = words().appointment;
    const known = lawyersOf(world.shifts);
    const { wish } = world;
    if (!known.length) return sentence("warn", w.noLawyers);
    const booths = world.places.filter((one) => !one.room).map(({ id, name }): [string, string] => [id, name]);
    const subjects = categories.map((code): [string, string] => [code, words().categories[code]]);
    const day = wish && wish.half_day ? wish.half_day.slice(0, 10) : "";
    return html`${select(world, "lawyer", w.lawyer, known)}
        ${input(world, "date", w.date, "date", { value: day })} ${input(world, "from", w.from, "time")}
        ${select(world, "length", w.length, lengths.map((n): [string, string] => [String(n), w.minutes(n)]), String(usual))}
        ${select(world, "place", w.booth, booths, wish ? wish.booth.id : "")}
        ${select(world, "category", w.category, subjects, wish ? wish.category : "")}`;
}

function ofRoom(world: BookingWorld): TemplateResult {
    const w = words().appointment;
    const places = [...world.places].sort((a, b) => Number(b.room) - Number(a.room));
    return html`${select(world, "place", w.room, places.map(({ id, name }): [string, string] => [id, name]))}
        ${input(world, "date", w.date, "date")} ${input(world, "from", w.from, "time")}
        ${input(world, "until", w.until, "time")} ${input(world, "purpose", w.purpose, "text")}`;
}

function read(world: BookingWorld, form: HTMLFormElement): Record<string, unknown> {
    const data = new FormData(form);
    const text = (name: string): string => {
        const value = data.get(name);
        return typeof value === "string" ? value.trim() : "";
    };
    const at = (name: string): number => Date.parse(`${text("date")}T${text(name)}:00+08:00`);
    const starts = at("from");
    const { kind, wish } = world;
    const common = { kind, place: text("place"), name: text("name"), phone: text("phone").replace(/[\s-]/g, ""), starts_at: starts };
    if (kind === "room") return { ...common, purpose: text("purpose"), ends_at: at("until") };
    const booking = { ...common, lawyer: text("lawyer"), category: text("category"), ends_at: starts + Number(text("length")) * minute };
    return wish ? { ...booking, message: wish.id } : booking;
}

function kindChoice(world: BookingWorld): TemplateResult {
    const w = words().appointment;
    const one = (kind: Appointment["kind"]): TemplateResult =>
        button({ label: w.kinds[kind], test: `kind-${kind}`, icon: kind === "room" ? "housing" : "person", pressed: world.kind === kind, press: () => world.choose(kind) });
    return html`<div class="choices">${one("lawyer")} ${one("room")}</div>`;
}

export function bookingForm(world: BookingWorld): TemplateResult {
    const w = words().appointment;
    const { kind, wish } = world;
    const submit = (event: SubmitEvent): void => {
        event.preventDefault();
        world.submit(read(world, event.target as HTMLFormElement));
    };
    return html`<h3 id="booking">${wish ? w.forWish(grouped(wish.phone)) : w.newTitle}</h3>
        ${wish ? html`<p>${wish.half_day ? words().visit.inboxWish(words().visit.halfDay(wish.half_day)) : ""}</p>` : kindChoice(world)}
        ${kind === "room" ? html`<p class="quiet">${w.roomRule(dayWords(world.roomDay))}</p>` : nothing} ${wrongForm(refusalOf(world))}
        <form class="fields booking" @submit=${submit}>
            ${kind === "room" ? ofRoom(world) : withLawyer(world)} ${input(world, "name", w.name, "text", { needed: false })}
            ${input(world, "phone", w.phone, "tel", { value: wish ? wish.phone : "" })}
            <div class="choices">
                ${wish ? button({ label: words().common.back, test: "book-back", icon: "back", press: () => world.back() }) : nothing}
                <button class="button primary" data-test="book">${icon("yes")}<span class="label">${wish ? w.submitWish : w.submit}</span></button>
            </div>
        </form>`;
}
