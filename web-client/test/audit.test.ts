// Whatever the gateway writes into its audit log has words in both languages.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { en } from "../words/en";
import { zhCN } from "../words/zh-CN";

const root = "../signaling";

function sources(folder: string): [string, string][] {
    return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((one) => {
        const file = path.join(folder, one.name);
        if (one.isDirectory()) return sources(file);
        return file.endsWith(".c") ? [[file, readFileSync(path.join(root, file), "utf8")] as [string, string]] : [];
    });
}

/** The action stands where the entry is made. */
const here = [/audit_entry_of\([^;]*?, ("[a-z_]+")/g];
/** Each file that makes entries, and how the action comes there. */
const ways: Record<string, RegExp[]> = {
    "errand.c": [/errand_note\(([^;]*);/g, /(?:write_centre|change_booth)\(([^;]*);/g], // the callers', wherever they are
    "carry_row.c": [/verb_names\[CONSULT_VERBS\] = \{([^}]*)\}/g],
    "record_errand.c": [/actions\[RECORD_VERBS\] = \{([^}]*)\}/g],
    "records.c": here,
    "recording_read.c": here,
    "link_table.c": [/note\(link, [a-z>-]+, ("[a-z]+")\)/g],
    "papers.c": [/note\(batch, (?:&[a-z]+->)?caller, ("[a-z_]+")/g, /note\(batch, &reading->caller, ("[a-z_]+")/g],
    "sign_in.c": [/note_refusal\(([^;]*);/g],
    "store/sqlite_people.c": [/note\(db, [^;]*?, ("[a-z_]+"), "(?:user|booth)"/g],
    "store/sqlite_purge.c": here,
};
/** Where a file's actions stand when it is not that file. */
const elsewhere: Record<string, RegExp> = { "errand.c": /./, "carry_row.c": /^consult\/words\.c$/ };

function literals(text: string): string[] {
    return Array.from(text.matchAll(/"([a-z_]+)"/g), ([, word]) => word ?? "");
}

function actionsOf(all: [string, string][]): string[] {
    const found = Object.entries(ways).flatMap(([file, patterns]) => {
        const where = elsewhere[file];
        const texts = all.filter(([name]) => (where ? where.test(name) : name === file)).map(([, text]) => text);
        const actions = patterns.flatMap((one) => texts.flatMap((text) => Array.from(text.matchAll(one), ([, part]) => part ?? "")).flatMap(literals));
        assert.ok(actions.length > 0, `${file}: no action is found any more`);
        return file === "link_table.c" ? actions.flatMap((what) => [`pull_${what}`, `push_${what}`]) : actions;
    });
    return Array.from(new Set(found)).sort();
}

test("every action of the audit log has words in both languages", () => {
    const all = sources("");
    const writers = all.filter(([file, text]) => text.includes("audit_entry_of(") && file !== "auth/audit.c").map(([file]) => file);
    assert.deepEqual(writers.sort(), Object.keys(ways).sort(), "another file writes entries: say how");
    const actions = actionsOf(all);
    assert.ok(actions.length > 60, `${actions.length} are too few to be all`);
    for (const table of [zhCN, en])
        assert.deepEqual(actions.filter((one) => !table.admin.actions[one]), [], `${table.htmlLang}: no words for these`);
    for (const table of [zhCN, en])
        assert.deepEqual(Object.keys(table.admin.actions).filter((one) => !actions.includes(one)), [], `${table.htmlLang}: nobody does these`);
});

test("whoever acts has a name in both languages", () => {
    const roles = Array.from(readFileSync(path.join(root, "auth/role.c"), "utf8").matchAll(/\[ROLE_[A-Z]+\] = \{"([a-z]+)"/g), ([, role]) => role ?? "");
    const actors = [...roles.filter((role) => role !== "none"), "user", "system", "operator"];
    assert.ok(actors.length > 8);
    for (const table of [zhCN, en]) assert.deepEqual(Object.keys(table.admin.actors).sort(), [...actors].sort(), table.htmlLang);
});
