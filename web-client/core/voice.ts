// A voice that says one thing after the other from files. What is said next ends what is being
// said: nobody listens to a screen that has gone.

export class Voice {
    private readonly audio = new Audio();
    private waiting: string[] = [];
    /** Files that are here already, as object URLs, each with what the gateway calls these bytes. */
    private readonly here = new Map<string, { url: string; etag: string | null }>();

    constructor() {
        this.audio.preload = "auto";
        this.audio.addEventListener("ended", () => this.next());
        // A file that is not there keeps nobody from hearing the next one.
        this.audio.addEventListener("error", () => this.next());
    }

    /** Fetches files that will be needed when nothing can be fetched; again, when they are others now. */
    async prepare(files: readonly string[]): Promise<void> {
        for (const file of files) {
            try {
                const answer = await fetch(file);
                if (answer.ok) this.take(file, answer.headers.get("ETag"), await answer.blob());
            } catch {
                // Tried again when the next thing is said.
            }
        }
    }

    private take(file: string, etag: string | null, bytes: Blob): void {
        const before = this.here.get(file);
        if (before && before.etag === etag) return;
        if (before) URL.revokeObjectURL(before.url);
        this.here.set(file, { url: URL.createObjectURL(bytes), etag });
    }

    /** Says these files in their order. */
    say(files: readonly string[]): void {
        this.waiting = [...files];
        this.next();
    }

    get speaking(): boolean {
        return !this.audio.paused && !this.audio.ended;
    }

    hush(): void {
        this.waiting = [];
        this.audio.pause();
    }

    private next(): void {
        const file = this.waiting.shift();
        if (file === undefined) return;
        const here = this.here.get(file);
        this.audio.src = here ? here.url : file;
        // Refused without a press, or stopped by what is said next: the words are on the screen.
        this.audio.play().catch(() => undefined);
    }
}
