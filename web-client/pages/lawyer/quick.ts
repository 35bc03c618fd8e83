// Once, when a lawyer goes on duty: do camera, microphone and one way to the gateway work? It stops at once when
// somebody asks for him.
import { closeStream, openDevices } from "../../core/devices";
import { nothingTried, Preflight, verdictOf } from "../../core/preflight";

export type Quick = "no" | "tries" | "good" | "bad";

export class QuickCheck {
    private run = 0;
    private stream: MediaStream | null = null;
    private tried = nothingTried;
    private readonly preflight = new Preflight((tried) => (this.tried = tried));

    constructor(private readonly changed: (quick: Quick) => void) {}

    async start(): Promise<void> {
        this.stop();
        const run = this.run;
        this.changed("tries");
        const devices = await openDevices();
        if (run !== this.run) return closeStream(devices.stream);
        this.stream = devices.stream;
        await this.preflight.run(devices.stream, true);
        if (run !== this.run) return;
        const works = verdictOf(devices, this.tried) === "works";
        this.stop();
        this.changed(works ? "good" : "bad");
    }

    /** What is not finished is not told. */
    stop(): void {
        this.run++;
        this.preflight.stop();
        closeStream(this.stream);
        this.stream = null;
        this.changed("no");
    }
}
