// Parts of pages: like pages they draw into the document itself, whose style sheet is theirs.
import { LitElement } from "lit";
import { state } from "lit/decorators.js";
import { problemOf } from "../core/api";
import type { Problem } from "../core/types";
import { tie } from "./beside";

export abstract class Part extends LitElement {
    /** What went wrong the last time something was attempted. */
    @state() protected problem: Problem | null = null;

    constructor() {
        super();
        this.addController({ hostUpdated: () => tie(this) });
    }

    override createRenderRoot(): HTMLElement {
        return this;
    }

    /** Whether it went well; else `problem` says why not. */
    protected async attempt(what: () => Promise<unknown>): Promise<boolean> {
        this.problem = null;
        try {
            await what();
        } catch (error) {
            this.problem = problemOf(error);
        }
        return this.problem === null;
    }
}

/** Shows what others change, too: asks at once, then again and again. */
export abstract class WatchingPart extends Part {
    protected abstract readonly every: number;
    private timer = 0;

    /** Fetches what is shown; rejects when the gateway does not answer. */
    protected abstract load(): Promise<void>;

    override connectedCallback(): void {
        super.connectedCallback();
        this.timer = window.setInterval(() => void this.read(), this.every);
        void this.read();
    }

    override disconnectedCallback(): void {
        window.clearInterval(this.timer);
        super.disconnectedCallback();
    }

    /** Asks again now. What is shown is old until the line is back, and the page says so. */
    async read(): Promise<void> {
        await this.load().catch(() => undefined);
    }
}
