// What the booth says aloud, as a function of what it shows.
import { Voice } from "../../core/voice";
import { aheadPrompt, minutesPrompt, type Prompt } from "../../words/prompts";
import { words } from "../../words/words";
import { isRecorded, type Asked } from "../../core/consents";
import { askedNow } from "./consents";
import { callSentence } from "./meeting";
import { askedFor } from "./party";
import { isConfirmed } from "./readback";
import { reads } from "./readback-view";
import { idleSeconds, screenOf, type BoothFlow, type BoothState, type Leaving } from "./flow";

/** Only what is said of a screen the resident has come to; a change of the first member is said. */
export interface Said {
    about: string;
    prompts: Prompt[];
}

const silent: Prompt[] = [];

/** Said when the gateway cannot be reached, so it must be here before. */
const withoutLine: Prompt[] = ["reconnecting"];

function file(name: Prompt): string {
    return `/prompts/${words().htmlLang}/${name}`;
}

const questions: Record<Asked, Prompt> = { sensitive: "sensitive", earlier: "earlier", recording: "recordingAsked" };

function ofWaiting(state: BoothState, flow: BoothFlow): Said {
    const one = state.consultation;
    if (one && one.transferring) return { about: "transferring", prompts: ["transferring"] };
    if (!one || one.state === "offered") return { about: "offered", prompts: ["offered"] };
    if (one.minutes === undefined) return { about: "nobody", prompts: ["nobody"] };
    const ahead = Math.max(0, (one.position ?? 1) - 1);
    const minutes = flow.estimate.minutes(one.id, one.minutes);
    return { about: `ahead ${ahead}`, prompts: [aheadPrompt(ahead), minutesPrompt(minutes)] };
}

function ofCall(state: BoothState, flow: BoothFlow): Said {
    if (state.ending) return { about: "end", prompts: ["end"] };
    if (askedFor(state.consultation)) return { about: "party", prompts: ["partyQuestion"] };
    const [tone, , prompt] = callSentence(state);
    // Said once, while the line is good: the items themselves are the lawyer's to read.
    if (tone === "good" && reads(flow.readback)) return { about: "readback", prompts: ["readback"] };
    const recorded = isRecorded(state.consultation);
    if (tone === "good" && recorded) return { about: `recording ${recorded}`, prompts: recorded === "running" ? ["recordingRuns"] : silent };
    if (tone === "good" && isConfirmed(flow.readback.store.get().doc)) return { about: "takeaway", prompts: ["takeaway"] };
    return { about: `call ${prompt ?? ""}`, prompts: prompt ? [prompt] : silent };
}

function ofThanks(state: BoothState): Prompt[] {
    if (state.rated) return ["rated"];
    if (state.left) return [`ended-${state.left}`];
    return [`ended-${(state.consultation && state.consultation.end_reason) ?? "resident_left"}`];
}

function ofConsent(): Prompt[] {
    const lines = words().booth.consent("").map((_, at): Prompt => `consent-${at + 1}`);
    return ["consentTitle", ...lines, "consentChoose"];
}

function ofLeave(leaving: Leaving): Said {
    const { kind, halfDay } = leaving;
    if (kind === null) return { about: "leave", prompts: ["leave"] };
    const asksDay = kind === "appointment" && halfDay === null;
    return asksDay ? { about: "leaveDay", prompts: ["leaveDay"] } : { about: "leavePhone", prompts: ["leavePhone"] };
}

/** What is to be heard on the present screen. */
export function said(state: BoothState, flow: BoothFlow, now: number): Said {
    const screen = screenOf(state);
    if (idleSeconds(state, now) !== null) return { about: "idle", prompts: ["idle"] };
    const asked = askedNow(state);
    if (asked && (screen === "waiting" || screen === "call")) return { about: `asked ${asked}`, prompts: [questions[asked]] };
    if (screen === "waiting") return ofWaiting(state, flow);
    if (screen === "leave" && state.leaving) return ofLeave(state.leaving);
    if (screen === "call") return ofCall(state, flow);
    if (screen === "consent") return { about: screen, prompts: ofConsent() };
    if (screen === "thanks") return { about: screen, prompts: ofThanks(state) };
    if (screen === "category" && state.numbering) return { about: "number", prompts: ["number"] };
    if (screen === "category" && state.askFailed) return { about: "askFailed", prompts: ["askFailed"] };
    if (screen === "category" || screen === "declined" || screen === "danger" || screen === "rating")
        return { about: screen, prompts: [screen] };
    // The front speaks when it is touched: an empty hall needs no voice.
    return { about: screen, prompts: silent };
}

export class Aloud {
    private readonly voice = new Voice();
    private about = "";

    /** To be called after every drawing: says what has changed. */
    follow(state: BoothState, flow: BoothFlow): void {
        const now = said(state, flow, performance.now());
        if (now.about === this.about) return;
        this.about = now.about;
        void this.voice.prepare(withoutLine.map(file));
        this.speak(now.prompts);
    }

    /** On a wish, or on a touch of the front. */
    again(state: BoothState, flow: BoothFlow): void {
        const { prompts } = said(state, flow, performance.now());
        this.speak(prompts.length > 0 ? prompts : ["welcome"]);
    }

    /** Somebody is read to and has no reason to press anything. */
    get reading(): boolean {
        return this.about !== "idle" && this.voice.speaking;
    }

    private speak(prompts: Prompt[]): void {
        if (prompts.length === 0) return this.voice.hush();
        this.voice.say(prompts.map(file));
    }
}
