// Reports of the clinic: what the gateway counted, for a month, a quarter or a year of China's time.
import { inChina } from "./china";
import type { Category } from "./types";

/** A number of residents; null: fewer than five, or it would tell such a number. */
export type Told = number | null;

export interface Statistics {
    period: string;
    items: Told;
    attendances: Told;
    persons: Told;
    connected_percent: Told;
    wait_p50_s: Told;
    wait_p95_s: Told;
    talk_minutes: Told;
    talk_mean_s: Told;
    rated: Told;
    satisfied_percent: Told;
    /** So many or more. */
    satisfied_at_least: boolean;
    scores: { score: number; n: Told }[];
    categories: { category: Category; n: Told }[];
    messages: Told;
    in_time_percent: Told;
    appointments: Told;
    follow_ups: Told;
    follow_ups_done: Told;
}

export interface Workload {
    period: string;
    attendances: number;
    talk_minutes: number;
    /** The mean of the ratings, times ten; left out when they are fewer than five. */
    satisfaction_tenths?: number;
    rows: {
        day: number;
        ticket_no: number;
        booth: string;
        category: Category;
        connected_at: number;
        ended_at: number;
    }[];
}

/** Names of the latest periods: this month and those before, then quarters, then years. */
export function periods(now: number): string[] {
    const today = inChina(now);
    const [year, month] = [today.getUTCFullYear(), today.getUTCMonth()];
    const back = (count: number, name: (ago: number) => string): string[] => Array.from({ length: count }, (_, ago) => name(ago));
    const monthOf = (ago: number): string => new Date(Date.UTC(year, month - ago, 1)).toISOString().slice(0, 7);
    const quarterOf = (ago: number): string => {
        const at = new Date(Date.UTC(year, month - 3 * ago, 1));
        return `${at.getUTCFullYear()}-q${Math.floor(at.getUTCMonth() / 3) + 1}`;
    };
    // The thirty-first of a month has no counterpart in others: months begin at their first day.
    return [...back(12, monthOf), ...back(4, quarterOf), ...back(2, (ago) => String(year - ago))];
}
