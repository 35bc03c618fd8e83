// The booth's spoken prompts: each has a name, and a sentence in every language. The build makes a
// file of each (voice.mjs); a recording of the same name in the gateway's data directory goes before.
import { minuteSteps } from "../core/estimate";
import type { EndReason } from "../core/types";
import type { Words } from "./zh-CN";

/** More people before one are not counted aloud. */
export const mostAhead = 10;

type Fixed = {
    [Name in keyof Words["spoken"]]: Words["spoken"][Name] extends string ? Name : never;
}[keyof Words["spoken"]];

export type Prompt = Fixed | "rated" | "consentTitle" | `consent-${number}` | `ahead-${number}` | `minutes-${number}` | `ended-${EndReason}`;

/** How many people are before somebody. */
export function aheadPrompt(ahead: number): Prompt {
    return ahead > mostAhead ? "manyAhead" : `ahead-${ahead}`;
}

/** @param minutes  one of minuteSteps, or more */
export function minutesPrompt(minutes: number): Prompt {
    return minuteSteps.includes(minutes) ? `minutes-${minutes}` : "manyMinutes";
}

function fixed(w: Words): [string, string][] {
    return Object.entries(w.spoken).filter((entry): entry is [string, string] => typeof entry[1] === "string");
}

/** Every prompt of a language by its name. */
export function prompts(w: Words): Map<string, string> {
    const lines = w.booth.consent(w.booth.thisCentre);
    const people = Array.from({ length: mostAhead + 1 }, (_, n) => n);
    return new Map([
        ...fixed(w),
        ["rated", w.booth.ratedThanks],
        ["consentTitle", w.booth.consentTitle],
        ...lines.map((line, at): [string, string] => [`consent-${at + 1}`, line]),
        ...people.map((n): [string, string] => [`ahead-${n}`, w.spoken.ahead(n)]),
        ...minuteSteps.map((n): [string, string] => [`minutes-${n}`, w.spoken.minutes(n)]),
        ...Object.entries(w.booth.ended).map(([reason, text]): [string, string] => [`ended-${reason}`, text]),
    ]);
}
