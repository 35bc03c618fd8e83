// The centre's time is China's, whatever the device believes: an old tablet's wrong zone must not move a
// lecture by hours. China has had one zone and no summer time since 1992.

const offset = 8 * 3600 * 1000;
const day = 86400000;

/** A date whose UTC parts are what a clock in China shows. */
export function inChina(ms: number): Date {
    return new Date(ms + offset);
}

/** Whole days from `now` to `ms`, as a calendar in China counts them. */
export function daysApart(ms: number, now: number): number {
    return Math.floor((ms + offset) / day) - Math.floor((now + offset) / day);
}
