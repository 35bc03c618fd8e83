// The lawyer's desk without its looks: signed in, on duty, offered, talking.
import { problemOf } from "../../core/api";
import { Away } from "../../core/away";
import { Call, noCall, type CallState } from "../../core/call";
import { serverNow } from "../../core/clock";
import { facesFor } from "../../core/faces";
import { LiveClient, type LiveStatus } from "../../core/live";
import { withMessage } from "../../core/messages";
import { Papers, type Paper } from "../../core/papers";
import { ring, unlock } from "../../core/ring";
import { Store } from "../../core/store";
import type {
    Consultation,
    DeclineReason,
    Drawn,
    EndReason,
    Lawyer,
    Message,
    Problem,
    Resident,
    Shown,
    StillEvent,
    User,
} from "../../core/types";
import { whoAmI } from "../../elements/sign-in";
import { Records } from "./records";

export type Screen = "starting" | "sign-in" | "not-for-you" | "off-duty" | "idle" | "offer" | "call" | "record";

export interface LawyerState {
    user: User | null;
    /** Whether /v1/me has answered. */
    asked: boolean;
    live: LiveStatus;
    away: boolean;
    lawyer: Lawyer | null;
    consultation: Consultation | null;
    waiting: number;
    messages: Message[];
    resident: Resident | null;
    paper: Paper | null;
    /** What stands on the resident's screen, and whether the last words did not get there. */
    said: string;
    sayFailed: boolean;
    /** performance.now() of the resident's wish for slower speech. */
    slowerAt: number | null;
    panic: "no" | "told" | "failed";
    /** What became of the last consultation or offer, until the next one. */
    last: EndReason | "timed_out" | null;
    declining: boolean;
    ending: boolean;
    busy: boolean;
    problem: Problem | null;
    soundLocked: boolean;
    /** Another lawyer did not come: we are asked in. */
    needed: boolean;
    muted: boolean;
    cameraOff: boolean;
    call: CallState;
}

const talking: Consultation["state"][] = ["connected", "suspended"];
const awayAfter = 3000;
const retryAfter = 3000;

/** `writing`: a record is open. */
export function screenOf(state: LawyerState, writing = false): Screen {
    const { consultation, lawyer, user } = state;
    if (!user) return state.asked ? "sign-in" : "starting";
    if (user.role !== "lawyer") return "not-for-you";
    if (!lawyer) return "starting";
    if (consultation && talking.includes(consultation.state)) return "call";
    if (consultation && consultation.state === "offered") return "offer";
    if (writing) return "record";
    return lawyer.on_duty ? "idle" : "off-duty";
}

/** What is beside a call ends with it. */
const nothingBeside = { resident: null, paper: null, said: "", sayFailed: false, slowerAt: null, panic: "no" } as const;

export class LawyerFlow {
    readonly store = new Store<LawyerState>({
        user: null,
        asked: false,
        live: "connecting",
        away: false,
        lawyer: null,
        consultation: null,
        waiting: 0,
        messages: [],
        ...nothingBeside,
        last: null,
        declining: false,
        ending: false,
        busy: false,
        problem: null,
        soundLocked: false,
        needed: false,
        muted: false,
        cameraOff: false,
        call: noCall,
    });
    readonly records = new Records();
    private readonly call = new Call((patch) => this.store.set({ call: { ...this.store.get().call, ...patch } }));
    readonly papers = new Papers({
        side: "lawyer",
        token: () => null,
        changed: (paper) => this.store.set({ paper }),
        command: (name, params) => this.live.command(name, params),
    });
    private readonly away = new Away(awayAfter, (away) => this.store.set({ away }));
    private readonly live = new LiveClient({
        token: () => null,
        state: (state) => this.snapshot(state),
        event: (name, data) => this.event(name, data),
        status: (status) => this.status(status),
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
        if (user.role !== "lawyer") return;
        this.live.start();
        void this.trySound();
    }

    /** On a press: lets the page ring later. */
    async trySound(): Promise<void> {
        this.store.set({ soundLocked: !(await unlock()) });
    }

    goOnDuty(): void {
        void this.trySound();
        this.store.set({ last: null, needed: false });
        void this.command("on_duty");
    }

    goOffDuty(): void {
        void this.command("off_duty");
    }

    accept(): void {
        this.call.warm();
        void this.command("accept", { consultation: this.id() }).then((done) => {
            if (!done) this.call.end();
        });
    }

    wantDecline(declining: boolean): void {
        this.store.set({ declining });
    }

    decline(reason: DeclineReason): void {
        this.store.set({ declining: false });
        void this.command("decline", { consultation: this.id(), reason });
    }

    wantEnd(ending: boolean): void {
        this.store.set({ ending });
    }

    end(): void {
        this.store.set({ ending: false });
        void this.command("end", { consultation: this.id() });
    }

    /** Somebody who left a number has been called. */
    answered(message: number): void {
        void this.command("answer", { message });
    }

    /** Large letters on the resident's screen; "" takes them away. */
    async say(text: string): Promise<boolean> {
        try {
            await this.live.command("say", { consultation: this.id(), text });
            this.store.set({ said: text, sayFailed: false });
            return true;
        } catch {
            this.store.set({ sayFailed: true });
            return false;
        }
    }

    /** The desk is told; nothing shows at the booth. */
    panic(): void {
        this.live.command("alarm", { reason: "panic" }).then(
            () => this.store.set({ panic: "told" }),
            () => this.store.set({ panic: "failed" }),
        );
    }

    mute(muted: boolean): void {
        this.call.mute("audio", muted);
        this.store.set({ muted });
    }

    cameraOff(cameraOff: boolean): void {
        this.call.mute("video", cameraOff);
        this.store.set({ cameraOff });
    }

    private id(): string {
        const one = this.store.get().consultation;
        return one ? one.id : "";
    }

    /** Resolves with whether it worked; a refusal is shown. */
    private async command(name: string, params: Record<string, unknown> = {}): Promise<boolean> {
        this.store.set({ busy: true, problem: null });
        try {
            await this.live.command(name, params);
            return true;
        } catch (error) {
            this.store.set({ problem: problemOf(error) });
            return false;
        } finally {
            this.store.set({ busy: false });
        }
    }

    private status(live: LiveStatus): void {
        this.store.set({ live });
        this.away.status(live);
        if (live === "online") {
            // The gateway may have been restarted: it then knows nothing of our media.
            this.call.check();
            this.records.online();
        } else if (live === "refused") {
            this.call.end();
            ring(false);
            this.records.forget();
            this.store.set({ user: null, lawyer: null, consultation: null });
        }
    }

    private snapshot(state: Record<string, unknown>): void {
        const { lawyer, consultation, waiting, messages, resident } = state as Partial<LawyerState>;
        this.store.set({ lawyer: lawyer ?? null, waiting: waiting ?? 0, messages: messages ?? [], resident: resident ?? null });
        this.consultation(consultation ?? null);
        this.papers.shown((state as { still?: StillEvent | null }).still ?? null);
    }

    private event(name: string, data: unknown): void {
        if (name === "shown") this.call.told(data as Shown);
        if (name === "consultation") this.consultation(data as Consultation);
        if (name === "record") this.records.told(data as { consultation: string; rev: number });
        if (name === "lawyer") this.store.set({ lawyer: data as Lawyer });
        if (name === "still") this.papers.shown(data as StillEvent);
        if (name === "drawn") this.papers.drawn(data as Drawn);
        if (name === "resident") this.store.set({ resident: data as Resident });
        if (name === "slower") this.store.set({ slowerAt: performance.now() });
        if (name === "message") this.store.set({ messages: withMessage(this.store.get().messages, data as Message) });
        if (name === "needed") this.store.set({ needed: true });
        if (name === "waiting") this.store.set({ waiting: (data as { waiting: number }).waiting });
    }

    /** Mine are those offered to me and those I talk in; anything else has left me. */
    private consultation(next: Consultation | null): void {
        const before = this.store.get().consultation;
        if (next && (next.state === "offered" || talking.includes(next.state))) return this.mine(next);
        if (!before || (next && next.id !== before.id)) return;
        ring(false);
        this.call.end();
        this.papers.wipe();
        const timedOut = before.state === "offered" && (next === null || next.state === "waiting");
        const last = timedOut ? this.missed(before) : (next && next.end_reason) ?? "resident_left";
        this.store.set({ consultation: null, last, declining: false, ending: false, muted: false, cameraOff: false, ...nothingBeside });
    }

    /** An offer that went on by itself was missed; one that was declined was not. */
    private missed(offer: Consultation): "timed_out" | null {
        const lawyer = this.store.get().lawyer;
        const offDuty = lawyer !== null && !lawyer.on_duty;
        return offDuty || serverNow() >= (offer.offer_expires_at ?? Infinity) - 1000 ? "timed_out" : null;
    }

    private mine(next: Consultation): void {
        this.store.set({ consultation: next, last: null });
        ring(next.state === "offered");
        if (!talking.includes(next.state)) return;
        this.records.open(next.id);
        const { user } = this.store.get();
        if (next.media) this.call.connect(next.media, facesFor(next.parties, user ? user.id : "", "resident"));
    }
}
