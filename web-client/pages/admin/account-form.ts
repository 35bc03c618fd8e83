// The fields of an account, new or there.
import { html, nothing, type TemplateResult } from "lit";
import { accountRoles, categories, type Account, type Place } from "../../core/types";
import { icon } from "../../elements/icons";
import { wrongAt, type Refusal } from "../../elements/wrong";
import { words } from "../../words/words";
import "./place-choice";
import { placeOf } from "./place-choice";

export interface FormOptions {
    account?: Account;
    centres: Place[];
    busy: boolean;
    refusal: Refusal | null;
    submit: (event: SubmitEvent) => void;
}

/** The form's field that a problem is about: where somebody belongs is one choice, or the ticks below it. */
export function fieldOf(name: string | undefined): string | undefined {
    if (name === "centre" || name === "district" || name === "street") return "place";
    return name === "centres" || (name !== undefined && name in words().admin.fields) ? name : undefined;
}

/** What the gateway takes: lists as lists, everything else as text. */
export function bodyOf(form: HTMLFormElement): Record<string, string | string[]> {
    const data = new FormData(form);
    const body: Record<string, string | string[]> = {};
    data.forEach((value, name) => {
        if (typeof value === "string") body[name] = value.trim();
    });
    delete body["place"];
    Object.assign(body, placeOf(data));
    for (const name of ["skills", "languages"]) body[name] = data.getAll(name).filter((one) => typeof one === "string");
    return body;
}

function text(name: string, value: string, required: boolean, refusal: Refusal | null): TemplateResult {
    return html`<label>${words().admin.fields[name]}
        <input name=${name} data-test=${name} .value=${value} ?required=${required} autocomplete="off" autocapitalize="off" />
        ${wrongAt(refusal, name)}
    </label>`;
}

function choice(name: string, options: readonly (readonly [string, string])[], chosen: string, refusal: Refusal | null): TemplateResult {
    return html`<label>${words().admin.fields[name]}
        <select name=${name} data-test=${name}>
            ${options.map(([value, label]) => html`<option value=${value} ?selected=${value === chosen}>${label}</option>`)}
        </select>
        ${wrongAt(refusal, name)}
    </label>`;
}

function checks(name: string, options: readonly (readonly [string, string])[], chosen: readonly string[], refusal: Refusal | null): TemplateResult {
    return html`<fieldset><legend>${words().admin.fields[name]}</legend>
        ${options.map(
            ([value, label]) => html`<label class="check">
                <input type="checkbox" name=${name} value=${value} data-test=${`${name}-${value}`} ?checked=${chosen.includes(value)} />
                <span>${label}</span>
            </label>`,
        )}
        ${wrongAt(refusal, name)}
    </fieldset>`;
}

export function accountForm({ account, centres, busy, refusal, submit }: FormOptions): TemplateResult {
    const w = words().admin;
    const one = account ?? { display_name: "", law_firm: "", licence_no: "", skills: [], languages: ["zh-CN"] };
    const roles = accountRoles.map((role) => [role, w.roles[role] ?? role] as const);
    return html`<form class="fields" @submit=${submit}>
        ${account
            ? nothing
            : html`${choice("role", roles, "lawyer", refusal)}
                  <label>${w.fields["name"]}
                      <input name="name" data-test="name" required pattern="[a-z0-9._\\-]{2,40}" data-wrong=${w.nameHint} autocomplete="off" autocapitalize="off" />
                      <i class="quiet">${w.nameHint}</i>
                      ${wrongAt(refusal, "name")}
                  </label>`}
        ${text("display_name", one.display_name, true, refusal)}
        <place-choice .account=${account} .centres=${centres} .refusal=${refusal}></place-choice>
        ${text("law_firm", one.law_firm, false, refusal)} ${text("licence_no", one.licence_no, false, refusal)}
        ${checks("skills", categories.map((code) => [code, words().categories[code]] as const), one.skills, refusal)}
        ${checks("languages", Object.entries(w.languages), one.languages, refusal)}
        <button class="button ${account ? "plain" : "primary"}" data-test="save" ?disabled=${busy}>
            ${icon("yes")}<span class="label">${w.save}</span>
        </button>
    </form>`;
}
