// One sharp picture of a paper: from a second camera where there is one, else from the one in use.
import { asJpeg, canvasOf, mostSide } from "./picture";

/** Enough for letters, and fast on a slow line. */
const mostBytes = 1000000;
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
    const canvas = canvasOf(video.videoWidth, video.videoHeight);
    const context = canvas.getContext("2d");
    if (!context || canvas.width === 0) throw new Error("no picture");
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    video.srcObject = null;
    return canvas;
}

/** Rejects when there is no camera or its picture cannot be read. */
export async function takeStill(stream: MediaStream): Promise<Blob> {
    const [inUse] = stream.getVideoTracks();
    if (!inUse) throw new Error("no camera");
    const other = await paperCamera(inUse);
    const track = (other && other.getVideoTracks()[0]) ?? inUse;
    try {
        return await asJpeg(await frameOf(track), mostBytes);
    } finally {
        if (other) other.getTracks().forEach((one) => one.stop());
    }
}
