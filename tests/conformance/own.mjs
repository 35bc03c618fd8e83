// The conformance list against a gateway of our own: an ICE-lite end, or one with full ICE.
//
//     node tests/conformance/own.mjs [lite|full]
import { spawn } from "node:child_process";
import { join } from "node:path";
import { localAddress } from "../interop/client.mjs";
import { Gateway } from "../support/gateway.mjs";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
// Servers that are never asked: their Link headers are looked at.
const turn = 'turn: {urls: "stun:stun.example.org:3478, turn:turn.example.org:3478?transport=udp", secret: "north"}';

const gateway = await Gateway.start({ address: localAddress(), options: `${turn}\nmedia: {ice: ${process.argv[2] ?? "lite"}}` });
const tokens = [await gateway.token("conformance", "publish"), await gateway.token("conformance", "view")];
const child = spawn(process.execPath, [join(here, "conformance.mjs"), gateway.url, ...tokens, "--insecure", "--with", "counter,events,layers"], {
  stdio: "inherit",
});
const code = await new Promise((done) => child.on("exit", done));
const end = await gateway.stop();
if (end.code !== 0) console.log(`not ok - the gateway ends well: ${JSON.stringify(end)}\n${gateway.log.slice(-3000)}`);
process.exit(code || end.code ? 1 : 0);
