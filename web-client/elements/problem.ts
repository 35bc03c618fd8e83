// What a refused command means, in words of ours: the gateway's problems are for developers.
import type { Problem } from "../core/types";
import { words } from "../words/words";

export function explain(problem: Problem): string {
    const w = words().common;
    const slug = problem.type.slice(problem.type.lastIndexOf("/") + 1);
    return w.problems[slug] ?? w.refused;
}
