// Files from the lawyer to the resident: checked, made small enough, and PDFs leafed through page by page.
import { mostBytes, nameOf, typeOf, type Papers } from "../../core/papers";
import { Pdf } from "../../core/pdf";
import { redrawn } from "../../core/picture";
import type { PaperInfo } from "../../core/types";

/** Why a file was not sent. */
export type FileTrouble = "type" | "large" | "unreadable" | "failed";
export type Sending = "no" | "sending" | FileTrouble;

class Refused extends Error {
    constructor(readonly why: FileTrouble) {
        super(why);
    }
}

export class Files {
    /** Those of this consultation that are open here, by their paper's number. */
    private readonly open = new Map<number, Pdf>();

    constructor(
        private readonly papers: Papers,
        private readonly changed: (sending: Sending) => void,
    ) {}

    async send(consultation: string, file: File): Promise<void> {
        this.changed("sending");
        this.changed(await this.attempt(() => this.give(consultation, file)));
    }

    /** Draws a page that is not there yet, or shows it again. */
    async leaf(consultation: string, whole: PaperInfo, page: number, all: PaperInfo[]): Promise<void> {
        const there = all.find((one) => one.of === whole.n && one.page === page);
        if (there) return this.papers.show(there.n, true);
        this.changed("sending");
        this.changed(await this.attempt(() => this.draw(consultation, whole, page)));
    }

    /** The consultation is over. */
    wipe(): void {
        this.open.forEach((pdf) => pdf.close());
        this.open.clear();
    }

    private async attempt(work: () => Promise<void>): Promise<Sending> {
        try {
            await work();
            return "no";
        } catch (error) {
            return error instanceof Refused ? error.why : "failed";
        }
    }

    private async give(consultation: string, file: File): Promise<void> {
        const type = typeOf(file);
        if (type === null) throw new Refused("type");
        if (type === "application/pdf") return this.givePdf(consultation, file);
        const isLarge = file.size > mostBytes || type === "image/jpeg";
        const picture = isLarge ? await redrawn(file, mostBytes).catch(() => Promise.reject(new Refused("unreadable"))) : file;
        await this.given(consultation, picture, isLarge ? "image/jpeg" : type, { name: nameOf(file) });
    }

    private async givePdf(consultation: string, file: File): Promise<void> {
        if (file.size > mostBytes) throw new Refused("large");
        const pdf = await Pdf.open(await new Response(file).arrayBuffer()).catch(() => Promise.reject(new Refused("unreadable")));
        const whole = await this.given(consultation, file, "application/pdf", { name: nameOf(file), pages: pdf.pages });
        this.open.set(whole.n, pdf);
        await this.draw(consultation, whole, 1);
    }

    private async given(...what: Parameters<Papers["give"]>): Promise<PaperInfo> {
        const paper = await this.papers.give(...what);
        if (!paper) throw new Refused("failed");
        return paper;
    }

    private async draw(consultation: string, whole: PaperInfo, page: number): Promise<void> {
        const pdf = this.open.get(whole.n) ?? (await Pdf.open(await this.papers.octets(whole.n)));
        this.open.set(whole.n, pdf);
        await this.given(consultation, await pdf.draw(page), "image/jpeg", { name: whole.name, of: whole.n, page });
    }
}
