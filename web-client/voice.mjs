// Makes the booth's spoken prompts: node voice.mjs OUTDIR
// OUTDIR/LANGUAGE/NAME.ogg for every prompt of words/prompts.ts, and OUTDIR/index.json with their
// names and sentences. A sentence that was spoken before is taken from the shelf beside OUTDIR.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);

/** espeak-ng's voices: calm, about 150 characters a minute in Chinese. The plain "cmn" reads pinyin as English. */
const voices = {
    "zh-CN": ["-v", "cmn-latn-pinyin", "-s", "130", "-p", "42", "-g", "4"],
    en: ["-v", "en-gb", "-s", "125", "-p", "42", "-g", "3"],
};

async function sentences() {
    const { outputFiles } = await esbuild.build({
        stdin: {
            contents: `import { zhCN } from "./words/zh-CN"; import { en } from "./words/en"; import { prompts } from "./words/prompts";
                export const spoken = { "zh-CN": prompts(zhCN), en: prompts(en) };`,
            resolveDir: here,
        },
        bundle: true,
        write: false,
        format: "esm",
        platform: "node",
    });
    const code = Buffer.from(outputFiles[0].contents).toString("base64");
    return (await import(`data:text/javascript;base64,${code}`)).spoken;
}

async function speak(language, text, file) {
    const work = await mkdtemp(path.join(path.dirname(file), ".speaking-"));
    try {
        const wav = path.join(work, "a.wav");
        const ogg = path.join(work, "a.ogg");
        await run("espeak-ng", [...voices[language], "-w", wav, text]);
        const pipeline = `wavparse ! audioconvert ! audioresample ! audio/x-raw,rate=48000,channels=1 ! opusenc bitrate=24000 ! oggmux`;
        await run("gst-launch-1.0", ["-q", "filesrc", `location=${wav}`, "!", ...pipeline.split(" "), "!", "filesink", `location=${ogg}`]);
        await rename(ogg, file);
    } finally {
        await rm(work, { recursive: true });
    }
}

async function make(out, shelf, language, [name, text]) {
    const key = createHash("sha256").update([language, text, ...voices[language]].join("\0")).digest("hex").slice(0, 24);
    const kept = path.join(shelf, `${key}.ogg`);
    if (!existsSync(kept)) await speak(language, text, kept);
    await copyFile(kept, path.join(out, language, `${name}.ogg`));
}

const out = path.resolve(process.argv[2]);
const shelf = path.join(out, "../../voice");
const spoken = await sentences();
await rm(out, { recursive: true, force: true });
await mkdir(shelf, { recursive: true });
for (const [language, prompts] of Object.entries(spoken)) {
    await mkdir(path.join(out, language), { recursive: true });
    const rest = [...prompts];
    // Two at a time: speaking is quick, encoding starts a program each.
    const worker = async () => {
        for (let one = rest.shift(); one; one = rest.shift()) await make(out, shelf, language, one);
    };
    await Promise.all([worker(), worker()]);
}
const index = Object.fromEntries(Object.entries(spoken).map(([language, prompts]) => [language, Object.fromEntries(prompts)]));
await writeFile(path.join(out, "index.json"), JSON.stringify(index, null, 1));
