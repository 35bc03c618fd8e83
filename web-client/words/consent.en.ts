// What somebody agrees to beside the five lines, in English: private matters, and a recording.
import type { ConsentWords } from "./consent.zh-CN";

export const consentEn: ConsentWords = {
    sensitiveTitle: "May private matters be written down?",
    sensitive: [
        "For example health, children under fourteen, bank accounts.",
        "The lawyer would write them into the record, locked, for himself alone.",
        "If not, you get your answer all the same.",
    ],
    sensitiveYes: "Yes, write it",
    sensitiveNo: "Do not write it",
    recordTitle: (name) => `${name} would like to record this talk`,
    record: (days) => ["Picture and sound are recorded.", `It is kept locked for ${days} days, for the lawyer alone.`, "If not, you talk all the same. You can stop it at any time."],
    recordYes: "Yes, record",
    recordNo: "Do not record",
    running: "Picture and sound are being recorded",
    paused: "The recording waits until the newcomer agrees",
    stop: "Stop recording",
    notSaved: "It was not noted, please press again.",
    lawyer: {
        ask: "Ask to record",
        asked: "The resident is being asked: please read it aloud",
        cancel: "Do not record",
        running: "Being recorded: everybody has agreed",
        paused: "The recording waits until the newcomer agrees",
        stop: "Stop recording",
        refused: "The resident does not want to be recorded. Go on as usual and do not ask again.",
        stopped: "The recording has ended.",
        sensitive: "Private matters (health, children, accounts)",
        sensitiveIs: { none: "not asked yet", asked: "being asked", yes: "may be written down", no: "not to be written down" },
        askSensitive: "Ask the resident",
    },
};
