// Watching what was recorded, in English.
import type { WatchWords } from "./watch.zh-CN";

export const watchEn: WatchWords = {
    title: "Recording",
    note: (minutes) => `With everybody's consent ${minutes < 1 ? "less than a minute" : `about ${minutes} min`} of this consultation were recorded. Only you can watch it; each opening is noted in the audit log, and your name is on the picture.`,
    open: "Watch the recording",
    opening: "Opening the recording…",
    close: "Close the recording",
    play: "Play",
    pause: "Pause",
    back: "Back 15 s",
    on: "On 15 s",
    place: "Where it plays",
    at: (now, whole) => `${now} / ${whole}`,
    notThen: "Not recorded then",
    soundOnly: "Sound only",
    damaged: (count) => `${count} ${count === 1 ? "piece is" : "pieces are"} damaged and cannot be played; please tell the administrator`,
    over: "The recording was closed: it was not used for long, or opened elsewhere. Please open it again.",
    failed: "The recording cannot be opened, please try again later; if it still fails, tell the administrator.",
};
