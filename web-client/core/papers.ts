// The papers of a consultation, the same for both sides: stills, files, pages of a PDF. The one that is shown is
// fetched, drawn on, and put away so that nothing of it stays in the page.
import type { Drawn, PaperInfo, PapersEvent, PapersMay, ScreenEvent } from "./types";

/** The one on both screens. */
export interface Paper {
    info: PaperInfo;
    /** An object URL; null until the picture is here, and for a PDF, of which pages are shown. */
    url: string | null;
    strokes: number[][];
    /** Where somebody else points just now. */
    pointer: number[] | null;
}

export interface PapersState {
    shown: Paper | null;
    all: PaperInfo[];
    may: PapersMay;
}

export interface PapersOptions {
    token: () => string | null;
    changed: (papers: PapersState) => void;
    command: (name: string, params: Record<string, unknown>) => Promise<unknown>;
}

/** What a paper is besides its octets. */
export interface About {
    name?: string;
    of?: number;
    page?: number;
    pages?: number;
}

/** The gateway takes four. */
export const mostBytes = 4 << 20;
const types = ["image/jpeg", "image/png", "application/pdf"];

export const noPapers: PapersState = { shown: null, all: [], may: "see" };

/** By what its name and the system say it is; the gateway looks inside. */
export function typeOf(file: File): string | null {
    const ending = /\.(pdf|png|jpe?g)$/i.exec(file.name)?.[1]?.toLowerCase();
    const type = ending === "pdf" ? "application/pdf" : ending === "png" ? "image/png" : ending ? "image/jpeg" : file.type;
    return types.includes(type) ? type : null;
}

/** As the gateway takes a file's name: without what could be more than a name, and not too long. */
export function nameOf(file: File): string {
    const clean = file.name.replace(/[/\\"<>\p{Cc}\p{Cf}]/gu, " ").trim();
    return (clean || "-").slice(-60);
}

export class Papers {
    private state: PapersState = noPapers;
    private consultation = "";

    constructor(private readonly options: PapersOptions) {}

    /** The event "papers", or the state's member. */
    told(papers: PapersEvent | null): void {
        if (!papers) return this.wipe();
        this.consultation = papers.consultation;
        const info = papers.papers.find((one) => one.n === papers.shown);
        const before = this.state.shown;
        const rest = { all: papers.papers, may: papers.may };
        if (before && info && before.info.n === info.n) return this.set({ shown: { ...before, info, strokes: papers.strokes }, ...rest });
        this.forgetPicture();
        this.set({ shown: info ? { info, url: null, strokes: papers.strokes, pointer: null } : null, ...rest });
        if (info && info.type !== "application/pdf") void this.fetch(info.n);
    }

    /** The event "drawn". */
    drawn(drawn: Drawn): void {
        const { shown } = this.state;
        if (!shown || shown.info.n !== drawn.n) return;
        if (drawn.kind === "clear") this.change({ ...shown, strokes: [] });
        else if (drawn.kind === "pen") this.change({ ...shown, strokes: [...shown.strokes, drawn.points ?? []] });
        else this.change({ ...shown, pointer: drawn.points ?? null });
    }

    /** Who comes in, or comes back, finds what the others look at; resolves with the screen that is shared. */
    async find(consultation: string): Promise<ScreenEvent | null> {
        try {
            const answer = await this.request(consultation, "", {});
            if (!answer.ok) return null;
            const papers = (await answer.json()) as PapersEvent & { screen: ScreenEvent | null };
            this.told(papers);
            return papers.screen;
        } catch {
            return null; // told with the next state
        }
    }

    draw(kind: Drawn["kind"], points: number[]): void {
        const { shown } = this.state;
        if (shown) this.options.command("draw", { n: shown.info.n, kind, points }).catch(() => undefined);
    }

    /** Resolves with what both see now, or with null when it was not taken. */
    async give(consultation: string, body: Blob, type: string, about: About = {}): Promise<PaperInfo | null> {
        const query = Object.entries(about).map(([name, value]) => `${name}=${encodeURIComponent(value as string | number)}`);
        try {
            const answer = await this.request(consultation, `?${query.join("&")}`, { method: "POST", body, headers: { "Content-Type": type } });
            return answer.ok ? ((await answer.json()) as PaperInfo) : null;
        } catch {
            return null;
        }
    }

    show(n: number, shown: boolean): void {
        this.ask(n, { method: "PATCH", body: JSON.stringify({ shown }), headers: { "Content-Type": "application/json" } });
    }

    putAway(): void {
        if (this.state.shown) this.show(this.state.shown.info.n, false);
    }

    /** Resolves with whether it is so now. */
    async say(n: number, what: { kept: boolean } | { original: boolean }): Promise<boolean> {
        const init = { method: "PATCH", body: JSON.stringify(what), headers: { "Content-Type": "application/json" } };
        return this.request(this.consultation, `/${n}`, init).then(
            (answer) => answer.ok,
            () => false,
        );
    }

    remove(n: number): void {
        this.ask(n, { method: "DELETE" });
    }

    async octets(n: number): Promise<ArrayBuffer> {
        const answer = await this.request(this.consultation, `/${n}`, {});
        if (!answer.ok) throw new Error(`${answer.status}`);
        return answer.arrayBuffer();
    }

    wipe(): void {
        this.forgetPicture();
        if (this.state !== noPapers) this.set(noPapers);
    }

    private forgetPicture(): void {
        if (this.state.shown && this.state.shown.url) URL.revokeObjectURL(this.state.shown.url);
    }

    private ask(n: number, init: RequestInit): void {
        this.request(this.consultation, `/${n}`, init).catch(() => undefined);
    }

    private request(consultation: string, at: string, init: RequestInit): Promise<Response> {
        const token = this.options.token();
        const headers = { "X-Banyan": "1", ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(init.headers as object) };
        return fetch(`/v1/consultations/${consultation}/papers${at}`, { ...init, headers, cache: "no-store" });
    }

    private async fetch(n: number): Promise<void> {
        try {
            const answer = await this.request(this.consultation, `/${n}`, {});
            if (!answer.ok) return;
            const url = URL.createObjectURL(await answer.blob());
            const { shown } = this.state;
            if (shown && shown.info.n === n) this.change({ ...shown, url });
            else URL.revokeObjectURL(url);
        } catch {
            // Told anew with the next state after the line is back.
        }
    }

    private change(shown: Paper): void {
        this.set({ ...this.state, shown });
    }

    private set(state: PapersState): void {
        this.state = state;
        this.options.changed(state);
    }
}
