// A PDF of the lawyer's, drawn page by page into pictures that both sides see. pdf.js (Apache-2.0) draws, in a worker,
// fetched when the first PDF is opened; what a PDF would like to run is not run: scripts and forms belong to viewers,
// and this one only draws.
import { asJpeg, mostSide } from "./picture";

interface Viewport {
    width: number;
    height: number;
}

interface PdfPage {
    getViewport(options: { scale: number }): Viewport;
    render(options: { canvasContext: CanvasRenderingContext2D; viewport: Viewport; intent: string }): { promise: Promise<void> };
    cleanup(): void;
}

interface PdfDocument {
    numPages: number;
    getPage(page: number): Promise<PdfPage>;
    destroy(): Promise<void>;
}

interface Library {
    GlobalWorkerOptions: { workerSrc: string };
    getDocument(options: object): { promise: Promise<PdfDocument> };
}

/** Where the build has put the library (build.mjs). */
declare const PDF_FILES: { script: string; worker: string; cmaps: string };

/** Dots of a page's longer side: A4 at 200 an inch, sharp on a tall kiosk. */
const side = 2339;
const mostPageBytes = 1500000;

let library: Promise<Library> | null = null;

function load(): Promise<Library> {
    library ??= new Promise<Library>((done, fail) => {
        const script = document.createElement("script");
        script.src = PDF_FILES.script;
        script.onerror = () => {
            library = null;
            fail(new Error("not loaded"));
        };
        script.onload = () => {
            const { pdfjsLib } = window as unknown as { pdfjsLib: Library };
            pdfjsLib.GlobalWorkerOptions.workerSrc = PDF_FILES.worker;
            done(pdfjsLib);
        };
        document.head.append(script);
    });
    return library;
}

export class Pdf {
    private constructor(private readonly document: PdfDocument) {}

    /** Rejects when it is none, is damaged or needs a password. */
    static async open(octets: ArrayBuffer): Promise<Pdf> {
        const { getDocument } = await load();
        return new Pdf(
            await getDocument({
                data: new Uint8Array(octets),
                isEvalSupported: false,
                enableXfa: false,
                cMapUrl: PDF_FILES.cmaps,
                cMapPacked: true,
                useSystemFonts: true,
            }).promise,
        );
    }

    get pages(): number {
        return this.document.numPages;
    }

    /** @param page  from 1 on */
    async draw(page: number): Promise<Blob> {
        const one = await this.document.getPage(page);
        const { width, height } = one.getViewport({ scale: 1 });
        const viewport = one.getViewport({ scale: Math.min(mostSide, side) / Math.max(width, height) });
        const canvas = document.createElement("canvas");
        canvas.width = Math.floor(viewport.width);
        canvas.height = Math.floor(viewport.height);
        const canvasContext = canvas.getContext("2d");
        if (!canvasContext) throw new Error("no picture");
        await one.render({ canvasContext, viewport, intent: "print" }).promise;
        one.cleanup();
        const picture = await asJpeg(canvas, mostPageBytes);
        canvas.width = canvas.height = 0;
        return picture;
    }

    close(): void {
        void this.document.destroy();
    }
}
