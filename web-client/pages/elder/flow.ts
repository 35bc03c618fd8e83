// The lecture at home without its looks. The link in the address is who the member is: nothing to
// sign in with, nothing to type.
import { ApiError, api } from "../../core/api";
import { Away } from "../../core/away";
import { keep, kept } from "../../core/kept";
import { LiveClient } from "../../core/live";
import type { SessionState } from "../../core/session";
import { Store } from "../../core/store";
import type { Centre, Clinic, Lecture, Shown } from "../../core/types";
import { Watcher } from "../../core/whep";

export type Screen = "no-link" | "bad-link" | "ready" | "early" | "playing" | "ended" | "none";

export interface Member {
    id: string;
    name: string;
}

export interface ElderState {
    link: string | null;
    badLink: boolean;
    member: Member | null;
    lecture: Lecture | null;
    /** Whether the gateway has told us which lecture there is. */
    told: boolean;
    /** Whom to call when there is no lecture to say it. */
    centre: Centre | null;
    /** The one press has happened. */
    entered: boolean;
    /** It was live while we watched: a pause is not a beginning. */
    seenLive: boolean;
    away: boolean;
    watching: SessionState;
    /** The network carries no picture just now. */
    soundOnly: boolean;
    stream: MediaStream | null;
    volume: number;
    size: number;
}

export function screenOf(state: ElderState): Screen {
    const { lecture } = state;
    if (state.link === null) return "no-link";
    if (state.badLink) return "bad-link";
    if (lecture && lecture.state === "ended") return "ended";
    if (state.told && !lecture) return "none";
    if (!state.entered) return "ready";
    return lecture && (lecture.state === "live" || state.seenLive) ? "playing" : "early";
}

export type LineState = "fine" | "opening" | "sound-only" | "paused" | "lost";

/** How the picture is doing while the lecture is on. */
export function lineOf(state: ElderState): LineState {
    if (state.watching === "flowing") return state.soundOnly ? "sound-only" : "fine";
    if (state.away) return "lost";
    if (state.lecture && state.lecture.state !== "live") return "paused";
    return state.watching === "lost" ? "lost" : "opening";
}

const retryAfter = 3000;
const awayAfter = 4000;
const loudest = 4;
const sizes = 3;

function keptNumber(key: string, fallback: number, most: number): number {
    const value = parseInt(kept(key) ?? "", 10);
    return value >= 0 && value <= most ? value : fallback;
}

export function linkOf(path: string): string | null {
    const found = /^\/e\/([A-Za-z0-9_-]+)\/?$/.exec(path);
    return found ? (found[1] ?? null) : null;
}

export class ElderFlow {
    readonly store = new Store<ElderState>({
        link: linkOf(location.pathname),
        badLink: false,
        member: null,
        lecture: null,
        told: false,
        centre: null,
        entered: false,
        seenLive: false,
        away: false,
        watching: "stopped",
        soundOnly: false,
        stream: null,
        volume: keptNumber("volume", loudest, loudest),
        size: keptNumber("size", 0, sizes - 1),
    });
    private token: string | null = null;
    private readonly away = new Away(awayAfter, (away) => this.store.set({ away }));
    private watcher: Watcher | null = null;
    private readonly live = new LiveClient({
        token: () => this.token,
        state: (state) => {
            const { member, lecture } = state as Partial<ElderState>;
            this.told(member ?? null, lecture ?? null);
        },
        event: (name, data) => {
            if (name === "shown" && this.watcher) this.watcher.told(data as Shown);
            if (name === "lecture") this.told(this.store.get().member, data as Lecture | null);
        },
        status: (status) => {
            this.away.status(status);
            if (status === "online") this.backOnline();
            // The token is only in memory and may have run out: the link gives a new one.
            else if (status === "refused") window.setTimeout(() => void this.start(), retryAfter);
        },
    });

    async start(): Promise<void> {
        const { link } = this.store.get();
        if (link === null) return this.findCentre();
        try {
            const made = await api<{ token: string; member: Member; lecture: Lecture | null }>(
                `/v1/links/${encodeURIComponent(link)}/session`,
                { method: "POST", body: {} },
            );
            this.token = made.token;
            this.told(made.member, made.lecture);
            this.live.start();
        } catch (error) {
            this.failed(error);
        }
    }

    enter(): void {
        this.store.set({ entered: true });
        this.follow();
    }

    setVolume(volume: number): void {
        keep("volume", String(volume));
        this.store.set({ volume });
    }

    setSize(size: number): void {
        keep("size", String(size));
        this.store.set({ size });
    }

    /** Without a lecture somebody still has to be called. */
    private async findCentre(): Promise<void> {
        const clinic = await api<Clinic>("/v1/clinic").catch(() => null);
        if (clinic) this.store.set({ centre: clinic.centre });
    }

    private failed(error: unknown): void {
        const status = error instanceof ApiError ? error.problem.status : 0;
        if (status === 401 || status === 403 || status === 404 || status === 410) {
            this.store.set({ badLink: true });
            void this.findCentre();
            return;
        }
        this.store.set({ away: true });
        window.setTimeout(() => void this.start(), retryAfter);
    }

    private backOnline(): void {
        if (this.watcher) void this.watcher.check();
    }

    private told(member: Member | null, lecture: Lecture | null): void {
        this.store.set({ member, lecture, told: true, away: false });
        this.follow();
    }

    /** Watches while the lecture is on and the one press has happened. */
    private follow(): void {
        const { lecture, entered } = this.store.get();
        const over = !lecture || lecture.state === "ended";
        if (over && this.watcher) {
            this.watcher.stop();
            this.watcher = null;
            this.store.set({ stream: null, watching: "stopped", seenLive: false });
        }
        if (!entered || over || lecture.state !== "live") return;
        this.store.set({ seenLive: true });
        if (this.watcher) return;
        this.watcher = new Watcher(
            {
                media: () => this.store.get().lecture?.media ?? null,
                state: (watching) => this.store.set({ watching }),
                soundOnly: (soundOnly) => this.store.set({ soundOnly }),
            },
            (stream) => this.store.set({ stream }),
        );
        this.watcher.start();
    }
}
