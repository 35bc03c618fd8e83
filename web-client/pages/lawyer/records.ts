// The lawyer's records: the one that is open, those still being saved behind it, the list of those
// not sealed.
import { api } from "../../core/api";
import { Store } from "../../core/store";
import { Draft, unsavedRecords } from "./draft";
import { keptLine, keptPapers, withLine, withoutLine, type KeptPaper } from "./kept";

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
    /** "Seal it?" is asked. */
    sealing: boolean;
    copied: boolean | null;
    /** Papers of the open record's consultation that stay. */
    kept: KeptPaper[];
    /** Counts what changes inside the open draft, so that the page is drawn again. */
    turn: number;
}

export class Records {
    readonly store = new Store<RecordsState>({ open: null, list: [], sealing: false, copied: null, kept: [], turn: 0 });
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
        this.store.set({ open: draft, sealing: false, copied: null, kept: [] });
        draft.again();
        void this.loadKept(id);
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
        this.store.set({ open: null, list: [], sealing: false, copied: null });
    }

    /** A paper of the open record's consultation is kept, or no longer: the record says which. */
    async noteKept(title: string, sha256: string, kept: boolean): Promise<void> {
        const { open } = this.store.get();
        if (!open) return;
        const text = open.value("materials_kept");
        const line = keptLine(title, sha256);
        open.edit("materials_kept", kept ? withLine(text, line, 2000) : withoutLine(text, line));
        if (kept) open.edit("materials_shown", withLine(open.value("materials_shown"), title, 500));
        await this.loadKept(open.id);
    }

    private async loadKept(id: string): Promise<void> {
        const kept = await keptPapers(id);
        if (this.store.get().open?.id === id) this.store.set({ kept });
    }

    async refresh(): Promise<void> {
        try {
            const { records } = await api<{ records: RecordBrief[] }>("/v1/records");
            this.store.set({ list: records.filter((one) => one.state !== "sealed" && one.ended_at > 0) });
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
