// The lawyer's screen for the resident: shared at one end, watched at the other.
import { closeStream } from "./devices";
import type { Media, ScreenEvent } from "./types";
import { Watcher } from "./whep";
import { Publisher } from "./whip";

type Display = MediaDevices & { getDisplayMedia?: (constraints: object) => Promise<MediaStream> };

function display(): Display | undefined {
    return navigator.mediaDevices as Display | undefined;
}

export function canShare(): boolean {
    return display()?.getDisplayMedia !== undefined;
}

export class ScreenShare {
    private stream: MediaStream | null = null;
    private publisher: Publisher | null = null;

    /** @param changed  with whether it is shared, also when the browser's own button ends it */
    constructor(
        private readonly media: () => Media | null,
        private readonly changed: (sharing: boolean) => void,
    ) {}

    /** The browser asks which window; rejects when it is not told. */
    async start(): Promise<void> {
        const media = display();
        if (this.publisher || !media?.getDisplayMedia) return;
        const stream = await media.getDisplayMedia({ video: { frameRate: { ideal: 10, max: 15 } }, audio: false });
        const [track] = stream.getVideoTracks();
        if (this.publisher || !track || !this.media()) return closeStream(stream);
        track.contentHint = "detail";
        track.addEventListener("ended", () => this.stop());
        this.stream = stream;
        this.publisher = new Publisher({ media: this.media, state: () => undefined }, stream, "screen");
        this.publisher.start();
        this.changed(true);
    }

    stop(): void {
        if (!this.publisher) return;
        this.publisher.stop();
        closeStream(this.stream);
        this.publisher = null;
        this.stream = null;
        this.changed(false);
    }

    /** After the gateway was away. */
    check(): void {
        if (this.publisher) void this.publisher.check();
    }
}

export class ScreenView {
    private watcher: Watcher | null = null;
    private publication: string | null = null;

    /** @param show  null: nothing is shared */
    constructor(
        private readonly media: () => Media | null,
        private readonly show: (screen: MediaStream | null) => void,
    ) {}

    /** The event "screen", or the state's member. */
    told(screen: ScreenEvent | null): void {
        const publication = screen ? screen.publication : null;
        if (publication === this.publication) return;
        this.stop();
        if (publication === null) return;
        this.publication = publication;
        const options = { media: this.media, state: () => undefined, publication, screen: true };
        this.watcher = new Watcher(options, (stream) => this.show(stream));
        this.watcher.start();
    }

    stop(): void {
        if (this.watcher) this.watcher.stop();
        this.watcher = null;
        this.publication = null;
        this.show(null);
    }

    /** After the gateway was away. */
    check(): void {
        if (this.watcher) void this.watcher.check();
    }
}
