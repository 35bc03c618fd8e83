// Reports of the clinic and of one lawyer's work, in English.
import type { Report } from "./report.zh-CN";

const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

function period(name: string): string {
    const [year = "", part = ""] = name.split("-");
    if (part.startsWith("q")) return `Quarter ${part.slice(1)} of ${year}`;
    return part ? `${months[Number(part) - 1] ?? part} ${year}` : `All of ${year}`;
}

export const reportEn: Report = {
    title: "Statistics",
    lead: "Numbers below 5, and those that would tell them, are not shown, so that nobody is recognised.",
    period,
    choosePeriod: "Time",
    chooseCentre: "Centre",
    everyCentre: "All centres",
    notShown: "not shown",
    table: "Export table",
    nothing: "Nobody has asked in this time yet.",
    items: "Asked",
    attendances: "Met a lawyer",
    persons: "Different people",
    peopleTitle: "How many people came",
    peopleHead: "Counted by",
    peopleNumber: "Number",
    personsHow: "Who left a telephone number is one person however often he came; who left none is one each time.",
    connected: "Connected",
    wait: "Wait (half of them at most)",
    waitLong: "Wait (95% of them at most)",
    talk: "Talked, all together",
    talkMean: "Talked, on average",
    rated: "Rated",
    satisfied: "Satisfied",
    messages: "Messages",
    inTime: "Answered within 24 hours",
    appointments: "Appointments",
    followUps: "Follow-ups (done/all)",
    units: {
        items: (n) => n,
        times: (n) => n,
        people: (n) => n,
        percent: (n) => `${n}%`,
        atLeast: (n) => `${n}% or more`,
        minutes: (n) => `${n} min`,
        time: (minutes, seconds) => (minutes ? `${minutes} min ${seconds} s` : `${seconds} s`),
    },
    categories: "What it was about",
    category: "Category",
    number: "Number",
    share: "How many",
    workTitle: "Work done",
    workLead: "A line for every consultation. The mean rating is shown from 5 ratings on.",
    chooseLawyer: "Lawyer",
    workDone: (n, minutes) => `${n} ${n === 1 ? "consultation" : "consultations"}, ${minutes} min in all`,
    workMean: (mean) => `Mean rating ${mean} of 5`,
    workNone: "No consultation in this time.",
    workHeads: ["Number", "Began", "Minutes", "Category", "Booth"],
};
