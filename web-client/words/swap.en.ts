// The sentences of swap.zh-CN.ts in English.
import type { SwapWords } from "./swap.zh-CN";

export const swapEn: SwapWords = {
    title: "My shifts",
    ask: "Ask somebody to take it",
    whom: "Which lawyer",
    send: "Ask",
    waits: (name) => `waiting for ${name} to agree`,
    declined: (name) => `${name} cannot take it`,
    wanted: (name) => `${name} asks you to take a shift`,
    kept: (n) => (n === 1 ? "There is 1 appointment in it, yours then" : `There are ${n} appointments in it, yours then`),
    agree: "I take it",
    decline: "I cannot",
    desk: (from, to) => `${from} asks ${to} to take a shift`,
    answers: { agreed: "taken", declined: "not taken" },
    open: "not answered yet",
    deskTitle: "Shifts that change hands",
    problems: {
        "not-your-shift": "This shift has begun, or is not yours any more.",
        "unknown-lawyer": "Please choose another lawyer.",
        "serves-elsewhere": "This lawyer does not serve every centre of this shift: somebody would find nobody there. Please ask another one.",
        "appointment-elsewhere": "An appointment of this shift is at a centre this lawyer does not serve. Please ask another one.",
        "lawyer-taken": "This lawyer has another appointment then.",
        "has-shift": "This lawyer has a shift then.",
        "asked-before": "Somebody has been asked already. Please wait for the answer.",
        "no-swap": "This has been answered already.",
    },
};
