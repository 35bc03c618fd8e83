// Shapes of what the gateway sends: REST answers, and the states and events of /v1/live.
// Times are milliseconds since 1970 UTC.

/** RFC 9457. */
export interface Problem {
    type: string;
    title: string;
    status: number;
    detail?: string;
    field?: string;
    /** Of 429 and 503: so many seconds from now it may be tried again. */
    retryAfter?: number;
    /** Of a table: what is wrong where. */
    lines?: { line: number; field: string }[];
}

/** As those who keep the centres see one. */
export interface Place {
    id: string;
    district: string;
    street: string;
    name: string;
    phone: string;
    address: string;
}

/** What of the first evening is done. */
export interface Start {
    account: boolean;
    centre: boolean;
    booth: boolean;
    lawyer: boolean;
    consultation: boolean;
}

export interface Centre {
    name: string;
    phone: string;
    address?: string;
}

export interface DutyLawyer {
    id: string;
    name: string;
    law_firm: string;
    /** The photo's version; left out where there is none. */
    photo?: string;
    free: boolean;
    /** Kept free for an appointment that begins then. */
    promised_at?: number;
}

export interface Clinic {
    /** The page's own, or the only one; null when there are none or several. */
    centre: Centre | null;
    duty_lawyers: DutyLawyer[];
    /** Language tags of what the clinic's lawyers speak. */
    languages?: string[];
    /** When the next shift begins; left out when none is known. */
    next_duty_at?: number;
    /** After this wait a message or an appointment is offered. */
    wait_offer_ms?: number;
    waiting: number;
}

/** Where a consultation's or a lecture's media is, and the bearer token for it. */
export interface Media {
    room: string;
    token: string;
    /** While it is offered: the other one's camera, of which nothing is shown before they meet. */
    publication?: string;
    /** STUN and TURN servers, with credentials that are good for twelve hours. */
    ice_servers?: RTCIceServer[];
}

/** Whether and why a watching session is shown no picture. */
export interface Shown {
    session: string;
    paused: "network" | "client" | null;
}

export type ConsultationState = "waiting" | "offered" | "connected" | "suspended" | "closed";
export type EndReason = "resident_left" | "lawyer_ended" | "cancelled" | "no_lawyer" | "lost" | "message" | "appointment";

/** What a resident says who he is; none is an answer, too. */
export type Identity = "none" | "phone" | "name";

/** Who is of a meeting. What he publishes is watched by its name, whether it is there yet or not. */
export interface Party {
    id: string;
    role: PartyRole;
    name: string;
    /** asked: the resident is being asked; agreed: there is a link nobody has used yet. */
    state?: "asked" | "agreed" | "inside";
    publication?: string;
}

/** Whom a lawyer may ask for. */
export const guestRoles = ["interpreter", "mediator", "second_lawyer", "family", "grid_worker", "other"] as const;
export type GuestRole = (typeof guestRoles)[number];
export type PartyRole = "resident" | "lawyer" | "colleague" | GuestRole;

/** For the conflict check, for the lawyer alone; never stored. */
export interface About {
    consultation: string;
    age_band: string;
    adverse_party: string;
}

/** Links that nobody has used yet, for the lawyer alone; never stored. */
export interface Links {
    consultation: string;
    links: { party: string; link: string; expires_at: number }[];
}

/** What a third party sees of a consultation. */
/** What may be recorded of a consultation, and who agreed so far. */
export interface Recording {
    state: "asked" | "running" | "paused";
    since: number;
    /** So long it is kept. */
    days: number;
    agreed: string[];
}

export interface Guesthood {
    id: string;
    state: ConsultationState;
    end_reason?: string;
    lawyer?: { id: string; name: string } | null;
    parties?: Party[];
    parked?: string;
    recording?: Recording;
    me: { id: string; role: GuestRole; name: string };
    media?: Media;
}

export interface Consultation {
    id: string;
    ticket_no: number;
    state: ConsultationState;
    position?: number;
    /** About how long it will still wait; left out while nobody is on duty. */
    minutes?: number;
    category: string;
    language: string;
    identity?: Identity;
    /** What the resident answered about private matters in the record. */
    sensitive?: "none" | "asked" | "yes" | "no";
    /** Whether the lawyer may see earlier consultations of the same telephone number; left out where none was left. */
    earlier?: "none" | "asked" | "yes" | "no";
    /** Left out while it is neither asked for nor running. */
    recording?: Recording;
    booth: { id: string; name: string };
    lawyer?: { id: string; name: string; law_firm: string; licence_no?: string; photo?: string } | null;
    asked_at: number;
    offered_at?: number;
    offer_expires_at?: number;
    connected_at?: number;
    ended_at?: number;
    end_reason?: EndReason;
    /** While they meet. */
    parties?: Party[];
    /** Caucus: who neither sees nor hears, nor is seen or heard. */
    parked?: string;
    /** For the booth: passed on, waiting before all others. */
    transferring?: boolean;
    /** For a lawyer: who has passed it on, or asks to join. */
    by?: { id: string; name: string } | null;
    /** For its lawyer: who is asked to join, or has. */
    colleague?: { id: string; name: string; state: "asked" | "inside" };
    media?: Media;
}

/** The lawyer's words in large letters; never stored. */
export interface Said {
    consultation: string;
    text: string;
}

/** Who the resident is, for his lawyer alone; never stored. */
export interface Resident {
    consultation: string;
    identity: Identity;
    value: string;
}

/** A paper of a consultation: a still, a file, a page of a PDF. */
export interface PaperInfo {
    n: number;
    type: "image/jpeg" | "image/png" | "application/pdf";
    /** "" of a still. */
    name: string;
    by: "booth" | "lawyer";
    bytes: number;
    sha256: string;
    /** A page: of which PDF, and which one. */
    of?: number;
    page?: number;
    /** A PDF: how many. */
    pages?: number;
    /** It stays when the consultation is over. */
    kept?: boolean;
    /** Whether the lawyer has seen the original; left out until he says so. */
    original?: boolean;
}

/** `shown` 0: none. Coordinates are ten-thousandths of its size. */
export interface PapersEvent {
    consultation: string;
    shown: number;
    strokes: number[][];
    papers: PaperInfo[];
    may: PapersMay;
}

/** Look at papers; point as well; give, draw and put away as well. */
export type PapersMay = "see" | "point" | "draw";

/** The lawyer's screen, to be watched at this publication; null: it is not shared. */
export interface ScreenEvent {
    consultation: string;
    publication: string | null;
}

export interface Drawn {
    consultation: string;
    n: number;
    by: "booth" | "lawyer" | "guest";
    kind: "pen" | "pointer" | "clear";
    points?: number[];
}

/** Who could not wait: to be called back by `due_at`, or with a half day that would suit. */
export interface Message {
    id: number;
    kind: "message" | "appointment";
    category: string;
    phone: string;
    /** "2026-11-24-am" */
    half_day?: string;
    /** Why it cannot be: to be said to him. */
    reason?: string;
    booth: { id: string; name: string };
    asked_at: number;
    due_at: number;
    answered_at?: number;
}

export interface Booth {
    id: string;
    name: string;
    centre: Centre | string;
}

export interface Lawyer {
    id: string;
    name: string;
    law_firm: string;
    on_duty: boolean;
    /** Kept free for an appointment that begins then. */
    promised_at?: number;
}

export type LectureState = "planned" | "open" | "live" | "ended";

export interface Lecture {
    id: string;
    title: string;
    lecturer: string;
    centre: Centre;
    starts_at: number;
    state: LectureState;
    room: string;
    viewers?: number;
    media?: Media | null;
}

export interface User {
    id: string;
    name: string;
    role: string;
    /** Of /v1/me: the name to sign in with. */
    account?: string;
    second_factor?: boolean;
    /** Of a lawyer's /v1/me: the photo's version. */
    photo?: string;
}

/** What the desk must see to. */
export interface Alarm {
    id: number;
    kind: "danger" | "panic" | "absent" | "away" | "waiting";
    booth?: { id: string; name: string };
    lawyer?: { id: string; name: string };
    ticket_no?: number;
    raised_at: number;
}

export interface BoardBooth {
    id: string;
    name: string;
    here: boolean;
    consultation?: {
        ticket_no: number;
        state: ConsultationState;
        category: string;
        asked_at: number;
        connected_at: number;
        lawyer?: string;
    };
}

export interface BoardLawyer extends DutyLawyer {
    on_duty: boolean;
    here: boolean;
}

export interface Board {
    clinic: Clinic;
    booths: BoardBooth[];
    lawyers: BoardLawyer[];
    messages: Message[];
    alarms: Alarm[];
}

export interface Shift {
    id: string;
    lawyer: string;
    name: string;
    law_firm: string;
    starts_at: number;
    ends_at: number;
    /** Approved ones in it. */
    appointments: number;
}

/** One lawyer asks another to take a shift. */
export interface Swap {
    id: number;
    shift: string;
    asked_by_name: string;
    asked: string;
    asked_name: string;
    answer?: "agreed" | "declined";
    starts_at: number;
    ends_at: number;
    /** Approved ones in the shift. */
    appointments: number;
}

export interface Appointment {
    id: number;
    kind: "lawyer" | "room";
    state: "requested" | "approved" | "refused" | "cancelled" | "came" | "no_show";
    place: string;
    place_name: string;
    lawyer?: string;
    lawyer_name?: string;
    category?: string;
    name: string;
    phone: string;
    purpose?: string;
    reason?: string;
    starts_at: number;
    ends_at: number;
    reminded_at?: number;
    /** Its lawyer is on the roster then. */
    in_shift: boolean;
    /** It is not to be, and nobody has told him yet. */
    to_tell?: boolean;
    came: number;
    no_shows: number;
}

/** Where an appointment can be: a booth, or a room of the centre. */
export interface MeetingPlace {
    id: string;
    name: string;
    room: boolean;
}

export interface Task {
    id: number;
    kind: "dissatisfied" | "urgent_aid" | "remind";
    made_at: number;
    done_at?: number;
    done_by?: string;
    /** Whom to ask, where the desk has to. */
    lawyer?: string;
    note: string;
    ticket_no?: number;
    asked_at?: number;
    category?: string;
    booth?: string;
    /** Of whom is to be reminded: his appointment, and what has become of it. */
    appointment?: number;
    state?: string;
    starts_at?: number;
    name?: string;
    phone?: string;
}

/** A period of law: one of the three. */
export interface Period {
    years?: number;
    months?: number;
    days?: number;
}

/** Who signs in, in the order they are listed. */
export const accountRoles = ["lawyer", "staff", "hall", "sysadmin", "secadmin", "auditor"] as const;

export interface Account {
    id: string;
    name: string;
    role: (typeof accountRoles)[number];
    display_name: string;
    /** Those chosen for it; none: all of the street or district, or all there are. */
    centres: string[];
    /** Of who belongs to one alone. */
    centre?: string;
    district?: string;
    street?: string;
    law_firm: string;
    licence_no: string;
    skills: string[];
    languages: string[];
    disabled: boolean;
    must_change: boolean;
    second_factor: boolean;
    /** Of a lawyer: the photo's version; left out where there is none. */
    photo?: string;
}

/** One sign-in of somebody. */
export interface SignedIn {
    id: string;
    made_at: number;
    used_at: number;
    address: string;
    current: boolean;
}

/** How it was, the best first: what the gateway takes as `score`. */
export const scores = [5, 4, 3, 2, 1] as const;
export type Score = (typeof scores)[number];

/** Plain-word category cards, in the order they are shown. */
export const categories = [
    "family",
    "labour",
    "debt",
    "housing",
    "property_neighbour",
    "inheritance",
    "fraud",
    "injury",
    "traffic",
    "consumer",
    "contract",
    "land",
    "administrative",
    "criminal",
] as const;
export type Category = (typeof categories)[number] | "other";

export const declineReasons = ["conflict_of_interest", "not_my_field", "language", "unwell", "other"] as const;
export type DeclineReason = (typeof declineReasons)[number];
