// The gateway's time as seen by this page. Kiosks and tablets often have a wrong clock, and
// countdowns are made from the gateway's times, so every REST answer's Date header corrects it.

let offset = 0;

/** Takes a Date header; it has whole seconds, so small differences are noise. */
export function learnDate(header: string | null, localNow: number = Date.now()): void {
    const server = header ? Date.parse(header) : NaN;
    if (isNaN(server)) return;
    const difference = server + 500 - localNow;
    offset = Math.abs(difference) > 2000 ? difference : 0;
}

/** The gateway's time, milliseconds since 1970 UTC. */
export function serverNow(localNow: number = Date.now()): number {
    return localNow + offset;
}

/** "3:07", "1:02:09" */
export function duration(ms: number): string {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const two = (n: number): string => String(n).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    const tail = two(seconds % 60);
    return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/** Whole seconds left of an offer, never more than the offer lasts. */
export function secondsLeft(from: number, until: number, now: number): number {
    const left = Math.min(until - now, until - from);
    return Math.max(0, Math.ceil(left / 1000));
}
