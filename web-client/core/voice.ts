// A voice that says one thing after the other from files. What is said next ends what is being
// said: nobody listens to a screen that has gone.

export class Voice {
    private readonly audio = new Audio();
    private waiting: string[] = [];
    /** Files that are here already, as object URLs. */
    private readonly here = new Map<string, string>();

    constructor() {
        this.audio.preload = "auto";
        this.audio.addEventListener("ended", () => this.next());
        // A file that is not there keeps nobody from hearing the next one.
        this.audio.addEventListener("error", () => this.next());
    }

    /** Fetches files that will be needed when nothing can be fetched. */
    async prepare(files: readonly string[]): Promise<void> {
        for (const file of files.filter((one) => !this.here.has(one))) {
            try {
                const answer = await fetch(file);
                if (answer.ok) this.here.set(file, URL.createObjectURL(await answer.blob()));
            } catch {
                // Tried again when the next thing is said.
            }
        }
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
        this.audio.src = this.here.get(file) ?? file;
        // Refused without a press, or stopped by what is said next: the words are on the screen.
        this.audio.play().catch(() => undefined);
    }
}
