// Half days that a resident may wish for: "2026-11-24-am", on the centre's working days.

/** Its month, day, weekday (0 is Sunday), and whether it is the morning. */
export function partsOf(halfDay: string): { month: number; day: number; weekday: number; morning: boolean } {
    const at = new Date(`${halfDay.slice(0, 10)}T00:00:00Z`);
    return { month: at.getUTCMonth() + 1, day: at.getUTCDate(), weekday: at.getUTCDay(), morning: halfDay.endsWith("am") };
}
