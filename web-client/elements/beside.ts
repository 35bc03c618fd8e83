// A field and what is wrong with it belong together: the sentence stands beside the field, both are tied for who hears the
// page, and the field has the focus. Whoever says so: the gateway (its words are drawn by wrong.ts), or the browser, whose
// own bubble speaks the machine's language and is gone after a moment.
import { html, render } from "lit";
import { words } from "../words/words";
import { icon } from "./icons";

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const fields = "input, select, textarea";
const ours = "span.wrong[data-own]";
let tied = 0;

/** The field that a sentence stands beside; a pad's digits are an output. */
function fieldOf(wrong: Element): HTMLElement | null {
    const around = wrong.closest("label, fieldset, [data-asks]");
    if (around) return around.querySelector<HTMLElement>(fields);
    return wrong.previousElementSibling instanceof HTMLElement ? wrong.previousElementSibling : null;
}

/** Whether somebody sends it, by a press or by choosing a file. */
function isSent(field: HTMLElement): field is Field {
    return field.matches(fields) && ((field as Field).form !== null || (field as Field).type === "file");
}

function bind(field: HTMLElement, wrong: Element): void {
    wrong.id = `wrong-${++tied}`;
    field.setAttribute("aria-describedby", wrong.id);
    if (field.matches(fields)) field.setAttribute("aria-invalid", "true");
}

function release(field: Element): void {
    field.removeAttribute("aria-describedby");
    field.removeAttribute("aria-invalid");
}

/** There one goes on, and sees why. */
function lead(field: Field, wrong: Element | null): void {
    field.focus();
    wrong?.scrollIntoView({ block: "nearest" });
}

/**
 * After drawing: ties what is drawn to its field. The first of a form gets the focus; a field that is saved by itself does
 * not, as whoever fills it in is somewhere else by then.
 */
export function tie(root: Element): void {
    for (const field of Array.from(root.querySelectorAll("[aria-describedby^='wrong-']")))
        if (!document.getElementById(field.getAttribute("aria-describedby") ?? "")) release(field);
    let first: { field: Field; wrong: Element } | null = null;
    for (const wrong of Array.from(root.querySelectorAll("span.wrong:not([id])"))) {
        const field = fieldOf(wrong);
        if (!field || field.matches(":disabled")) continue; // until it can be mended
        bind(field, wrong);
        if (!first && isSent(field)) first = { field, wrong };
    }
    if (first) lead(first.field, first.wrong);
}

function isBlank(field: Field): boolean {
    return field.required && field.type !== "file" && field.value.trim() === "";
}

/** What to do about it, in the words of the page; a field whose shape needs words of its own has them in data-wrong. */
function advice(field: Field): string {
    const w = words().wrong;
    const { validity } = field;
    if (validity.badInput) return w.incomplete;
    if (isBlank(field)) return field instanceof HTMLSelectElement ? w.choose : w.missing;
    if (validity.tooShort && field instanceof HTMLInputElement) return w.tooShort(field.minLength);
    return field.dataset["wrong"] ?? w.other;
}

function forget(field: Element): void {
    const { nextElementSibling: next } = field;
    if (!next || !next.matches(ours)) return;
    next.remove();
    release(field);
}

function complain(field: Field): void {
    forget(field);
    const wrong = document.createElement("span");
    wrong.className = "wrong";
    wrong.dataset["own"] = "";
    wrong.dataset["test"] = `wrong-${field.name}`;
    wrong.setAttribute("role", "alert");
    render(html`${icon("warn")}${advice(field)}`, wrong);
    field.after(wrong);
    bind(field, wrong);
}

function fieldsOf(form: HTMLFormElement): Field[] {
    return Array.from(form.querySelectorAll<Field>(fields)).filter((one) => one.willValidate);
}

/** Asked of a form that is sent: nothing but blanks is nothing, too. */
function refused(form: HTMLFormElement): boolean {
    if (form.noValidate) return false;
    const blank = fieldsOf(form).filter(isBlank);
    blank.forEach(complain);
    if (blank[0]) lead(blank[0], blank[0].nextElementSibling);
    return blank.length > 0;
}

/** Of several at once the browser tells each; the first has the focus. */
function invalid(event: Event): void {
    const field = event.target as Field;
    event.preventDefault();
    complain(field);
    const first = field.form ? fieldsOf(field.form).find((one) => !one.validity.valid) : field;
    if (first === field) lead(field, field.nextElementSibling);
}

/** From now on for all forms of the page. */
export function watchForms(): void {
    document.addEventListener("invalid", invalid, true);
    document.addEventListener("input", (event) => event.target instanceof Element && forget(event.target), true);
    document.addEventListener(
        "submit",
        (event) => {
            if (!refused(event.target as HTMLFormElement)) return;
            event.preventDefault();
            event.stopPropagation();
        },
        true,
    );
}
