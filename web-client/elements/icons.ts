// Line drawings on a 24 x 24 grid. They stand beside words, never instead of them.
import { html, type TemplateResult } from "lit";

const strokes: Record<string, string> = {
    ask: "M4 5h16v11H11l-5 4v-4H4z M8 9h8 M8 12h5",
    yes: "M4 12.5l5.5 5.5L20 7",
    no: "M6 6l12 12 M18 6L6 18",
    back: "M10 5l-7 7 7 7 M3 12h18",
    home: "M3 12l9-8 9 8 M6 10v10h12V10",
    end: "M3 15c5-6 13-6 18 0l-3 3-3.5-2v-3a9 9 0 0 0-5 0v3L6 18z",
    answer: "M6 3l3 5-2 2c1 3 4 6 7 7l2-2 5 3-2 3C11 21 3 13 3 5z",
    louder: "M4 9v6h4l5 4V5L8 9z M18 9v6 M15 12h6",
    quieter: "M4 9v6h4l5 4V5L8 9z M15 12h6",
    sound: "M4 9v6h4l5 4V5L8 9z M16 9a4 4 0 0 1 0 6 M18.5 6.5a8 8 0 0 1 0 11",
    mic: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3z M6 11a6 6 0 0 0 12 0 M12 17v4",
    micOff: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3z M6 11a6 6 0 0 0 12 0 M12 17v4 M4 4l16 16",
    camera: "M3 7h12v10H3z M15 11l6-3v8l-6-3z",
    cameraOff: "M3 7h12v10H3z M15 11l6-3v8l-6-3z M4 4l16 16",
    bell: "M6 17V11a6 6 0 0 1 12 0v6 M4 17h16 M10 20h4",
    duty: "M12 3v9 M6.5 6.5a8 8 0 1 0 11 0",
    clock: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16z M12 8v4.5l3 2",
    phone: "M7 3h10v18H7z M11 18h2",
    play: "M7 4l13 8-13 8z",
    live: "M12 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4z M7.5 7.5a6.4 6.4 0 0 0 0 9 M16.5 7.5a6.4 6.4 0 0 1 0 9 M4.5 4.5a10.6 10.6 0 0 0 0 15 M19.5 4.5a10.6 10.6 0 0 1 0 15",
    people: "M9 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6z M3 20c0-8 12-8 12 0 M16 6a2.5 2.5 0 0 1 0 5 M17 14c3 0 4 3 4 6",
    person: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8z M4 21c0-9 16-9 16 0",
    warn: "M12 4l9 16H3z M12 10v5 M12 17.5v.5",
    info: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16z M12 11v5 M12 8v.5",
    line: "M3 9c5-5 13-5 18 0 M6 13c3.5-3 8.5-3 12 0 M10 17c1.2-1 2.8-1 4 0",
    erase: "M9 6h12v12H9l-6-6z M12 9.5l5 5 M17 9.5l-5 5",
    desk: "M3 10h18 M5 10v9 M19 10v9 M8 10V5h8v5",
    gauge: "M4 18a9 9 0 1 1 16 0 M12 15l4-5",
    family: "M8 5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z M17 8a2 2 0 1 1 0 4 2 2 0 0 1 0-4z M3 20c0-8 10-8 10 0 M14 20c0-6 7-6 7 0",
    labour: "M4 16a8 8 0 0 1 16 0z M10 9V5h4v4 M3 19h18",
    debt: "M3 7h18v11H3z M12 10a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z M6 10v.5 M18 15v.5",
    housing: "M4 20V10l8-6 8 6v10z M10 20v-6h4v6",
    property_neighbour: "M3 20V9l5-4 5 4v11z M13 20V12h8v8z M7 12h2 M7 16h2 M16.5 15.5h1.5",
    inheritance: "M6 3h12v18H6z M9 8h6 M9 12h6 M9 16h3",
    fraud: "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z M12 8v5 M12 16v.5",
    injury: "M4 8h16v12H4z M9 8V5h6v3 M12 11v6 M9 14h6",
    traffic: "M3 16v-4l3-6h12l3 6v4z M3 12h18 M6.5 16v3 M17.5 16v3",
    consumer: "M5 8h14l1 13H4z M9 11V6a3 3 0 0 1 6 0v5",
    contract: "M5 3h10l4 4v14H5z M15 3v4h4 M8 17c2-3 3 2 5-1s2 1 3 1",
    land: "M3 20h18 M12 20V9 M12 13c-5 0-6-3-6-6 4 0 6 2 6 6z M12 10c5 0 6-3 6-6-4 0-6 2-6 6z",
    administrative: "M3 20h18 M5 20v-9 M10 20v-9 M14 20v-9 M19 20v-9 M3 9l9-5 9 5z",
    criminal: "M12 4v15 M8 20h8 M5 7h14 M5 7l-2.5 6h5z M19 7l-2.5 6h5z",
    face5: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z M8.5 9v1 M15.5 9v1 M7 13.5c2 5 8 5 10 0z",
    face4: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z M8.5 9v1 M15.5 9v1 M8 14c2 2.7 6 2.7 8 0",
    face3: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z M8.5 9v1 M15.5 9v1 M8 15h8",
    face2: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z M8.5 9v1 M15.5 9v1 M8 16.5c2-2.7 6-2.7 8 0",
    face1: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z M7.5 8l2.5 1.5 M16.5 8L14 9.5 M7.5 17.5c2-5 7-5 9 0",
    other: "M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2.5 M12 17.5v.5",
};

export function icon(name: string): TemplateResult {
    return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path d=${strokes[name] ?? ""}></path>
    </svg>`;
}
