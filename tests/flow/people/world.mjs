// A gateway with its demo people signed in, and what its database says.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { Gateway } from "../../support/gateway.mjs";
import { enrol, Live, signIn, visit } from "../../support/live.mjs";

export async function withGateway(test, options) {
  const gateway = await Gateway.start(options);
  let failure = null;
  try {
    await test(gateway);
  } catch (error) {
    failure = error;
  }
  const end = await gateway.stop();
  if (!failure && end.code !== 0) failure = new Error(`the gateway ended with ${JSON.stringify(end)}`);
  if (failure) throw new Error(`${failure.stack}\n${gateway.log.slice(-6000)}`);
}

// Everybody of the demo: credentials of each, and the booth's device.
export async function everybody(gateway) {
  const { lawyers, hall, booth_code: code, link } = gateway.people;
  const [liu, chen] = await Promise.all(lawyers.map(({ name, password }) => signIn(gateway, name, password)));
  return {
    liu,
    chen,
    hall: await signIn(gateway, hall.name, hall.password),
    booth: await enrol(gateway, code),
    member: await visit(gateway, link),
  };
}

// A question of the booth's, with a key of its own.
export const wish = () => ({ key: `k-${Math.random()}`, category: "family", language: "zh-CN", consent: "2026-11" });

// The pages of the booth and of the lawyers, open and listening.
export async function pages(gateway) {
  const people = await everybody(gateway);
  const open = (who) => Live.open(gateway, who);
  const [booth, liu, chen] = await Promise.all([people.booth, people.liu, people.chen].map(open));
  return { people, booth, liu, chen };
}

// Face to face: also the consultation's id and both sides' media.
export async function meeting(gateway) {
  const all = await pages(gateway);
  await all.liu.do("on_duty");
  const { id } = await all.booth.do("ask", wish());
  await all.liu.consultation("offered");
  await all.liu.do("accept", { consultation: id });
  const mine = await all.liu.consultation("connected");
  const theirs = await all.booth.consultation("connected");
  return { ...all, id, media: { booth: theirs.media, liu: mine.media } };
}

export const file = (gateway) => gateway.database ?? join(gateway.dir, "var/banyan.db");

// Rows as objects.
export function rows(gateway, sql) {
  const text = execFileSync("sqlite3", ["-json", "-cmd", ".timeout 5000", file(gateway), sql], { encoding: "utf8" });
  return text.trim() ? JSON.parse(text) : [];
}

export const change = (gateway, sql) => void execFileSync("sqlite3", ["-cmd", ".timeout 5000", file(gateway), sql]);

export async function restart(gateway, between = () => {}) {
  await gateway.kill();
  between();
  await gateway.up();
}

// Someone of staff, and a second booth with the code 654321, who come with the next start.
export function addPeople(gateway) {
  const hash = createHash("sha256").update("654321").digest("hex");
  change(
    gateway,
    `INSERT INTO user (id, name, password, role, display_name)
       SELECT 'u-staff', 'staff', password, 'staff', '小周' FROM user WHERE id = 'u-hall';
     INSERT INTO booth (id, name, centre, code_hash, code_expires_at)
       SELECT 'b-2', '法律咨询室 2', centre, '${hash}', ${Date.now() + 3600000} FROM booth WHERE id = 'b-demo'`,
  );
}
