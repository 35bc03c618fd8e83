// What was recorded of one consultation, put side by side: who was recorded is a lane, a lane is
// one file after the other, and hours in which nothing was recorded take no time to watch.
import type { PartyRole } from "./types";

/** One file, as a viewing tells it. */
export interface Recorded {
    n: number;
    recording: string;
    part: number;
    participant: string;
    role: PartyRole;
    name: string;
    began_at: number;
    duration_ms: number;
    video: boolean;
}

export interface Lane {
    role: PartyRole;
    name: string;
    participant: string;
    files: Recorded[];
}

/** From when to when something was recorded. */
export interface Span {
    from: number;
    to: number;
}

/** A pause as short as this is no pause: a process that was started again. */
const shortest = 3000;

const endOf = (file: Recorded): number => file.began_at + file.duration_ms;

/** Two files of one person at the same time (a face and a screen) are two lanes. */
export function lanesOf(files: Recorded[]): Lane[] {
    const lanes: Lane[] = [];
    for (const file of [...files].sort((one, other) => one.began_at - other.began_at || one.n - other.n)) {
        const lane = lanes.find(({ participant, files: its }) => participant === file.participant && endOf(its[its.length - 1] as Recorded) <= file.began_at + shortest);
        if (lane) lane.files.push(file);
        else lanes.push({ role: file.role, name: file.name, participant: file.participant, files: [file] });
    }
    return lanes;
}

export function spansOf(files: Recorded[]): Span[] {
    const spans: Span[] = [];
    for (const file of [...files].sort((one, other) => one.began_at - other.began_at)) {
        const last = spans[spans.length - 1];
        if (last && file.began_at <= last.to + shortest) last.to = Math.max(last.to, endOf(file));
        else spans.push({ from: file.began_at, to: endOf(file) });
    }
    return spans;
}

export function lengthOf(spans: Span[]): number {
    return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** What the clock showed at `position` milliseconds of watching. */
export function clockAt(spans: Span[], position: number): number {
    let left = position;
    for (const { from, to } of spans) {
        if (left < to - from) return from + left;
        left -= to - from;
    }
    const last = spans[spans.length - 1];
    return last ? last.to : 0;
}

/** The file of a lane that has this moment; where two touch, the later one. */
export function fileAt(lane: Lane, clock: number): Recorded | null {
    const covers = lane.files.filter((file) => file.began_at <= clock && clock < endOf(file));
    return covers[covers.length - 1] ?? null;
}
