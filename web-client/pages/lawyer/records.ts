// The lawyer's records: the one that is open, those still being saved behind it, the list of those
// not sealed.
import { api } from "../../core/api";
import { Store } from "../../core/store";
import { Draft, unsavedRecords } from "./draft";
import { keptLine, keptPapers, withLine, withoutLine, withShown, type KeptPaper } from "./kept";

export interface RecordBrief {
    consultation: string;
    ticket_no: number;
    booth: string;
    category: string;
    connected_at: number;
    ended_at: number;
    state: "drafting" | "readback" | "sealed";
}

export interface RecordsState {
    open: Draft | null;
    list: RecordBrief[];
    /** The last that are sealed. */
    sealed: RecordBrief[];
    /** "Seal it?" is asked. */
    sealing: boolean;
    copied: boolean | null;
    /** Papers of the open record's consultation that stay. */
    kept: KeptPaper[];
    /** Milliseconds of it that were recorded. */
    recorded: number;
    /** Counts what changes inside the open draft, so that the page is drawn again. */
    turn: number;
}

/** So many sealed ones are listed. */
const mostSealed = 20;

export class Records {
    readonly store = new Store<RecordsState>({ open: null, list: [], sealed: [], sealing: false, copied: null, kept: [], recorded: 0, turn: 0 });
    private readonly drafts = new Map<string, Draft>();

    /** Signed in, or the line is back. */
    online(): void {
        for (const id of unsavedRecords()) this.draft(id);
        this.drafts.forEach((draft) => draft.again());
        // What the booth answered meanwhile was not told.
        const { open } = this.store.get();
        if (open && !open.hasUnsaved()) void open.load();
        void this.refresh();
    }

    open(id: string): void {
        if (this.store.get().open?.id === id) return;
        const draft = this.draft(id);
        this.store.set({ open: draft, sealing: false, copied: null, kept: [], recorded: 0 });
        draft.again();
        void this.loadKept(id);
        void this.loadRecorded(id);
    }

    /** The call is over: what it left behind is beside the record now. */
    async ended(): Promise<void> {
        const { open } = this.store.get();
        if (open) await Promise.all([this.loadKept(open.id), this.loadRecorded(open.id)]);
    }

    close(): void {
        const { open } = this.store.get();
        if (open) void open.flush().then((saved) => saved && this.store.get().open !== open && this.drafts.delete(open.id));
        this.store.set({ open: null, sealing: false, copied: null });
        void this.refresh();
    }

    wantSeal(sealing: boolean): void {
        this.store.set({ sealing });
    }

    seal(): void {
        this.wantSeal(false);
        void this.store.get().open?.seal().then(() => this.refresh());
    }

    told(data: { consultation: string; rev: number }): void {
        this.drafts.get(data.consultation)?.told(data.rev);
    }

    copied(copied: boolean): void {
        this.store.set({ copied });
    }

    /** Before somebody else takes the open record over: resolves with whether all of it is saved. */
    async flush(): Promise<boolean> {
        const { open } = this.store.get();
        return open === null || open.flush();
    }

    /** The page is hidden: it may be frozen from now on, or never shown again. */
    hidden(): void {
        this.drafts.forEach((draft) => void draft.flush());
    }

    /** The page goes away. */
    leaving(): void {
        this.drafts.forEach((draft) => draft.leaving());
    }

    /** Before signing out: saves what can be saved; nothing stays in the tab. */
    async leave(): Promise<void> {
        const drafts = Array.from(this.drafts.values());
        await Promise.all(drafts.map((draft) => draft.flush()));
        drafts.forEach((draft) => draft.wipe());
        this.forget();
    }

    /** Signed out: nothing of a record stays in the page. */
    forget(): void {
        this.drafts.clear();
        this.store.set({ open: null, list: [], sealed: [], sealing: false, copied: null });
    }

    /** A paper of the open record's consultation is kept, or no longer: the record says which. */
    async noteKept(title: string, sha256: string, kept: boolean): Promise<void> {
        const { open } = this.store.get();
        if (!open) return;
        const text = open.value("materials_kept");
        const line = keptLine(title, sha256);
        open.edit("materials_kept", kept ? withLine(text, line, 2000) : withoutLine(text, line));
        if (kept && open.value("materials_shown").indexOf(title) < 0) open.edit("materials_shown", withLine(open.value("materials_shown"), title, 500));
        await this.loadKept(open.id);
    }

    /** `others`: none of the other papers lacks its original. */
    noteOriginal(title: string, original: boolean, others: boolean): void {
        const { open } = this.store.get();
        if (!open) return;
        open.edit("materials_shown", withShown(open.value("materials_shown"), title, original, 500));
        open.edit("originals", original && others ? "yes" : "no");
    }

    private async loadKept(id: string): Promise<void> {
        const kept = await keptPapers(id);
        if (this.store.get().open?.id === id) this.store.set({ kept });
    }

    private async loadRecorded(id: string): Promise<void> {
        const { recordings } = await api<{ recordings: { started_at: number; ended_at?: number | null }[] }>(`/v1/consultations/${id}/recordings`).catch(() => ({ recordings: [] }));
        const lengths = recordings.map((one) => (one.ended_at ? one.ended_at - one.started_at : 0));
        // At least something, so that it is offered while its end is not noted yet.
        if (this.store.get().open?.id === id) this.store.set({ recorded: recordings.length > 0 ? Math.max(1, ...lengths) : 0 });
    }

    async refresh(): Promise<void> {
        try {
            const { records } = await api<{ records: RecordBrief[] }>("/v1/records");
            const over = records.filter((one) => one.ended_at > 0);
            this.store.set({ list: over.filter((one) => one.state !== "sealed"), sealed: over.filter((one) => one.state === "sealed").slice(0, mostSealed) });
        } catch {
            // The list is old until the line is back.
        }
    }

    private draft(id: string): Draft {
        const known = this.drafts.get(id);
        if (known) return known;
        const draft = new Draft(id);
        draft.store.listen(() => this.store.set({ turn: this.store.get().turn + 1 }));
        this.drafts.set(id, draft);
        return draft;
    }
}
