// The lawyer's ring: two soft notes every two seconds, made here, so there is no file to load.
// Browsers give sound only after somebody touched the page: unlock() in a press.

let context: AudioContext | null = null;
let timer = 0;

function note(audio: AudioContext, hertz: number, at: number): void {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.type = "sine";
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.4, at + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.7);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.75);
}

/** Two notes, once; nothing where the page may not make a sound. */
export function ringOnce(): void {
    if (!context || context.state !== "running") return;
    note(context, 659, context.currentTime);
    note(context, 880, context.currentTime + 0.28);
}

/** Resolves with whether the page may make a sound now. */
export async function unlock(): Promise<boolean> {
    context = context ?? new AudioContext();
    // resume() stays pending where no press has happened yet: do not wait for it for ever.
    await Promise.race([context.resume(), new Promise((done) => window.setTimeout(done, 300))]);
    return context.state === "running";
}

export function ring(on: boolean): void {
    window.clearInterval(timer);
    timer = 0;
    if (!on) return;
    ringOnce();
    timer = window.setInterval(ringOnce, 2000);
}
