// A third party's page without its looks. The link in the address is good once: the first press on
// "enter" makes it this device's, and what it gave is kept here until the consultation is over.
import { ApiError, api } from "../../core/api";
import { Away } from "../../core/away";
import { Call, noCall, type CallState } from "../../core/call";
import { consentVersion } from "../../core/consents";
import { facesFor } from "../../core/faces";
import { keep, kept } from "../../core/kept";
import { LiveClient, type LiveStatus } from "../../core/live";
import { noPapers, Papers, type PapersState } from "../../core/papers";
import { ScreenView } from "../../core/screen";
import { Store } from "../../core/store";
import type { Centre, Clinic, Drawn, Guesthood, PapersEvent, ScreenEvent, Shown } from "../../core/types";

export type Screen = "starting" | "bad-link" | "used-link" | "ready" | "test" | "entering" | "call" | "ended";

export interface GuestState {
    link: string;
    token: string | null;
    /** Why the link cannot be used. */
    trouble: "bad" | "used" | null;
    /** Who is asked, by whom. */
    name: string;
    lawyer: string;
    centre: Centre | null;
    step: "ready" | "test" | "entering";
    consultation: Guesthood | null;
    /** How it ended, once it has. */
    end: string | null;
    leaving: boolean;
    consentFailed: boolean;
    away: boolean;
    volume: number;
    call: CallState;
    papers: PapersState;
    /** The lawyer's. */
    screen: MediaStream | null;
}

interface Snapshot {
    consultation?: Guesthood | null;
    centre?: Centre;
    papers?: PapersEvent | null;
    screen?: ScreenEvent | null;
}

const retryAfter = 3000;
const awayAfter = 4000;
const talking = ["connected", "suspended"];

export function screenOf(state: GuestState): Screen {
    if (state.end !== null) return "ended";
    if (state.token !== null) return state.consultation ? "call" : "entering";
    if (state.trouble) return state.trouble === "used" ? "used-link" : "bad-link";
    if (!state.lawyer) return "starting";
    return state.step;
}

/** Neither sees nor hears, nor is seen or heard. */
export function isParked(one: Guesthood | null): boolean {
    return one !== null && one.parked === one.me.id;
}

function linkOf(path: string): string {
    const found = /^\/g\/([A-Za-z0-9_-]+)\/?$/.exec(path);
    return (found && found[1]) ?? "";
}

/** The token of this link, if this device has used it. */
function keptToken(link: string): string | null {
    const [of, token] = (kept("guest") ?? "").split(" ");
    return of === link && token ? token : null;
}

export class GuestFlow {
    readonly store = new Store<GuestState>({
        link: linkOf(location.pathname),
        token: keptToken(linkOf(location.pathname)),
        trouble: null,
        name: "",
        lawyer: "",
        centre: null,
        step: "ready",
        consultation: null,
        end: null,
        leaving: false,
        consentFailed: false,
        away: false,
        volume: 4,
        call: noCall,
        papers: noPapers,
        screen: null,
    });
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
        state: (state) => this.snapshot(state as Snapshot),
        event: (name, data) => this.event(name, data),
        status: (status) => this.status(status),
    });

    start(): void {
        if (this.store.get().token !== null) this.live.start();
        else void this.look();
    }

    /** Opens camera and microphone, for the person to see that they work. */
    test(): void {
        this.store.set({ step: "test" });
        this.call.warm();
    }

    retry(): void {
        this.call.end();
        this.test();
    }

    async enter(): Promise<void> {
        const { link } = this.store.get();
        this.store.set({ step: "entering" });
        try {
            const { token } = await api<{ token: string }>(`/v1/guests/${encodeURIComponent(link)}/session`, { method: "POST", body: {} });
            keep("guest", `${link} ${token}`);
            this.store.set({ token });
            this.live.start();
        } catch (error) {
            if (this.refused(error)) this.call.end();
            else this.store.set({ step: "test" });
        }
    }

    wantLeave(leaving: boolean): void {
        this.store.set({ leaving });
    }

    leave(): void {
        this.wantLeave(false);
        this.live.command("leave").catch(() => undefined);
    }

    /** Whether this party may be recorded. */
    async consent(yes: boolean): Promise<void> {
        try {
            await this.live.command("consent", { reason: "recording", text: yes ? "yes" : "no", consent: consentVersion });
            this.store.set({ consentFailed: false });
        } catch {
            this.store.set({ consentFailed: true });
        }
    }

    withdraw(): void {
        this.live.command("withdraw", { reason: "recording" }).catch(() => undefined);
    }

    setVolume(volume: number): void {
        this.store.set({ volume });
    }

    /** Looking at the invitation uses nothing up. */
    private async look(): Promise<void> {
        const { link } = this.store.get();
        if (!link) return this.bad("bad");
        try {
            const { me, lawyer, centre } = await api<{ me: { name: string }; lawyer: string; centre: Centre }>(`/v1/guests/${encodeURIComponent(link)}`);
            this.store.set({ name: me.name, lawyer, centre, away: false });
        } catch (error) {
            if (this.refused(error)) return;
            this.store.set({ away: true });
            window.setTimeout(() => void this.look(), retryAfter);
        }
    }

    private refused(error: unknown): boolean {
        const status = error instanceof ApiError ? error.problem.status : 0;
        if (status !== 404 && status !== 409) return false;
        this.bad(status === 409 ? "used" : "bad");
        return true;
    }

    private bad(trouble: "bad" | "used"): void {
        this.store.set({ trouble });
        void api<Clinic>("/v1/clinic").then(
            (clinic) => this.store.set({ centre: clinic.centre }),
            () => undefined,
        );
    }

    private snapshot({ consultation, centre, papers, screen }: Snapshot): void {
        if (centre) this.store.set({ centre });
        if (!consultation) return this.over("finished");
        this.told(consultation);
        this.papers.told(papers ?? null);
        this.screen.told(screen ?? null);
    }

    private event(name: string, data: unknown): void {
        if (name === "shown") this.call.told(data as Shown);
        if (name === "consultation") this.told(data as Guesthood);
        if (name === "papers") this.papers.told(data as PapersEvent);
        if (name === "drawn") this.papers.drawn(data as Drawn);
        if (name === "screen") this.screen.told(data as ScreenEvent);
    }

    /** Outside, nothing of what the others look at stays; back, it is found again. */
    private outside(was: boolean, next: Guesthood): void {
        const is = isParked(next);
        if (is && !was) {
            this.papers.wipe();
            this.screen.told(null);
        } else if (was && !is) void this.papers.find(next.id).then((screen) => this.screen.told(screen));
    }

    private told(one: Guesthood): void {
        if (one.state === "closed") return this.over(one.end_reason ?? "finished");
        this.outside(isParked(this.store.get().consultation), one);
        this.store.set({ consultation: one });
        if (one.media && talking.includes(one.state)) this.call.connect(one.media, facesFor(one.parties, one.me.id, "lawyer"));
    }

    private over(end: string): void {
        this.screen.stop();
        this.call.end();
        this.papers.wipe();
        this.live.stop();
        keep("guest", null);
        this.store.set({ end, consultation: null, leaving: false });
    }

    private status(status: LiveStatus): void {
        this.away.status(status);
        if (status === "online") {
            this.call.check();
            this.screen.check();
        } else if (status === "refused") this.over("finished");
    }
}
