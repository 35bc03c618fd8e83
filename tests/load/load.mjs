// Starts build/banyan-load and reads its one line of result. `answer(role, client, sdp)` gives the server's description
// when the program is not to speak HTTP itself.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "../support/gateway.mjs";

const program = join(root, process.env.BANYAN_BUILD ?? "build", "banyan-load");

// A server that hardly answers any more must not hold everything up: so long beyond what is measured.
const patience = 60000;

// Measuring goes before other work on the machine, as far as we are allowed to. Where the kernel schedules sessions as
// groups, niceness counts only inside of one: the group gets it, too, unless it is the kernel's own first group, whose
// weight cannot be changed (EINVAL): there niceness counts among all that is in it.
export const niceness = process.getuid?.() === 0 ? -15 : 0;
function preferGroup() {
  try {
    writeFileSync("/proc/self/autogroup", String(niceness));
  } catch (error) {
    if (!["ENOENT", "EINVAL", "EACCES", "EPERM", "EAGAIN"].includes(error.code)) throw error;
  }
}
if (niceness) preferGroup();

// The command that runs another on one core.
export const onCore = (core, ...command) => ["nice", "-n", String(niceness), "taskset", "-c", String(core), ...command];

async function take(line, child, answer) {
  const message = JSON.parse(line);
  if (message.mode) return message;
  try {
    const sdp = await answer(message.role, message.client, message.sdp);
    child.stdin.write(`${JSON.stringify({ sdp })}\n`);
  } catch (error) {
    child.stdin.write(`${JSON.stringify({ error: error.message })}\n`);
  }
  return null;
}

// `cores`: null leaves the program where it is. `under`: a command that runs the program, and what it says goes into the result as `said`.
export async function load(cores, mode, args, answer = null, under = []) {
  const pins = cores ? ["--server-core", cores.server, "--load-core", cores.load] : [];
  // The program pins its threads itself: a floor's loop runs on the server's core.
  const command = ["-n", String(niceness), ...under, program, mode, ...pins.map(String), ...args.map(String)];
  const child = spawn("nice", command);
  let complaint = "";
  let result = null;
  child.stderr.on("data", (data) => (complaint += data));
  child.stdin.on("error", () => {}); // it ended; its code says why
  const overdue = setTimeout(() => child.kill("SIGKILL"), patience + 1000 * args[args.indexOf("--seconds") + 1]);
  const gone = new Promise((done) => child.on("close", done));
  for await (const line of createInterface({ input: child.stdout })) result = (await take(line, child, answer)) ?? result;
  const code = await gone;
  clearTimeout(overdue);
  if (code !== 0 || !result) throw new Error(`banyan-load ${mode} ended with ${code}: ${complaint.trim()}`);
  return under.length ? { ...result, said: complaint } : result;
}
