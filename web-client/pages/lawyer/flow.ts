// The lawyer's desk without its looks: signed in, on duty, offered, talking.
import { api, problemOf } from "../../core/api";
import { Away } from "../../core/away";
import { Call, noCall, type CallState } from "../../core/call";
import { consentVersion, recordingEnd, type Asked } from "../../core/consents";
import { serverNow } from "../../core/clock";
import { facesFor } from "../../core/faces";
import { LiveClient, type LiveStatus } from "../../core/live";
import { withMessage } from "../../core/messages";
import { noPapers, Papers, type PapersState } from "../../core/papers";
import { ring, unlock } from "../../core/ring";
import { ScreenShare, ScreenView } from "../../core/screen";
import { Store } from "../../core/store";
import type {
    About,
    Clinic,
    Consultation,
    DeclineReason,
    Drawn,
    DutyLawyer,
    EndReason,
    GuestRole,
    Lawyer,
    Links,
    Message,
    PaperInfo,
    PapersEvent,
    Problem,
    Resident,
    ScreenEvent,
    Shown,
    User,
} from "../../core/types";
import { whoAmI } from "../../elements/sign-in";
import { Files, type Sending } from "./files";
import { QuickCheck, type Quick } from "./quick";
import { Records } from "./records";

export type Screen = "starting" | "sign-in" | "not-for-you" | "off-duty" | "idle" | "offer" | "call" | "record" | "equipment";

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
    about: About | null;
    links: Links | null;
    /** Asking somebody in, or passing it on: which of the two is open, and who is free. */
    menu: "none" | "invite" | "transfer";
    colleagues: DutyLawyer[];
    papers: PapersState;
    /** A file that is being sent, or why the last one was not. */
    sending: Sending;
    keepFailed: boolean;
    /** The resident sees my screen. */
    sharing: boolean;
    /** The screen of the lawyer I joined. */
    seen: MediaStream | null;
    /** What stands on the resident's screen, and whether the last words did not get there. */
    said: string;
    sayFailed: boolean;
    /** performance.now() of the resident's wish for slower speech. */
    slowerAt: number | null;
    panic: "no" | "told" | "failed";
    /** What became of the recording that was asked for or ran last. */
    recordingEnd: "refused" | "stopped" | null;
    /** What became of the last consultation or offer, until the next one. */
    last: EndReason | "timed_out" | null;
    declining: boolean;
    ending: boolean;
    busy: boolean;
    problem: Problem | null;
    soundLocked: boolean;
    /** Another lawyer did not come: we are asked in. */
    needed: boolean;
    /** The page on which everything is tried is open. */
    equipment: boolean;
    /** What the short trial said that is made when one goes on duty. */
    quick: Quick;
    muted: boolean;
    cameraOff: boolean;
    call: CallState;
}

const talking: Consultation["state"][] = ["connected", "suspended"];
const awayAfter = 3000;
const retryAfter = 3000;

/** Its lawyer writes its record; a colleague who joined does not. */
export function isOwn(one: Consultation): boolean {
    return !one.by || one.state === "offered";
}

/** `writing`: a record is open. */
export function screenOf(state: LawyerState, writing = false): Screen {
    const { consultation, lawyer, user } = state;
    if (!user) return state.asked ? "sign-in" : "starting";
    if (user.role !== "lawyer") return "not-for-you";
    if (!lawyer) return "starting";
    if (consultation && talking.includes(consultation.state)) return "call";
    if (consultation && consultation.state === "offered") return "offer";
    if (state.equipment) return "equipment";
    if (writing) return "record";
    return lawyer.on_duty ? "idle" : "off-duty";
}

/** What is beside a call ends with it. */
const nothingBeside = { resident: null, about: null, links: null, papers: noPapers, sending: "no", keepFailed: false, said: "", sayFailed: false, slowerAt: null, panic: "no", recordingEnd: null } as const;
const noMenu: Pick<LawyerState, "menu" | "colleagues"> = { menu: "none", colleagues: [] };

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
        ...nothingBeside, ...noMenu,
        last: null,
        declining: false,
        ending: false,
        busy: false,
        problem: null,
        soundLocked: false,
        needed: false,
        equipment: false,
        quick: "no",
        muted: false,
        cameraOff: false,
        sharing: false,
        seen: null,
        call: noCall,
    });
    readonly records = new Records();
    private readonly quick = new QuickCheck((quick) => this.store.set({ quick }));
    private readonly call = new Call((patch) => this.store.set({ call: { ...this.store.get().call, ...patch } }));
    readonly papers = new Papers({
        token: () => null,
        changed: (papers) => this.store.set({ papers }),
        command: (name, params) => this.live.command(name, params),
    });
    private readonly files = new Files(this.papers, (sending) => this.store.set({ sending }));
    private readonly screen = new ScreenShare(
        () => this.call.where(),
        (sharing) => this.store.set({ sharing }),
    );
    /** A colleague who joined sees the screen of the lawyer he joined. */
    private readonly seen = new ScreenView(
        () => this.call.where(),
        (seen) => this.store.set({ seen }),
    );
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
        void this.command("on_duty").then((done) => done && !this.store.get().consultation && void this.quick.start());
    }

    goOffDuty(): void {
        this.quick.stop();
        void this.command("off_duty");
    }

    tryEquipment(equipment: boolean): void {
        this.quick.stop();
        this.store.set({ equipment });
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

    /** Who is free is asked anew each time. */
    async open(menu: LawyerState["menu"]): Promise<void> {
        this.store.set({ menu, problem: null });
        if (menu !== "transfer") return;
        const { consultation } = this.store.get();
        const clinic = await api<Clinic>(`/v1/clinic${consultation ? `?booth=${consultation.booth.id}` : ""}`).catch(() => null);
        const own = this.store.get().user;
        const free = clinic ? clinic.duty_lawyers.filter((one) => one.free && (!own || one.id !== own.id)) : [];
        this.store.set({ colleagues: free });
    }

    async invite(role: GuestRole, text: string): Promise<void> {
        if (await this.command("invite", { consultation: this.id(), role, text })) this.store.set({ menu: "none" });
    }

    async transfer(how: "blind" | "attended", to: string): Promise<void> {
        if (await this.saved(() => this.command("transfer", { consultation: this.id(), how, to }))) this.store.set({ menu: "none" });
    }

    /** Whoever takes over finds what was typed last. */
    private async saved(pass: () => Promise<boolean>): Promise<boolean> {
        this.store.set({ busy: true, problem: null });
        if (await this.records.flush()) return pass();
        this.store.set({ busy: false, problem: problemOf(null) });
        return false;
    }

    handOver(): void {
        void this.saved(() => this.command("hand_over", { consultation: this.id(), party: "" }));
    }

    /** About somebody who takes part: put_out, park, joint, part. */
    party(name: "put_out" | "park" | "joint" | "part", party = ""): void {
        void this.command(name, { consultation: this.id(), party });
    }

    /** The desk is told; nothing shows at the booth. */
    panic(): void {
        this.live.command("alarm", { reason: "panic" }).then(
            () => this.store.set({ panic: "told" }),
            () => this.store.set({ panic: "failed" }),
        );
    }

    /** The resident is asked on his screen; asking for a recording is the lawyer's own consent. */
    askConsent(reason: Asked): void {
        this.store.set({ recordingEnd: null });
        void this.command("ask_consent", { consultation: this.id(), reason, consent: consentVersion });
    }

    /** A colleague who joined answers whether he may be recorded, too. */
    consent(yes: boolean): void {
        void this.command("consent", { consultation: this.id(), reason: "recording", text: yes ? "yes" : "no", consent: consentVersion });
    }

    withdraw(reason: Asked): void {
        void this.command("withdraw", { consultation: this.id(), reason });
    }

    sendFile(file: File): void {
        void this.files.send(this.id(), file);
    }

    /** A paper stays when the consultation is over, or goes with it. */
    async keep(one: PaperInfo, title: string, kept: boolean): Promise<void> {
        const done = await this.papers.say(one.n, { kept });
        this.store.set({ keepFailed: !done });
        if (done) await this.records.noteKept(title, one.sha256, kept);
    }

    /** Whether the original of a paper was held out, too. */
    async original(one: PaperInfo, title: string, original: boolean): Promise<void> {
        const done = await this.papers.say(one.n, { original });
        this.store.set({ keepFailed: !done });
        if (!done) return;
        const others = this.store.get().papers.all.filter((other) => other.of === undefined && other.n !== one.n);
        this.records.noteOriginal(title, original, others.every((other) => other.original !== false));
    }

    /** Another page of a PDF for both. */
    leaf(whole: PaperInfo, page: number): void {
        void this.files.leaf(this.id(), whole, page, this.store.get().papers.all);
    }

    /** The browser asks what to share; to change one's mind there is no trouble. */
    share(wanted: boolean): void {
        if (wanted) this.screen.start().catch(() => undefined);
        else this.screen.stop();
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
            this.screen.check();
            this.seen.check();
            this.records.online();
        } else if (live === "refused") {
            this.endMedia();
            ring(false);
            this.records.forget();
            this.store.set({ user: null, lawyer: null, consultation: null });
        }
    }

    private snapshot(state: Record<string, unknown>): void {
        const { lawyer, consultation, waiting, messages, resident, about, links } = state as Partial<LawyerState>;
        this.store.set({ about: about ?? null, links: links ?? null });
        this.store.set({ lawyer: lawyer ?? null, waiting: waiting ?? 0, messages: messages ?? [], resident: resident ?? null });
        this.consultation(consultation ?? null);
        const { papers, screen } = state as { papers?: PapersEvent | null; screen?: ScreenEvent | null };
        this.papers.told(papers ?? null);
        this.sees(screen ?? null);
    }

    private event(name: string, data: unknown): void {
        if (name === "shown") this.call.told(data as Shown);
        if (name === "consultation") this.consultation(data as Consultation);
        if (name === "record") this.records.told(data as { consultation: string; rev: number });
        if (name === "lawyer") this.store.set({ lawyer: data as Lawyer });
        if (name === "papers") this.papers.told(data as PapersEvent);
        if (name === "screen") this.sees(data as ScreenEvent);
        if (name === "drawn") this.papers.drawn(data as Drawn);
        if (name === "about") this.store.set({ about: data as About });
        if (name === "links") this.store.set({ links: data as Links });
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
        this.endMedia();
        void this.records.ended();
        const timedOut = before.state === "offered" && (next === null || next.state === "waiting");
        // Passed on: its record is another one's now.
        const passedOn = next === null && talking.includes(before.state);
        if (passedOn) this.records.forget();
        const last = timedOut ? this.missed(before) : passedOn ? null : (next && next.end_reason) ?? "resident_left";
        this.store.set({ consultation: null, last, declining: false, ending: false, muted: false, cameraOff: false, ...nothingBeside, ...noMenu });
    }

    private endMedia(): void {
        this.screen.stop();
        this.seen.stop();
        this.call.end();
        this.papers.wipe();
        this.files.wipe();
    }

    /** An offer that went on by itself was missed; one that was declined was not. */
    private missed(offer: Consultation): "timed_out" | null {
        const lawyer = this.store.get().lawyer;
        const offDuty = lawyer !== null && !lawyer.on_duty;
        return offDuty || serverNow() >= (offer.offer_expires_at ?? Infinity) - 1000 ? "timed_out" : null;
    }

    /** What is shown was shown before: another lawyer began, or those outside are back. */
    private comesIn(one: Consultation): void {
        void this.papers.find(one.id).then((screen) => this.sees(screen));
    }

    /** One's own screen is not watched. */
    private sees(screen: ScreenEvent | null): void {
        const one = this.store.get().consultation;
        this.seen.told(one && !isOwn(one) ? screen : null);
    }

    private mine(next: Consultation): void {
        this.tryEquipment(false);
        const before = this.store.get().consultation;
        const end = recordingEnd(before, next);
        this.store.set({ consultation: next, last: null, ...(end ? { recordingEnd: end } : {}) });
        ring(next.state === "offered");
        // From the offer on, not from going on duty: a camera that is on all day is nobody's wish, and no room is there yet.
        if (!talking.includes(next.state)) return next.media ? this.call.prepare(next.media) : undefined;
        if (!before || !talking.includes(before.state) || isOwn(before) !== isOwn(next) || before.parked !== next.parked) this.comesIn(next);
        if (isOwn(next)) this.records.open(next.id);
        const { lawyer } = this.store.get();
        if (next.media) this.call.connect(next.media, facesFor(next.parties, lawyer ? lawyer.id : "", "resident"));
    }
}
