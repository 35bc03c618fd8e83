// A visit to the booth, beside the call itself, in English.
import type { Visit } from "./visit.zh-CN";

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
    notTaken: "That was not noted. Please press “Done” once more.",
};
