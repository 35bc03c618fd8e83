// A lost connection is worth a sentence only when it does not come back at once: most do.
import type { LiveStatus } from "./live";

export class Away {
    private timer = 0;
    private waiting = false;

    /** @param after  ms that a loss is kept quiet @param changed  told when it begins and when it ends */
    constructor(
        private readonly after: number,
        private readonly changed: (away: boolean) => void,
    ) {}

    /** Takes each status of the live connection; attempts in between do not start the wait anew. */
    status(status: LiveStatus): void {
        if (status === "online" || status === "refused") {
            window.clearTimeout(this.timer);
            this.waiting = false;
            this.changed(false);
        } else if (!this.waiting) {
            this.waiting = true;
            this.timer = window.setTimeout(() => this.changed(true), this.after);
        }
    }
}
