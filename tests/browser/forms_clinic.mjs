// The forms of who keeps a clinic: the desk's, the administrators', and each one's own account. See forms.mjs.
import { call, staffOf } from "../flow/people/accounts.mjs";
import { ask, enrol, Live, signIn } from "../support/live.mjs";
import { at } from "./browsers.mjs";

const hour = 3600000;
const inChina = (ms) => new Date(ms + 8 * hour).toISOString();
const soon = inChina(Date.now() + 26 * hour).slice(0, 10);
const later = inChina(Date.now() + 20 * 24 * hour).slice(0, 10); // a room is asked for three working days ahead

const csv = (...lines) => ({ name: "表格.csv", mimeType: "text/csv", buffer: Buffer.from(lines.join("\n")) });
const opens = (...presses) => async (page) => {
  for (const press of presses) await page.click(at(press));
};

// A shift that is there already, so that another one crosses it and appointments find a lawyer.
async function hasShift(gateway) {
  const from = Date.parse(`${soon}T09:30:00+08:00`);
  const reply = await call(gateway, await staffOf(gateway, "desk"), "POST", "/v1/shifts", { lawyer: "u-lawyer-1", from, until: from + hour });
  if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
}

async function hasRoom(gateway) {
  const reply = await call(gateway, await staffOf(gateway, "desk"), "POST", "/v1/places", { name: "合唱室", centre: "ct-demo" });
  if (reply.status > 299) throw new Error(JSON.stringify(reply.body));
}

async function hasTwoCentres(gateway) {
  const other = { district: "江北区", street: "北门街道", name: "北门社区党群服务中心", phone: "023-6210 0003", address: "" };
  const reply = await call(gateway, await staffOf(gateway, "sysadmin"), "POST", "/v1/centres", other);
  if (reply.status > 299) throw new Error(JSON.stringify(reply.body));
}

// Both lawyers are to serve at the same time: neither can take the other's.
async function bothHaveShifts(gateway) {
  const desk = await staffOf(gateway, "desk");
  const from = Date.parse(`${later}T09:30:00+08:00`);
  for (const lawyer of ["u-lawyer-2", "u-lawyer-1"]) {
    const reply = await call(gateway, desk, "POST", "/v1/shifts", { lawyer, from, until: from + hour });
    if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
  }
  const { shifts } = (await call(gateway, desk, "GET", "/v1/shifts")).body;
  gateway.shift = shifts.find((one) => one.lawyer === "u-lawyer-1" && one.starts_at === from).id;
}

// Somebody is expected, so that it can be another time.
async function hasAppointment(gateway) {
  const desk = await staffOf(gateway, "desk");
  const from = Date.parse(`${soon}T09:40:00+08:00`);
  const one = { kind: "lawyer", place: "b-demo", lawyer: "u-lawyer-1", category: "family", name: "王阿姨", phone: "13876543210", starts_at: from, ends_at: from + hour / 2 };
  for (const [path, body] of [["/v1/appointments", one], ["/v1/appointments/1/decision", { decision: "approve" }]]) {
    const reply = await call(gateway, desk, "POST", path, body);
    if (reply.status > 299) throw new Error(JSON.stringify(reply.body));
  }
}

// Its code is good once.
const device = async (gateway) => (gateway.device ??= await enrol(gateway, gateway.people.booth_code));

// Whoever cannot wait leaves his number, or a wish for a day.
async function leavesWord(gateway) {
  const booth = await Live.open(gateway, await device(gateway));
  const { half_days: days } = (await ask(gateway, "GET", "/v1/half-days", await device(gateway))).body;
  await booth.do("leave_word", { category: "labour", text: "13876543210", half_day: days[0], key: "k-word" });
  await booth.close();
}

// Somebody met a lawyer and was not satisfied: the desk has a task.
async function isDissatisfied(gateway) {
  const [{ name, password }] = gateway.people.lawyers;
  const booth = await Live.open(gateway, await device(gateway));
  const liu = await Live.open(gateway, await signIn(gateway, name, password));
  await liu.do("on_duty");
  const { id } = await booth.do("ask", { key: "k-1", category: "family", language: "zh-CN", consent: "2026-11" });
  await liu.do("accept", { consultation: id });
  await booth.do("leave");
  await booth.do("rate", { consultation: id, score: 1 });
  await liu.do("off_duty");
  await Promise.all([booth.close(), liu.close()]);
}

const centre = { "centre-district": "江北区", "centre-street": "槐园街道", "centre-name": "榕树社区党群服务中心", "centre-phone": "023-6210 0002", "centre-address": "榕树路 1 号" };

export const clinicForms = {
  "a centre": {
    in: "elements/place-list.ts",
    of: ["sysadmin", "/admin"],
    open: opens("add-centre"),
    right: centre,
    send: "centre-save",
    wrong: { "centre-name": ["   "], "centre-phone": ["", "12"], "centre-district": [""] },
  },
  "a booth": {
    in: "elements/booth-list.ts",
    of: ["sysadmin", "/admin"],
    open: opens("add-booth-ct-demo"),
    send: "booth-save",
    wrong: { "booth-name": ["", "法律咨询室 1"] },
  },
  "an account": {
    in: "pages/admin/account-form.ts",
    of: ["secadmin", "/admin"],
    open: opens("add-account"),
    right: { name: "wang.li", display_name: "王丽", law_firm: "榕树律师事务所", licence_no: "11501202010000009" },
    send: "save",
    wrong: { name: ["liu", "王丽", ""], display_name: ["王".repeat(21), ""], law_firm: ["榕".repeat(40)], licence_no: ["1".repeat(96)] },
  },
  "an account of several centres": {
    in: "pages/admin/place-choice.ts",
    of: ["secadmin", "/admin"],
    before: hasTwoCentres,
    open: async (page) => {
      await page.click(at("add-account"));
      await page.selectOption(at("place"), "several");
    },
    right: { name: "zhou.li", display_name: "周丽", place: "several" },
    send: "save",
    wrong: { "centres-ct-demo": [false] },
  },
  "lawyers from a table": {
    in: "pages/admin/lawyer-import.ts",
    of: ["secadmin", "/admin"],
    within: "lawyer-import",
    file: true,
    wrong: { "import-lawyers": [csv("账号,姓名", "wang.li,"), csv("这不是表格")] },
  },
  "a shift": {
    in: "pages/desk/roster.ts",
    of: ["desk", "/desk"],
    before: hasShift,
    right: { "shift-date": soon, "shift-from": "09:00", "shift-until": "11:00" },
    send: "add-shift",
    wrong: { "shift-from": ["09:30", ""], "shift-date": [""] },
  },
  "shifts from a table": {
    in: "pages/desk/roster.ts",
    of: ["desk", "/desk"],
    within: "duty-roster",
    file: true,
    wrong: { "import-shifts": [csv("律师,日期,开始,结束", "谁也不是,2026-12-01,9:00,11:00"), csv("")] },
  },
  "an appointment with a lawyer": {
    in: "pages/desk/booking-form.ts",
    of: ["desk", "/desk"],
    within: ".booking",
    right: { "book-date": soon, "book-from": "09:40", "book-name": "王阿姨", "book-phone": "138 7654 3210" },
    send: "book",
    wrong: { "book-phone": ["12", ""], "book-date": ["2001-01-01", ""], "book-name": ["王".repeat(80)] },
  },
  "an appointment of a room": {
    in: "pages/desk/booking-form.ts",
    of: ["desk", "/desk"],
    within: ".booking",
    open: opens("kind-room"),
    right: { "book-date": later, "book-from": "09:40", "book-until": "11:00", "book-purpose": "学法小组", "book-name": "王阿姨", "book-phone": "138 7654 3210" },
    send: "book",
    wrong: { "book-until": ["08:00", ""], "book-purpose": [""], "book-date": [soon] },
  },
  "an appointment that is moved": {
    in: "pages/desk/move-form.ts",
    of: ["desk", "/desk"],
    before: hasAppointment,
    open: opens("move-1"),
    right: { "move-date": soon, "move-from": "09:40" },
    send: "move-done",
    wrong: { "move-date": [""], "move-from": [""] },
  },
  "a room": {
    in: "pages/desk/appointments.ts",
    of: ["desk", "/desk"],
    before: hasRoom,
    open: opens("kind-room"),
    send: "add-room",
    wrong: { "room-name": ["  ", "合唱室"] },
  },
  "why a wish cannot be": {
    in: "elements/reason-form.ts",
    of: ["desk", "/desk"],
    before: leavesWord,
    open: opens("refuse-wish-1"),
    send: "reason-done",
    wrong: { reason: ["", "   "] },
  },
  "what came of a task": {
    in: "pages/desk/views.ts",
    of: ["desk", "/desk"],
    before: isDissatisfied,
    open: (page) => page.click("[data-test^=task-]"), // an appointment's reminder is a task, too, without a form
    send: "task-done",
    wrong: { note: ["", "  \n "] },
  },
  "another password": {
    in: "pages/account/account.ts",
    of: ["desk", "/account"],
    within: "form:has([data-test=save-password])",
    right: { new_password: "榕树下乘凉 2026", again: "榕树下乘凉 2026" },
    send: "save-password",
    wrong: { password: ["not this one", ""] },
  },
  "a password that differs": {
    in: "pages/account/account.ts",
    of: ["desk", "/account"],
    within: "form:has([data-test=save-password])",
    right: { password: "any", new_password: "榕树下乘凉 2026" },
    send: "save-password",
    wrong: { again: ["榕树下乘凉 2027", ""] },
  },
  "another password that is too simple": {
    in: "pages/account/account.ts",
    of: ["desk", "/account"],
    within: "form:has([data-test=save-password])",
    open: (page, gateway) => page.fill("form:has([data-test=save-password]) [data-test=password]", gateway.people.staff.password),
    right: { again: "onlyletters" },
    send: "save-password",
    wrong: { new_password: ["onlyletters"] },
  },
  "a photo": {
    in: "elements/photo-choice.ts",
    of: ["liu", "/account"],
    within: "[data-test=photo-card]",
    file: true,
    wrong: { "choose-photo": [{ name: "me.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture at all") }] },
  },
  "a lawyer's photo, given for him": {
    in: "elements/photo-choice.ts",
    of: ["secadmin", "/admin"],
    within: ".photo-card",
    open: opens("account-liu"),
    file: true,
    wrong: { "choose-photo": [{ name: "liu.png", mimeType: "image/png", buffer: Buffer.from("no picture at all") }] },
  },
  "who takes a shift": {
    in: "pages/lawyer/shifts.ts",
    of: ["liu", "/lawyer"],
    before: bothHaveShifts,
    within: "my-shifts",
    open: async (page, gateway) => page.click(at(`swap-${gateway.shift}`)),
    send: "swap-ask",
    wrong: { "swap-lawyer": ["u-lawyer-2"] },
  },
  "a phone for the account": {
    in: "pages/account/account.ts",
    of: ["desk", "/account"],
    within: "form[data-test=phone]",
    send: "begin-phone",
    wrong: { password: ["not this one", ""] },
  },
  "a phone's digits for the account": {
    in: "pages/account/account.ts",
    of: ["desk", "/account"],
    within: "form[data-test=phone]",
    open: async (page, gateway) => {
      await page.fill("form[data-test=phone] [data-test=password]", gateway.people.staff.password);
      await page.click(at("begin-phone"));
      await page.waitForSelector(at("bind-phone"));
    },
    send: "bind-phone",
    wrong: { code: ["12", "000000"] },
  },
};
