// A page for people at work locks itself when nobody has touched it for a while: what is on it is
// nobody else's business. It stays locked over a reload.

const lockAfter = 15 * 60000;
const lookEvery = 1000;
const name = "banyan.locked";

function remembered(): boolean {
    try {
        return window.sessionStorage.getItem(name) === "1";
    } catch {
        return false; // storage is switched off
    }
}

function remember(locked: boolean): void {
    try {
        if (locked) window.sessionStorage.setItem(name, "1");
        else window.sessionStorage.removeItem(name);
    } catch {
        // then a reload asks for nothing; the session itself ends by the gateway's clock
    }
}

export class IdleLock {
    locked = remembered();
    private last = performance.now();
    private timer = 0;

    /** `busy`: somebody works without touching anything, as in a call. */
    constructor(
        private readonly busy: () => boolean,
        private readonly changed: () => void,
    ) {}

    start(): void {
        for (const event of ["pointerdown", "keydown", "wheel"]) window.addEventListener(event, this.touch, { capture: true, passive: true });
        this.timer = window.setInterval(() => this.look(), lookEvery);
    }

    stop(): void {
        for (const event of ["pointerdown", "keydown", "wheel"]) window.removeEventListener(event, this.touch, { capture: true });
        window.clearInterval(this.timer);
    }

    open(): void {
        this.set(false);
    }

    private touch = (): void => {
        this.look(); // a laptop that slept comes back with a touch
        this.last = performance.now();
    };

    private look(): void {
        if (this.busy()) this.last = performance.now();
        if (performance.now() - this.last >= lockAfter) this.set(true);
    }

    private set(locked: boolean): void {
        this.last = performance.now();
        if (this.locked === locked) return;
        this.locked = locked;
        remember(locked);
        this.changed();
    }
}
