// Small things a device remembers. A browser that forbids storage just forgets.

export function kept(key: string): string | null {
    try {
        return window.localStorage.getItem(`banyan.${key}`);
    } catch {
        return null;
    }
}

/** null forgets. */
export function keep(key: string, value: string | null): void {
    try {
        if (value === null) window.localStorage.removeItem(`banyan.${key}`);
        else window.localStorage.setItem(`banyan.${key}`, value);
    } catch {
        // Private mode or a full disk: the page works, it only forgets.
    }
}
