// One page, one store: the state as a plain object, replaced piece by piece; whoever draws it
// listens.

export class Store<T extends object> {
    private listeners = new Set<() => void>();

    constructor(private state: T) {}

    get(): Readonly<T> {
        return this.state;
    }

    /** Puts the given members in place and tells the listeners when one of them differs. */
    set(patch: Partial<T>): void {
        const keys = Object.keys(patch) as (keyof T)[];
        if (keys.every((key) => this.state[key] === patch[key])) return;
        this.state = { ...this.state, ...patch };
        this.listeners.forEach((listener) => listener());
    }

    /** Returns a function that ends the listening. */
    listen(listener: () => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }
}
