// REST: JSON in, JSON out, and every failure is a Problem.
import { learnDate } from "./clock";
import type { Problem } from "./types";

/** What api() throws: the gateway's own problem, or one made here when there was no answer. */
export class ApiError extends Error {
    constructor(readonly problem: Problem) {
        super(problem.title);
    }
}

export interface ApiOptions {
    method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    body?: object;
    /** Instead of `body`. */
    file?: Blob;
    token?: string;
}

export function problemOf(error: unknown): Problem {
    if (error instanceof ApiError) return error.problem;
    return { type: "/problems/no-answer", title: "no answer", status: 0 };
}

/** The stable name of a problem. */
export function slugOf(problem: Problem): string {
    return problem.type.slice(problem.type.lastIndexOf("/") + 1);
}

async function readProblem(response: Response): Promise<Problem> {
    const wait = Number(response.headers.get("Retry-After"));
    const fallback = { type: "about:blank", title: response.statusText, status: response.status, ...(wait > 0 ? { retryAfter: wait } : {}) };
    try {
        return { ...fallback, ...((await response.json()) as Partial<Problem>) };
    } catch {
        return fallback;
    }
}

/** Status 0 means that the gateway was not reached. */
export async function api<T>(path: string, options: ApiOptions = {}): Promise<T> {
    const headers: Record<string, string> = { "X-Banyan": "1" };
    if (options.token) headers["Authorization"] = `Bearer ${options.token}`;
    if (options.body) headers["Content-Type"] = "application/json";
    if (options.file) headers["Content-Type"] = /^(image|audio)\//.test(options.file.type) ? options.file.type : "text/csv";
    let response: Response;
    try {
        response = await fetch(path, {
            method: options.method ?? "GET",
            headers,
            body: options.body ? JSON.stringify(options.body) : options.file,
            credentials: "same-origin",
            cache: "no-store",
        });
    } catch (error) {
        throw new ApiError(problemOf(error));
    }
    learnDate(response.headers.get("Date"));
    if (!response.ok) throw new ApiError(await readProblem(response));
    return (response.status === 204 ? undefined : await response.json()) as T;
}
