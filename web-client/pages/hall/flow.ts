// The hall's broadcast without its looks: choose, check, go live, end.
import { problemOf } from "../../core/api";
import { Away } from "../../core/away";
import { closeStream, openDevices, watchDevices, type DeviceTrouble } from "../../core/devices";
import { LiveClient } from "../../core/live";
import type { SessionState } from "../../core/session";
import { Store } from "../../core/store";
import type { Lecture, Problem, User } from "../../core/types";
import { Publisher } from "../../core/whip";
import { whoAmI } from "../../elements/sign-in";

export type Screen = "starting" | "sign-in" | "not-for-you" | "choose" | "check" | "on-air" | "ended";

export interface HallState {
    user: User | null;
    asked: boolean;
    away: boolean;
    hall: { id: string; name: string } | null;
    lectures: Lecture[];
    chosen: string | null;
    onAir: boolean;
    airSince: number;
    over: boolean;
    starting: boolean;
    ending: boolean;
    problem: Problem | null;
    publishing: SessionState;
    stream: MediaStream | null;
    camera: boolean;
    microphone: boolean;
    trouble: DeviceTrouble | null;
}

const retryAfter = 3000;
const awayAfter = 3000;

export function chosenLecture(state: HallState): Lecture | null {
    return state.lectures.find((one) => one.id === state.chosen) ?? null;
}

export function screenOf(state: HallState): Screen {
    if (!state.user) return state.asked ? "sign-in" : "starting";
    if (state.user.role !== "hall") return "not-for-you";
    if (!state.hall) return "starting";
    if (state.over) return "ended";
    if (!chosenLecture(state)) return "choose";
    return state.onAir ? "on-air" : "check";
}

/** A lecture that runs is joined: the newest picture from a hall is what members see. */
function alreadyStarted(error: unknown): void {
    if (!problemOf(error).type.endsWith("/already-started")) throw error;
}

/** What this tab was broadcasting: a reload in the middle goes on with it. */
const resume = {
    get: (): string | null => sessionStorage.getItem("banyan.on-air"),
    set: (id: string): void => sessionStorage.setItem("banyan.on-air", id),
    clear: (): void => sessionStorage.removeItem("banyan.on-air"),
};

export class HallFlow {
    readonly store = new Store<HallState>({
        user: null,
        asked: false,
        away: false,
        hall: null,
        lectures: [],
        chosen: null,
        onAir: false,
        airSince: 0,
        over: false,
        starting: false,
        ending: false,
        problem: null,
        publishing: "stopped",
        stream: null,
        camera: false,
        microphone: false,
        trouble: null,
    });
    private publisher: Publisher | null = null;
    private unwatch: () => void = () => undefined;
    private readonly away = new Away(awayAfter, (away) => this.store.set({ away }));
    private readonly live = new LiveClient({
        token: () => null,
        state: (state) => this.snapshot(state),
        event: (name, data) => {
            if (name === "lecture") this.lecture(data as Lecture);
        },
        status: (status) => {
            this.away.status(status);
            if (status === "online") this.backOnline();
            else if (status === "refused") this.store.set({ user: null });
        },
    });

    async start(): Promise<void> {
        try {
            const user = await whoAmI();
            this.store.set({ asked: true, away: false });
            if (user) this.signedIn(user);
        } catch {
            this.store.set({ away: true });
            window.setTimeout(() => void this.start(), retryAfter);
        }
    }

    signedIn(user: User): void {
        this.store.set({ user, asked: true });
        if (user.role === "hall") this.live.start();
    }

    choose(id: string): void {
        this.store.set({ chosen: id, problem: null, over: false });
        void this.openDevices();
    }

    back(): void {
        this.closeDevices();
        this.store.set({ chosen: null, over: false, problem: null });
    }

    async goLive(): Promise<void> {
        const { chosen } = this.store.get();
        if (chosen === null) return;
        this.store.set({ starting: true, problem: null });
        try {
            await this.live.command("start", { lecture: chosen }).catch(alreadyStarted);
            this.publish(chosen);
        } catch (error) {
            this.store.set({ problem: problemOf(error) });
        }
        this.store.set({ starting: false });
    }

    wantEnd(ending: boolean): void {
        this.store.set({ ending });
    }

    async end(): Promise<void> {
        this.store.set({ ending: false, problem: null });
        try {
            await this.live.command("end_lecture", { lecture: this.store.get().chosen });
            this.finish();
        } catch (error) {
            this.store.set({ problem: problemOf(error) });
        }
    }

    private publish(id: string): void {
        const { stream } = this.store.get();
        if (!stream || this.publisher) return;
        resume.set(id);
        this.store.set({ onAir: true, airSince: Date.now() });
        this.publisher = new Publisher(
            {
                media: () => chosenLecture(this.store.get())?.media ?? null,
                state: (publishing) => this.store.set({ publishing }),
            },
            stream,
            "hall",
        );
        this.publisher.start();
    }

    private finish(): void {
        resume.clear();
        if (this.publisher) this.publisher.stop();
        this.publisher = null;
        this.closeDevices();
        this.store.set({ onAir: false, over: true });
    }

    private async openDevices(): Promise<void> {
        this.unwatch();
        closeStream(this.store.get().stream);
        const { stream, camera, microphone, trouble } = await openDevices();
        // Somebody went back while the browser asked.
        if (this.store.get().chosen === null) return closeStream(stream);
        this.unwatch = watchDevices(stream, () => void this.openDevices());
        this.store.set({ stream, camera, microphone, trouble });
        if (this.publisher) this.publisher.replace(stream);
    }

    private closeDevices(): void {
        this.unwatch();
        closeStream(this.store.get().stream);
        this.store.set({ stream: null, camera: false, microphone: false, trouble: null });
    }

    private backOnline(): void {
        if (this.publisher) void this.publisher.check();
    }

    private snapshot(state: Record<string, unknown>): void {
        const { hall, lectures } = state as Partial<HallState>;
        this.store.set({ hall: hall ?? null, lectures: lectures ?? [] });
        const id = resume.get();
        if (id === null || this.store.get().chosen !== null) return this.checkEnded();
        const lecture = (lectures ?? []).find((one) => one.id === id);
        if (!lecture || lecture.state === "ended") return resume.clear();
        this.store.set({ chosen: id });
        void this.openDevices().then(() => this.publish(id));
    }

    private lecture(lecture: Lecture): void {
        const { lectures } = this.store.get();
        const known = lectures.some((one) => one.id === lecture.id);
        const replaced = lectures.map((one) => (one.id === lecture.id ? { ...one, ...lecture } : one));
        this.store.set({ lectures: known ? replaced : [...lectures, lecture] });
        this.checkEnded();
    }

    /** Ended elsewhere, for instance at the desk. */
    private checkEnded(): void {
        const state = this.store.get();
        const lecture = chosenLecture(state);
        if (state.onAir && lecture && lecture.state === "ended") this.finish();
    }
}
