// A lawyer tries his equipment: in a room of his own he publishes and watches himself come back, by each way to the
// gateway alone, and what the network does to it is measured.
import { api } from "./api";
import type { Devices } from "./devices";
import type { MediaSession, SessionState } from "./session";
import type { Media } from "./types";
import { isThere, targetOf, wayNames, type Way } from "./ways";
import { Watcher } from "./whep";
import { Publisher } from "./whip";

interface Grant extends Media {
    publication: string;
}

/** rtt: to the gateway and back, ms; lost: the share of packets that did not arrive, 0 to 1. */
export interface Measured {
    rtt: number;
    lost: number;
}

/** waits: its turn comes · absent: there is no such server */
export type WayState = "waits" | "tries" | "open" | "closed" | "absent";

export interface Tried {
    state: WayState;
    target: string;
    measured: Measured | null;
}

export type Quality = "good" | "fair" | "poor";

export type Results = Record<Way, Tried>;

export interface PreflightState {
    ways: Results;
    /** Oneself, as others see one. */
    echo: MediaStream | null;
    done: boolean;
}

const untried: Tried = { state: "waits", target: "", measured: null };
export const nothingTried: PreflightState = {
    ways: { udp: untried, tcp: untried, turn: untried, turns: untried },
    echo: null,
    done: false,
};

const patience = 7000;
const measureFor = 2500;
/** The gateway lets nobody in with the same grant for longer. */
const grantFor = 170000;

const pause = (ms: number): Promise<void> => new Promise((done) => window.setTimeout(done, ms));

export function qualityOf({ rtt, lost }: Measured): Quality {
    if (rtt <= 150 && lost <= 0.02) return "good";
    return rtt <= 400 && lost <= 0.08 ? "fair" : "poor";
}

/** The first way of all that is open, best first. */
export function bestWay(ways: Results): Way | null {
    return wayNames.find((way) => ways[way].state === "open") ?? null;
}

export type Verdict = "trying" | "noWay" | "noDevice" | "slow" | "works";

/** What it all comes to. */
export function verdictOf(devices: Devices | null, { ways, done }: PreflightState): Verdict {
    const best = bestWay(ways);
    if (!devices || !done) return "trying";
    if (!best) return "noWay";
    if (devices.trouble !== null) return "noDevice";
    const { measured } = ways[best];
    return measured && qualityOf(measured) === "poor" ? "slow" : "works";
}

interface Counted {
    type: string;
    state?: string;
    currentRoundTripTime?: number;
    packetsLost?: number;
    packetsReceived?: number;
    packetsSent?: number;
}

/** What one session's counters say; a share is of all its streams together. */
export function measuredOf(reports: Counted[]): Measured {
    const sum = (pick: (one: Counted) => number | undefined): number => reports.reduce((all, one) => all + Math.max(0, pick(one) ?? 0), 0);
    const times = reports.filter((one) => one.type === "candidate-pair" && one.state === "succeeded").map((one) => one.currentRoundTripTime ?? 0);
    const lost = sum((one) => (one.type === "inbound-rtp" || one.type === "remote-inbound-rtp" ? one.packetsLost : 0));
    const all = sum((one) => (one.type === "inbound-rtp" ? (one.packetsReceived ?? 0) + (one.packetsLost ?? 0) : one.type === "outbound-rtp" ? one.packetsSent : 0));
    return { rtt: Math.round(1000 * Math.max(0, ...times)), lost: all > 0 ? lost / all : 0 };
}

async function measure(session: MediaSession): Promise<Measured> {
    const reports: Counted[] = [];
    (await session.stats())?.forEach((one: Counted) => reports.push(one));
    return measuredOf(reports);
}

/** Publishing and watching by one way, until it is stopped. */
class Loop {
    private readonly until = performance.now() + grantFor;
    private states: Record<"publishing" | "watching", SessionState> = { publishing: "stopped", watching: "stopped" };
    readonly publisher: Publisher;
    readonly watcher: Watcher;

    constructor(grant: Grant, way: Way, stream: MediaStream, show: (echo: MediaStream) => void) {
        const media = (): Media | null => (performance.now() < this.until ? grant : null);
        const options = (which: "publishing" | "watching") => ({ media, way, state: (state: SessionState) => void (this.states[which] = state) });
        this.publisher = new Publisher(options("publishing"), stream, "camera");
        this.watcher = new Watcher({ ...options("watching"), publication: grant.publication }, show);
    }

    /** Resolves with whether one comes back. */
    async opens(): Promise<boolean> {
        const flows = async (which: "publishing" | "watching"): Promise<boolean> => {
            const by = performance.now() + patience;
            while (this.states[which] !== "flowing" && performance.now() < by) await pause(100);
            return this.states[which] === "flowing";
        };
        this.publisher.start();
        if (!(await flows("publishing"))) return false;
        this.watcher.start();
        return flows("watching");
    }

    /** Both ways: the worse of the two. */
    async measured(): Promise<Measured> {
        const [up, down] = [await measure(this.publisher), await measure(this.watcher)];
        return { rtt: Math.max(up.rtt, down.rtt), lost: Math.max(up.lost, down.lost) };
    }

    stop(): void {
        this.publisher.stop();
        this.watcher.stop();
    }
}

/** Without camera and microphone the ways are tried with silence. */
function somethingToSend(stream: MediaStream): MediaStream {
    return stream.getTracks().length > 0 ? stream : new AudioContext().createMediaStreamDestination().stream;
}

export class Preflight {
    private state = nothingTried;
    private running = 0;
    /** By the best way one sees oneself for as long as the page is open. */
    private echo: Loop | null = null;
    private loops = new Set<Loop>();

    constructor(private readonly changed: (state: PreflightState) => void) {}

    /** All ways one after the other; `short`: only until one is open. */
    async run(stream: MediaStream, short = false): Promise<void> {
        this.stop();
        const run = ++this.running;
        this.set(nothingTried);
        for (const way of wayNames) {
            const found = await this.attempt(run, way, somethingToSend(stream));
            if (run !== this.running) return;
            if (short && found) break;
        }
        this.set({ ...this.state, done: true });
        if (short) this.stop();
    }

    stop(): void {
        this.running++;
        this.loops.forEach((loop) => loop.stop());
        this.loops.clear();
        this.echo = null;
    }

    private set(state: PreflightState): void {
        this.state = state;
        this.changed(state);
    }

    private tell(way: Way, patch: Partial<Tried>): void {
        this.set({ ...this.state, ways: { ...this.state.ways, [way]: { ...this.state.ways[way], ...patch } } });
    }

    private async attempt(run: number, way: Way, stream: MediaStream): Promise<boolean> {
        this.tell(way, { state: "tries" });
        const grant = await api<Grant>("/v1/me/preflight", { method: "POST" }).catch(() => null);
        if (run !== this.running) return false;
        const servers = (grant && grant.ice_servers) ?? [];
        if (grant && !isThere(way, servers)) return this.closed(way, "absent", "");
        if (!grant) return this.closed(way, "closed", "");
        const loop = new Loop(grant, way, stream, (echo) => !this.echo && this.set({ ...this.state, echo }));
        this.loops.add(loop);
        const open = await loop.opens();
        if (run !== this.running) return false;
        const target = targetOf(way, loop.publisher.answer, servers);
        if (!open) {
            this.end(loop);
            return this.closed(way, "closed", target);
        }
        await pause(measureFor);
        if (run !== this.running) return false;
        this.tell(way, { state: "open", target, measured: await loop.measured() });
        if (this.echo) this.end(loop);
        else this.echo = loop;
        return true;
    }

    private closed(way: Way, state: WayState, target: string): false {
        this.tell(way, { state, target });
        return false;
    }

    private end(loop: Loop): void {
        loop.stop();
        this.loops.delete(loop);
    }
}
