// The booth's life without its looks: what is known, what is being done, and which screen follows.
import { api, problemOf } from "../../core/api";
import { Away } from "../../core/away";
import { Call, noCall, type CallState } from "../../core/call";
import { consentVersion, type Asked } from "../../core/consents";
import { facesFor } from "../../core/faces";
import { FallingEstimate } from "../../core/estimate";
import { keep, kept } from "../../core/kept";
import { LiveClient, type LiveStatus } from "../../core/live";
import { noPapers, Papers, type PapersState } from "../../core/papers";
import { ScreenView } from "../../core/screen";
import { takeStill } from "../../core/still";
import { Store } from "../../core/store";
import type {
    Booth,
    Category,
    Centre,
    Clinic,
    Consultation,
    Drawn,
    Identity,
    PapersEvent,
    Problem,
    Said,
    Score,
    ScreenEvent,
    Shown,
} from "../../core/types";
import { resetLanguage, words } from "../../words/words";
import { Readback } from "./readback";

/** Where the resident is in what the page alone knows; the consultation overrules it. */
export type Step = "attract" | "consent" | "declined" | "category" | "danger" | "asking" | "rating" | "thanks";

export type Screen = "enrol" | "starting" | "offline" | "waiting" | "leave" | "call" | Step;

/** Leaving a number instead of waiting: what has been said so far. */
export interface Leaving {
    category: Category;
    kind: "message" | "appointment" | null;
    halfDay: string | null;
    /** Half days that may be wished for; null: not asked yet. */
    halfDays: string[] | null;
    failed: boolean;
}

export interface BoothState {
    token: string | null;
    /** Why there is no token any more, or why a code was not taken. */
    enrolProblem: Problem | null;
    enrolling: boolean;
    forgotten: boolean;
    live: LiveStatus;
    /** The connection has been away long enough to say so. */
    away: boolean;
    booth: Booth | null;
    /** Kept on the device: whom to call is needed most when nothing answers. */
    centre: Centre | null;
    clinic: Clinic | null;
    consultation: Consultation | null;
    step: Step;
    /** performance.now() of the last press or of the step's begin. */
    touchedAt: number;
    askFailed: boolean;
    /** The tag of the language the resident wants to talk in; null: that of the words. */
    language: string | null;
    /** The desk has been told of the danger. */
    alarmed: boolean;
    /** Asked for a phone number or a name, and whether it was not taken. */
    identifying: "no" | "asked" | "failed";
    /** Age and adverse party: being asked, or told. */
    about: "no" | "age" | "adverse" | "told";
    leaving: Leaving | null;
    /** Asked for the number of an appointment or of an earlier consultation. */
    numbering: boolean;
    /** What a number was left for. */
    left: "message" | "appointment" | null;
    papers: PapersState;
    /** The lawyer's screen, while it is shared. */
    screen: MediaStream | null;
    showing: "no" | "taking" | "failed";
    /** What the lawyer wrote for this screen; "": nothing. */
    said: string;
    /** performance.now() of the last wish for slower speech, or null. */
    slowerAt: number | null;
    ending: boolean;
    /** An answer to what the resident is asked did not get there. */
    consentFailed: boolean;
    /** The resident said how it was. */
    rated: boolean;
    volume: number;
    call: CallState;
}

const open: Consultation["state"][] = ["waiting", "offered", "connected", "suspended"];
const talking: Consultation["state"][] = ["connected", "suspended"];

const awayAfter = 4000;
export const thanksFor = 10000;
const idleAfter = 60000;
const idleWarning = 20000;
const defaultVolume = 3;
/** Steps at which nobody may be there any more: they go back by themselves. */
const idleSteps: Screen[] = ["consent", "declined", "category", "danger", "leave", "rating"];

export function isOpen(one: Consultation | null): boolean {
    return one !== null && open.includes(one.state);
}

export function screenOf(state: BoothState): Screen {
    const { consultation } = state;
    if (state.token === null) return "enrol";
    if (consultation && talking.includes(consultation.state)) return "call";
    if (state.leaving && state.booth !== null) return "leave";
    if (consultation && isOpen(consultation)) return "waiting";
    if (alone.includes(state.step)) return state.step;
    if (state.booth === null && !state.away) return "starting";
    return state.away ? "offline" : state.step;
}

/** Steps that go on without the gateway. */
const alone: Step[] = ["rating", "thanks", "danger", "asking"];

/** Seconds until an abandoned screen goes back, or null while nobody needs to be asked. */
export function idleSeconds(state: BoothState, now: number): number | null {
    const screen = screenOf(state);
    if (!idleSteps.includes(screen)) return null;
    const idle = now - state.touchedAt - idleAfter;
    return idle < 0 ? null : Math.max(0, Math.ceil((idleWarning - idle) / 1000));
}

/** Somebody has waited long enough to be offered something else. */
export function hasWaitedLong(state: BoothState, now: number): boolean {
    const { consultation, clinic } = state;
    if (!consultation || consultation.state !== "waiting" || !clinic) return false;
    const nobody = clinic.duty_lawyers.length === 0;
    return nobody || now - consultation.asked_at >= (clinic.wait_offer_ms ?? Infinity);
}

/** What follows for the page when its consultation is gone. */
export function stepAfter(gone: Consultation): Step {
    if (gone.end_reason === "cancelled") return "attract";
    return gone.connected_at && gone.end_reason !== "lost" ? "rating" : "thanks";
}

function keptCentre(): Centre | null {
    try {
        return JSON.parse(kept("centre") ?? "null") as Centre | null;
    } catch {
        return null;
    }
}

/** What a resident has said so far: forgotten with him. */
const nothingSaid = { askFailed: false, language: null, alarmed: false, identifying: "no", about: "no", leaving: null, numbering: false, left: null, said: "", slowerAt: null, papers: noPapers, screen: null, showing: "no", consentFailed: false } as const;

export class BoothFlow {
    readonly store = new Store<BoothState>({
        token: kept("booth"),
        enrolProblem: null,
        enrolling: false,
        forgotten: false,
        live: "connecting",
        away: false,
        booth: null,
        centre: keptCentre(),
        clinic: null,
        consultation: null,
        step: "attract",
        touchedAt: performance.now(),
        ...nothingSaid,
        ending: false,
        rated: false,
        volume: defaultVolume,
        call: noCall,
    });
    readonly estimate = new FallingEstimate();
    readonly readback = new Readback(() => this.store.get().token);
    readonly papers = new Papers({
        token: () => this.store.get().token,
        changed: (papers) => this.store.set({ papers }),
        command: (name, params) => this.live.command(name, params),
    });
    private readonly call = new Call((patch) => this.store.set({ call: { ...this.store.get().call, ...patch } }));
    private readonly screen = new ScreenView(
        () => this.call.where(),
        (screen) => this.store.set({ screen }),
    );
    private readonly away = new Away(awayAfter, (away) => this.store.set({ away }));
    private readonly live = new LiveClient({
        token: () => this.store.get().token,
        state: (state) => this.snapshot(state),
        event: (name, data) => this.event(name, data),
        status: (status) => this.status(status),
    });

    start(): void {
        if (this.store.get().token !== null) this.live.start();
        this.later();
    }

    async enrol(code: string): Promise<void> {
        this.store.set({ enrolling: true, enrolProblem: null });
        try {
            const body = { code };
            const { token } = await api<{ token: string }>("/v1/booths/enrol", { method: "POST", body });
            keep("booth", token);
            this.store.set({ token, forgotten: false });
            this.live.start();
        } catch (error) {
            this.store.set({ enrolProblem: problemOf(error) });
        }
        this.store.set({ enrolling: false });
    }

    go(step: Step): void {
        this.store.set({ step, askFailed: false, touchedAt: performance.now() });
    }

    touch(): void {
        this.store.set({ touchedAt: performance.now() });
    }

    /** Somebody is read to; once a second is enough, as every touch draws anew. */
    present(reading: boolean): void {
        if (reading && performance.now() - this.store.get().touchedAt > 1000) this.touch();
    }

    /** Into the queue; an empty office is not rung. */
    async ask(category: Category, number = ""): Promise<void> {
        this.readback.wipe();
        const { clinic } = this.store.get();
        if (clinic && clinic.duty_lawyers.length === 0) return this.wantLeave(category);
        this.go("asking");
        this.call.warm();
        try {
            const language = this.language();
            await this.live.command("ask", { category, language, consent: consentVersion, number });
        } catch {
            if (isOpen(this.store.get().consultation)) return;
            this.call.end();
            this.go("category");
            this.store.set({ askFailed: true });
        }
    }

    wantNumber(numbering: boolean): void {
        this.touch();
        this.store.set({ numbering });
    }

    /** Who has an appointment, or was here before, finds his lawyer by it. */
    askByNumber(number: string): void {
        this.store.set({ numbering: false });
        void this.ask("other", number);
    }

    /** The tag of the language to talk in. */
    language(): string {
        return this.store.get().language ?? words().htmlLang;
    }

    chooseLanguage(language: string): void {
        this.store.set({ language });
    }

    /** The danger card: the desk is told at once, the resident sees whom to call. */
    danger(): void {
        this.go("danger");
        this.live.command("alarm", { reason: "danger" }).then(
            () => this.store.set({ alarmed: true }),
            () => undefined,
        );
    }

    wantIdentify(wanted: boolean): void {
        this.store.set({ identifying: wanted ? "asked" : "no" });
    }

    async identify(identity: Identity, text = ""): Promise<void> {
        try {
            await this.live.command("identify", { identity, text });
            this.wantIdentify(false);
        } catch {
            this.store.set({ identifying: "failed" });
        }
    }

    wantAbout(about: BoothState["about"]): void {
        this.store.set({ about });
    }

    /** What a lawyer may need for his conflict check; a refusal is no trouble for the resident. */
    async about(said: { age_band: string } | { text: string }): Promise<void> {
        await this.live.command("about", said).catch(() => undefined);
        this.wantAbout("age_band" in said ? "adverse" : "told");
    }

    /** Whether somebody may join. */
    agree(party: string, yes: boolean): void {
        this.live.command("agree", { party, answer: yes ? "yes" : "no" }).catch(() => undefined);
    }

    async consent(reason: Asked, yes: boolean): Promise<void> {
        try {
            await this.live.command("consent", { reason, text: yes ? "yes" : "no", consent: consentVersion });
            this.store.set({ consentFailed: false });
        } catch {
            this.store.set({ consentFailed: true });
        }
    }

    /** Takes a consent back. */
    async withdraw(reason: Asked): Promise<void> {
        await this.live.command("withdraw", { reason }).catch(() => undefined);
    }

    wantLeave(category: Category): void {
        this.touch();
        this.store.set({ leaving: { category, kind: null, halfDay: null, halfDays: null, failed: false } });
    }

    leaving(patch: Partial<Leaving>): void {
        const { leaving } = this.store.get();
        if (leaving) this.store.set({ leaving: { ...leaving, ...patch } });
    }

    /** The centre's working days are the gateway's to know. */
    async wantAppointment(): Promise<void> {
        const { token } = this.store.get();
        try {
            const { half_days: halfDays } = await api<{ half_days: string[] }>("/v1/half-days", token === null ? {} : { token });
            this.leaving({ kind: "appointment", halfDays, failed: false });
        } catch {
            this.leaving({ failed: true });
        }
    }

    /** Back into the queue, or to the cards. */
    leaveNot(): void {
        this.store.set({ leaving: null });
    }

    async leaveWord(phone: string): Promise<void> {
        const { leaving } = this.store.get();
        if (!leaving) return;
        const { category, kind, halfDay } = leaving;
        try {
            await this.live.command("leave_word", { category, text: phone, half_day: halfDay ?? "" });
            this.store.set({ leaving: null, left: kind });
            this.go("thanks");
        } catch {
            this.leaving({ failed: true });
        }
    }

    cancel(): void {
        this.live.command("cancel").catch(() => undefined);
    }

    /** Would the lawyer please speak slower. */
    slower(): void {
        this.store.set({ slowerAt: performance.now() });
        this.live.command("slower").catch(() => this.store.set({ slowerAt: null }));
    }

    /** Takes a picture of the paper that is held out. */
    async showPaper(): Promise<void> {
        const { call, consultation } = this.store.get();
        if (!call.self || !consultation) return;
        this.store.set({ showing: "taking" });
        let shown = false;
        try {
            shown = (await this.papers.give(consultation.id, await takeStill(call.self), "image/jpeg")) !== null;
        } catch {
            // No camera, or one that gives no picture: said below.
        }
        this.store.set({ showing: shown ? "no" : "failed" });
    }

    wantEnd(ending: boolean): void {
        this.store.set({ ending });
    }

    leave(): void {
        this.wantEnd(false);
        this.live.command("leave").catch(() => undefined);
    }

    /** A lost answer or a late one is no trouble for the resident: nothing more is asked. */
    rate(score: Score): void {
        const { consultation } = this.store.get();
        if (consultation) this.live.command("rate", { consultation: consultation.id, score }).catch(() => undefined);
        this.store.set({ rated: true });
        this.go("thanks");
    }

    setVolume(volume: number): void {
        this.store.set({ volume });
    }

    /** Called every second: what happens only because time passes. */
    later(): void {
        const state = this.store.get();
        if (idleSeconds(state, performance.now()) === 0) {
            if (isOpen(state.consultation)) this.leaveNot();
            else this.home();
        }
        const thanked = performance.now() - state.touchedAt > thanksFor;
        if (screenOf(state) === "thanks" && thanked) this.home();
    }

    /** Ready for the next person, who finds nothing of the last one. */
    home(): void {
        resetLanguage();
        this.readback.wipe();
        this.store.set({ ...nothingSaid, consultation: null, rated: false, volume: defaultVolume });
        this.go("attract");
    }

    private status(live: LiveStatus): void {
        this.store.set({ live });
        this.away.status(live);
        if (live === "online") {
            // The gateway may have been restarted: it then knows nothing of our media.
            this.call.check();
            this.screen.check();
        } else if (live === "refused") {
            keep("booth", null);
            this.call.end();
            this.store.set({ token: null, forgotten: true, consultation: null });
        }
    }

    private snapshot(state: Record<string, unknown>): void {
        const { booth, clinic, consultation } = state as Partial<BoothState>;
        this.store.set({ booth: booth ?? null });
        if (clinic) this.clinic(clinic);
        this.consultation(consultation ?? null);
        if (consultation && talking.includes(consultation.state)) void this.readback.look(consultation.id);
        const { said, papers, screen } = state as { said?: Said | null; papers?: PapersEvent | null; screen?: ScreenEvent | null };
        this.papers.told(papers ?? null);
        this.screen.told(screen ?? null);
        this.store.set({ said: said ? said.text : "" });
    }

    private event(name: string, data: unknown): void {
        if (name === "papers") this.papers.told(data as PapersEvent);
        if (name === "screen") this.screen.told(data as ScreenEvent);
        if (name === "drawn") this.papers.drawn(data as Drawn);
        if (name === "said") this.store.set({ said: (data as Said).text });
        if (name === "shown") this.call.told(data as Shown);
        if (name === "record") void this.readback.look((data as { consultation: string }).consultation);
        if (name === "consultation") this.consultation(data as Consultation);
        if (name === "clinic") this.clinic(data as Clinic);
    }

    private clinic(clinic: Clinic): void {
        keep("centre", JSON.stringify(clinic.centre));
        this.store.set({ clinic, centre: clinic.centre });
    }

    /** Outside, nothing of what the others look at stays; back, it is found again. */
    private outside(before: Consultation | null, next: Consultation): void {
        const was = before !== null && before.parked === before.booth.id;
        const is = next.parked === next.booth.id;
        if (is && !was) {
            this.papers.wipe();
            this.screen.told(null);
        } else if (was && !is) void this.papers.find(next.id).then((screen) => this.screen.told(screen));
    }

    private consultation(next: Consultation | null): void {
        const before = this.store.get().consultation;
        if (isOpen(next)) {
            const talks = talking.includes((next as Consultation).state);
            this.outside(before, next as Consultation);
            this.store.set({ consultation: next, askFailed: false, ...(talks ? { leaving: null } : {}) });
            this.media(next as Consultation);
            return;
        }
        if (next && before && next.id !== before.id) return;
        if (!isOpen(before)) return;
        this.screen.stop();
        this.call.end();
        this.papers.wipe();
        this.store.set({ consultation: next ?? { ...(before as Consultation), state: "closed" }, ending: false, said: "", slowerAt: null, showing: "no" });
        this.go(stepAfter(this.store.get().consultation as Consultation));
    }

    private media(one: Consultation): void {
        if (one.media && talking.includes(one.state)) this.call.connect(one.media, facesFor(one.parties, one.booth.id, "lawyer"));
        else if (one.media) this.call.prepare(one.media);
        else this.call.rest();
    }
}
