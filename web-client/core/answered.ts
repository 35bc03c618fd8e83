// The same answer once more, changed a little: browsers take from it what to send, and the gateway, which agreed to all
// that is in it, needs to know nothing.

const busy = new WeakSet<RTCPeerConnection>();

/** `change` returns null when there is nothing to change. False: nothing was changed, or it cannot be now. */
export async function answerAgain(pc: RTCPeerConnection, change: (answer: string) => string | null): Promise<boolean> {
    // A restart of ICE may be under way: its answer comes first.
    if (busy.has(pc) || pc.signalingState !== "stable" || !pc.remoteDescription) return false;
    const sdp = change(pc.remoteDescription.sdp);
    if (sdp === null) return false;
    busy.add(pc);
    try {
        await pc.setLocalDescription(await pc.createOffer());
        await pc.setRemoteDescription({ type: "answer", sdp });
    } finally {
        busy.delete(pc);
    }
    return true;
}
