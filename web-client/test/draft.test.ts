// A record that is being written: nothing of it is lost, whatever the line and other pages do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Draft, differing, type Fields, type RecordDoc } from "../pages/lawyer/draft";
import { isConfirmed, nextItem, type ReadbackDoc } from "../pages/booth/readback";

/** The gateway as far as a record needs it. */
class Gateway {
    rev = 0;
    fields: Fields = {};
    away = false;
    refuse: Record<string, string> = {};
    puts = 0;
    outlives = 0;

    doc(): RecordDoc {
        const advice = { aid_matter: false, aid_exempt: false, urgent: false, is_over: false };
        const { rev, fields } = this;
        return { consultation: "c-1", state: "drafting", rev, saved_at: 1, fields: { ...fields }, known: {}, answers: {}, advice };
    }

    answer(method: string, body: { rev: number; fields: Fields }): [number, object] {
        if (method === "GET") return [200, { ...this.doc(), form: { fields: [], points: [], limitations: [], periods: {} } }];
        this.puts += 1;
        const problem = { type: "/problems/x", title: "x" };
        if (body.rev !== this.rev) return [409, { ...problem, status: 409, newest: this.doc() }];
        const bad = Object.keys(this.refuse).find((name) => body.fields[name] === this.refuse[name]);
        if (bad !== undefined) return [422, { ...problem, status: 422, field: bad }];
        this.fields = body.fields;
        this.rev += 1;
        return [200, this.doc()];
    }
}

function world(): Gateway {
    const gateway = new Gateway();
    const kept = new Map<string, string>();
    const sessionStorage = {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, text: string) => kept.set(key, text),
        removeItem: (key: string) => kept.delete(key),
    };
    const fetching = async (_: string, options: { method: string; body?: string; keepalive?: boolean }): Promise<Response> => {
        await Promise.resolve();
        if (options.keepalive) gateway.outlives += 1;
        if (gateway.away) throw new TypeError("no line");
        const [status, body] = gateway.answer(options.method, JSON.parse(options.body ?? "{}") as { rev: number; fields: Fields });
        return new Response(JSON.stringify(body), { status });
    };
    Object.assign(globalThis, { window: { setTimeout, clearTimeout, sessionStorage }, fetch: fetching });
    return gateway;
}

async function opened(): Promise<Draft> {
    const draft = new Draft("c-1");
    await draft.load();
    return draft;
}

test("what is typed is saved once, and counts as saved then", async () => {
    const gateway = world();
    const draft = await opened();
    draft.edit("facts", "a");
    draft.edit("facts", "ab");
    assert.ok(draft.hasUnsaved());
    assert.ok(await draft.flush());
    assert.deepEqual([gateway.fields, gateway.puts, draft.hasUnsaved()], [{ facts: "ab" }, 1, false]);
    draft.edit("facts", "abc");
    draft.edit("facts", "ab");
    assert.ok(!draft.hasUnsaved(), "written back is not unsaved");
});

test("what is typed while it is being saved is saved before it is passed on", async () => {
    const gateway = world();
    const draft = await opened();
    draft.edit("facts", "first");
    const flushed = draft.flush();
    draft.edit("facts", "first and last");
    assert.ok(await flushed);
    assert.deepEqual(gateway.fields, { facts: "first and last" });
    gateway.rev += 1; // another page saved
    draft.edit("claim", "mine");
    assert.ok(await draft.flush());
    assert.deepEqual(gateway.fields, { facts: "first and last", claim: "mine" });
});

test("a page that goes away sends what is not saved by a request that outlives it", async () => {
    const gateway = world();
    const draft = await opened();
    draft.leaving();
    assert.equal(gateway.puts, 0, "nothing to send");
    draft.edit("facts", "the last word");
    draft.leaving();
    await new Promise((done) => setTimeout(done, 0));
    assert.deepEqual([gateway.fields, gateway.outlives], [{ facts: "the last word" }, 1]);
});

test("without a line it is kept, also over a reload, and sent when the line is back", async () => {
    const gateway = world();
    const draft = await opened();
    gateway.away = true;
    draft.edit("facts", "kept");
    assert.equal(await draft.flush(), false);
    assert.ok(draft.store.get().away);
    const reloaded = new Draft("c-1");
    assert.equal(reloaded.value("facts"), "kept");
    gateway.away = false;
    await reloaded.load();
    assert.ok(await reloaded.flush());
    assert.deepEqual(gateway.fields, { facts: "kept" });
    draft.wipe();
    reloaded.wipe();
});

test("two pages write: each field has who wrote it last, and nothing is lost", async () => {
    const gateway = world();
    const draft = await opened();
    draft.edit("facts", "mine");
    Object.assign(gateway, { rev: 4, fields: { facts: "theirs", claim: "theirs" } });
    await draft.flush();
    assert.ok(await draft.flush());
    assert.deepEqual(gateway.fields, { facts: "mine", claim: "theirs" });
    assert.equal(draft.value("claim"), "theirs");
});

test("fields that are not taken keep no other from being saved", async () => {
    const gateway = world();
    gateway.refuse = { staff: "x", contact: "y" };
    const draft = await opened();
    for (const [name, text] of [["staff", "x"], ["contact", "y"], ["facts", "a"]] as const) draft.edit(name, text);
    for (let i = 0; i < 4; i++) await draft.flush();
    assert.deepEqual(gateway.fields["facts"], "a");
    assert.deepEqual([...draft.store.get().bad].sort(), ["contact", "staff"]);
    assert.equal(draft.value("staff"), "x", "it is still there to be mended");
    const before = gateway.puts;
    await draft.flush();
    assert.equal(gateway.puts, before, "and not sent over and over");
    draft.edit("staff", "z");
    await draft.flush();
    assert.equal(gateway.fields["staff"], "z");
    draft.wipe();
});

test("differing knows that left out is empty", () => {
    assert.deepEqual(differing({ a: "", b: "x", c: "y" }, { b: "x" }), { c: "y" });
});

test("items are asked in their order; what is to be changed waits for the lawyer", () => {
    const item = (field: string, answer: "right" | "change" | null) => ({ field, text: "t", answer });
    const doc = (...items: ReadbackDoc["items"]) => ({ rev: 3, items }) as ReadbackDoc;
    assert.equal(nextItem(doc(item("a", "right"), item("b", "change"), item("c", null)))?.field, "c");
    assert.equal(nextItem(doc(item("a", "right"), item("b", "change"))), null);
    assert.ok(!isConfirmed(doc(item("a", "right"), item("b", "change"))));
    assert.ok(isConfirmed(doc(item("a", "right"))) && !isConfirmed(doc()) && !isConfirmed(null));
});
