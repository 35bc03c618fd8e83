// Keeps the screen on while somebody watches or waits. Browsers without the API just do not.

interface Sentinel {
    release(): Promise<void>;
}

interface WakeNavigator {
    wakeLock?: { request(type: "screen"): Promise<Sentinel> };
}

let wanted = false;
let sentinel: Sentinel | null = null;

async function take(): Promise<void> {
    const api = (navigator as WakeNavigator).wakeLock;
    if (!wanted || !api || document.visibilityState !== "visible") return;
    try {
        sentinel = await api.request("screen");
    } catch {
        // Low battery or a forbidding policy: the screen may then go dark, nothing else happens.
    }
}

// The browser drops the lock when the page is hidden.
document.addEventListener("visibilitychange", () => void take());

export function keepAwake(on: boolean): void {
    if (on === wanted) return;
    wanted = on;
    if (on) void take();
    else if (sentinel) void sentinel.release().catch(() => undefined);
}
