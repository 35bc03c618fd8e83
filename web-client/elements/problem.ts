// What a refused command means, in words of ours: the gateway's problems are for developers.
import { slugOf } from "../core/api";
import type { Problem } from "../core/types";
import { words } from "../words/words";

export function explain(problem: Problem): string {
    const w = words().common;
    return w.problems[slugOf(problem)] ?? w.refused;
}
