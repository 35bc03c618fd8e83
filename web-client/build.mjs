// Builds the pages: node build.mjs OUTDIR
// Every folder of pages/ holds NAME.html, NAME.ts and NAME.css. Scripts and styles land under
// OUTDIR/assets with a hash in their names (so they may be cached for ever); the html files land
// in OUTDIR and name them. An html file of another name in the folder is one more page of its own
// that shares the script and the style.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));

/** Pages of PDFs are drawn by pdf.js, which only the lawyer's page fetches, and only for a PDF. */
async function pdfLibrary(out) {
    const from = path.join(here, "node_modules/pdfjs-dist");
    const files = {};
    for (const [use, name] of [["script", "pdf"], ["worker", "pdf.worker"]]) {
        const bytes = await readFile(path.join(from, `legacy/build/${name}.min.js`));
        const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
        files[use] = `/assets/${name}.${hash}.js`;
        await writeFile(path.join(out, files[use]), bytes);
    }
    // How Chinese text is coded in PDFs that bring no fonts of their own.
    const cmaps = (await readdir(path.join(from, "cmaps"))).filter((name) => /^(GB|UniGB|Adobe-GB1|Uni.*UTF)/.test(name));
    await mkdir(path.join(out, "assets/cmaps"));
    for (const name of cmaps) await copyFile(path.join(from, "cmaps", name), path.join(out, "assets/cmaps", name));
    return { ...files, cmaps: "/assets/cmaps/" };
}

/** What every browser since Chromium 70 reads; globalThis is one version younger. */
export const target = { target: "chrome70", define: { globalThis: "window" } };

async function bundle(names, out, pdf) {
    const entryPoints = names.flatMap((name) => [`pages/${name}/${name}.ts`, `pages/${name}/${name}.css`]);
    const result = await esbuild.build({
        ...target,
        define: { ...target.define, PDF_FILES: JSON.stringify(pdf) },
        absWorkingDir: here,
        entryPoints,
        entryNames: "[name]-[hash]",
        outdir: path.join(out, "assets"),
        bundle: true,
        minify: true,
        format: "iife",
        charset: "utf8",
        legalComments: "eof",
        metafile: true,
        logLevel: "warning",
    });
    const made = new Map();
    for (const [file, { entryPoint }] of Object.entries(result.metafile.outputs)) {
        if (entryPoint) made.set(path.basename(entryPoint), `/assets/${path.basename(file)}`);
    }
    return made;
}

async function icon(out) {
    const bytes = await readFile(path.join(here, "style/icon.svg"));
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
    await writeFile(path.join(out, "assets", `icon-${hash}.svg`), bytes);
    return `/assets/icon-${hash}.svg`;
}

function fill(html, values) {
    const text = html.replace(/<!--[\s\S]*?-->\s*/g, "");
    return text.replace(/%(script|style|icon)%/g, (_, key) => values[key]);
}

async function htmlFiles(name) {
    const files = await readdir(path.join(here, "pages", name));
    return files.filter((file) => file.endsWith(".html"));
}

export async function build(out) {
    await rm(path.join(out, "assets"), { recursive: true, force: true });
    await mkdir(path.join(out, "assets"), { recursive: true });
    const names = await readdir(path.join(here, "pages"));
    const made = await bundle(names, out, await pdfLibrary(out));
    const iconPath = await icon(out);
    for (const name of names) {
        const values = { script: made.get(`${name}.ts`), style: made.get(`${name}.css`), icon: iconPath };
        for (const file of await htmlFiles(name)) {
            const html = await readFile(path.join(here, "pages", name, file), "utf8");
            await writeFile(path.join(out, file), fill(html, values));
        }
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const out = process.argv[2];
    if (!out) {
        console.error("usage: node build.mjs OUTDIR");
        process.exit(2);
    }
    await build(path.resolve(out));
}
