// "About M minutes" for somebody who waits: it may only fall. A number that rises says "you have
// been passed over", even when it is arithmetic.

/** Minutes a consultation takes on average; measured legal hotlines talk for 6 to 7. */
const talk = 7;

/** What is said: nobody waits by the minute for half an hour. More than the last is not counted. */
export const minuteSteps: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 60];

/** The next step up; Infinity beyond the last. */
export function roundMinutes(minutes: number): number {
    return minuteSteps.find((step) => step >= minutes) ?? Infinity;
}

/** Minutes until a lawyer is free. @param ahead  people in front @param lawyers  on duty */
export function estimateMinutes(ahead: number, lawyers: number): number {
    return roundMinutes(Math.max(1, Math.ceil(((ahead + 0.5) * talk) / Math.max(1, lawyers))));
}

export class FallingEstimate {
    private id = "";
    private least = Infinity;

    /** The estimate for consultation `id`, never above one given for it before. */
    minutes(id: string, ahead: number, lawyers: number): number {
        if (id !== this.id) {
            this.id = id;
            this.least = Infinity;
        }
        this.least = Math.min(this.least, estimateMinutes(ahead, lawyers));
        return this.least;
    }
}
