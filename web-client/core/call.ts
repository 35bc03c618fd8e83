// Both halves of a consultation's media for one side: opens the devices, publishes them, watches
// the other side, and keeps doing so through lost networks, restarts and pulled cables.
import { closeStream, openDevices, watchDevices, type Devices, type DeviceTrouble } from "./devices";
import { Faces, type Face } from "./faces";
import type { SessionState } from "./session";
import type { Media, Party, Shown } from "./types";
import { Watcher } from "./whep";
import { Publisher } from "./whip";

export interface CallState {
    self: MediaStream | null;
    remote: MediaStream | null;
    /** Third parties. */
    others: Face[];
    publishing: SessionState;
    watching: SessionState;
    /** The network carries no picture of the other side just now. */
    soundOnly: boolean;
    camera: boolean;
    microphone: boolean;
    trouble: DeviceTrouble | null;
}

export const noCall: CallState = {
    self: null,
    remote: null,
    others: [],
    publishing: "stopped",
    watching: "stopped",
    soundOnly: false,
    camera: false,
    microphone: false,
    trouble: null,
};

export class Call {
    private media: Media | null = null;
    private devices: Devices | null = null;
    private opening: Promise<void> | null = null;
    private publisher: Publisher | null = null;
    private watcher: Watcher | null = null;
    /** What the watcher watches; null: the room's programme. */
    private watched: string | null = null;
    private readonly faces = new Faces(
        () => this.media,
        (others) => this.changed({ others }),
    );
    private unwatch: () => void = () => undefined;
    private retry = 0;
    private wanted = false;
    /** The two have met: silence is not as it should be any more. */
    private meets = false;
    private muted = { audio: false, video: false };

    /** @param changed  called with the members of CallState that changed */
    constructor(private readonly changed: (patch: Partial<CallState>) => void) {}

    /** Opens camera and microphone before they are needed, so that the first picture is fast. */
    warm(): void {
        this.wanted = true;
        if (!this.devices && !this.opening) this.opening = this.open();
    }

    /** Publishes and watches before the two meet, when nothing is shown yet: what takes longest is done when they do. */
    prepare(media: Media): void {
        this.meets = false;
        this.take(media);
        this.faces.follow([]);
        if (media.publication) this.watch(media.publication);
        else this.stopWatching(); // of one who did not come back
    }

    /** Nobody is about to be met: nothing is sent, camera and microphone stay open. */
    rest(): void {
        if (this.media) this.stopSessions();
        this.warm();
    }

    /** Starts the media, or takes a renewed token, or shows others: `main` large. */
    connect(media: Media, seen: { main: Party | null; others: Party[] } = { main: null, others: [] }): void {
        this.meets = true;
        this.take(media);
        this.watch((seen.main && seen.main.publication) ?? null);
        this.faces.follow(seen.others);
    }

    private take(media: Media): void {
        if (this.media !== null && this.media.room !== media.room) this.stopSessions();
        this.media = media;
        this.warm();
        if (!this.publisher) this.publish();
    }

    private watch(publication: string | null): void {
        if (this.watcher && this.watched === publication) return this.watcher.hasten();
        if (this.watcher) this.watcher.stop();
        this.watched = publication;
        this.watcher = new Watcher(
            {
                media: () => this.media,
                state: (watching) => this.changed({ watching }),
                soundOnly: (soundOnly) => this.changed({ soundOnly }),
                publication,
                ahead: () => !this.meets,
            },
            (remote) => this.changed({ remote }),
        );
        this.watcher.start();
    }

    /** Ends everything and turns camera and microphone off. */
    end(): void {
        this.wanted = false;
        window.clearTimeout(this.retry);
        this.stopSessions();
        this.unwatch();
        closeStream(this.devices ? this.devices.stream : null);
        this.devices = null;
        this.muted = { audio: false, video: false };
        this.changed(noCall);
    }

    /** Where the media is now. */
    where(): Media | null {
        return this.media;
    }

    /** After the gateway was away: finds out at once whether it still knows our sessions. */
    check(): void {
        if (this.publisher) void this.publisher.check();
        if (this.watcher) void this.watcher.check();
        this.faces.check();
    }

    /** The event "shown" of /v1/live. */
    told(shown: Shown): void {
        if (this.watcher) this.watcher.told(shown);
        this.faces.told(shown);
    }

    mute(kind: "audio" | "video", muted: boolean): void {
        this.muted[kind] = muted;
        this.applyMute();
    }

    private applyMute(): void {
        const tracks = this.devices ? this.devices.stream.getTracks() : [];
        tracks.forEach((track) => (track.enabled = !this.muted[track.kind as "audio" | "video"]));
    }

    private async open(): Promise<void> {
        const devices = await openDevices();
        this.opening = null;
        if (!this.wanted) return closeStream(devices.stream);
        this.devices = devices;
        this.applyMute();
        this.unwatch = watchDevices(devices.stream, () => this.reopen(0));
        const { stream, camera, microphone, trouble } = devices;
        this.changed({ self: stream, camera, microphone, trouble });
        // With one of the two working, only plugging something in is worth an interruption.
        if (!camera && !microphone && trouble !== "insecure") this.reopen(5000);
        this.publish();
    }

    /** Takes the devices anew: a cable came loose, or one of the two was not there before. */
    private reopen(wait: number): void {
        window.clearTimeout(this.retry);
        this.retry = window.setTimeout(() => {
            if (!this.wanted || this.opening) return;
            this.unwatch();
            closeStream(this.devices ? this.devices.stream : null);
            this.opening = this.open();
        }, wait);
    }

    private publish(): void {
        if (!this.media || !this.devices) return;
        const { stream } = this.devices;
        if (stream.getTracks().length === 0) return;
        if (this.publisher) return this.publisher.replace(stream);
        this.publisher = new Publisher(
            { media: () => this.media, state: (publishing) => this.changed({ publishing }) },
            stream,
            "camera",
        );
        this.publisher.start();
    }

    private stopWatching(): void {
        if (this.watcher) this.watcher.stop();
        this.faces.follow([]);
        this.watcher = null;
    }

    private stopSessions(): void {
        this.stopWatching();
        if (this.publisher) this.publisher.stop();
        this.publisher = null;
        this.media = null;
    }
}
