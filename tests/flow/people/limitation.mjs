// When rights are lost is worked out by a table that the operator keeps.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../support/gateway.mjs";
import { call } from "./accounts.mjs";
import { meeting, withGateway } from "./world.mjs";

const byTable = () =>
  withGateway(
    async (gateway) => {
      const { id, people } = await meeting(gateway);
      const path = `/v1/consultations/${id}/record`;
      const open = async () => (await call(gateway, people.liu, "GET", path)).body;
      const end = async (facts) => {
        const { rev } = await open();
        const fields = { facts, limitation_kind: "legacy", limitation_from: "2026-01-01" };
        const { status, body } = await call(gateway, people.liu, "PUT", path, { rev, fields });
        assert.equal(status, 200, JSON.stringify(body));
        return body.known.limitation_deadline;
      };
      const shipped = readFileSync(join(root, "configs/limitations.txt"), "utf8");
      const table = join(gateway.dir, "limitations.txt");
      const reload = () => gateway.ctl("reload").then(() => "", (error) => error.stderr ?? String(error));

      assert.deepEqual((await open()).form.periods, {}, "there is no table yet: the page says so");
      assert.equal(await end("一"), undefined);
      assert.match(await reload(), /limitations\.txt: No such file/);
      writeFileSync(table, shipped);
      assert.equal(await reload(), "");
      assert.deepEqual((await open()).form.periods.legacy, { days: 60 });
      assert.equal(await end("二"), "2026-03-02");

      const line = shipped.split("\n").findIndex((one) => one.startsWith("legacy")) + 1;
      writeFileSync(table, shipped.replace(/^legacy +60 days/m, "legacy 60 weeks"));
      assert.match(await reload(), new RegExp(`limitations\\.txt: line ${line}: period: `));
      writeFileSync(table, shipped.replace(/^legacy .*$/m, ""));
      assert.match(await reload(), /limitations\.txt: kind: legacy has no row/);
      assert.equal(await end("三"), "2026-03-02", "what was read before stays");
      writeFileSync(table, shipped.replace(/^legacy +60 days/m, "legacy 90 days"));
      assert.equal(await reload(), "");
      assert.equal(await end("四"), "2026-04-01");
    },
    { limitations: "limitations.txt" },
  );

export const limitations = { "the law's periods are the operator's table, its mistakes told by line and field": byTable };
