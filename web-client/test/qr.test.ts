// A code that a scanner read back, and what every code has.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { qr, qrBytes } from "../core/qr";

const rows = (text: string): string[] => qr(text).map((row) => row.map(Number).join(""));

test("a code that was scanned comes out as it was", () => {
    const text = "otpauth://totp/Banyan:wang.li?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    const digest = createHash("sha256").update(rows(text).join("\n")).digest("hex");
    assert.equal(digest, "53adfdd29acea47fd17864ef5df9368456707e04b2baed79dd47998c26fa26a0");
});

test("the longest text fits, and finders and timing are where scanners look", () => {
    for (const text of ["", "x".repeat(qrBytes)]) {
        const code = rows(text);
        assert.deepEqual([code.length, ...new Set(code.map((row) => row.length))], [37, 37]);
        for (const row of [code[0]!, code[6]!]) assert.ok(row.startsWith("11111110") && row.endsWith("01111111"), row);
        assert.match(code[6]!.slice(8, 29), /^(10){10}1$/);
        assert.ok(code[36]!.startsWith("11111110"));
    }
});
