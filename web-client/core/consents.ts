// What a consultation's people are asked, and what follows for the screens.
import type { Category, Consultation, Guesthood } from "./types";

/** The version of the wording in words/ that people agree to: another text needs another one. */
export const consentVersion = "2026-11-4";

/** Where private matters are likely to come up: the resident is asked about them while he waits. */
const likelyPrivate: Category[] = ["family", "injury", "traffic", "fraud", "debt", "criminal"];

export type Asked = "sensitive" | "earlier" | "recording";

/** What this party is asked now, or null. */
export function askedOf(one: Consultation | null, party: string): Asked | null {
    if (!one) return null;
    const { sensitive, earlier } = one;
    const talks = one.state === "connected" || one.state === "suspended";
    if (talks && isAskedToo(one, party)) return "recording";
    if (sensitive === "asked") return "sensitive";
    if (earlier === "asked") return "earlier";
    if (one.state !== "waiting" && one.state !== "offered") return null;
    if (earlier === "none") return "earlier";
    return sensitive === "none" && likelyPrivate.includes(one.category as Category) ? "sensitive" : null;
}

/** Whether a third party or a joined colleague is asked before it is recorded. */
export function isAskedToo(one: Guesthood | Consultation | null, party: string): boolean {
    const recording = one && one.recording;
    return !!recording && recording.state !== "running" && !recording.agreed.includes(party);
}

/** Runs, or would if everybody had answered. */
export function isRecorded(one: Guesthood | Consultation | null): "running" | "paused" | null {
    const state = one && one.recording ? one.recording.state : "off";
    return state === "running" || state === "paused" ? state : null;
}

/** How the recording ended between two states, or null when it did not. */
export function recordingEnd(before: Consultation | null, next: Consultation): "refused" | "stopped" | null {
    if (!before || before.id !== next.id || !before.recording || next.recording) return null;
    return before.recording.state === "asked" ? "refused" : "stopped";
}
