// One side of a consultation asks only for what its token allows.
import assert from "node:assert/strict";
import { test } from "node:test";

const asked: string[] = [];

class Stream {
    getTracks = (): [] => [];
    addEventListener(): void {}
}

// A connection that gets no further than its offer.
class Connection {
    localDescription = { type: "offer", sdp: "v=0" };
    iceConnectionState = "new";
    addTransceiver(): void {}
    addEventListener(): void {}
    createOffer = (): Promise<object> => Promise.resolve(this.localDescription);
    setLocalDescription = (): Promise<void> => Promise.resolve();
    close(): void {}
}

function refuses(url: string, { headers }: { headers: Record<string, string> }): Promise<Response> {
    asked.push(`${headers.Authorization} ${new URL(url).pathname}`);
    return Promise.resolve(new Response("", { status: 404 }));
}

// The page's clock: what it was asked to do, and when.
const due = new Map<number, { at: number; every: number; act: () => void }>();
let [now, last] = [0, 0];
const clock =
    (again: boolean) =>
    (act: () => void, ms: number): number => {
        due.set(++last, { at: now + ms, every: again ? ms : 0, act });
        return last;
    };
const forget = (id: number): boolean => due.delete(id);

const page = {
    setTimeout: clock(false),
    setInterval: clock(true),
    clearTimeout: forget,
    clearInterval: forget,
    addEventListener: (): void => undefined,
    removeEventListener: (): void => undefined,
};

Object.assign(globalThis, {
    window: page,
    navigator: {},
    location: { pathname: "/booth", search: "", origin: "https://localhost", href: "https://localhost/booth" },
    RTCPeerConnection: Connection,
    MediaStream: Stream,
    fetch: refuses,
});

async function passes(seconds: number): Promise<void> {
    for (const end = now + 1000 * seconds; now < end; now += 100) {
        for (const [id, one] of [...due].filter(([, { at }]) => at <= now)) {
            if (one.every) one.at += one.every;
            else due.delete(id);
            one.act();
        }
        await new Promise(setImmediate); // all that was answered is told
    }
}

test("while the next lawyer is rung he is asked for, and not the one who is gone", async () => {
    const { Call } = await import("../core/call");
    const call = new Call(() => undefined);
    call.connect({ room: "c-1", token: "both", ice_servers: [] });
    await passes(20);
    assert.ok(asked.length > 2, "the lawyer who is away is looked for");
    assert.deepEqual([...new Set(asked)], ["Bearer both /whep/c-1"]);
    asked.length = 0;
    call.prepare({ room: "c-1", token: "publish", ice_servers: [] });
    await passes(20);
    assert.deepEqual(asked, []);
    call.prepare({ room: "c-1", token: "ahead", ice_servers: [], publication: "next" });
    await passes(20);
    assert.deepEqual([...new Set(asked)], ["Bearer ahead /whep/c-1/next"]);
    call.end();
});
