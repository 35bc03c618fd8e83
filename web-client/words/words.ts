// Which language the page speaks. Chinese unless somebody pressed the switch on this device.
import { keep, kept } from "../core/kept";
import { en } from "./en";
import { zhCN, type Words } from "./zh-CN";

export type { Words } from "./zh-CN";

const tables: Record<string, Words> = { "zh-CN": zhCN, en };

let current: Words = tables[kept("language") ?? ""] ?? zhCN;
const listeners = new Set<() => void>();

/** The table in use. Ask at every drawing: the reader may switch. */
export function words(): Words {
    return current;
}

function speak(table: Words): void {
    current = table;
    keep("language", current.htmlLang);
    listeners.forEach((listener) => listener());
}

export function switchLanguage(): void {
    speak(current === zhCN ? en : zhCN);
}

/** For a machine that many people use: the next one finds Chinese again. */
export function resetLanguage(): void {
    if (current !== zhCN) speak(zhCN);
}

/** Returns a function that ends the listening. */
export function onLanguage(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}
