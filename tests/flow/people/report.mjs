// Reports: what the clinic did, and what one lawyer did.
import assert from "node:assert/strict";
import { ask } from "../../support/live.mjs";
import { call, staffOf } from "./accounts.mjs";
import { change, meeting, rows, withGateway } from "./world.mjs";

const DAY = 86400000;
const month = new Date(Date.now() + DAY / 3).toISOString().slice(0, 7); // of China's time

// Meetings of the past, as rows: `n` of a category, each rated.
const past = (n, category, score) => {
  const at = Date.now() - 60000;
  return Array.from({ length: n }, (_, i) => {
    const id = `c-${category}-${i}`;
    const day = Math.floor((at + DAY / 3) / DAY);
    const no = 100 + i + category.length * 100;
    return `INSERT INTO consultation (id, day, ticket_no, booth, lawyer, declined_by, conflicts, key, category, language, consent, state,
      end_reason, asked_at, offered_at, offer_expires_at, connected_at, suspended_at, ended_at) VALUES ('${id}', ${day}, ${no}, 'b-demo',
      'u-lawyer-1', '', '', '', '${category}', 'zh-CN', '2026-11', 'closed', 'lawyer_ended', ${at}, ${at}, 0, ${at + 20000}, 0, ${at + 50000});
      INSERT INTO rating (consultation, score, rated_at) VALUES ('${id}', ${score}, ${at});`;
  }).join("\n");
};

const statistics = () =>
  withGateway(async (gateway) => {
    const desk = await staffOf(gateway, "desk");
    const look = async (query, who = desk) => call(gateway, who, "GET", `/v1/statistics${query}`);
    const { id, booth, liu, people } = await meeting(gateway);
    await liu.do("end", { consultation: id });
    await booth.consultation("closed");
    const few = (await look(`?period=${month}`)).body;
    assert.deepEqual([few.items, few.attendances, few.connected_percent], [null, null, null], "one is few");
    change(gateway, past(6, "labour", 5) + past(7, "debt", 2));
    const all = (await look(`?period=${month}`)).body;
    assert.deepEqual([all.items, all.attendances, all.connected_percent, all.rated, all.satisfied_percent], [14, 14, 100, 13, 46]);
    const of = (name) => all.categories.find(({ category }) => category === name).n;
    assert.deepEqual([of("family"), of("labour"), of("debt"), of("land")], [null, 6, null, 0], "who is alone in a category is not told");
    assert.equal((await look(`?period=${month}&centre=nowhere`)).body.items, 0);
    for (const query of ["", "?period=", "?period=2026-13", "?period=x", "?period=2026-q9"])
      assert.deepEqual([(await look(query)).status, (await look(query)).body.field], [400, "period"], query);
    assert.equal((await look(`?period=${month}&centre=a%20b`)).body.field, "centre");
    assert.equal((await look(`?period=${month}`, people.liu)).status, 403);
    assert.equal((await ask(gateway, "GET", `/v1/statistics?period=${month}`)).status, 401);
    assert.equal(all.persons, 14, "without a number each is somebody else");
    change(gateway, "INSERT INTO person SELECT id, 'a' FROM consultation WHERE category = 'debt'");
    assert.deepEqual([(await look(`?period=${month}`)).body.attendances, (await look(`?period=${month}`)).body.persons], [14, 8]);
    const table = await look(`.csv?period=${month}`);
    assert.match(table.headers["content-disposition"], new RegExp(`statistics-${month}\\.csv`));
    assert.ok(table.body.startsWith('\ufeff"站点","全部"\r\n'), table.body.slice(0, 40));
    const [{ id: centre, name }] = rows(gateway, "SELECT id, name FROM centre");
    const ofOne = await look(`.csv?period=${month}&centre=${centre}`);
    assert.ok(ofOne.body.startsWith(`\ufeff"站点","${name}"\r\n`), "by its name, as people know it");
    assert.ok(ofOne.body.includes('来一次算一人）","8","人"\r\n'), ofOne.body);
    change(gateway, `INSERT INTO user_centre SELECT id, '${centre}' FROM user WHERE name = 'desk'`);
    const own = await look(`.csv?period=${month}`);
    assert.ok(own.body.startsWith(`\ufeff"站点","${name}"\r\n`), "who keeps one centre has that one's");
    assert.ok(table.body.includes('"类别","劳动","6","件"\r\n') && table.body.includes('"类别","债务","不显示","件"\r\n'));
  });

const workload = () =>
  withGateway(async (gateway) => {
    const desk = await staffOf(gateway, "desk");
    const { people } = await meeting(gateway);
    const look = async (query, who) => call(gateway, who, "GET", `/v1/workload${query}`);
    change(gateway, past(3, "labour", 4));
    const own = (await look(`?period=${month}`, people.liu)).body;
    assert.deepEqual([own.attendances, own.satisfaction_tenths], [4, undefined], "three ratings are no mean");
    change(gateway, past(2, "land", 5));
    const more = (await look(`?period=${month}&lawyer=u-lawyer-2`, people.liu)).body; // his own, whatever he asks for
    assert.deepEqual([more.attendances, more.satisfaction_tenths, more.talk_minutes], [6, 44, 3]);
    assert.deepEqual(Object.keys(more.rows[0]).sort(), ["booth", "category", "centre", "connected_at", "day", "ended_at", "language", "ticket_no"]);
    assert.equal((await look(`?period=${month}`, people.chen)).body.attendances, 0);
    assert.equal((await look(`?period=${month}&lawyer=u-lawyer-1`, desk)).body.attendances, 6);
    assert.equal((await look(`?period=${month}`, desk)).body.field, "lawyer");
    const table = (await look(`.csv?period=${month}`, people.liu)).body;
    assert.ok(table.startsWith('\ufeff"律师","刘志远"\r\n'), table.slice(0, 40));
    assert.equal(table.trim().split("\r\n").length, 4 + 6, "one line a consultation");
    assert.equal((await look(`?period=${month}`, people.booth)).status, 403);
  });

export const reports = {
  "statistics count in official units and tell of nobody": statistics,
  "a lawyer's work is a line a consultation, for himself and the desk": workload,
};
