// Camera and microphone. A page takes what there is: with one of the two missing it goes on with
// the other, and says so.

/** Which sentence helps: nothing is plugged in, the browser said no, or another program has it. */
export type DeviceTrouble = "missing" | "forbidden" | "busy" | "insecure";

export interface Devices {
    stream: MediaStream;
    camera: boolean;
    microphone: boolean;
    /** Why one of them, or both, is not there. */
    trouble: DeviceTrouble | null;
}

const rawAudio = new URLSearchParams(location.search).get("raw_audio") === "1";

/** ?raw_audio=1 turns the voice processing off: for measuring tones, and for a hall's own mixer. */
const audio: MediaTrackConstraints = {
    echoCancellation: !rawAudio,
    noiseSuppression: !rawAudio,
    autoGainControl: !rawAudio,
};

const video: MediaTrackConstraints = {
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30 },
};

const troubles: Record<string, DeviceTrouble> = {
    NotFoundError: "missing",
    OverconstrainedError: "missing",
    NotAllowedError: "forbidden",
    SecurityError: "forbidden",
    NotReadableError: "busy",
    AbortError: "busy",
};

function troubleOf(error: unknown): DeviceTrouble {
    return (error instanceof DOMException && troubles[error.name]) || "missing";
}

async function tryOpen(constraints: MediaStreamConstraints): Promise<MediaStream | DeviceTrouble> {
    try {
        return await navigator.mediaDevices.getUserMedia(constraints);
    } catch (error) {
        return troubleOf(error);
    }
}

// Missing on a page that is neither https nor localhost, whatever the types say.
function areOffered(): boolean {
    return (navigator.mediaDevices as MediaDevices | undefined) !== undefined;
}

/** The microphone alone, or why not. */
export async function openMicrophone(): Promise<MediaStream | DeviceTrouble> {
    return areOffered() ? tryOpen({ audio }) : "insecure";
}

/** Never rejects: `stream` has the tracks that could be opened, maybe none. */
export async function openDevices(): Promise<Devices> {
    if (!areOffered()) {
        return { stream: new MediaStream(), camera: false, microphone: false, trouble: "insecure" };
    }
    const both = await tryOpen({ audio, video });
    if (both instanceof MediaStream) return { stream: both, camera: true, microphone: true, trouble: null };
    const [sound, picture] = [await tryOpen({ audio }), await tryOpen({ video })];
    const parts = [sound, picture].filter((part): part is MediaStream => part instanceof MediaStream);
    const stream = new MediaStream(parts.flatMap((part) => part.getTracks()));
    const [microphone, camera] = [sound instanceof MediaStream, picture instanceof MediaStream];
    return { stream, camera, microphone, trouble: camera && microphone ? null : both };
}

export function closeStream(stream: MediaStream | null): void {
    if (stream) stream.getTracks().forEach((track) => track.stop());
}

/** Calls `changed` when a device is pulled out of its socket or one is plugged in. */
export function watchDevices(stream: MediaStream, changed: () => void): () => void {
    const tracks = stream.getTracks();
    tracks.forEach((track) => track.addEventListener("ended", changed));
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    const plugged = (): void => {
        const working = tracks.filter((track) => track.readyState === "live").length;
        if (working < 2) changed();
    };
    devices?.addEventListener("devicechange", plugged);
    return () => {
        tracks.forEach((track) => track.removeEventListener("ended", changed));
        devices?.removeEventListener("devicechange", plugged);
    };
}
