// The sentences of voice.zh-CN.ts in English.
import type { VoiceWords } from "./voice.zh-CN";

export const voiceEn: VoiceWords = {
    title: "The booth's voice",
    lead: "The booth says its sentences aloud, in a machine's voice. You can read them out yourself: every booth uses your voice at once.",
    open: "See the sentences",
    close: "Close the list",
    language: "Language",
    languages: { "zh-CN": "Chinese", en: "English" },
    machine: "machine's voice",
    own: "recorded here",
    hear: "Listen",
    record: "Record it",
    speakNow: "Recording. Please read this out:",
    stop: "I have read it",
    listen: "Recorded. Listen to it first:",
    heard: "Is it good? Then use it, or record it again:",
    hearMine: "Listen to mine",
    keep: "Use this",
    again: "Record again",
    cancel: "Leave it as it was",
    back: "Back to the machine's voice",
    kept: "Done. The booths use the new voice at once.",
    notYours: "The booths of all centres have the same voice. Who looks after all of them records it; here you can listen.",
    cannotRecord: "This browser cannot record. Please use a newer one.",
    noMicrophone: {
        missing: "No microphone was found. Please check the plug.",
        forbidden: "The browser does not allow the microphone. Press the icon left of the address and choose “Allow”.",
        busy: "Another program is using the microphone. Please close it first.",
        insecure: "This address is not safe, so the browser gives no microphone. Please use the one that begins with https.",
    },
    problems: {
        "too-long": "This is too long, a minute at most. Please record it again.",
        "not-as-said": "This was not recorded well. Please record it again.",
        "not-allowed": "You can listen; who looks after all centres records.",
        "not-saved": "It was not saved. Please press once more.",
    },
};
