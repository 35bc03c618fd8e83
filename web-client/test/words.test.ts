// Both languages say everything, and what is computed reads right.
import assert from "node:assert/strict";
import { test } from "node:test";
import { en } from "../words/en";
import { zhCN } from "../words/zh-CN";

/** Every text of a table by its path; functions are called with numbers and names. */
function texts(value: unknown, path: string): [string, string][] {
    if (typeof value === "string") return [[path, value]];
    if (typeof value === "function") return texts((value as (...all: unknown[]) => unknown)("3", 3), path);
    if (Array.isArray(value)) return value.flatMap((one, at) => texts(one, `${path}.${at}`));
    if (value && typeof value === "object")
        return Object.entries(value).flatMap(([key, one]) => texts(one, `${path}.${key}`));
    return [];
}

const maybeEmpty = new Set([".categoryHints.other", ".desk.people"]);

test("no sentence is missing in either language", () => {
    for (const table of [zhCN, en]) {
        for (const [path, text] of texts({ ...table, when: undefined }, "")) {
            assert.ok(text.trim() !== "" || maybeEmpty.has(path), `${table.htmlLang} ${path}`);
        }
    }
});

test("Chinese sentences are Chinese and English ones are not", () => {
    for (const [path, text] of texts({ ...en, when: undefined, otherLanguage: undefined }, "")) {
        assert.doesNotMatch(text, /[\u4e00-\u9fff]/, path);
    }
    assert.match(zhCN.booth.ask, /[\u4e00-\u9fff]/);
});

test("the consent has five lines at most", () => {
    assert.ok(zhCN.booth.consent("本中心").length <= 5);
    assert.equal(en.booth.consent("x").length, zhCN.booth.consent("x").length);
});

test("a lawyer is called lawyer once", () => {
    assert.equal(zhCN.lawyerName("刘敏"), "刘敏律师");
    assert.equal(zhCN.lawyerName("刘敏律师"), "刘敏律师");
});

test("days are said by name when they are near", () => {
    const now = Date.parse("2026-11-22T07:00:00+08:00");
    assert.equal(zhCN.when(Date.parse("2026-11-22T09:30:00+08:00"), now), "今天上午 9:30");
    assert.equal(zhCN.when(Date.parse("2026-11-23T15:05:00+08:00"), now), "明天下午 3:05");
    assert.equal(zhCN.when(Date.parse("2026-12-01T12:00:00+08:00"), now), "12月1日 中午 12:00");
});

test("people in front are counted as somebody would say it", () => {
    assert.equal(zhCN.booth.ahead(0), "下一位就是您");
    assert.equal(zhCN.booth.ahead(2), "前面还有 2 位");
    assert.equal(en.booth.ahead(1), "1 person before you");
});
