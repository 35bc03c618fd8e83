// One sentence spoken into the microphone, as the bytes of a file.
import { closeStream, openMicrophone, type DeviceTrouble } from "./devices";

const kind = "audio/webm;codecs=opus";
/** The gateway takes a minute. */
const longest = 58000;

export function canDictate(): boolean {
    return "MediaRecorder" in window && MediaRecorder.isTypeSupported(kind);
}

export class Dictation {
    /** What was said, once it has ended. */
    readonly said: Promise<Blob>;
    private readonly recorder: MediaRecorder;
    private readonly parts: Blob[] = [];

    private constructor(readonly stream: MediaStream) {
        this.recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: 32000 });
        this.recorder.addEventListener("dataavailable", ({ data }) => this.parts.push(data));
        const timer = window.setTimeout(() => this.stop(), longest);
        this.said = new Promise((done) => {
            this.recorder.addEventListener("stop", () => {
                window.clearTimeout(timer);
                closeStream(stream);
                done(new Blob(this.parts, { type: "audio/webm" }));
            });
        });
        this.recorder.start();
    }

    /** Listens from now on; or says why there is no microphone. */
    static async begin(): Promise<Dictation | DeviceTrouble> {
        const stream = await openMicrophone();
        return stream instanceof MediaStream ? new Dictation(stream) : stream;
    }

    stop(): void {
        if (this.recorder.state !== "inactive") this.recorder.stop();
    }
}
