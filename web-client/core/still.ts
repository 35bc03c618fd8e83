// One sharp picture of a paper: from a second camera where there is one, else from the one in use.

/** The gateway takes a megabyte. */
const mostBytes = 1000000;
/** A page of A4 at 300 dots an inch. */
const mostSide = 3508;

async function paperCamera(inUse: MediaStreamTrack): Promise<MediaStream | null> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const current = inUse.getSettings().deviceId;
    const other = devices.find((one) => one.kind === "videoinput" && one.deviceId !== current);
    if (!other) return null;
    const size = { width: { ideal: mostSide }, height: { ideal: mostSide } };
    try {
        return await navigator.mediaDevices.getUserMedia({ video: { deviceId: { exact: other.deviceId }, ...size } });
    } catch {
        return null;
    }
}

/** The picture that a track shows now. */
async function frameOf(track: MediaStreamTrack): Promise<HTMLCanvasElement> {
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    await video.play();
    const scale = Math.min(1, mostSide / Math.max(video.videoWidth, video.videoHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    const context = canvas.getContext("2d");
    if (!context || canvas.width === 0) throw new Error("no picture");
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    video.srcObject = null;
    return canvas;
}

function encode(canvas: HTMLCanvasElement, quality: number): Promise<Blob> {
    return new Promise((done, fail) => {
        canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("not encoded"))), "image/jpeg", quality);
    });
}

/** Rejects when there is no camera or its picture cannot be read. */
export async function takeStill(stream: MediaStream): Promise<Blob> {
    const [inUse] = stream.getVideoTracks();
    if (!inUse) throw new Error("no camera");
    const other = await paperCamera(inUse);
    const track = (other && other.getVideoTracks()[0]) ?? inUse;
    try {
        const canvas = await frameOf(track);
        for (const quality of [0.92, 0.8, 0.65, 0.5]) {
            const blob = await encode(canvas, quality);
            if (blob.size <= mostBytes) return blob;
        }
        throw new Error("too large");
    } finally {
        if (other) other.getTracks().forEach((one) => one.stop());
    }
}
