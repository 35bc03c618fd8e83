// Half days that a resident may wish for: "2026-11-24-am", on the centre's working days.
import { inChina } from "./china";

const dayMs = 86400000;

/** The next `count` half days after today, Saturdays and Sundays left out. */
export function halfDays(now: number, count: number): string[] {
    const list: string[] = [];
    for (let ahead = 1; list.length < count; ahead++) {
        const at = inChina(now + ahead * dayMs);
        if (at.getUTCDay() === 0 || at.getUTCDay() === 6) continue;
        const day = at.toISOString().slice(0, 10);
        list.push(`${day}-am`, `${day}-pm`);
    }
    return list.slice(0, count);
}

/** Its month, day, weekday (0 is Sunday), and whether it is the morning. */
export function partsOf(halfDay: string): { month: number; day: number; weekday: number; morning: boolean } {
    const at = new Date(`${halfDay.slice(0, 10)}T00:00:00Z`);
    return { month: at.getUTCMonth() + 1, day: at.getUTCDate(), weekday: at.getUTCDay(), morning: halfDay.endsWith("am") };
}
