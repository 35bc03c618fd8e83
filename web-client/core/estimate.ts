// "About M minutes" for somebody who waits: it may only fall. A number that rises says "you have
// been passed over", even when it is arithmetic.

/** What is said: nobody waits by the minute for half an hour. More than the last is not counted. */
export const minuteSteps: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 60];

/** The next step up; Infinity beyond the last. */
export function roundMinutes(minutes: number): number {
    return minuteSteps.find((step) => step >= minutes) ?? Infinity;
}

export class FallingEstimate {
    private id = "";
    private least = Infinity;

    /** What is said of the gateway's `minutes` for consultation `id`: never more than before. */
    minutes(id: string, minutes: number): number {
        if (id !== this.id) {
            this.id = id;
            this.least = Infinity;
        }
        this.least = Math.min(this.least, roundMinutes(minutes));
        return this.least;
    }
}
