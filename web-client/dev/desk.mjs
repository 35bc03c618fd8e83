// What the pretended gateway knows of appointments.
import { voiceRest } from "./voice.mjs";

const hour = 3600000;
const morning = () => new Date(new Date(Date.now() + 8 * hour).toISOString().slice(0, 10) + "T09:00:00+08:00").getTime();

const one = (id, more) => ({
    id,
    kind: "lawyer",
    state: "approved",
    place: "b-1",
    place_name: "槐园一号咨询亭",
    lawyer: "l-1",
    lawyer_name: "刘敏",
    category: "family",
    name: "王桂兰",
    phone: "13876543210",
    starts_at: morning() + 24 * hour,
    ends_at: morning() + 24.5 * hour,
    asked_at: Date.now() - hour,
    in_shift: true,
    came: 0,
    no_shows: 0,
    ...more,
});

export const book = () => ({
    room_day: "2026-11-26",
    calendar_until: "2026-11-30",
    appointments: [
        one(11, { starts_at: Date.now() - hour, ends_at: Date.now() - hour / 2, name: "买买提·吐尔逊", came: 2, no_shows: 1 }),
        one(9, {}),
        one(12, { state: "requested", category: "labour", name: "", phone: "02312345678", starts_at: morning() + 26 * hour, ends_at: morning() + 26.5 * hour }),
        one(13, { state: "requested", kind: "room", place_name: "二楼会议室", lawyer: undefined, purpose: "合唱队排练", category: undefined, name: "李队长", starts_at: morning() + 96 * hour, ends_at: morning() + 98 * hour }),
        one(14, { in_shift: false, reminded_at: 1, name: "陈国强", starts_at: morning() + 48 * hour, ends_at: morning() + 48.5 * hour }),
        one(7, { state: "came", starts_at: morning() - 24 * hour, ends_at: morning() - 23.5 * hour }),
        one(8, { state: "refused", to_tell: true, reason: "那天律师出差", starts_at: morning() + 28 * hour, ends_at: morning() + 29 * hour }),
    ],
});

const empty = { appointments: [], room_day: "2026-11-26", calendar_until: "2027-12-31" };

export const deskRest = {
    ...voiceRest,
    "GET /v1/appointments": (w) => [200, w.book ?? empty],
    "POST /v1/appointments": () => [422, { type: "/problems/too-soon", title: "Too soon", status: 422, field: "starts_at" }],
    "GET /v1/me/appointments": (w) => [200, { appointments: w.own ?? [] }],
    "GET /v1/swaps": (w) => [200, { swaps: w.swaps ?? [] }],
    "POST /v1/users/import": () => [201, { accounts: [
        { name: "wang.li", display_name: "王丽", password: "h7Kq2mZx9Rtb" },
        { name: "mai.mai", display_name: "买买提·吐尔逊", password: "Qz81mVbT04ke" },
    ] }],
    "GET /v1/places": () => [200, { places: [{ id: "b-1", name: "槐园一号咨询亭", room: false }, { id: "r-1", name: "二楼会议室", room: true }] }],
};

export const swaps = [
    { id: 1, shift: "s-9", asked_by_name: "陈志远", asked: "u", asked_name: "刘敏", starts_at: morning() + 72 * hour, ends_at: morning() + 75 * hour, appointments: 2 },
    { id: 2, shift: "s-8", asked_by_name: "刘敏", asked: "l-2", asked_name: "陈志远", answer: "agreed", starts_at: morning() + 96 * hour, ends_at: morning() + 99 * hour },
];
export const ownShifts = [
    { id: "s-1", lawyer: "u", name: "刘敏", law_firm: "", starts_at: morning() + 24 * hour, ends_at: morning() + 27 * hour },
    { id: "s-2", lawyer: "u", name: "刘敏", law_firm: "", starts_at: morning() + 48 * hour, ends_at: morning() + 51 * hour },
];
