// One WHIP or WHEP resource that stays: POSTs an offer, restarts ICE when the way to the gateway is
// lost, and after any other failure POSTs again with a growing wait until stop(). The gateway is
// ICE-lite with all candidates in its answer, so the offer goes out at once and nothing is trickled.
import { Backoff } from "./backoff";
import { restartIce, RestartRefused } from "./restart";
import type { Media } from "./types";
import { onlyThis, serversOf, type Way } from "./ways";

/**
 * connecting: no media yet · flowing: connected (and, for a watcher, bytes arrive) ·
 * lost: it was flowing or was refused, and is being tried again
 */
export type SessionState = "stopped" | "connecting" | "flowing" | "lost";

export interface SessionOptions {
    /** Asked before each POST: the token may have been renewed. null: wait and ask again. */
    media: () => Media | null;
    state: (state: SessionState) => void;
    /** The one way to the gateway that is to be tried; left out: whichever is there. */
    way?: Way;
}

const connectTimeout = 12000;
/** A pause that short heals by itself more often than another way is found faster. */
const disconnectedGrace = 700;
/** So long a restart is tried before a new session is. */
const restartTimeout = 6000;
const restartEvery = 500;

interface LegacyConfiguration extends RTCConfiguration {
    sdpSemantics?: string;
}

// Chromium 70 has both plans and needs to be told; all later ones ignore the member.
const configuration: LegacyConfiguration = { bundlePolicy: "max-bundle", sdpSemantics: "unified-plan" };

const isOpen = (pc: RTCPeerConnection): boolean =>
    pc.iceConnectionState === "connected" || pc.iceConnectionState === "completed";

export abstract class MediaSession {
    protected pc: RTCPeerConnection | null = null;
    protected state: SessionState = "stopped";
    private location: string | null = null;
    private token = "";
    private attempt = 0;
    private timer = 0;
    /** The timer of a restart that is under way. */
    private restarting = 0;
    /** The gateway has answered it, and only checks are missing. */
    private answered = false;
    /** Was there a way to the gateway in this attempt? */
    private opened = false;
    private readonly backoff = new Backoff(600, 8000);

    constructor(protected readonly options: SessionOptions) {}

    /** The endpoint's address for a room. */
    protected abstract endpoint(room: string): string;
    /** Adds tracks or transceivers before the offer is made. */
    protected abstract prepare(pc: RTCPeerConnection): void;

    start(): void {
        if (this.state !== "stopped") return;
        window.addEventListener("online", this.moved);
        window.addEventListener("pagehide", this.leave);
        this.set("connecting");
        void this.open();
    }

    /** Ends the session here and, with DELETE, at the gateway. */
    stop(): void {
        if (this.state === "stopped") return;
        window.removeEventListener("online", this.moved);
        window.removeEventListener("pagehide", this.leave);
        this.close();
        this.set("stopped");
    }

    /** Asks the gateway whether it still has this session, and makes a new one at once if not. */
    async check(): Promise<void> {
        if (this.state === "stopped") return;
        const attempt = this.attempt;
        if (!this.location) return this.hurry();
        let known = true;
        try {
            const answer = await fetch(this.location, { headers: this.authorization(), cache: "no-store" });
            known = answer.ok;
        } catch {
            return;
        }
        if (!known && attempt === this.attempt) this.again(0);
    }

    /** What the browser counts; null while there is no connection. */
    async stats(): Promise<RTCStatsReport | null> {
        return this.pc ? this.pc.getStats() : null;
    }

    /** What the gateway answered. */
    get answer(): string {
        const remote = this.pc ? this.pc.remoteDescription : null;
        return remote ? remote.sdp : "";
    }

    protected set(state: SessionState): void {
        if (state === this.state) return;
        this.state = state;
        this.options.state(state);
    }

    /** Media is really there: the next failure starts with a short wait again. */
    protected flowing(): void {
        this.reached();
        this.backoff.reset();
        this.set("flowing");
    }

    /** The session's name at the gateway; "" while there is none. */
    protected get session(): string {
        return this.location ? (this.location.split("/").pop() ?? "") : "";
    }

    /** Gives this attempt up and tries again after `wait` ms, or after the back-off's wait. */
    protected again(wait?: number): void {
        if (this.state === "stopped") return;
        this.close();
        if (this.state === "flowing") this.set("lost");
        this.timer = window.setTimeout(() => void this.open(), wait ?? this.backoff.next());
    }

    /** The way to the gateway is open: the attempt no longer times out. */
    protected reached(): void {
        window.clearTimeout(this.timer);
    }

    protected onConnected(): void {
        this.flowing();
    }

    private hurry = (): void => {
        if (this.state === "stopped" || this.state === "flowing") return;
        this.again(0);
    };

    /** The network is another one: the way to the gateway may be, too. */
    private moved = (): void => {
        if (!this.pc || !this.opened) return this.hurry();
        if (this.answered) this.restarted(); // it was about the network before
        this.restart(this.pc);
    };

    /** Looks for another way to the same session; makes a new one if that takes too long. */
    private restart(pc: RTCPeerConnection): void {
        if (this.restarting) return;
        this.restarting = window.setTimeout(() => {
            this.restarted();
            if (!isOpen(pc)) this.again(0);
        }, restartTimeout);
        void this.tryRestart(pc, this.restarting);
    }

    private async tryRestart(pc: RTCPeerConnection, restart: number): Promise<void> {
        try {
            await restartIce(pc, this.location ?? "", this.authorization());
            this.answered = restart === this.restarting;
        } catch (error) {
            if (restart !== this.restarting) return;
            if (error instanceof RestartRefused) return this.again(0);
            window.setTimeout(() => restart === this.restarting && void this.tryRestart(pc, restart), restartEvery);
        }
    }

    private restarted(): void {
        window.clearTimeout(this.restarting);
        this.restarting = 0;
        this.answered = false;
    }

    private leave = (): void => this.remove();

    private authorization(): Record<string, string> {
        return { Authorization: `Bearer ${this.token}` };
    }

    private async open(): Promise<void> {
        const attempt = ++this.attempt;
        const media = this.options.media();
        if (!media) return this.again();
        this.token = media.token;
        const servers = media.ice_servers ?? [];
        const { way } = this.options;
        const pc = new RTCPeerConnection({ ...configuration, ...(way ? serversOf(way, servers) : { iceServers: servers }) });
        this.pc = pc;
        this.watch(pc);
        window.clearTimeout(this.timer);
        this.timer = window.setTimeout(() => this.again(), connectTimeout);
        try {
            this.prepare(pc);
            await pc.setLocalDescription(await pc.createOffer());
            const answer = await this.post(media.room, pc.localDescription?.sdp ?? "", attempt);
            if (attempt === this.attempt) await pc.setRemoteDescription({ type: "answer", sdp: way ? onlyThis(way, answer) : answer });
        } catch {
            if (attempt === this.attempt) this.again();
        }
    }

    private async post(room: string, offer: string, attempt: number): Promise<string> {
        const url = new URL(this.endpoint(room), location.href).href;
        const response = await fetch(url, {
            method: "POST",
            headers: { ...this.authorization(), "Content-Type": "application/sdp" },
            body: offer,
        });
        const made = response.headers.get("Location");
        const answer = await response.text();
        if (made) this.location = new URL(made, response.url || url).href;
        // stop() or a newer attempt came first: nobody else will remove this one.
        if (attempt !== this.attempt) this.remove();
        // 406 is a counter-offer, and a session: our offer said all this browser can, so it is given back.
        if (response.status !== 201) throw new Error(`${response.status}`);
        return answer;
    }

    private watch(pc: RTCPeerConnection): void {
        let grace = 0;
        pc.oniceconnectionstatechange = () => {
            window.clearTimeout(grace);
            if (pc !== this.pc) return;
            const ice = pc.iceConnectionState;
            if (ice === "failed" && (!this.opened || this.restarting)) this.again(0);
            else if (ice === "failed") this.restart(pc);
            if (ice === "disconnected") {
                this.set("lost");
                grace = window.setTimeout(() => pc === this.pc && this.restart(pc), disconnectedGrace);
            }
            if (isOpen(pc)) {
                this.opened = true;
                this.restarted();
                this.onConnected();
            }
        };
    }

    private close(): void {
        window.clearTimeout(this.timer);
        this.restarted();
        this.opened = false;
        this.attempt++;
        const pc = this.pc;
        this.pc = null;
        if (pc) {
            pc.oniceconnectionstatechange = null;
            pc.ontrack = null;
            pc.close();
        }
        this.remove();
    }

    private remove(): void {
        const where = this.location;
        this.location = null;
        if (!where) return;
        fetch(where, { method: "DELETE", headers: this.authorization(), keepalive: true }).catch(() => {
            // Gone or unreachable: the gateway frees it when its consent ends.
        });
    }
}
