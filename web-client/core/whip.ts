// Publishing through WHIP (RFC 9725): camera and microphone of this page into a room.
import { guardSpeech } from "./redundancy";
import { MediaSession, type SessionOptions } from "./session";

export type Source = "camera" | "hall" | "screen";

const bitrate: Record<Source, number> = { camera: 1_800_000, hall: 2_500_000, screen: 2_500_000 };

// A lecture's picture goes to many, each behind a link of his own: it is sent in three sizes (simulcast, RFC 8853),
// the smallest first.
function encodings(source: Source): RTCRtpEncodingParameters[] {
    const whole = bitrate[source];
    if (source !== "hall") return [{ maxBitrate: whole }];
    return [
        { rid: "l", scaleResolutionDownBy: 4, maxBitrate: 150_000 },
        { rid: "m", scaleResolutionDownBy: 2, maxBitrate: 600_000 },
        { rid: "h", scaleResolutionDownBy: 1, maxBitrate: whole },
    ];
}

export class Publisher extends MediaSession {
    private guarded: RTCPeerConnection | null = null;

    constructor(
        options: SessionOptions,
        private stream: MediaStream,
        private readonly source: Source,
    ) {
        super(options);
    }

    /** Swaps in a re-opened camera or microphone without a new session where that is possible. */
    replace(stream: MediaStream): void {
        this.stream = stream;
        if (!this.pc) return;
        const senders = this.pc.getSenders();
        const swaps = stream.getTracks().map((track) => {
            const sender = senders.find((one) => one.track && one.track.kind === track.kind);
            return sender ? sender.replaceTrack(track) : Promise.reject(new Error("one more kind"));
        });
        Promise.all(swaps).catch(() => this.again(0));
    }

    protected override endpoint(room: string): string {
        return `/whip/${encodeURIComponent(room)}?source=${this.source}`;
    }

    protected override onConnected(): void {
        if (this.pc && this.pc !== this.guarded) guardSpeech(this.pc);
        this.guarded = this.pc;
        super.onConnected();
    }

    protected override prepare(pc: RTCPeerConnection): void {
        for (const track of this.stream.getTracks()) {
            const video = track.kind === "video";
            pc.addTransceiver(track, {
                direction: "sendonly",
                streams: [this.stream],
                ...(video ? { sendEncodings: encodings(this.source) } : {}),
            });
        }
    }
}
