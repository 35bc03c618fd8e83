// The paper shown in a consultation, the same for both sides: fetched, drawn on, and put away so
// that nothing of it stays in the page.
import type { Drawn, StillEvent } from "./types";

export interface Paper {
    n: number;
    /** An object URL; null until the picture is here. */
    url: string | null;
    strokes: number[][];
    /** Where the other side points just now. */
    pointer: number[] | null;
}

export interface PapersOptions {
    side: "booth" | "lawyer";
    token: () => string | null;
    changed: (paper: Paper | null) => void;
    command: (name: string, params: Record<string, unknown>) => Promise<unknown>;
}

export class Papers {
    private paper: Paper | null = null;
    private consultation = "";

    constructor(private readonly options: PapersOptions) {}

    /** The event "still", or the state's member. */
    shown(still: StillEvent | null): void {
        if (!still || still.n === 0) return this.wipe();
        if (this.paper && this.paper.n === still.n) return this.set({ ...this.paper, strokes: still.strokes });
        this.wipe();
        this.consultation = still.consultation;
        this.set({ n: still.n, url: null, strokes: still.strokes, pointer: null });
        void this.fetch(still.n);
    }

    /** The event "drawn". */
    drawn(drawn: Drawn): void {
        const { paper } = this;
        if (!paper || paper.n !== drawn.n) return;
        if (drawn.kind === "clear") this.set({ ...paper, strokes: [] });
        else if (drawn.kind === "pen") this.set({ ...paper, strokes: [...paper.strokes, drawn.points ?? []] });
        else if (drawn.by !== this.options.side) this.set({ ...paper, pointer: drawn.points ?? null });
    }

    draw(kind: Drawn["kind"], points: number[]): void {
        if (this.paper) this.options.command("draw", { n: this.paper.n, kind, points }).catch(() => undefined);
    }

    /** Resolves with whether the other side sees it now. */
    async show(consultation: string, picture: Blob): Promise<boolean> {
        return this.request(consultation, { method: "POST", body: picture, headers: { "Content-Type": "image/jpeg" } }).then(
            (answer) => answer.ok,
            () => false,
        );
    }

    putAway(): void {
        this.request(this.consultation, { method: "DELETE" }).catch(() => undefined);
    }

    wipe(): void {
        if (this.paper && this.paper.url) URL.revokeObjectURL(this.paper.url);
        if (this.paper) this.set(null);
    }

    private request(consultation: string, init: RequestInit): Promise<Response> {
        const token = this.options.token();
        const headers = { "X-Banyan": "1", ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(init.headers as object) };
        return fetch(`/v1/consultations/${consultation}/still`, { ...init, headers, cache: "no-store" });
    }

    private async fetch(n: number): Promise<void> {
        try {
            const answer = await this.request(this.consultation, {});
            if (!answer.ok) return;
            const url = URL.createObjectURL(await answer.blob());
            if (this.paper && this.paper.n === n) this.set({ ...this.paper, url });
            else URL.revokeObjectURL(url);
        } catch {
            // Told anew with the next state after the line is back.
        }
    }

    private set(paper: Paper | null): void {
        this.paper = paper;
        this.options.changed(paper);
    }
}
