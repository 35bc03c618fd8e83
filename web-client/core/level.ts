// How loud a microphone is, in words. A needle needs an engineer; "too quiet" needs nobody.

export type LevelWord = "silent" | "quiet" | "good" | "loud";

/** dBFS below which a word holds, lowest first. */
const ladder: [number, LevelWord][] = [
    [-58, "silent"],
    [-40, "quiet"],
    [-6, "good"],
];

/** @param db  a speaker's recent peak in dBFS */
export function levelWord(db: number): LevelWord {
    for (const [below, word] of ladder) if (db < below) return word;
    return "loud";
}

/** Peak of samples in -1..1, as dBFS; silence is -100. */
export function peakDb(samples: ArrayLike<number>): number {
    let peak = 0;
    for (let i = 0; i < samples.length; i++) peak = Math.max(peak, Math.abs(samples[i] ?? 0));
    return peak > 0.00001 ? 20 * Math.log10(peak) : -100;
}

const every = 100;
/** A held peak falls that slowly, so that the word does not flicker between syllables. */
const fallPerTick = 0.8;

export class LevelMeter {
    private readonly context = new AudioContext();
    private readonly analyser = this.context.createAnalyser();
    private readonly timer: number;
    private held = -100;

    /** @param heard  called ten times a second with the held peak in dBFS */
    constructor(stream: MediaStream, heard: (db: number) => void) {
        this.analyser.fftSize = 2048;
        this.context.createMediaStreamSource(stream).connect(this.analyser);
        const samples = new Float32Array(this.analyser.fftSize);
        this.timer = window.setInterval(() => {
            if (this.context.state === "suspended") void this.context.resume();
            this.analyser.getFloatTimeDomainData(samples);
            this.held = Math.max(peakDb(samples), this.held - fallPerTick);
            heard(this.held);
        }, every);
    }

    stop(): void {
        window.clearInterval(this.timer);
        void this.context.close();
    }
}
