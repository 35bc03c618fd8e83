// ICE restart of a WHIP or WHEP session (RFC 9725 section 4.3.3): a fragment with our new credentials goes to
// the gateway by PATCH, and its answer becomes the next remote description. Keys and media stay as they are.

/** All lines of an attribute. */
const lines = (sdp: string, name: string): string[] => sdp.match(new RegExp(`^a=${name}:.*$`, "gm")) ?? [];

const line = (sdp: string, name: string): string => {
    const found = lines(sdp, name)[0];
    if (!found) throw new Error(`no ${name}`);
    return found.trim();
};

/** The fragment of an offer: credentials, and the section that carries the transport of all (RFC 8840). */
export function fragmentOf(offer: string): string {
    const group = lines(offer, "group")[0];
    const kind = /^m=(\w+)/m.exec(offer)?.[1] ?? "audio";
    return [
        ...(group ? [group.trim()] : []),
        line(offer, "ice-ufrag"),
        line(offer, "ice-pwd"),
        `m=${kind} 9 UDP/TLS/RTP/SAVPF 0`,
        line(offer, "mid"),
        ...lines(offer, "candidate").map((one) => one.trim()),
        "",
    ].join("\r\n");
}

/** The answer that was there, with the credentials of the gateway's fragment. Its candidates are the same. */
export function answerWith(fragment: string, answer: string): string {
    const [ufrag, pwd] = [line(fragment, "ice-ufrag"), line(fragment, "ice-pwd")];
    return answer.replace(/^a=ice-ufrag:.*$/gm, () => ufrag).replace(/^a=ice-pwd:.*$/gm, () => pwd);
}

/** The gateway says no: there is no such session any more, or it knows no restart. */
export class RestartRefused extends Error {}

const patchTimeout = 2000;

/**
 * Restarts ICE of a connection that has its answer. Rejects with RestartRefused, or with something else when the
 * gateway was not reached: then it can be tried again.
 */
export async function restartIce(
    pc: RTCPeerConnection,
    session: string,
    authorization: Record<string, string>,
): Promise<void> {
    const answer = pc.remoteDescription?.sdp;
    if (!answer) throw new RestartRefused("not negotiated");
    // Browsers older than pc.restartIce() know the option as well.
    await pc.setLocalDescription(await pc.createOffer({ iceRestart: true }));
    const patience = new AbortController(); // a connection of the former network may say nothing for long
    const timer = window.setTimeout(() => patience.abort(), patchTimeout);
    const response = await fetch(session, {
        method: "PATCH",
        headers: { ...authorization, "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*" },
        body: fragmentOf(pc.localDescription?.sdp ?? ""),
        signal: patience.signal,
    }).finally(() => window.clearTimeout(timer));
    if (response.status !== 200) throw new RestartRefused(`${response.status}`);
    await pc.setRemoteDescription({ type: "answer", sdp: answerWith(await response.text(), answer) });
}
