// Every page in every state: what is pretended, what is pressed, at which sizes it is looked at. shots.mjs takes the pictures,
// tests/browser/access.mjs looks as somebody who sees, hears or moves less would.
import { alarms, connected, consultation, lecture, people } from "./mock.mjs";
import { voiceShots } from "./voice.mjs";
import { book, ownShifts, swaps } from "./desk.mjs";
import { circle, shown } from "./papers.mjs";
import { briefs, readback, recordDoc } from "./record.mjs";
import { watched } from "./watch.mjs";

const kiosk = { width: 1080, height: 1920 };
const laptop = { width: 1366, height: 768 };
const tablet = { width: 1024, height: 768 };
const paper = { width: 794, height: 1123 };
const tallLaptop = { width: 1366, height: 2600 };
const phone = { width: 390, height: 844 };

const press = (...tests) => async (page) => {
    for (const test of tests) await page.click(`[data-test=${test}]`);
};
/** Everything a lawyer can try, until it is tried. */
const tryAll = (...more) => async (page) => {
    await page.click("[data-test=equipment]");
    await page.waitForSelector("[data-test=verdict][data-done=true]", { timeout: 40000 });
    for (const test of more) await page.click(`[data-test=${test}]`);
};
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const enrolled = { "banyan.booth": "booth" };
const english = { "banyan.language": "en" };
const offered = { state: "offered", offered_at: Date.now() - 9000, offer_expires_at: Date.now() + 3600000 };
const open = consultation();
const talk = consultation(connected);
const lawyerUser = { id: "u", name: "刘敏", role: "lawyer" };
const early = { room: "c-1", token: "t", ice_servers: [] };
const onDuty = { id: "l-1", name: "刘敏", law_firm: "海天律师事务所", on_duty: true };
const right = ["facts", "claim", "advice", "limitation_deadline", "summary", "next_steps"];
const allRight = readback(Object.fromEntries(right.map((name) => [name, "right"])));
const hallUser = { id: "u", name: "会场", role: "hall" };
const emptyClinic = (mock) => ({ clinic: { ...mock.world.clinic, duty_lawyers: [], waiting: 0 } });
const loseLine = async (page, mock) => {
    mock.silence(true);
    await wait(5500);
};

/** The network carries no picture of the other side. */
const soundOnly = async (page, mock) => {
    await wait(1500);
    mock.tell("shown", { session: "1", paused: "network" });
};

// name, path, sizes, then what is kept in the browser, the world, and what is pressed.
const booth = (name, options = {}) => ({ name: `booth-${name}`, path: "/booth", sizes: [kiosk], kept: enrolled, ...options });
const lawyer = (name, options = {}) => ({
    name: `lawyer-${name}`,
    path: "/lawyer",
    sizes: [laptop],
    ...options,
    world: { user: lawyerUser, lawyer: onDuty, ...options.world },
});
const elder = (name, options = {}) => ({ name: `elder-${name}`, path: "/e/zhang", sizes: [tablet, phone], ...options });
const hall = (name, options = {}) => ({
    name: `hall-${name}`,
    path: "/hall",
    sizes: [laptop],
    ...options,
    world: { user: hallUser, ...options.world },
});
const staffWorld = { user: { id: "u", name: "小周", role: "staff" } };
const handShift = async (page) => {
    await page.click("[data-test=remove-shift]");
    await page.locator("duty-roster").scrollIntoViewIfNeeded();
};
const moveOne = async (page) => {
    await page.click("[data-test=move-9]");
    await page.locator("[data-test=appointment-9]").scrollIntoViewIfNeeded();
};
const seeBook = (page) => page.locator("desk-appointments").scrollIntoViewIfNeeded();
const wrongRoom = async (page) => {
    await page.click("[data-test=kind-room]");
    await type(page, { "book-date": "2026-11-24", "book-from": "09:00", "book-until": "10:00", "book-purpose": "合唱队排练", "book-phone": "13800001234" });
    await page.click("[data-test=book]");
};
const auditor = { id: "u-6", name: "审计员", role: "auditor" };
const secadmin = { id: "u-5", name: "安全管理员", role: "secadmin" };
const admin = (name, options = {}) => ({ name: `admin-${name}`, path: "/admin", sizes: [laptop], world: { user: secadmin }, ...options });
const sysadminUser = { id: "u-7", name: "系统管理员", role: "sysadmin" };
const sysadmin = (name, options = {}) => ({ name: `admin-${name}`, path: "/admin", sizes: [laptop, tablet], world: { user: sysadminUser }, ...options });
const desk = (name, options = {}) => ({ name: `desk-${name}`, path: "/desk", sizes: [laptop, tablet], world: staffWorld, ...options });
const mine = (name, options = {}) => ({
    name,
    path: "/account",
    sizes: [laptop],
    world: { user: { id: "u-3", name: "小周", role: "staff", account: "desk", second_factor: false } },
    ...options,
});
/** At this hour of tomorrow, in China. */
const tomorrowAt = (hour) => (Math.floor((Date.now() + 8 * 3600000) / 86400000) + 1) * 86400000 + (hour - 8) * 3600000;
const nothingYet = { account: false, centre: false, booth: false, lawyer: false, consultation: false };
const type = async (page, values) => {
    for (const [test, value] of Object.entries(values)) await page.fill(`[data-test=${test}]`, value);
};
const signIn = (name) => async (page) => {
    await type(page, { name, password: "x" });
    await page.click("[data-test=sign-in]");
};
const make = (name) => async (page) => {
    await page.click("[data-test=add-account]");
    await type(page, { name, display_name: "王丽", law_firm: "榕树律师事务所" });
    await page.click("[data-test=save]");
};
const guest = (name, options = {}) => ({ name: `guest-${name}`, path: "/g/gu", sizes: [laptop, phone], ...options });
const guesthood = { id: "c-1", state: "connected", lawyer: { id: "l-1", name: "刘敏" }, parties: people, me: { id: "g-1", role: "interpreter", name: "古丽" }, media: connected.media };
const live = lecture({ state: "live", starts_at: Date.now() - 600000 });

export const shots = [
    booth("paper", { sizes: [kiosk, laptop], world: { consultation: talk, papers: shown(4, [circle]) } }),
    booth("paper-card", { sizes: [kiosk], world: { consultation: talk, papers: shown(3) } }),
    booth("paper-en", { sizes: [kiosk], kept: { ...enrolled, ...english }, world: { consultation: talk, papers: shown(4) } }),
    booth("paper-screen", { sizes: [kiosk, laptop], world: { consultation: talk, screen: { consultation: "c-1", publication: "p" } } }),
    lawyer("paper", { sizes: [laptop, phone], world: { consultation: talk, papers: shown(4, [circle]) } }),
    lawyer("paper-trouble", {
        world: { consultation: talk, papers: shown(1) },
        run: (page) => page.setInputFiles("[data-test=send-file]", { name: "a.exe", mimeType: "application/x", buffer: Buffer.from("MZ") }),
    }),
    lawyer("paper-en", { kept: english, world: { consultation: talk, papers: shown(4) } }),
    booth("enrol", { kept: {}, run: press("digit-4", "digit-8", "digit-3") }),
    booth("enrol-wrong", { kept: {}, world: { enrol: 404 }, run: press(..."483920".split("").map((d) => `digit-${d}`)) }),
    booth("attract", { sizes: [kiosk, laptop] }),
    booth("attract-en", { kept: { ...enrolled, ...english } }),
    booth("attract-nobody", { world: emptyClinic }),
    booth("attract-next-duty", { sizes: [kiosk, laptop], world: (mock) => ({ clinic: { ...emptyClinic(mock).clinic, next_duty_at: tomorrowAt(14) } }) }),
    booth("attract-kept-free", { world: (mock) => ({ clinic: { ...mock.world.clinic, duty_lawyers: mock.world.clinic.duty_lawyers.map((one) => ({ ...one, free: false, promised_at: tomorrowAt(14) })) } }) }),
    booth("offline", { run: loseLine }),
    booth("consent", { sizes: [kiosk, laptop], run: press("ask") }),
    booth("consent-en", { kept: { ...enrolled, ...english }, run: press("ask") }),
    booth("declined", { run: press("ask", "disagree") }),
    booth("category", { sizes: [kiosk, laptop], run: press("ask", "agree") }),
    booth("category-en", { kept: { ...enrolled, ...english }, run: press("ask", "agree") }),
    booth("number", { sizes: [kiosk, laptop], run: press("ask", "agree", "have-number", "digit-1", "digit-2", "digit-3", "digit-4") }),
    booth("danger", { run: press("ask", "agree", "category-danger") }),
    booth("waiting", { sizes: [kiosk, laptop], world: { consultation: open } }),
    booth("waiting-next", { world: { consultation: { ...open, position: 1 } } }),
    booth("waiting-nobody", { world: (mock) => ({ ...emptyClinic(mock), consultation: { ...open, position: 1, minutes: undefined } }) }),
    booth("waiting-no-camera", { world: { consultation: open }, devices: false }),
    booth("waiting-identified", { world: { consultation: { ...open, identity: "phone" } } }),
    booth("identify", { sizes: [kiosk, laptop], world: { consultation: open }, run: press("identify", ..."13876543210".split("").map((d) => `digit-${d}`)) }),
    booth("identify-short", { sizes: [kiosk, laptop], world: { consultation: open }, run: press("identify", ..."1387654321".split("").map((d) => `digit-${d}`), "phone-done") }),
    booth("waiting-long", { sizes: [kiosk, laptop], world: (mock) => ({ clinic: { ...mock.world.clinic, wait_offer_ms: 60000 }, consultation: open }) }),
    booth("leave", { sizes: [kiosk, laptop], world: emptyClinic, run: press("ask", "agree", "category-family") }),
    booth("leave-en", { kept: { ...enrolled, ...english }, world: emptyClinic, run: press("ask", "agree", "category-family") }),
    booth("leave-day", { sizes: [kiosk, laptop], world: emptyClinic, run: press("ask", "agree", "category-family", "leave-appointment") }),
    booth("leave-phone", { sizes: [kiosk, laptop], world: emptyClinic, run: press("ask", "agree", "category-family", "leave-message", "digit-1", "digit-3") }),
    booth("left", { world: emptyClinic, run: press("ask", "agree", "category-family", "leave-message", ..."13876543210".split("").map((d) => `digit-${d}`), "phone-done") }),
    booth("offered", { world: { consultation: { ...open, ...offered, position: 1 } } }),
    booth("call", { sizes: [kiosk, laptop], world: { consultation: talk } }),
    booth("call-opening", { world: { consultation: talk }, noFlow: true }),
    booth("call-lost", { sizes: [kiosk, laptop], world: { consultation: talk }, run: async (page, mock) => (await wait(1500), loseLine(page, mock)) }),
    booth("call-lawyer-away", { world: { consultation: { ...talk, state: "suspended" } } }),
    booth("call-sound-only", { sizes: [kiosk, laptop, phone], world: { consultation: talk }, run: soundOnly }),
    booth("call-letters", {
        sizes: [kiosk, laptop],
        world: { consultation: talk },
        run: async (page, mock) => (await wait(1500), mock.tell("said", { consultation: "c-1", text: "请把合同翻到第二页，看最下面的日期" }), await press("slower")(page)),
    }),
    booth("party-question", { sizes: [kiosk, laptop], world: { consultation: { ...talk, parties: [people[0], people[1], { ...people[2], state: "asked" }] } } }),
    booth("party-three", { sizes: [kiosk, laptop], world: { consultation: { ...talk, parties: people } } }),
    booth("party-parked", { sizes: [kiosk, laptop], world: { consultation: { ...talk, parties: people, parked: "b-1" } } }),
    booth("party-parked-en", { kept: { ...enrolled, ...english }, world: { consultation: { ...talk, parties: people, parked: "b-1" } } }),
    booth("party-transferring", { sizes: [kiosk, laptop], world: { consultation: { ...open, transferring: true, position: 1 } } }),
    booth("party-age", { sizes: [kiosk, laptop], world: { consultation: open }, run: press("about") }),
    booth("party-adverse", { sizes: [kiosk, laptop], world: { consultation: open }, run: press("about", "age-80_plus") }),
    booth("waiting-private", { sizes: [kiosk, laptop], world: { consultation: { ...open, category: "family", sensitive: "none" } } }),
    booth("waiting-earlier", { sizes: [kiosk, laptop], world: { consultation: { ...open, identity: "phone", earlier: "none" } } }),
    booth("waiting-earlier-en", { kept: { ...enrolled, ...english }, world: { consultation: { ...open, identity: "phone", earlier: "none" } } }),
    booth("call-earlier", { sizes: [kiosk, laptop], world: { consultation: { ...talk, identity: "phone", earlier: "yes", recording: { state: "running", since: 1, days: 30, agreed: ["l-1", "b-1"] } } } }),
    booth("call-record-asked", { sizes: [kiosk, laptop], world: { consultation: { ...talk, recording: { state: "asked", since: 1, days: 30, agreed: ["l-1"] } } } }),
    booth("call-recorded", { sizes: [kiosk, laptop], world: { consultation: { ...talk, recording: { state: "running", since: 1, days: 30, agreed: ["l-1", "b-1"] } } } }),
    booth("call-record-asked-en", { kept: { ...enrolled, ...english }, world: { consultation: { ...talk, recording: { state: "asked", since: 1, days: 30, agreed: [] } } } }),
    booth("call-end", { world: { consultation: talk }, run: press("end") }),
    booth("call-en", { kept: { ...enrolled, ...english }, world: { consultation: talk } }),
    booth("readback", { sizes: [kiosk, laptop], world: { consultation: talk, readback: readback() } }),
    booth("readback-en", { kept: { ...enrolled, ...english }, world: { consultation: talk, readback: readback() } }),
    booth("readback-change", {
        world: { consultation: talk, readback: readback() },
        run: async (page) => {
            for (const answer of ["right", "change", "right", "right", "right", "right"]) await (await page.click(`[data-test=item-${answer}]`), wait(300));
        },
    }),
    booth("takeaway", { sizes: [kiosk, laptop], world: { consultation: talk, readback: allRight } }),
    booth("takeaway-rating", { world: { consultation: talk, readback: allRight }, run: press("end", "confirm-yes") }),
    booth("takeaway-paper", { world: { consultation: talk, readback: allRight }, sizes: [paper], run: (page) => page.emulateMedia({ media: "print" }) }),
    booth("rating", { sizes: [kiosk, laptop, phone], world: { consultation: talk }, run: press("end", "confirm-yes") }),
    booth("thanks", { world: { consultation: talk }, run: press("end", "confirm-yes", "score-5") }),
    booth("thanks-lost", {
        world: { consultation: talk },
        run: (page, mock) => mock.set({ consultation: { ...talk, state: "closed", end_reason: "lost" } }, "consultation"),
    }),
    booth("idle", { run: press("ask"), later: 66000 }),

    lawyer("call-beside", {
        world: { consultation: talk, resident: { consultation: "c-1", identity: "phone", value: "13876543210" } },
        run: async (page, mock) => {
            await wait(1500);
            await page.fill("[data-test=say-text]", "请把合同翻到第二页");
            await press("say")(page);
            mock.tell("slower", { consultation: "c-1" });
        },
    }),
    lawyer("messages", {
        world: {
            messages: [
                { id: 1, kind: "message", category: "labour", phone: "13876543210", booth: open.booth, asked_at: Date.now() - 9e7, due_at: Date.now() - 1e6 },
                { id: 2, kind: "appointment", category: "family", phone: "089866551234", half_day: "2026-11-24-am", booth: open.booth, asked_at: Date.now(), due_at: Date.now() + 8e7 },
            ],
        },
    }),
    lawyer("sign-in", { world: { user: null } }),
    lawyer("sign-in-wrong", {
        world: { user: null },
        run: async (page) => {
            await page.fill("[data-test=name]", "nobody");
            await page.fill("[data-test=password]", "x");
            await page.click("[data-test=sign-in]");
        },
    }),
    lawyer("not-for-you", { world: { user: hallUser } }),
    lawyer("off-duty", { world: { lawyer: { ...onDuty, on_duty: false } } }),
    lawyer("work", { sizes: [laptop, phone], world: { lawyer: { ...onDuty, on_duty: false } }, run: (page) => page.locator("lawyer-workload").evaluate((one) => one.scrollIntoView()) }),
    lawyer("idle", {}),
    lawyer("idle-promised", { sizes: [laptop, phone], world: { lawyer: { ...onDuty, promised_at: tomorrowAt(14) } } }),
    lawyer("idle-en", { kept: english }),
    lawyer("idle-lost", { run: loseLine }),
    lawyer("offer", { sizes: [laptop, phone], world: { consultation: { ...open, ...offered, media: early, offer_expires_at: Date.now() + 20000 + 9000 } } }),
    lawyer("offer-decline", { world: { consultation: { ...open, ...offered } }, run: press("decline") }),
    lawyer("call", { sizes: [laptop, phone], world: { consultation: talk } }),
    lawyer("call-sound-only", { sizes: [laptop, phone], world: { consultation: talk }, run: soundOnly }),
    lawyer("call-en", { kept: english, world: { consultation: talk } }),
    lawyer("party-invite", { sizes: [laptop, phone], world: { consultation: talk }, run: press("invite") }),
    lawyer("party-link", {
        sizes: [laptop, phone],
        world: {
            consultation: { ...talk, parties: [people[0], people[1], { ...people[2], state: "agreed" }] },
            links: { consultation: "c-1", links: [{ party: "g-1", link: "k".repeat(43), expires_at: 0 }] },
        },
    }),
    lawyer("party-three", { sizes: [laptop, phone], world: { consultation: { ...talk, parties: people } } }),
    lawyer("party-parked", { world: { consultation: { ...talk, parties: people, parked: "b-1" } } }),
    lawyer("party-transfer", { sizes: [laptop, phone], world: { consultation: talk, clinic: { centre: {}, duty_lawyers: [{ id: "l-2", name: "陈志远", law_firm: "", free: true }] } }, run: press("transfer") }),
    lawyer("party-colleague", { world: { consultation: { ...talk, colleague: { id: "l-2", name: "陈志远", state: "inside" } } } }),
    lawyer("party-helping", { world: { consultation: { ...talk, by: { id: "l-2", name: "陈志远" }, parties: people } } }),
    lawyer("party-offer", { world: { consultation: { ...open, ...offered, by: { id: "l-2", name: "陈志远" } }, about: { consultation: "c-1", age_band: "80_plus", adverse_party: "槐园物业公司" } } }),
    lawyer("party-en", { kept: english, world: { consultation: { ...talk, parties: people } } }),
    lawyer("call-recorded", { sizes: [laptop, phone], world: { consultation: { ...talk, sensitive: "none", recording: { state: "running", since: 1, days: 30, agreed: [] } } } }),
    lawyer("call-record-asked", { world: { consultation: { ...talk, sensitive: "yes", recording: { state: "asked", since: 1, days: 30, agreed: [] } } } }),
    lawyer("call-earlier-ask", { world: { consultation: { ...talk, identity: "phone", earlier: "none" } } }),
    lawyer("call-earlier", { sizes: [tallLaptop, phone], world: { consultation: { ...talk, identity: "phone", earlier: "yes" } } }),
    lawyer("call-earlier-open", { sizes: [tallLaptop, phone], world: { consultation: { ...talk, identity: "phone", earlier: "yes" } }, run: press("earlier-open-c-0") }),
    lawyer("call-earlier-en", { sizes: [tallLaptop], kept: english, world: { consultation: { ...talk, identity: "phone", earlier: "yes" } } }),
    lawyer("call-muted", { world: { consultation: talk }, run: press("mute", "camera") }),
    lawyer("call-away", { world: { consultation: { ...talk, state: "suspended" } } }),
    lawyer("call-lost", { world: { consultation: talk }, run: async (page, mock) => (await wait(1500), loseLine(page, mock)) }),
    lawyer("call-end", { world: { consultation: talk }, run: press("end") }),
    lawyer("record", { sizes: [laptop, phone], world: { consultation: talk, record: recordDoc() } }),
    lawyer("record-readback", {
        world: { consultation: talk, record: recordDoc({ state: "readback", answers: { facts: "right", claim: "change" } }) },
    }),
    lawyer("record-lost", {
        world: { consultation: talk, record: recordDoc() },
        run: async (page, mock) => (await page.fill("[data-test=field-claim]", "要回工资和利息。"), loseLine(page, mock)),
    }),
    lawyer("equipment", { sizes: [tallLaptop, phone], run: tryAll() }),
    lawyer("equipment-trying", { sizes: [laptop], run: press("equipment") }),
    lawyer("equipment-closed", { sizes: [tallLaptop, phone], world: { shut: true }, run: tryAll("play", "not-heard") }),
    lawyer("equipment-en", { sizes: [tallLaptop], kept: english, run: tryAll("play", "heard") }),
    lawyer("quick-good", { world: { lawyer: { ...onDuty, on_duty: false } }, run: async (page) => (await page.click("[data-test=on-duty]"), page.waitForSelector("[data-quick=good]")) }),
    lawyer("quick-bad", { world: { lawyer: { ...onDuty, on_duty: false }, shut: true }, run: async (page) => (await page.click("[data-test=on-duty]"), page.waitForSelector("[data-quick=bad]")) }),
    lawyer("record-list", { sizes: [laptop, phone], world: { records: briefs() } }),
    lawyer("record-after", { sizes: [tallLaptop, phone], world: { records: briefs(), record: recordDoc() }, run: press("open-c-1") }),
    lawyer("record-after-en", { sizes: [tallLaptop], kept: english, world: { records: briefs(), record: recordDoc() }, run: press("open-c-1") }),
    ...watched.map(({ name, ...options }) => lawyer(name, { sizes: [tallLaptop, phone], ...options })),
    lawyer("original", { sizes: [tallLaptop, phone], world: { consultation: talk, papers: { ...shown(4), papers: shown(4).papers.map((one, i) => ({ ...one, original: [true, false][i] })) } }, run: (page) => page.locator("[data-test=papers]").scrollIntoViewIfNeeded() }),
    lawyer("colleague-paper", { world: { consultation: { ...talk, by: { id: "l-2", name: "陈志远" } }, papers: { ...shown(4, [circle]), may: "point" } } }),
    guest("paper", { world: { consultation: guesthood, papers: { ...shown(4, [circle]), may: "point" } }, run: press("guest-start", "guest-enter") }),
    guest("screen", { world: { consultation: guesthood, screen: { consultation: "c-1", publication: "p" } }, run: press("guest-start", "guest-enter") }),
    lawyer("record-sealed", {
        sizes: [tallLaptop],
        world: { records: briefs(), record: recordDoc({ state: "sealed", missing: undefined, hash: "0".repeat(64) }) },
        run: press("open-c-1"),
    }),
    lawyer("over", { world: { consultation: talk }, run: press("end", "confirm-yes") }),

    elder("no-script", { script: false }),
    elder("ready"),
    elder("ready-live", { world: { lecture: live } }),
    elder("ready-en", { kept: english }),
    elder("ready-largest", { kept: { "banyan.size": "2" } }),
    elder("early", { run: press("enter") }),
    elder("playing", { world: { lecture: live }, run: press("enter") }),
    elder("playing-largest", { kept: { "banyan.size": "2" }, world: { lecture: live }, run: press("enter") }),
    elder("playing-opening", { world: { lecture: live }, run: press("enter"), noFlow: true }),
    elder("playing-sound-only", {
        world: { lecture: live },
        run: async (page, mock) => {
            await page.click("[data-test=enter]");
            await soundOnly(page, mock);
        },
    }),
    elder("playing-lost", {
        world: { lecture: live },
        run: async (page, mock) => {
            await page.click("[data-test=enter]");
            await wait(1500);
            await page.evaluate(() => (window.pretend.flow = false));
            await loseLine(page, mock);
        },
    }),
    elder("ended", { world: { lecture: lecture({ state: "ended" }) } }),
    elder("none", { world: { lecture: null } }),
    elder("bad-link", { path: "/e/old" }),
    elder("no-link", { path: "/elder" }),

    guest("ready"),
    guest("ready-en", { kept: english }),
    guest("test", { run: press("guest-start") }),
    guest("test-no-devices", { devices: false, run: press("guest-start") }),
    guest("call", { world: { consultation: guesthood }, run: press("guest-start", "guest-enter") }),
    guest("parked", { world: { consultation: { ...guesthood, parked: "g-1" } }, run: press("guest-start", "guest-enter") }),
    guest("leave", { world: { consultation: guesthood }, run: press("guest-start", "guest-enter", "guest-leave") }),
    guest("ended", { world: { consultation: null }, run: press("guest-start", "guest-enter") }),
    guest("bad-link", { path: "/g/old" }),
    guest("used-link", { path: "/g/used" }),

    hall("sign-in", { world: { user: null } }),
    hall("choose"),
    hall("check", { run: press("lecture-lecture-1") }),
    hall("check-no-devices", { run: press("lecture-lecture-1"), devices: false }),
    hall("on-air", { run: press("lecture-lecture-1", "start") }),
    hall("on-air-en", { kept: english, run: press("lecture-lecture-1", "start") }),
    hall("on-air-lost", { run: async (page, mock) => (await press("lecture-lecture-1", "start")(page), await wait(1000), loseLine(page, mock)) }),
    hall("end", { run: press("lecture-lecture-1", "start", "end") }),
    hall("ended", { run: press("lecture-lecture-1", "start", "end", "confirm-yes") }),

    { name: "index", path: "/", sizes: [laptop, phone] },
    { name: "index-en", path: "/", sizes: [laptop], kept: english },
    { name: "desk-sign-in", path: "/desk", sizes: [laptop] },
    { name: "desk", path: "/desk", sizes: [laptop, phone], world: { user: { id: "u", name: "小王", role: "staff" } } },
    { name: "desk-alarms", path: "/desk", sizes: [laptop, phone], world: (mock) => ({ ...staffWorld, board: { ...mock.world.board, alarms: alarms() } }) },
    { name: "desk-alarms-en", path: "/desk", sizes: [laptop], kept: english, world: (mock) => ({ ...staffWorld, board: { ...mock.world.board, alarms: alarms() } }) },
    { name: "desk-task", path: "/desk", sizes: [laptop, phone], world: staffWorld, run: press("task-5") },
    { name: "desk-roster", path: "/desk", sizes: [laptop, phone], world: staffWorld, run: (page) => page.locator("duty-roster").scrollIntoViewIfNeeded() },
    {
        name: "desk-roster-bad",
        path: "/desk",
        sizes: [laptop],
        world: staffWorld,
        run: async (page) => {
            await page.setInputFiles("[data-test=import-shifts]", { name: "a.csv", mimeType: "text/csv", buffer: Buffer.from("x") });
            await page.locator("duty-roster").scrollIntoViewIfNeeded();
        },
    },
    { name: "desk-report", path: "/desk", sizes: [laptop, phone], world: staffWorld, run: (page) => page.locator("clinic-statistics").evaluate((one) => one.scrollIntoView()) },
    { name: "desk-report-en", path: "/desk", sizes: [laptop], kept: english, world: staffWorld, run: (page) => page.locator("clinic-statistics").evaluate((one) => one.scrollIntoView()) },
    { name: "desk-report-work", path: "/desk", sizes: [laptop, phone], world: staffWorld, run: (page) => page.locator("lawyer-workload").evaluate((one) => one.scrollIntoView()) },
    admin("import", { run: (page) => page.setInputFiles("[data-test=import-lawyers]", { name: "a.csv", mimeType: "text/csv", buffer: Buffer.from("x") }).then(() => page.locator("lawyer-import").scrollIntoViewIfNeeded()) }),
    { name: "desk-appointments", path: "/desk", sizes: [laptop, tablet, phone], world: { ...staffWorld, book: book() }, run: seeBook },
    { name: "desk-appointments-en", path: "/desk", sizes: [laptop], kept: english, world: { ...staffWorld, book: book() }, run: seeBook },
    { name: "desk-appointment-refuse", path: "/desk", sizes: [laptop], world: { ...staffWorld, book: book() }, run: press("refuse-12") },
    { name: "desk-appointment-move", path: "/desk", sizes: [laptop, phone], world: { ...staffWorld, book: book() }, run: moveOne },
    { name: "desk-hand-over", path: "/desk", sizes: [laptop, phone], world: staffWorld, run: handShift },
    { name: "desk-wish-refuse", path: "/desk", sizes: [laptop, phone], world: staffWorld, run: async (page) => { await press("refuse-wish-2")(page); await page.locator(".inbox").scrollIntoViewIfNeeded(); } },
    { name: "desk-appointment-wish", path: "/desk", sizes: [laptop], world: { ...staffWorld, book: book() }, run: press("plan-2") },
    { name: "desk-appointment-room", path: "/desk", sizes: [laptop, tablet], world: { ...staffWorld, book: book() }, run: wrongRoom },
    lawyer("appointments", { sizes: [laptop, tablet], world: { own: book().appointments.slice(0, 2), swaps, shifts: ownShifts }, run: press("swap-s-1") }),
    { name: "desk-lost", path: "/desk", sizes: [laptop], world: { user: { id: "u", name: "小王", role: "staff" } }, run: loseLine },
    ...["code", "fresh", "phone"].map((name) => ({ name: `sign-in-${name}`, path: "/lawyer", sizes: [laptop, phone], run: signIn(name) })),
    admin("accounts", { sizes: [laptop, phone] }),
    admin("accounts-en", { kept: english }),
    admin("account", { sizes: [laptop, phone], run: press("account-liu") }),
    admin("account-face", { sizes: [laptop, phone], run: async (page) => {
        await press("account-liu")(page);
        await page.locator(".photo-card").scrollIntoViewIfNeeded();
    } }),
    admin("account-disable", { run: press("account-liu", "ask-disable") }),
    admin("account-several", { sizes: [laptop, tablet, phone], run: press("account-desk") }),
    admin("account-several-en", { kept: english, run: press("account-desk") }),
    admin("account-several-none", { sizes: [laptop, phone], run: async (page) => {
        await press("add-account")(page);
        await page.selectOption("[data-test=place]", "several");
        await page.fill("[data-test=name]", "none");
        await page.fill("[data-test=display_name]", "小周");
        await press("save")(page);
    } }),
    admin("account-add", { sizes: [laptop, phone], run: press("add-account") }),
    admin("account-taken", { run: make("liu") }),
    admin("account-made", { sizes: [laptop, phone], run: make("wang.li") }),
    admin("audit", { sizes: [laptop, phone], world: { user: auditor } }),
    admin("audit-en", { kept: english, world: { user: auditor } }),
    admin("audit-broken", { world: { user: auditor, whole: false } }),
    admin("code", { sizes: [laptop, phone], world: { user: { ...auditor, role: "sysadmin" } }, run: press("code-b-2") }),
    admin("new", { sizes: [laptop, tablet, phone], world: { user: null, start: nothingYet } }),
    admin("new-en", { kept: english, world: { user: null, start: nothingYet } }),
    { name: "index-new", path: "/", sizes: [laptop, phone], world: { start: nothingYet } },
    sysadmin("places", { sizes: [laptop, tablet, phone], run: (page) => page.locator("place-list").scrollIntoViewIfNeeded() }),
    sysadmin("places-en", { sizes: [laptop], kept: english, run: (page) => page.locator("place-list").scrollIntoViewIfNeeded() }),
    sysadmin("first-steps", { world: { user: sysadminUser, start: { ...nothingYet, account: true, centre: true }, centres: [], booths: [] } }),
    sysadmin("centre-add", { run: press("add-centre") }),
    sysadmin("centre-taken", {
        run: async (page) => {
            await page.click("[data-test=add-centre]");
            await type(page, { "centre-name": "槐园社区党群服务中心", "centre-phone": "110" });
            await page.click("[data-test=centre-save]");
        },
    }),
    sysadmin("booth-name", { run: press("rename-b-2") }),
    sysadmin("booth-close", { run: press("close-b-1") }),
    desk("places", { run: (page) => page.locator("place-list").scrollIntoViewIfNeeded() }),
    ...voiceShots(desk, { laptop, tablet, phone }, english),
    desk("locked", { sizes: [laptop, phone], later: 16 * 60000 }),
    lawyer("locked", { later: 16 * 60000 }),
    lawyer("locked-offer", { world: { consultation: { ...open, ...offered } }, later: 16 * 60000 }),
    mine("account", { sizes: [laptop, tablet, phone] }),
    mine("account-en", { kept: english }),
    mine("account-phone", { sizes: [laptop, phone], run: async (page) => (await page.fill("[data-test=phone] [data-test=password]", "x"), await page.click("[data-test=begin-phone]")) }),
    mine("account-photo", { sizes: [laptop, phone], world: { user: { id: "l-1", name: "刘敏", role: "lawyer", account: "liu", second_factor: true, photo: "p1" } } }),
    mine("account-bound", { world: { user: { id: "u-1", name: "刘敏", role: "lawyer", account: "liu", second_factor: true } } }),
    { name: "admin", path: "/admin", sizes: [laptop], world: { user: { id: "u", name: "管理员", role: "sysadmin" } } },
];
