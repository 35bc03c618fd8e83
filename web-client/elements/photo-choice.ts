// A lawyer's photo, chosen by himself or by who keeps his account: the same picture is made of it.
import { html, nothing, type TemplateResult } from "lit";
import { ApiError, api } from "../core/api";
import { squared } from "../core/picture";
import { words } from "../words/words";
import { button } from "./button";
import "./lawyer-face";
import { wrongAt, type Refusal } from "./wrong";

/** Pixels and bytes. */
const side = 480;
const mostBytes = 120000;

/** Gives the chosen file as the photo at `path`; rejects as requests do, with "no-picture" for what is none. */
export async function givePhoto(file: File, path: string): Promise<void> {
    const photo = await squared(file, side, mostBytes).catch(() => {
        throw new ApiError({ type: "/problems/no-picture", title: "", status: 422 });
    });
    await api(path, { method: "PUT", file: photo });
}

export interface PhotoOptions {
    person: { id: string; name: string; photo?: string };
    busy: boolean;
    /** Its field is "photo". */
    refusal: Refusal | null;
    give: (file: File) => void;
    remove: () => void;
}

export function photoChoice({ person, busy, refusal, give, remove }: PhotoOptions): TemplateResult {
    const w = words().mine;
    const choose = (event: Event): void => {
        const input = event.target as HTMLInputElement;
        const file = input.files ? input.files[0] : undefined;
        if (file) give(file);
        input.value = ""; // the same file may be chosen again
    };
    return html`<lawyer-face .person=${person}></lawyer-face>
        <div data-asks><label class="button plain"><span class="label">${person.photo ? w.photoOther : w.photoChoose}</span>
            <input class="file" type="file" accept="image/jpeg,image/png" data-test="choose-photo" ?disabled=${busy} @change=${choose} />
        </label>${wrongAt(refusal, "photo")}</div>
        ${person.photo ? button({ label: w.photoRemove, test: "remove-photo", icon: "no", disabled: busy, press: remove }) : nothing}`;
}
