// One record being written: what the gateway has, what is not saved yet, and how the two come
// together. What is not saved is kept in the tab (gone with it, never in a file that stays) and
// sent again until it is taken; where two pages wrote, each field has who wrote it last.
import { api, ApiError, problemOf } from "../../core/api";
import { Backoff } from "../../core/backoff";
import { Store } from "../../core/store";
import type { Period, Problem } from "../../core/types";

export interface RecordField {
    name: string;
    type: "text" | "long" | "choice" | "set" | "date";
    required?: boolean;
    read_back?: boolean;
    of_gateway?: boolean;
    max?: number;
    choices?: string[];
}

export interface RecordForm {
    fields: RecordField[];
    points: string[];
    limitations: string[];
    /** How long each period is; empty when the gateway has no table of them. */
    periods: Record<string, Period>;
    warning?: string;
}

export type Fields = Record<string, string>;

export interface RecordDoc {
    consultation: string;
    state: "drafting" | "readback" | "sealed";
    rev: number;
    saved_at: number;
    fields: Fields;
    known: Fields;
    answers: Record<string, "right" | "change">;
    advice: { aid_matter: boolean; aid_exempt: boolean; urgent: boolean; is_over: boolean; days_left?: number };
    missing?: string;
    hash?: string;
    form?: RecordForm;
}

export interface DraftState {
    doc: RecordDoc | null;
    form: RecordForm | null;
    /** Fields that differ from what is saved. */
    mine: Fields;
    saving: boolean;
    /** The gateway does not answer. */
    away: boolean;
    /** Fields that were not taken: not sent again until they are changed. */
    bad: string[];
    /** The record cannot be opened, or the last press did not work. */
    problem: Problem | null;
}

const saveAfter = 1200;
/** Somebody may be typing, or another page saving, while it is saved. */
const mostTurns = 4;

type Newest = Problem & { newest?: RecordDoc };

const key = (id: string): string => `banyan.record.${id}`;

function unsaved(id: string): Fields {
    try {
        return JSON.parse(window.sessionStorage.getItem(key(id)) ?? "{}") as Fields;
    } catch {
        return {};
    }
}

function keepUnsaved(id: string, mine: Fields): void {
    try {
        if (Object.keys(mine).length === 0) window.sessionStorage.removeItem(key(id));
        else window.sessionStorage.setItem(key(id), JSON.stringify(mine));
    } catch {
        // Without storage a reload loses what is not saved; the page itself loses nothing.
    }
}

/** Records with something unsaved from before a reload. */
export function unsavedRecords(): string[] {
    try {
        return Object.keys(window.sessionStorage).flatMap((name) => (name.startsWith(key("")) ? [name.slice(key("").length)] : []));
    } catch {
        return [];
    }
}

/** What of `mine` differs from what is saved. */
export function differing(mine: Fields, saved: Fields): Fields {
    const differs: Fields = {};
    for (const [name, text] of Object.entries(mine)) if ((saved[name] ?? "") !== text) differs[name] = text;
    return differs;
}

export class Draft {
    readonly store: Store<DraftState>;
    private timer = 0;
    private busy = false;
    private readonly backoff = new Backoff(1000, 15000);

    constructor(readonly id: string) {
        this.store = new Store<DraftState>({
            doc: null,
            form: null,
            mine: unsaved(id),
            saving: false,
            away: false,
            bad: [],
            problem: null,
        });
    }

    get path(): string {
        return `/v1/consultations/${this.id}/record`;
    }

    value(name: string): string {
        const { doc, mine } = this.store.get();
        return mine[name] ?? doc?.fields[name] ?? "";
    }

    hasUnsaved(): boolean {
        return Object.keys(this.store.get().mine).length > 0;
    }

    async load(): Promise<void> {
        if (this.busy) return;
        await this.talk(async () => this.take(await api<RecordDoc>(this.path)));
    }

    edit(name: string, text: string): void {
        const { doc, mine, bad } = this.store.get();
        if (!doc || doc.state === "sealed") return;
        const next = differing({ ...mine, [name]: text }, doc.fields);
        keepUnsaved(this.id, next);
        this.store.set({ mine: next, bad: bad.filter((one) => one !== name), problem: null });
        this.soon(saveAfter);
    }

    /** Saves now what is not saved; resolves when all of it is, or it did not work. */
    async flush(): Promise<boolean> {
        for (let turn = 0; turn < mostTurns; turn++) {
            window.clearTimeout(this.timer);
            while (this.busy) await new Promise((done) => window.setTimeout(done, 50));
            if (!this.toSend()) return true;
            await this.talk(() => this.put());
            if (this.store.get().away) return false;
        }
        return !this.toSend();
    }

    /** The page goes away, perhaps for good: the request outlives it, and nobody hears the answer. */
    leaving(): void {
        if (!this.toSend()) return;
        void fetch(this.path, {
            method: "PUT",
            body: JSON.stringify(this.unsent()),
            headers: { "X-Banyan": "1", "Content-Type": "application/json" },
            credentials: "same-origin",
            keepalive: true,
        }).catch(() => undefined);
    }

    async seal(): Promise<void> {
        if (await this.flush()) await this.talk(() => this.post("POST", `${this.path}/seal`));
    }

    async readBack(start: boolean): Promise<void> {
        if (!(await this.flush())) return;
        const path = `/v1/consultations/${this.id}/readback`;
        const { doc } = this.store.get();
        await this.talk(() => (start ? this.post("POST", path) : this.post("DELETE", `${path}?rev=${doc?.rev ?? 0}`)));
    }

    wipe(): void {
        window.clearTimeout(this.timer);
        keepUnsaved(this.id, {});
        this.store.set({ mine: {} });
    }

    /** The gateway tells that there is this revision. */
    told(rev: number): void {
        const { doc } = this.store.get();
        if (this.busy) window.setTimeout(() => this.told(rev), 300);
        else if (doc && rev > doc.rev) void this.load();
    }

    /** The line is back. */
    again(): void {
        if (!this.store.get().doc) void this.load();
        else if (this.toSend()) this.soon(0);
    }

    private toSend(): boolean {
        const { doc, mine, bad } = this.store.get();
        return doc !== null && doc.state !== "sealed" && Object.keys(mine).some((name) => bad.indexOf(name) < 0);
    }

    private soon(ms: number): void {
        window.clearTimeout(this.timer);
        this.timer = window.setTimeout(() => void this.flush(), ms);
    }

    private take(doc: RecordDoc): void {
        const mine = doc.state === "sealed" ? {} : differing(this.store.get().mine, doc.fields);
        keepUnsaved(this.id, mine);
        this.store.set({ doc, mine, away: false, problem: null, form: doc.form ?? this.store.get().form });
        this.backoff.reset();
        if (this.toSend()) this.soon(saveAfter);
    }

    private unsent(): { rev: number; fields: Fields } {
        const { doc, mine, bad } = this.store.get();
        const fields = { ...doc?.fields, ...mine };
        for (const name of bad) fields[name] = doc?.fields[name] ?? "";
        return { rev: doc?.rev ?? 0, fields };
    }

    private async put(): Promise<void> {
        const { doc } = this.store.get();
        if (!doc) return;
        this.store.set({ saving: true });
        const saved = await api<RecordDoc>(this.path, { method: "PUT", body: this.unsent() });
        const template = saved.fields["category"] !== doc.fields["category"];
        this.take(saved);
        // What to ask about is another: the table comes with reading.
        if (template) this.take(await api<RecordDoc>(this.path));
    }

    private async post(method: "POST" | "DELETE", path: string): Promise<void> {
        const rev = this.store.get().doc?.rev ?? 0;
        this.take(await api<RecordDoc>(path, method === "POST" ? { method, body: { rev } } : { method }));
    }

    /** One request at a time; what goes wrong is sorted here. */
    private async talk(request: () => Promise<void>): Promise<void> {
        this.busy = true;
        try {
            await request();
        } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            this.failed(problemOf(error));
        } finally {
            this.busy = false;
            this.store.set({ saving: false });
        }
    }

    private failed(problem: Newest): void {
        if (problem.newest) {
            this.take(problem.newest);
            this.soon(0);
        } else if (problem.status === 0 || problem.status === 503 || problem.status === 429) {
            this.store.set({ away: true });
            window.clearTimeout(this.timer);
            this.timer = window.setTimeout(() => this.again(), this.backoff.next());
        } else if (problem.field && problem.field in this.store.get().mine && problem.status === 422) {
            this.store.set({ bad: [...this.store.get().bad, problem.field] });
            if (this.toSend()) this.soon(0);
        } else {
            // Not this lawyer's: somebody else was signed in here before.
            if (problem.status === 404) this.wipe();
            this.store.set({ problem });
        }
    }
}
