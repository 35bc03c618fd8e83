// From when until when, the day named once.
import { serverNow } from "../core/clock";
import { words } from "../words/words";

export function span(from: number, until: number): string {
    const w = words();
    const end = w.when(until, until).split(/[ ,]+/).pop() ?? "";
    return `${w.when(from, serverNow())} – ${end}`;
}
