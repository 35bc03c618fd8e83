// test_http_hostile.py against a gateway of its own.
import { spawn } from "node:child_process";
import { Gateway } from "../support/gateway.mjs";

const gateway = await Gateway.start();
const python = spawn("python3", ["tests/flow/test_http_hostile.py", `http://127.0.0.1:${gateway.http}`], {
  stdio: "inherit",
});
const failed = await new Promise((done) => python.on("exit", done));
const { code } = await gateway.stop();
if (code !== 0) console.log(`not ok - the gateway ends in order: ${code}\n${gateway.log.slice(-3000)}`);
process.exit(failed || code !== 0 ? 1 : 0);
