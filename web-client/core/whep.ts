// Watching through WHEP: a room's programme as one MediaStream.
import { MediaSession, type SessionOptions } from "./session";
import type { Shown } from "./types";

const lookEvery = 1500;
/** Connected but silent for that long: say so. */
const quietAfter = 4000;
/** Silent for that long: the session may be stuck where a new one is not. Grows with each try. */
const stuckAfter = 9000;
const stuckMost = 60000;

async function bytesReceived(pc: RTCPeerConnection): Promise<number> {
    let bytes = 0;
    (await pc.getStats()).forEach((one: { type: string; bytesReceived?: number }) => {
        if (one.type === "inbound-rtp") bytes += one.bytesReceived ?? 0;
    });
    return bytes;
}

export interface WatcherOptions extends SessionOptions {
    /** The gateway sends sound but no picture, because of the network; and: it does again. */
    soundOnly?: (soundOnly: boolean) => void;
    /** One publication of the room; left out: the room's programme. */
    publication?: string | null;
}

export class Watcher extends MediaSession {
    private soundOnly = false;
    private bytes = 0;
    private quiet = 0;
    private patience = stuckAfter;
    private looking = 0;

    /** @param show  called with the stream of each new session, once it has its first track */
    constructor(
        private readonly watching: WatcherOptions,
        private readonly show: (stream: MediaStream) => void,
    ) {
        super(watching);
    }

    /** The event "shown" of /v1/live. */
    told(shown: Shown): void {
        if (shown.session === this.session) this.setSoundOnly(shown.paused === "network");
    }

    private setSoundOnly(soundOnly: boolean): void {
        if (soundOnly === this.soundOnly) return;
        this.soundOnly = soundOnly;
        if (this.watching.soundOnly) this.watching.soundOnly(soundOnly);
    }

    override stop(): void {
        window.clearInterval(this.looking);
        this.setSoundOnly(false);
        super.stop();
    }

    protected override endpoint(room: string): string {
        const one = this.watching.publication;
        return `/whep/${encodeURIComponent(room)}${one ? `/${encodeURIComponent(one)}` : ""}`;
    }

    protected override prepare(pc: RTCPeerConnection): void {
        this.setSoundOnly(false); // a new session: the gateway tells of it anew
        const stream = new MediaStream();
        pc.ontrack = (event) => {
            stream.addTrack(event.track);
            this.show(stream);
        };
        pc.addTransceiver("audio", { direction: "recvonly" });
        pc.addTransceiver("video", { direction: "recvonly" });
    }

    /** Connected says little to somebody who looks at black: flowing begins with the first bytes. */
    protected override onConnected(): void {
        const pc = this.pc;
        if (!pc) return;
        this.bytes = 0;
        this.quiet = 0;
        window.clearInterval(this.looking);
        this.looking = window.setInterval(() => void this.look(pc), lookEvery);
        window.setTimeout(() => void this.look(pc), 300);
        this.reached();
    }

    private async look(pc: RTCPeerConnection): Promise<void> {
        if (pc !== this.pc) return;
        const bytes = await bytesReceived(pc);
        if (pc !== this.pc) return;
        if (bytes > this.bytes) {
            this.bytes = bytes;
            this.quiet = 0;
            this.patience = stuckAfter;
            if (pc.iceConnectionState !== "disconnected") this.flowing();
            return;
        }
        if (this.soundOnly) return; // nobody may be speaking
        this.quiet += lookEvery;
        if (this.quiet >= quietAfter && this.state === "flowing") this.set("lost");
        if (this.quiet < this.patience) return;
        this.patience = Math.min(stuckMost, this.patience * 2);
        this.again(0);
    }
}
