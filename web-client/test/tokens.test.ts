// The promises of style/tokens.css, computed: contrast, sizes, line height.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync("style/tokens.css", "utf8");

/** The custom properties of the first rule with this selector. */
function properties(selector: string): Map<string, string> {
    const start = css.indexOf(`${selector} {`);
    assert.ok(start >= 0, selector);
    const body = css.slice(start, css.indexOf("}", start));
    return new Map(Array.from(body.matchAll(/(--[a-z-]+):\s*([^;]+);/g), (one) => [one[1] ?? "", one[2] ?? ""]));
}

function luminance(hex: string): number {
    const channel = (at: number): number => {
        const value = parseInt(hex.slice(at, at + 2), 16) / 255;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string): number {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
    return (high + 0.05) / (low + 0.05);
}

const pairs = [
    ["ink", "paper"],
    ["ink", "card"],
    ["ink-soft", "paper"],
    ["ink-soft", "card"],
    ["leaf", "paper"],
    ["leaf-deep", "paper"],
    ["leaf-deep", "card"],
    ["leaf-deep", "leaf-pale"],
    ["white", "leaf"],
    ["white", "leaf-deep"],
    ["white", "brick"],
    ["white", "brick-deep"],
    ["white", "night"],
    ["brick", "paper"],
    ["brick-deep", "brick-pale"],
    ["amber", "amber-pale"],
    ["sky", "sky-pale"],
];

for (const [text, ground] of pairs) {
    test(`${text} on ${ground} reaches 7:1`, () => {
        const colours = properties(":root");
        const ratio = contrast(colours.get(`--${text}`) ?? "", colours.get(`--${ground}`) ?? "");
        assert.ok(ratio >= 7, ratio.toFixed(2));
    });
}

const px = (value: string | undefined): number => parseFloat(value ?? "0");

test("a booth has targets of 80 px, body of 32 px and titles of 48 px at least", () => {
    const booth = properties(".scale-booth");
    assert.ok(px(booth.get("--target")) >= 80);
    assert.ok(px(booth.get("--text")) >= 32);
    assert.ok(px(booth.get("--small")) >= 28);
    assert.ok(px(booth.get("--title")) >= 48);
    assert.ok(px(booth.get("--gap")) >= 16);
});

test("at home text begins at 22 to 24 px, reaches 30 and more, and buttons have 64 px", () => {
    const steps = [".scale-elder", 'html[data-size="2"] .scale-elder', 'html[data-size="3"] .scale-elder'].map(properties);
    const sizes = steps.map((step) => px(step.get("--text")));
    assert.ok((sizes[0] ?? 0) >= 22 && (sizes[0] ?? 99) <= 24);
    assert.ok((sizes[1] ?? 0) >= 30 && (sizes[2] ?? 0) > (sizes[1] ?? 99));
    steps.forEach((step) => assert.ok(px(step.get("--target")) >= 64));
});

test("lines are 1.5 times their text at least", () => {
    assert.ok(parseFloat(properties(":root").get("--leading") ?? "0") >= 1.5);
});
