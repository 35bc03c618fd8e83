// How the record names papers that are kept.
import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, {
    window: globalThis,
    location: { pathname: "/lawyer", search: "", origin: "https://localhost" },
    localStorage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
});

test("a paper that was held out says once whether its original was", async () => {
    const { withShown } = await import("../pages/lawyer/kept");
    const one = withShown("身份证", "借条.jpg", true, 500);
    assert.equal(one, "身份证；借条.jpg（已核对原件）");
    assert.equal(withShown(one, "借条.jpg", false, 500), "身份证；借条.jpg（未见原件）");
    assert.equal(withShown("借条.jpg", "借条.jpg", true, 500), "借条.jpg（已核对原件）");
    assert.equal(withShown("一".repeat(495), "借条.jpg", true, 500), "一".repeat(495));
});

test("a paper is named once, is taken out again, and never makes a field too long", async () => {
    const { keptLine, withLine, withoutLine } = await import("../pages/lawyer/kept");
    const line = keptLine("劳动合同.pdf", "ab");
    assert.equal(line, "劳动合同.pdf（SHA-256 ab）");
    const one = withLine("复印件两页", line, 100);
    assert.equal(one, `复印件两页；${line}`);
    assert.equal(withLine(one, line, 100), one);
    assert.equal(withoutLine(one, line), "复印件两页");
    assert.equal(withLine("", line, 100), line);
    assert.equal(withLine("一".repeat(90), line, 100), "一".repeat(90));
});

test("a file's name loses what is no name, its type is by its ending", async () => {
    const { nameOf, typeOf } = await import("../core/papers");
    const file = (name: string, type = ""): File => ({ name, type }) as File;
    assert.equal(nameOf(file("a/b\\c\u202e.pdf")), "a b c .pdf");
    assert.equal(nameOf(file("买买提·吐尔逊.pdf")), "买买提·吐尔逊.pdf");
    assert.equal(nameOf(file("/")), "-");
    assert.ok(nameOf(file("长".repeat(100))).length <= 60);
    assert.equal(typeOf(file("A.PDF")), "application/pdf");
    assert.equal(typeOf(file("a.jpeg")), "image/jpeg");
    assert.equal(typeOf(file("a", "image/png")), "image/png");
    assert.equal(typeOf(file("a.exe")), null);
    assert.equal(typeOf(file("a.svg", "image/svg+xml")), null);
});
