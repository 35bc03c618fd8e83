// Back to a good picture when the network is wide again. After a narrow time browsers believe in 8 % more a second and no
// faster: from 300 kbit/s to a whole picture that takes half a minute. They do try out at once what a bound allows that was
// raised, with a few packets; so the bound in the answer (b=AS) is raised by a little. Only while less goes than there is
// to send, the browser's belief rises by itself, and the way to the gateway is as short as it ever was: in a narrow network
// packets wait for each other, and a try that fails costs some of the belief.
import { answerAgain } from "./answered";

const lookEvery = 1000;
/** Believed so much of what there is to send: good enough. */
const enough = 0.8;
/** Below, the five packets of a try are a queue of their own, and cost more of the belief than they bring. */
const least = 300_000;
/** From look to look it rises, and that so many times in a row. */
const rising = 1.01;
const looks = 3;
/** It helped when it is so much more than before. */
const helped = 1.25;
const shortest = 2000;
const longest = 16000;
/** The way there and back is short: so much above the least, in seconds and as a share. */
const spare = 0.01;
const share = 1.15;
/** The bound leaves so much room, so that it never binds. */
const room = 1.4;

/** What is known of a connection: bit/s, and seconds there and back. */
export interface Known {
    /** What the browser believes the network takes, */
    believed: number;
    /** what it would send were there no network, */
    most: number;
    /** Infinity: not known. */
    way: number;
}

/** When to try; times in ms. */
export class Climb {
    private least = Infinity;
    private readonly seen: number[] = [];
    private wait = shortest;
    private triedAt = -Infinity;
    private before = 0;

    look(now: number, { believed, most, way }: Known): boolean {
        this.least = Math.min(this.least, way);
        this.seen.push(believed);
        if (this.seen.length > looks) this.seen.shift();
        this.judge(believed);
        if (believed < least || believed >= enough * most || now - this.triedAt < this.wait) return false;
        if (way > share * this.least + spare || !this.rises()) return false;
        this.triedAt = now;
        this.before = believed;
        return true;
    }

    private rises(): boolean {
        return this.seen.length === looks && this.seen.every((one, i, all) => one > rising * (all[i - 1] ?? 0));
    }

    /** At the first look after a try. */
    private judge(believed: number): void {
        if (!this.before) return;
        this.wait = believed > helped * this.before ? shortest : Math.min(2 * this.wait, longest);
        this.before = 0;
    }
}

/** The answer with a bound for the picture, in kbit/s; null when it has no picture. */
export function withBound(answer: string, kbps: number): string | null {
    const section = /^m=video (?:.*\r\n(?!m=))*/m.exec(answer)?.[0];
    if (!section) return null;
    const bound = section.replace(/^b=AS:.*\r\n/gm, "").replace(/^(c=.*\r\n)/m, `$1b=AS:${kbps}\r\n`);
    return answer.replace(section, () => bound);
}

/** What would be sent of the picture, were there no network. */
function mostOf(pc: RTCPeerConnection): number {
    const sender = pc.getSenders().find((one) => one.track?.kind === "video");
    const encodings = sender?.getParameters().encodings ?? [];
    return encodings.reduce((sum, { maxBitrate = 0 }) => sum + maxBitrate, 0);
}

interface Report {
    type: string;
    availableOutgoingBitrate?: number;
    currentRoundTripTime?: number;
    roundTripTime?: number;
}

async function knownOf(pc: RTCPeerConnection): Promise<Known> {
    const known = { believed: 0, most: mostOf(pc), way: Infinity };
    (await pc.getStats()).forEach((one: Report) => {
        known.believed = Math.max(known.believed, one.availableOutgoingBitrate ?? 0);
        known.way = Math.min(known.way, one.roundTripTime || Infinity, one.currentRoundTripTime || Infinity);
    });
    return known;
}

/** Watches over a connection that sends a picture until it is closed. */
export function climb(pc: RTCPeerConnection): void {
    const when = new Climb();
    let bound = 0;
    const raise = (): Promise<boolean> => answerAgain(pc, (answer) => withBound(answer, ++bound));
    const look = async (): Promise<void> => {
        const known = await knownOf(pc);
        if (!known.most || !known.believed || !when.look(performance.now(), known)) return;
        if (!bound) {
            bound = Math.ceil((room * known.most) / 1000);
            await raise(); // the first one is no raise
        }
        await raise();
    };
    const timer = window.setInterval(() => {
        if (pc.signalingState === "closed") return window.clearInterval(timer);
        look().catch(() => {
            // A restart of ICE came in between: the next look tries again.
        });
    }, lookEvery);
}
