// Prints the addresses and sign-ins of the demo, for `make run`.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";

const config = process.argv[2];
const run = (program, ...args) => execFileSync(`build/${program}`, ["--config", config, ...args], { encoding: "utf8" });
const status = JSON.parse(run("banyanctl", "status", "--json"));
const [, dir] = /^data_dir: "(.*)"$/m.exec(run("banyan", "--print-config"));
const { lawyers, hall, staff, booth_code, link } = JSON.parse(readFileSync(`${dir}/demo.json`, "utf8"));
const outside = Object.values(networkInterfaces())
  .flat()
  .find((at) => at.family === "IPv4" && !at.internal);
const here = `https://localhost:${status.https_port}`;

console.log(`
  Banyan ${status.version} is running. The certificate is self-signed: let the browser go on once.

  Booth     ${here}/booth        code ${booth_code} (asked once)
  Lawyer    ${here}/lawyer       ${lawyers.map((at) => `${at.name} / ${at.password}`).join("   or   ")}
  Elder     ${here}/e/${link}
  Hall      ${here}/hall         ${hall.name} / ${hall.password}
  Desk      ${here}/desk         ${staff.names[0]} / ${staff.password}
  Admin     ${here}/admin        ${staff.names.slice(1).join(", ")} / ${staff.password}
  All       ${here}/${outside ? `   from other machines: https://${outside.address}:${status.https_port}/` : ""}

  Touch the booth's button in one browser, go on duty and accept in another. The lecture is live already.
  Ctrl-C stops. Everything is kept in ${dir}/.
`);
