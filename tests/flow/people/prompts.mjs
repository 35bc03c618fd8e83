// The booth's spoken prompts as files: all are there, and a centre's own recording goes before.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { restart, withGateway } from "./world.mjs";

const get = (gateway, name) => fetch(`${gateway.url}/prompts/${name}`);

// The seconds an Ogg Opus file lasts: the last page's position, in 48000ths.
function seconds(bytes) {
  const at = bytes.lastIndexOf("OggS");
  return Number(bytes.readBigInt64LE(at + 6)) / 48000;
}

const allAreThere = () =>
  withGateway(async (gateway) => {
    const index = await (await get(gateway, "index.json")).json();
    assert.deepEqual(Object.keys(index).sort(), ["en", "zh-CN"]);
    for (const [language, sentences] of Object.entries(index))
      for (const [name, sentence] of Object.entries(sentences)) {
        const answer = await get(gateway, `${language}/${name}.ogg`);
        assert.equal(answer.headers.get("content-type"), "audio/ogg", `${language} ${name}`);
        const lasts = seconds(Buffer.from(await answer.arrayBuffer()));
        assert.ok(lasts > 0.4 && lasts < 30, `${language} ${name} lasts ${lasts} s: ${sentence}`);
      }
  });

const ownGoesBefore = () =>
  withGateway(async (gateway) => {
    const builtIn = await (await get(gateway, "zh-CN/idle.ogg")).text();
    await restart(gateway, () => {
      const own = join(gateway.dir, "var/own/prompts/zh-CN");
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, "welcome.ogg"), "a voice they know");
    });
    assert.equal(await (await get(gateway, "zh-CN/welcome.ogg")).text(), "a voice they know");
    assert.equal(await (await get(gateway, "zh-CN/idle.ogg")).text(), builtIn);
  });

export const prompts = {
  "every spoken prompt of both languages has a file": allAreThere,
  "a centre's own recording of a prompt goes before the built-in one": ownGoesBefore,
};
