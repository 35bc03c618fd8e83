// A lawyer's photo, or the first character of the name where there is none.
import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { Part } from "./part";

interface Person {
    id: string;
    name: string;
    /** The photo's version; another photo has another one. */
    photo?: string;
}

/** By address, fetched once. */
const photos = new Map<string, Promise<string>>();

function asData(blob: Blob): Promise<string> {
    return new Promise((done, fail) => {
        const reader = new FileReader();
        reader.onload = () => done(reader.result as string);
        reader.onerror = fail;
        reader.readAsDataURL(blob);
    });
}

async function load(address: string, token: string | null): Promise<string> {
    const answer = await fetch(address, { headers: token ? { Authorization: `Bearer ${token}` } : {}, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    return asData(await answer.blob());
}

function photoAt(address: string, token: string | null): Promise<string> {
    let photo = photos.get(address);
    if (!photo) {
        photo = load(address, token);
        photos.set(address, photo);
        photo.catch(() => photos.delete(address)); // asked for again when it is drawn again
    }
    return photo;
}

@customElement("lawyer-face")
export class LawyerFace extends Part {
    @property({ attribute: false }) person: Person = { id: "", name: "" };
    /** Of a booth; those who are signed in need none. */
    @property({ attribute: false }) token: string | null = null;
    @state() private shown: { address: string; data: string } | null = null;

    private address(): string {
        const { id, photo } = this.person;
        return photo ? `/v1/lawyers/${encodeURIComponent(id)}/photo?v=${photo}` : "";
    }

    override updated(): void {
        const address = this.address();
        if (!address || (this.shown && this.shown.address === address)) return;
        photoAt(address, this.token).then(
            (data) => address === this.address() && (this.shown = { address, data }),
            () => undefined, // the character stays
        );
    }

    override render(): TemplateResult {
        const { shown } = this;
        if (shown && shown.address === this.address()) return html`<img class="face" data-test="photo" src=${shown.data} alt="" />`;
        return html`<span class="face" aria-hidden="true">${this.person.name.slice(0, 1)}</span>`;
    }
}
