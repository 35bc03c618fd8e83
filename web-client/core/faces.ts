// The third face and further ones: a watching session for each party beside the main one.
import type { Media, Party, Shown } from "./types";
import { Watcher } from "./whep";

export interface Face {
    party: Party;
    stream: MediaStream | null;
}

export class Faces {
    private faces: Face[] = [];
    private readonly watchers = new Map<string, Watcher>();

    constructor(
        private readonly media: () => Media | null,
        private readonly changed: (faces: Face[]) => void,
    ) {}

    /** Shows these and nobody else. */
    follow(parties: Party[]): void {
        const gone = [...this.watchers.keys()].filter((id) => !parties.some((one) => one.id === id));
        gone.forEach((id) => this.drop(id));
        const before = this.faces;
        this.faces = parties.map((party) => ({ party, stream: before.find((one) => one.party.id === party.id)?.stream ?? null }));
        parties.filter((one) => !this.watchers.has(one.id)).forEach((one) => this.add(one));
        if (before.length > 0 || parties.length > 0) this.changed(this.faces);
    }

    check(): void {
        this.watchers.forEach((one) => void one.check());
    }

    told(shown: Shown): void {
        this.watchers.forEach((one) => one.told(shown));
    }

    private add(party: Party): void {
        const watcher = new Watcher(
            { media: this.media, state: () => undefined, publication: party.publication ?? null },
            (stream) => this.shown(party.id, stream),
        );
        this.watchers.set(party.id, watcher);
        watcher.start();
    }

    private shown(id: string, stream: MediaStream): void {
        this.faces = this.faces.map((one) => (one.party.id === id ? { ...one, stream } : one));
        this.changed(this.faces);
    }

    private drop(id: string): void {
        const watcher = this.watchers.get(id);
        this.watchers.delete(id);
        if (watcher) watcher.stop();
    }
}

/** Whom a page shows large, and whom beside: everybody but itself. */
export function facesFor(parties: Party[] | undefined, self: string, large: Party["role"]): { main: Party | null; others: Party[] } {
    const all = (parties ?? []).filter((one) => one.id !== self && one.publication);
    const main = all.find((one) => one.role === large) ?? null;
    return { main, others: all.filter((one) => one !== main) };
}
