// A visit to the booth, beside the call itself, in English.
import { partsOf } from "../core/half-day";
import type { Visit } from "./visit.zh-CN";

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

export const visitEn: Visit = {
    languageTitle: "How would you like to talk?",
    languages: {
        "zh-CN": "Mandarin",
        "zh-Hans": "In writing",
        csl: "Sign language",
        yue: "Cantonese",
        nan: "Hokkien",
        hak: "Hakka",
        wuu: "Shanghainese",
        cjy: "Jin",
        ii: "Yi",
        ug: "Uyghur",
        bo: "Tibetan",
        za: "Zhuang",
        mn: "Mongolian",
        en: "English",
    },
    alarmed: "The staff have been told. Somebody is coming.",
    identify: "Leave a phone number",
    identifyAgain: "Change it",
    identityLeft: {
        none: "That is fine.",
        phone: "The number is noted. Only the lawyer sees it.",
        name: "The name is noted. Only the lawyer sees it.",
    },
    phoneTitle: "Your phone number, please",
    phoneText: "So that we find you if the line breaks. You need not leave one.",
    nameLabel: "Or write your name",
    done: "Done",
    leaveNothing: "No, thank you",
    leaveTitle: "No lawyer is on duty now",
    leaveText: "You need not wait. You can:",
    leaveWaitingTitle: "Instead of waiting you can:",
    leaveMessage: "Leave a number",
    leaveMessageHint: "A lawyer calls you within 24 hours",
    leaveAppointment: "Make an appointment",
    leaveAppointmentHint: "Choose a half day; the staff will call to confirm",
    leaveInstead: "Call me instead",
    goOnWaiting: "Go on waiting",
    halfDayTitle: "Which day suits you?",
    halfDay: (halfDay) => {
        const { month, day, weekday, morning } = partsOf(halfDay);
        return `${days[weekday] ?? ""} ${day}/${month} ${morning ? "morning" : "afternoon"}`;
    },
    callTitle: "Which number shall we call?",
    callText: "Enter your phone number, then press “Done”.",
    inbox: "Messages and appointments",
    inboxText: "After the call, press “Called”.",
    inboxEmpty: "No message is waiting.",
    inboxDue: (when) => `to be answered by ${when}`,
    inboxLate: "More than 24 hours old: please call now",
    inboxWish: (halfDay) => `would like ${halfDay}`,
    answered: "Called",
    notTaken: "That was not noted. Please press “Done” once more.",
};
