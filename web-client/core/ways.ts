// The ways from a browser to the gateway, each of which can be tried alone: straight by UDP or TCP, or by a TURN
// server, in clear or in TLS.

export const wayNames = ["udp", "tcp", "turn", "turns"] as const;
export type Way = (typeof wayNames)[number];

const candidate = /^a=candidate:\S+ \d+ (\S+) \d+ (\S+) (\d+) /;

function isRelayed(way: Way): way is "turn" | "turns" {
    return way === "turn" || way === "turns";
}

/** The servers of this way alone. */
export function serversOf(way: Way, all: RTCIceServer[]): RTCConfiguration {
    if (!isRelayed(way)) return { iceServers: [] };
    const mine = (urls: string | string[]): string[] => (typeof urls === "string" ? [urls] : urls).filter((url) => url.startsWith(`${way}:`));
    const iceServers = all.map((one) => ({ ...one, urls: mine(one.urls) })).filter(({ urls }) => urls.length > 0);
    return { iceServers, iceTransportPolicy: "relay" };
}

/** Is there such a way at all? What goes straight is found out by trying. */
export function isThere(way: Way, all: RTCIceServer[]): boolean {
    return !isRelayed(way) || (serversOf(way, all).iceServers ?? []).length > 0;
}

/** The gateway's answer with the candidates of this way alone; a relay speaks UDP with the gateway. */
export function onlyThis(way: Way, answer: string): string {
    const transport = way === "tcp" ? "tcp" : "udp";
    const stays = (line: string): boolean => {
        const found = candidate.exec(line);
        return !found || (found[1] ?? "").toLowerCase() === transport;
    };
    return answer.split("\r\n").filter(stays).join("\r\n");
}

/** Where it leads: what a network's administrator has to open. "" when that is not known. */
export function targetOf(way: Way, answer: string, all: RTCIceServer[]): string {
    const urls = (serversOf(way, all).iceServers ?? [])[0]?.urls;
    if (isRelayed(way)) return Array.isArray(urls) ? (urls[0] ?? "").replace(/^turns?:/, "").replace(/\?.*/, "") : "";
    const found = onlyThis(way, answer).split("\r\n").map((line) => candidate.exec(line)).find((one) => one !== null);
    if (!found) return "";
    const [, , address = "", port = ""] = found;
    return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
