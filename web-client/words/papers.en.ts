// Papers and the lawyer's screen, in English.
import type { PapersWords } from "./papers.zh-CN";

export const papersEn: PapersWords = {
    title: "Papers",
    still: (n) => `The resident's paper ${n}`,
    send: "Show the resident a file",
    sending: "Sending…",
    kinds: "PDF, JPG, PNG; or drop it here",
    show: "Show",
    shownNow: "Shown",
    remove: "Take away",
    keep: "Keep",
    kept: "Kept",
    keptBefore: "Papers kept",
    open: "Open",
    pages: (n) => `${n} ${n === 1 ? "page" : "pages"}`,
    page: (page, pages) => (page === 0 ? `${pages} pages` : `Page ${page} of ${pages}`),
    pageBack: "Page back",
    pageOn: "Next page",
    troubles: {
        type: "Only PDF, JPG and PNG files can be sent",
        large: "The file is too large: 4 MB at most",
        unreadable: "This file cannot be opened; it may be damaged or locked",
        failed: "It was not sent, please try again; if there are many papers, take some away first",
    },
    share: "Share the screen",
    keepFailed: "It was not kept, please press again",
    shareStop: "Stop sharing",
    sharing: "The resident sees your screen",
    keptNote: "The lawyer keeps this paper",
    opening: "The lawyer is opening it…",
    screenShown: "The lawyer's screen",
};
