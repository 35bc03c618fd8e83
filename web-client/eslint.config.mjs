// Rules of the pages: typed, short, and no way to put a string into the page as markup.
import js from "@eslint/js";
import tseslint from "typescript-eslint";

const size = {
    "max-lines": ["error", 500],
    "max-lines-per-function": ["error", { max: 60, skipComments: true }],
    "max-depth": ["error", 3],
    "max-params": ["error", 6],
};

const markup = {
    "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Text goes in through templates." },
        { property: "outerHTML", message: "Text goes in through templates." },
        { property: "insertAdjacentHTML", message: "Text goes in through templates." },
    ],
    "no-restricted-imports": ["error", { patterns: ["lit/directives/unsafe*"] }],
    "no-eval": "error",
};

export default tseslint.config(
    { ignores: ["node_modules/"] },
    js.configs.recommended,
    {
        files: ["**/*.ts"],
        extends: [tseslint.configs.recommendedTypeChecked],
        languageOptions: { parserOptions: { project: true } },
        rules: {
            ...size,
            ...markup,
            eqeqeq: "error",
            "no-shadow": "off",
            "@typescript-eslint/no-shadow": "error",
            "@typescript-eslint/explicit-module-boundary-types": "error",
            "@typescript-eslint/unbound-method": "off",
        },
    },
    {
        files: ["words/*zh-CN.ts"],
        // The table's inferred type is the shape that the other languages are checked against.
        rules: { "@typescript-eslint/explicit-module-boundary-types": "off" },
    },
    {
        files: ["test/**/*.ts"],
        // node's test() returns a promise that nobody needs to wait for.
        rules: { "@typescript-eslint/no-floating-promises": "off", "max-lines-per-function": "off" },
    },
    {
        files: ["**/*.mjs"],
        languageOptions: {
            globals: { process: "readonly", console: "readonly", setTimeout: "readonly", URL: "readonly",
                clearInterval: "readonly", setInterval: "readonly", Buffer: "readonly", window: "readonly", document: "readonly" },
        },
        rules: size,
    },
);
