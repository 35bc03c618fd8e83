// The one WebSocket, /v1/live: numbered events, commands with replies, and coming back by itself.
// It knows no page: a page gives handlers and gets the whole state after every (re)connection.
import { ApiError } from "./api";
import { Backoff } from "./backoff";
import type { Problem } from "./types";
import { uuid } from "./uuid";

/** refused: the gateway knows us no more (sign in or enrol again); nothing is tried any further. */
export type LiveStatus = "connecting" | "online" | "lost" | "refused";

export interface LiveHandlers {
    /** The bearer token, or null when the cookie speaks for us. */
    token: () => string | null;
    state: (state: Record<string, unknown>) => void;
    event: (name: string, data: unknown) => void;
    status: (status: LiveStatus, problem: Problem | null) => void;
}

interface Pending {
    message: Record<string, unknown>;
    resolve: (data: unknown) => void;
    reject: (problem: Problem) => void;
    timer: number;
}

interface Incoming {
    reply?: number;
    ok?: boolean;
    n?: number;
    state?: Record<string, unknown>;
    event?: string;
    data?: unknown;
    error?: Problem;
}

const helloTimeout = 8000;
const commandTimeout = 20000;
// A connection that died silently (Wi-Fi out of reach) is noticed by an unanswered ping.
const pingEvery = 15000;
const pingTimeout = 7000;

export const timedOut: Problem = { type: "/problems/no-answer", title: "no answer", status: 0 };

export class LiveClient {
    private socket: WebSocket | null = null;
    private ready = false;
    private stopped = true;
    private ref = 0;
    private helloRef = 0;
    private newest: number | null = null;
    private pending = new Map<number, Pending>();
    private backoff = new Backoff(500, 10000);
    private retryTimer = 0;
    private deadTimer = 0;
    private pingTimer = 0;

    constructor(
        private readonly handlers: LiveHandlers,
        private readonly url: string = location.origin.replace(/^http/, "ws") + "/v1/live",
    ) {}

    start(): void {
        if (!this.stopped) return;
        this.stopped = false;
        window.addEventListener("online", this.now);
        window.addEventListener("offline", this.gone);
        document.addEventListener("visibilitychange", this.now);
        this.connect();
    }

    stop(): void {
        this.stopped = true;
        window.removeEventListener("online", this.now);
        window.removeEventListener("offline", this.gone);
        document.removeEventListener("visibilitychange", this.now);
        window.clearTimeout(this.retryTimer);
        this.drop();
        this.failAll({ type: "/problems/stopped", title: "stopped", status: 0 });
        this.newest = null;
    }

    /**
     * Sends a command and resolves with its reply's data, or rejects with an ApiError. A command
     * that was under way when the connection was lost is sent again with the same key, which the
     * gateway answers as if it had been sent once.
     */
    command(name: string, params: Record<string, unknown> = {}): Promise<unknown> {
        return new Promise((resolve, fail) => {
            const reject = (problem: Problem): void => fail(new ApiError(problem));
            const ref = ++this.ref;
            const timer = window.setTimeout(() => {
                this.pending.delete(ref);
                reject(timedOut);
            }, commandTimeout);
            const message = { do: name, ref, key: uuid(), ...params };
            this.pending.set(ref, { message, resolve, reject, timer });
            if (this.ready) this.send(message);
        });
    }

    /** Tries at once instead of when the back-off ends. */
    private now = (): void => {
        if (this.stopped || this.socket || document.visibilityState === "hidden") return;
        window.clearTimeout(this.retryTimer);
        this.connect();
    };

    private gone = (): void => {
        if (this.socket) this.lose();
    };

    private connect(): void {
        this.handlers.status("connecting", null);
        const socket = new WebSocket(this.url);
        this.socket = socket;
        socket.onopen = () => this.hello();
        socket.onmessage = (event: MessageEvent<unknown>) => {
            if (socket === this.socket && typeof event.data === "string") this.receive(event.data);
        };
        socket.onclose = () => {
            if (socket === this.socket) this.lose();
        };
        this.expect(helloTimeout);
    }

    private hello(): void {
        this.helloRef = ++this.ref;
        const message: Record<string, unknown> = { do: "hello", ref: this.helloRef };
        const token = this.handlers.token();
        if (token !== null) message["token"] = token;
        if (this.newest !== null) message["since"] = this.newest;
        this.send(message);
    }

    private send(message: object): void {
        if (this.socket && this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
    }

    /** Anything must arrive within `ms`, or the connection counts as dead. */
    private expect(ms: number): void {
        window.clearTimeout(this.deadTimer);
        this.deadTimer = window.setTimeout(() => this.lose(), ms);
    }

    private alive(): void {
        window.clearTimeout(this.deadTimer);
        window.clearTimeout(this.pingTimer);
        this.pingTimer = window.setTimeout(() => {
            this.send({ do: "ping", ref: ++this.ref });
            this.expect(pingTimeout);
        }, pingEvery);
    }

    private receive(text: string): void {
        let message: Incoming;
        try {
            message = JSON.parse(text) as Incoming;
        } catch {
            return;
        }
        if (this.ready) this.alive();
        if (message.reply === this.helloRef) this.welcome(message);
        else if (message.reply !== undefined) this.settle(message);
        else if (message.event !== undefined) this.dispatch(message);
    }

    private welcome(message: Incoming): void {
        if (!message.ok) return this.turnedAway(message.error ?? timedOut);
        this.ready = true;
        this.backoff.reset();
        // The state already holds every event up to n; replayed ones are older than it.
        this.newest = message.n ?? this.newest;
        this.alive();
        this.handlers.state(message.state ?? {});
        this.handlers.status("online", null);
        this.pending.forEach((one) => this.send(one.message));
    }

    private turnedAway(problem: Problem): void {
        if (problem.status !== 401 && problem.status !== 403) return this.lose();
        this.stop();
        this.handlers.status("refused", problem);
    }

    private settle(message: Incoming): void {
        const one = this.pending.get(message.reply ?? 0);
        if (!one) return;
        this.pending.delete(message.reply ?? 0);
        window.clearTimeout(one.timer);
        if (message.ok) one.resolve(message.data);
        else one.reject(message.error ?? timedOut);
    }

    private dispatch(message: Incoming): void {
        if (message.n !== undefined) {
            if (this.newest !== null && message.n <= this.newest) return;
            this.newest = message.n;
        }
        if (message.event && message.event !== "error") this.handlers.event(message.event, message.data);
    }

    private drop(): void {
        window.clearTimeout(this.deadTimer);
        window.clearTimeout(this.pingTimer);
        const socket = this.socket;
        this.socket = null;
        this.ready = false;
        if (socket) socket.close();
    }

    private lose(): void {
        this.drop();
        if (this.stopped) return;
        this.handlers.status("lost", null);
        this.retryTimer = window.setTimeout(() => this.connect(), this.backoff.next());
    }

    private failAll(problem: Problem): void {
        this.pending.forEach((one) => {
            window.clearTimeout(one.timer);
            one.reject(problem);
        });
        this.pending.clear();
    }
}
