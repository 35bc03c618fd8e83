// Made-up reports for dev/mock.mjs.
const categories = { family: 41, labour: 33, debt: 22, housing: 18, inheritance: 12, contract: 9, property_neighbour: 7, consumer: null, fraud: null, traffic: null };

export const statistics = () => ({
    period: "2026-11", items: 149, attendances: 143, persons: 118, connected_percent: 96, wait_p50_s: 24, wait_p95_s: 171, talk_minutes: 2717, talk_mean_s: 1140,
    rated: 88, satisfied_percent: 95, satisfied_at_least: true, scores: [{ score: 5, n: 71 }, { score: 4, n: 14 }, { score: 3, n: null }, { score: 2, n: null }, { score: 1, n: 0 }],
    categories: Object.entries(categories).map(([category, n]) => ({ category, n })),
    messages: 11, in_time_percent: 91, appointments: null, follow_ups: null, follow_ups_done: null,
});

const start = Date.parse("2026-11-02T09:04:00+08:00");
export const workload = () => ({
    period: "2026-11", attendances: 12, talk_minutes: 214, satisfaction_tenths: 47,
    rows: Object.keys(categories).map((category, i) => ({
        day: 20759 + i, ticket_no: 3 * i + 1, booth: i % 2 ? "槐园二号咨询亭" : "槐园一号咨询亭", category,
        connected_at: start + i * 86400000, ended_at: start + i * 86400000 + (600 + 90 * i) * 1000,
    })),
});
