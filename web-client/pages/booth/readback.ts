// The record as the resident hears it: item by item, "right" or "no, change"; and what is printed to
// take away. It is in this page alone, and gone with the next resident.
import { api, ApiError } from "../../core/api";
import { Store } from "../../core/store";
import type { Problem } from "../../core/types";

export interface Item {
    field: string;
    text: string;
    answer: "right" | "change" | null;
}

export interface ReadbackDoc {
    consultation: string;
    state: "drafting" | "readback" | "sealed";
    rev: number;
    items: Item[];
    number: string;
    lawyer: string;
    law_firm: string;
    phone: string;
}

export interface ReadbackState {
    doc: ReadbackDoc | null;
    /** An answer is on its way. */
    busy: boolean;
    /** It did not get through: it is to be pressed again. */
    failed: boolean;
}

/** The first item nobody has said anything of; what is to be changed comes back when it is. */
export function nextItem(doc: ReadbackDoc): Item | null {
    return doc.items.find((one) => one.answer === null) ?? null;
}

/** What is printed to take away says only what the resident has heard and found right. */
export function isConfirmed(doc: ReadbackDoc | null): boolean {
    return doc !== null && doc.rev > 0 && doc.items.length > 0 && doc.items.every((one) => one.answer === "right");
}

const again = 2000;

export class Readback {
    readonly store = new Store<ReadbackState>({ doc: null, busy: false, failed: false });
    private wanted: string | null = null;
    private timer = 0;

    constructor(private readonly token: () => string | null) {}

    /** Something of this consultation's record is new, or the page has just come. */
    async look(consultation: string): Promise<void> {
        this.wanted = consultation;
        try {
            this.take(consultation, await this.ask("GET", consultation, ""));
        } catch (error) {
            const status = error instanceof ApiError ? error.problem.status : 0;
            if (status === 404 || this.wanted !== consultation) return;
            this.timer = window.setTimeout(() => void this.look(consultation), again);
        }
    }

    async answer(item: Item, answer: "right" | "change"): Promise<void> {
        const { doc, busy } = this.store.get();
        if (!doc || busy) return;
        this.store.set({ busy: true, failed: false });
        try {
            await this.send(doc, item, answer);
        } catch {
            this.store.set({ failed: true });
        }
        this.store.set({ busy: false });
    }

    wipe(): void {
        window.clearTimeout(this.timer);
        this.wanted = null;
        this.store.set({ doc: null, busy: false, failed: false });
    }

    private async send(doc: ReadbackDoc, item: Item, answer: "right" | "change"): Promise<void> {
        const put = (rev: number): Promise<ReadbackDoc> => this.ask("PUT", doc.consultation, `/${item.field}`, { rev, answer });
        try {
            this.take(doc.consultation, await put(doc.rev));
        } catch (error) {
            const newest = error instanceof ApiError ? (error.problem as Problem & { newest?: ReadbackDoc }).newest : undefined;
            if (!newest) throw error;
            this.take(doc.consultation, newest);
            // The lawyer wrote elsewhere meanwhile; another text of this item is read first.
            const same = newest.items.some((one) => one.field === item.field && one.text === item.text);
            if (same && newest.state === "readback") this.take(doc.consultation, await put(newest.rev));
        }
    }

    private ask(method: "GET" | "PUT", consultation: string, rest: string, body?: object): Promise<ReadbackDoc> {
        return api<ReadbackDoc>(`/v1/consultations/${consultation}/readback${rest}`, { method, body, token: this.token() ?? undefined });
    }

    /** An answer that comes late must not bring back what was wiped, or what is older. */
    private take(consultation: string, doc: ReadbackDoc): void {
        const before = this.store.get().doc;
        if (this.wanted !== consultation || (before && before.consultation === consultation && before.rev > doc.rev)) return;
        this.store.set({ doc });
    }
}
