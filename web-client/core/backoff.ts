// How long to wait before the next attempt: doubling, capped, and spread so that a hundred pages
// that lost the same gateway do not come back in the same instant.

export class Backoff {
    private failures = 0;

    /** @param first  the first wait in ms @param most  the longest wait in ms */
    constructor(
        private readonly first: number,
        private readonly most: number,
        private readonly random: () => number = Math.random,
    ) {}

    /** The next wait in ms: between half and all of first * 2^failures, at most `most`. */
    next(): number {
        const full = Math.min(this.most, this.first * Math.pow(2, this.failures));
        this.failures = Math.min(this.failures + 1, 16);
        return full / 2 + (full / 2) * this.random();
    }

    /** To be called when something worked. */
    reset(): void {
        this.failures = 0;
    }
}
