// Watching through WHEP: a room's programme as one MediaStream.
import { MediaSession, type SessionOptions } from "./session";

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

export class Watcher extends MediaSession {
    private bytes = 0;
    private quiet = 0;
    private patience = stuckAfter;
    private looking = 0;

    /** @param show  called with the stream of each new session, once it has its first track */
    constructor(
        options: SessionOptions,
        private readonly show: (stream: MediaStream) => void,
    ) {
        super(options);
    }

    override stop(): void {
        window.clearInterval(this.looking);
        super.stop();
    }

    protected override endpoint(room: string): string {
        return `/whep/${encodeURIComponent(room)}`;
    }

    protected override prepare(pc: RTCPeerConnection): void {
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
        this.quiet += lookEvery;
        if (this.quiet >= quietAfter && this.state === "flowing") this.set("lost");
        if (this.quiet < this.patience) return;
        this.patience = Math.min(stuckMost, this.patience * 2);
        this.again(0);
    }
}
