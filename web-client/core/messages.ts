// Open messages as lawyers and the desk see them: one that is answered goes.
import type { Message } from "./types";

export function withMessage(list: readonly Message[], one: Message): Message[] {
    const rest = list.filter((other) => other.id !== one.id);
    return one.answered_at ? rest : [...rest, one].sort((a, b) => a.id - b.id);
}
