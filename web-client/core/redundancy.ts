// Speech over a network that loses: while the gateway reports losses, every packet of sound repeats the one before
// (RED, RFC 2198), so that a lost one costs nothing. It doubles the sound's rate, so it is off on a good network.
// Browsers send what stands first in the answer: the same answer is applied again with the two in the other order.
import { answerAgain } from "./answered";

const lookEvery = 1000;
/** Share of packets lost from which on it pays. */
const on = 0.03;
/** So little for so long, and it ends. */
const off = 0.01;
const calmFor = 10000;
/** Seconds of round trip above the least: packets wait in a queue that is full, and more of them would be lost. */
const crowded = 0.4;

/** The answer with RED before the codec it repeats, or behind; null when it has none. */
export function withRed(answer: string, first: boolean): string | null {
    const red = /^a=rtpmap:(\d+) red\/48000/m.exec(answer)?.[1];
    if (!red) return null;
    return answer.replace(/^(m=audio \S+ \S+)((?: \d+)+)/m, (_, head: string, list: string) => {
        const others = list.split(" ").filter((type) => type !== "" && type !== red);
        return [head, ...(first ? [red, ...others] : [...others, red])].join(" ");
    });
}

interface Report {
    type: string;
    kind?: string;
    fractionLost?: number;
    roundTripTime?: number;
}

/** What the gateway reported of the sound; null while it has not. */
async function reported(pc: RTCPeerConnection): Promise<Report | null> {
    let found: Report | null = null;
    (await pc.getStats()).forEach((one: Report) => {
        if (one.type === "remote-inbound-rtp" && one.kind === "audio") found = one;
    });
    return found;
}

/** Watches over a connection's sound until it is closed. */
export function guardSpeech(pc: RTCPeerConnection): void {
    let doubled = false;
    let lostAt = 0;
    let least = Infinity;
    const wants = ({ fractionLost: loss = 0, roundTripTime: way = 0 }: Report): boolean => {
        const now = performance.now();
        if (way > 0) least = Math.min(least, way);
        if (loss >= off) lostAt = now;
        if (way - least > crowded) return false;
        return doubled ? now - lostAt < calmFor : loss >= on;
    };
    const look = async (): Promise<void> => {
        const report = await reported(pc);
        const wanted = report ? wants(report) : doubled;
        if (wanted !== doubled && (await answerAgain(pc, (answer) => withRed(answer, wanted)))) doubled = wanted;
    };
    const timer = window.setInterval(() => {
        if (pc.signalingState === "closed") return window.clearInterval(timer);
        look().catch(() => {
            // A restart of ICE came in between: the next look tries again.
        });
    }, lookEvery);
}
