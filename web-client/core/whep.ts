// Watching through WHEP: a room's programme as one MediaStream.
import { MediaSession, type SessionOptions } from "./session";
import type { Shown } from "./types";

const lookEvery = 1500;
/** While somebody waits for the first picture. */
const lookOften = 50;
const lookOftenFor = 3000;
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
    /** Nothing is to be shown yet: silence is as it should be. */
    ahead?: () => boolean;
    /** It is a screen: it has no sound, and may stand still. */
    screen?: boolean;
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

    /** From now on something is to be shown: as soon as possible. */
    hasten(): void {
        if (this.state === "stopped" || this.state === "flowing" || this.isAhead()) return;
        if (!this.pc) this.again(0);
        else if (this.looking) this.lookOften(this.pc, performance.now() + lookOftenFor);
    }

    private isAhead(): boolean {
        return this.watching.ahead !== undefined && this.watching.ahead();
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
        if (!this.watching.screen) pc.addTransceiver("audio", { direction: "recvonly" });
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
        this.reached();
        this.hasten();
    }

    private lookOften(pc: RTCPeerConnection, until: number): void {
        if (pc !== this.pc || this.state === "flowing" || performance.now() > until) return;
        void this.receives(pc).then(() => window.setTimeout(() => this.lookOften(pc, until), lookOften));
    }

    /** Whether anything came since it was asked last. */
    private async receives(pc: RTCPeerConnection): Promise<boolean> {
        const bytes = await bytesReceived(pc);
        if (pc !== this.pc || bytes <= this.bytes) return false;
        this.bytes = bytes;
        this.quiet = 0;
        this.patience = stuckAfter;
        if (pc.iceConnectionState !== "disconnected" && !this.isAhead()) this.flowing(); // ahead it is a probe at most
        return true;
    }

    private async look(pc: RTCPeerConnection): Promise<void> {
        if (pc !== this.pc || (await this.receives(pc)) || pc !== this.pc) return;
        if (this.soundOnly || this.watching.screen || this.isAhead()) return; // nobody may be speaking, a screen may stand still
        this.quiet += lookEvery;
        if (this.quiet >= quietAfter && this.state === "flowing") this.set("lost");
        if (this.quiet < this.patience) return;
        this.patience = Math.min(stuckMost, this.patience * 2);
        this.again(0);
    }
}
