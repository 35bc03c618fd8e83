#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/problem.h"
#include "signaling/auth/scope.h"
#include "signaling/consult/appointment.h"
#include "signaling/consult/calendar.h"

// The clinic's domain: booths ask, lawyers on duty are offered consultations, they meet, they part.
// Pure: no socket, database, clock, thread or randomness. One thread at a time. What is to be done
// outside is listed as effects; the caller commits the rows and events of one command in one
// transaction and only then tells anybody. All times are wall clock milliseconds since 1970 UTC.

#define CONSULT_ID_MAX         40  // bytes of an id with its final zero: [A-Za-z0-9_-]
#define CONSULT_NAME_MAX       96  // UTF-8 names
#define CONSULT_WORD_MAX       48  // codes: category, language, consent version; a uuid as key
#define CONSULT_LIST_MAX       256 // comma separated codes or ids
#define CONSULT_SAID_MAX       400 // UTF-8 of what is said in letters, with its final zero
#define CONSULT_BOOTHS_MAX     256 // also the most open consultations: one a booth
#define CONSULT_LAWYERS_MAX    256
#define CONSULT_CENTRES_MAX    256
#define CONSULT_EFFECTS_MAX    8192
#define CONSULT_OFFER_MS       30000    // a lawyer has this long to accept
#define CONSULT_SUSPEND_MS     10000    // connected without a socket this long: suspended
#define CONSULT_HOLD_MS        180000   // a lawyer or a duty is held this long, if not set
#define CONSULT_PLACE_MS       600000   // a place in the queue, while the booth has no socket
#define CONSULT_ANSWER_MS      86400000 // a message is to be answered within a day
#define CONSULT_WISH_DAYS      14       // an appointment may be wished for this far ahead
#define CONSULT_MESSAGES_MAX   512      // open ones
#define CONSULT_WAIT_MAX_MS    14400000 // four hours without a lawyer: closed, no_lawyer
#define CONSULT_RATE_MS        600000   // after a meeting the booth may rate this long
#define CONSULT_AWAY_MS        180000   // a booth without a socket this long: the desk is told
#define CONSULT_WAIT_LONG_MS   300000   // a resident who waits this long: the desk is told
#define CONSULT_SHIFTS_MAX     2048
#define CONSULT_SHIFT_MAX_MS   86400000 // a shift is a day at most
#define CONSULT_ABSENT_MS      300000   // so long after its beginning nobody is late any more
#define CONSULT_DISSATISFIED   2        // a rating of this or less: somebody of the desk calls back
#define CONSULT_PARTIES_MAX    4        // third parties asked for or in a consultation at once
#define CONSULT_ANSWER_WAIT_MS 120000   // the resident has this long to say whether he agrees
#define CONSULT_LINK_MS        1800000  // a third party's link is good this long
#define CONSULT_TRANSFER_MS    30000    // then a transfer goes back to whom it came from
#define CONSULT_HASH_MAX       65       // of a link, in hex, with its final zero
#define CONSULT_LINK_MAX       44       // a link's secret part, with its final zero
#define CONSULT_DAY_SHIFT_MS   28800000 // tickets start at 1 each day of China's time (UTC+8)

struct consult;
struct consult_party;   // party.h
struct consult_consent; // consent.h

enum consult_state {
    CONSULT_WAITING,
    CONSULT_OFFERED,
    CONSULT_CONNECTED,
    CONSULT_SUSPENDED,
    CONSULT_CLOSED,
    CONSULT_STATES
};

enum consult_end {
    CONSULT_END_NONE,
    CONSULT_END_RESIDENT_LEFT,
    CONSULT_END_LAWYER_ENDED,
    CONSULT_END_CANCELLED,
    CONSULT_END_NO_LAWYER,
    CONSULT_END_LOST,
    CONSULT_END_MESSAGE,     // became a message
    CONSULT_END_APPOINTMENT, // became a wish for an appointment
    CONSULT_ENDS
};

// What a resident says who he is: none is an answer, too, and a fact to be kept.
enum consult_identity {
    CONSULT_IDENTITY_NONE,
    CONSULT_IDENTITY_PHONE,
    CONSULT_IDENTITY_NAME,
    CONSULT_IDENTITIES
};

// One row, as it is stored.
struct consultation {
    char id[CONSULT_ID_MAX];
    int64_t day; // days since 1970 in China's time: (day, ticket_no) is unique and is the order
    int64_t ticket_no;
    char booth[CONSULT_ID_MAX];
    char lawyer[CONSULT_ID_MAX];      // offered to or connected with; "" for nobody
    char declined_by[CONSULT_ID_MAX]; // who let the latest offer go: not asked twice in a row
    char conflicts[CONSULT_LIST_MAX]; // lawyers with a conflict of interest: never asked again
    char key[CONSULT_WORD_MAX];       // client's uuid of the ask; may be ""
    char category[CONSULT_WORD_MAX];
    char language[CONSULT_WORD_MAX];
    char consent[CONSULT_WORD_MAX]; // version of the wording consented to
    enum consult_identity identity; // the name or number itself is in struct consult_beside
    enum consult_state state;
    enum consult_end end_reason;
    int64_t asked_at;
    int64_t offered_at; // this and all below: 0 until it happens (and after it is undone)
    int64_t offer_expires_at;
    int64_t connected_at;
    int64_t suspended_at;
    int64_t ended_at;
    // Transfers, see transfer.c:
    char colleague[CONSULT_ID_MAX]; // the lawyer asked to join, or inside; "" for nobody
    int64_t colleague_at;           // when he joined; 0: asked only
    char handed_by[CONSULT_ID_MAX]; // who passed it on and may get it back; "" for nobody
    char wanted[CONSULT_ID_MAX];    // who alone is to be asked next; "" for anybody
    int64_t transfer_until;         // a colleague may answer, or another lawyer accept, until then
    char parked[CONSULT_ID_MAX];    // caucus: the participant who waits outside; "" for nobody
};

// What the two sides give each other beside the call. It is never stored, in no event, and wiped
// when the consultation closes.
struct consult_beside {
    char resident[CONSULT_NAME_MAX]; // phone number or name, as the row's identity says
    char said[CONSULT_SAID_MAX];     // the lawyer's words for the resident's screen; "" for none
    char age_band[CONSULT_WORD_MAX]; // under_18, 18_59, 60_79, 80_plus; "" not said
    char adverse_party[CONSULT_NAME_MAX]; // whom it is about, for the conflict check; "" not said
};

// One lawyer's duty, as it is stored.
struct consult_duty {
    char lawyer[CONSULT_ID_MAX];
    bool on_duty;
    int64_t since; // when this duty or absence began
    int64_t last_served_at;
};

// When a lawyer is to be on duty, as it is stored.
struct consult_shift {
    char id[CONSULT_ID_MAX];
    char lawyer[CONSULT_ID_MAX];
    int64_t starts_at;
    int64_t ends_at;
};

// What the resident thought of it, as it is stored: at most once a consultation. Never told to the
// lawyer.
struct consult_rating {
    char consultation[CONSULT_ID_MAX];
    int64_t score; // 5 very satisfied, 4, 3, 2, 1 very dissatisfied
    int64_t rated_at;
};

enum consult_alarm_kind {
    CONSULT_ALARM_DANGER,  // a resident says that somebody is in danger
    CONSULT_ALARM_PANIC,   // a lawyer asks for help without a word
    CONSULT_ALARM_ABSENT,  // a lawyer did not come on duty; closes by itself
    CONSULT_ALARM_AWAY,    // a booth is not there; closes by itself
    CONSULT_ALARM_WAITING, // a resident waits too long; closes by itself
    CONSULT_ALARM_KINDS
};

// Something the desk must see to now, as it is stored. Open while closed_at is 0; a booth has at
// most one open danger, a lawyer one panic.
struct consult_alarm {
    int64_t id; // 1, 2, 3...
    enum consult_alarm_kind kind;
    char booth[CONSULT_ID_MAX];        // where; "" when no booth has to do with it
    char lawyer[CONSULT_ID_MAX];       // "" when no lawyer has to do with it
    char consultation[CONSULT_ID_MAX]; // "" outside of one
    int64_t raised_at;
    int64_t closed_at;
};

// Who could not wait leaves a number: to be called back, or for an appointment. As it is stored.
struct consult_message {
    int64_t id; // 1, 2, 3...
    char booth[CONSULT_ID_MAX];
    char category[CONSULT_WORD_MAX];
    char phone[24];
    char half_day[16]; // an appointment's, "2026-11-24-am" or "-pm"; "" for a message
    char reason[APPOINTMENT_TEXT_MAX]; // why it cannot be, which who calls is to say; else ""
    int64_t asked_at;
    int64_t due_at;      // by then somebody is to have called
    int64_t answered_at; // 0 while it is open
    char answered_by[CONSULT_ID_MAX];
};

struct consult_centre {
    char id[CONSULT_ID_MAX];
    char name[CONSULT_NAME_MAX];
    char phone[CONSULT_NAME_MAX];
    char address[2 * CONSULT_NAME_MAX];
    char district[CONSULT_NAME_MAX]; // this and the street: "" for none
    char street[CONSULT_NAME_MAX];
};

struct consult_booth {
    char id[CONSULT_ID_MAX];
    char name[CONSULT_NAME_MAX];
    char centre[CONSULT_ID_MAX];
    bool is_closed; // for good: nobody asks there any more, what there is of it is still told
};

struct consult_lawyer {
    char id[CONSULT_ID_MAX];
    char name[CONSULT_NAME_MAX];
    char law_firm[CONSULT_NAME_MAX];
    char licence_no[CONSULT_NAME_MAX];
    char skills[CONSULT_LIST_MAX];    // "family,labour"; "" means anything
    char languages[CONSULT_LIST_MAX]; // "zh-CN,yue"; "" means zh-CN
    struct scope place;               // where he belongs; of centres the centres count, not names
    char photo[CONSULT_WORD_MAX];     // its version; "" there is none
};

enum consult_verb {
    CONSULT_ASK,        // who = booth; consultation = the new id; category, language, consent, key,
                        // number, prefer
    CONSULT_CANCEL,     // who = booth, while waiting or offered
    CONSULT_LEAVE,      // who = booth, while connected or suspended
    CONSULT_LEAVE_WORD, // who = booth, not in a meeting; category, text = phone number, half_day,
                        // key; one that waits stops waiting
    CONSULT_IDENTIFY,   // who = booth, while open; identity; text = the number or the name
    CONSULT_SLOWER,     // who = booth, while connected: would the lawyer please speak slower
    CONSULT_CONSENT,    // who = booth or lawyer (consultation), while open; reason = what to: see
                        // consult_consent_kind; text = yes or no; consent = version of the wording
    CONSULT_ASK_CONSENT, // who = lawyer; consultation, reason, consent: the booth is asked
    CONSULT_WITHDRAW,    // who = booth or lawyer (consultation); reason: a consent is taken back
    CONSULT_RATE,        // who = booth, after a meeting; consultation, score
    CONSULT_ON_DUTY,     // who = lawyer
    CONSULT_OFF_DUTY,    // who = lawyer; an offer goes to the next, a running consultation goes on
    CONSULT_ACCEPT,      // who = lawyer; consultation
    CONSULT_DECLINE,     // who = lawyer; consultation, reason
    CONSULT_END,         // who = lawyer; consultation
    CONSULT_SAY,         // who = lawyer; consultation, text: letters on the booth's screen; "" ends
    // Third parties, caucus, transfer; consultation always, party = the third party's id:
    CONSULT_ABOUT,       // who = booth, while open; age_band, text = adverse party; NULL: not said
    CONSULT_AGREE,       // who = booth; party, answer "yes" or "no"; link and its hash for a yes
    CONSULT_INVITE,      // who = lawyer; role, text = name; party = the new id
    CONSULT_PUT_OUT,     // who = lawyer; party
    CONSULT_PARK,        // who = lawyer; party = a third party's or the booth's id
    CONSULT_JOINT,       // who = lawyer: back together
    CONSULT_TRANSFER,    // who = lawyer; how "blind" or "attended", to = lawyer or "" (blind only);
                         // of an offer it is always blind
    CONSULT_HAND_OVER,   // who = lawyer: it is the colleague's from now on
    CONSULT_PART,        // who = lawyer: thanks the colleague; or the colleague: leaves
    CONSULT_ENTER,       // who = third party, by his link
    CONSULT_GUEST_LEAVE, // who = third party
    CONSULT_BOOTH_LOST,  // who = booth: its last socket is gone
    CONSULT_BOOTH_BACK,  // who = booth: it has a socket
    CONSULT_LAWYER_LOST, // who = lawyer
    CONSULT_LAWYER_BACK, // who = lawyer
    CONSULT_ANSWER,      // who = a lawyer or of the desk; message: somebody has called
    CONSULT_REFUSE_WISH, // who = of the desk; message, reason: to be told before it is answered
    CONSULT_ALARM,       // who = booth or lawyer; reason = what is wrong: see consult_alarm_kind
    CONSULT_CLOSE_ALARM, // who = of the desk; alarm: it has been seen to
    CONSULT_BOOK,        // who = of the desk; wanted; message: the wish it answers, or 0. With a
                         // wish it is approved at once
    CONSULT_APPROVE,     // who = of the desk; appointment
    CONSULT_REFUSE,      // who = of the desk; appointment, reason
    CONSULT_CALL_OFF,    // who = of the desk; appointment, reason
    CONSULT_MOVE,        // who = of the desk; appointment, wanted: its place, lawyer and times
    CONSULT_REMIND,      // who = of the desk; appointment: somebody has called him
    CONSULT_CAME,        // who = of the desk; appointment
    CONSULT_NO_SHOW,     // who = of the desk; appointment
    CONSULT_TICK,        // what is due by now; see consult_next_deadline()
    CONSULT_VERBS
};

// Whose `who` a verb has: a booth, a lawyer, either of them, a third party, or somebody else (of
// the desk) or nobody.
enum consult_actor {
    CONSULT_BY_OTHERS,
    CONSULT_BY_BOOTH,
    CONSULT_BY_LAWYER,
    CONSULT_BY_EITHER,
    CONSULT_BY_GUEST,
    CONSULT_BY_ANYBODY // of the three
};
enum consult_actor consult_actor(enum consult_verb verb);

// Texts may come straight from a client: they are checked here. NULL for what a verb does not use.
struct consult_command {
    enum consult_verb verb;
    const char *who;
    const char *consultation;
    const char *category;
    const char *language;
    const char *consent;
    const char *key; // NULL or "": none
    const char *identity;
    const char *text;
    const char *half_day; // NULL or "": none
    int64_t message;      // id
    const char
        *reason;   // conflict_of_interest, not_my_field, language, unwell, other; danger, panic
    int64_t score; // 1 to 5
    int64_t alarm; // id
    const char *age_band;
    const char *party, *role, *answer;
    const char *how, *to;
    const char *link, *link_hash;             // of an agreement
    int64_t appointment;                      // id
    const struct consult_appointment *wanted; // as consult_appointment; its texts end with a zero
    const char *number; // of an ask: his appointment's, at least four last digits of his
                        // phone, or an earlier consultation's (day and ticket)
    const char *prefer; // of an ask: the lawyer he would like
};

enum consult_effect_kind {
    CONSULT_SAVE,             // write `consultation`
    CONSULT_SAVE_DUTY,        // write `duty`
    CONSULT_SAVE_RATING,      // write `rating`
    CONSULT_SAVE_MESSAGE,     // write `message`
    CONSULT_SAVE_ALARM,       // write `alarm`
    CONSULT_SAVE_PARTY,       // write `party`
    CONSULT_SAVE_CONSENT,     // write `consent`
    CONSULT_SAVE_PERSON,      // `consultation` is of another person now: see its beside
    CONSULT_SAVE_APPOINTMENT, // write `appointment`
    CONSULT_TELL,             // append event `event` to `topic`; its data: consult_json_effect()
    CONSULT_TELL_NOW,         // the same to who listens now: never stored
    CONSULT_MEDIA_OPEN,       // open the room named by consultation->id
    CONSULT_MEDIA_CLOSE,      // close it: all are put out, nobody is parked
    CONSULT_MEDIA_OUT,        // put participant `topic` out
    CONSULT_MEDIA_PARK,       // park participant `topic`
    CONSULT_MEDIA_JOINT,      // let participant `topic` back
    CONSULT_RECORD,           // record it from now on or stop at once, as consult_recording() says
    CONSULT_EFFECTS
};

// Topics: "booth:ID" gets `consultation`; "lawyer:ID" gets `consultation` (data null when the offer
// is no longer theirs) and `lawyer`; "clinic" gets `clinic` (for booths); "lawyers" gets `waiting`;
// "desk" gets `alarm`; "lawyer:ID" gets `needed` (data null) when another one did not come. Told
// now: "booth:ID" gets `said`, "lawyer:ID" gets `resident`, `about`, `links` and `slower`,
// "lawyers" and "desk" get `message`. "guest:ID" gets `consultation`,
// "desk" and "lawyer:ID" get `appointment`.
struct consult_effect {
    enum consult_effect_kind kind;
    const struct consultation *consultation; // NULL with TELL: nothing, see consult_json_effect()
    const struct consult_duty *duty;
    const struct consult_rating *rating;
    const struct consult_alarm *alarm;
    const struct consult_message *message;
    const struct consult_party *party;
    const struct consult_consent *consent;
    const struct consult_appointment *appointment;
    const char *event;
    char topic[CONSULT_ID_MAX + 8];
};

// The caller keeps one of these (it is large: not on the stack). What it points to is the
// domain's and stays true until the next consult_do(), consult_resume() or consult_load_*().
struct consult_effects {
    const struct consultation *result; // the consultation the command was about, or NULL
    size_t count;
    struct consult_effect list[CONSULT_EFFECTS_MAX];
};

// ENOMEM.
int consult_alloc(struct consult **consultp);
void consult_free(struct consult *consult);

// Building from rows, at start: centres, booths and lawyers first, then duties, then open
// consultations, then consult_resume(). Centres, booths and lawyers may also be added or changed
// later.
// ENOENT when a row names a booth or lawyer that is not there, EINVAL for an impossible row,
// EEXIST for a second open consultation of one booth or lawyer, EOVERFLOW when full.
int consult_load_centre(struct consult *consult, const struct consult_centre *centre);
int consult_load_booth(struct consult *consult, const struct consult_booth *booth);
int consult_load_lawyer(struct consult *consult, const struct consult_lawyer *lawyer);
int consult_load_duty(struct consult *consult, const struct consult_duty *duty);
int consult_load_consultation(struct consult *consult, const struct consultation *row);
// The newest meeting of a booth has ended and is not rated. ENOENT: no such booth.
int consult_load_unrated(struct consult *consult, const char *booth, const char *consultation,
                         int64_t ended_at);
// How long a meeting took that has ended; the newest last. Estimates come of the latest eight.
void consult_load_length(struct consult *consult, int64_t length_ms);
// A meeting that has ended; the newest last. Its number finds its lawyer again.
void consult_load_met(struct consult *consult, int64_t day, int64_t ticket_no, const char *lawyer);
// An open message.
int consult_load_message(struct consult *consult, const struct consult_message *message);
// The highest id of any message.
void consult_load_message_id(struct consult *consult, int64_t id);
// An appointment that is not over; EINVAL: it is. EOVERFLOW.
int consult_load_appointment(struct consult *consult, const struct consult_appointment *row);
// The highest id of any appointment.
void consult_load_appointment_id(struct consult *consult, int64_t id);
// A room of the centre that is no booth. EINVAL: not an id, or a booth's; EOVERFLOW.
int consult_load_room(struct consult *consult, const struct consult_booth *room);
// How many there are.
size_t consult_rooms(const struct consult *consult);
// An open alarm; EEXIST for a second of its kind there.
int consult_load_alarm(struct consult *consult, const struct consult_alarm *alarm);
// The highest id of any alarm.
void consult_load_alarm_id(struct consult *consult, int64_t id);
// Shifts may come and go later, too. ENOENT: no such lawyer; EINVAL: longer than a day or ends
// before it begins; EEXIST: this lawyer has another one then; EOVERFLOW. _check_ only looks.
int consult_check_shift(const struct consult *consult, const struct consult_shift *shift);
int consult_load_shift(struct consult *consult, const struct consult_shift *shift);
// NULL when it is over or gone.
const struct consult_shift *consult_shift(const struct consult *consult, const char *id);
void consult_end_shift(struct consult *consult, const char *id);
// The newest day with tickets and the highest ticket of that day.
void consult_load_ticket(struct consult *consult, int64_t day, int64_t ticket_no);
// After a restart: nobody has a socket yet, and everybody's clock starts anew (the time we were
// away is not held against anyone). Offers get their full time again; rooms of running
// consultations are opened.
void consult_resume(struct consult *consult, int64_t now_ms, struct consult_effects *effects);

// Carries out one command. 0, or an errno with `problem` filled and nothing changed (`effects` is
// then empty). An ask repeated with the key of the booth's open consultation succeeds without
// effects.
int consult_do(struct consult *consult, const struct consult_command *command, int64_t now_ms,
               struct consult_effects *effects, struct problem *problem);

// When CONSULT_TICK is next needed, or -1.
int64_t consult_next_deadline(const struct consult *consult);

// Looking. NULL or 0 when there is none; pointers as in struct consult_effects.
const struct consultation *consult_find(const struct consult *consult, const char *id);
const struct consultation *consult_of_booth(const struct consult *consult, const char *booth);
const struct consultation *consult_of_lawyer(const struct consult *consult, const char *lawyer);
bool consult_is_meeting(const struct consultation *row); // connected or suspended
// Of an open consultation.
const struct consult_beside *consult_beside(const struct consultation *consultation);
const struct consult_centre *consult_centre(const struct consult *consult, const char *id);
// The one there is; NULL when there are several.
const struct consult_centre *consult_only_centre(const struct consult *consult);
// Where a centre is.
void consult_scope_of_centre(const struct consult_centre *centre, struct scope *place);
// Gives chosen centres the names of the district and street that all of them share today.
void consult_name_place(const struct consult *consult, struct scope *place);
// Does this lawyer serve the residents of this centre? serves.c has the rule.
bool consult_serves(const struct consult *consult, const char *lawyer, const char *centre);
// Does he serve one of the centres of this scope?
bool consult_serves_within(const struct consult *consult, const char *lawyer,
                           const struct scope *scope);
// Does he serve every centre that the other one serves, so that he may take a shift of his?
bool consult_stands_in(const struct consult *consult, const char *lawyer, const char *other);
// NULL also for a booth that is not there.
const struct consult_centre *consult_centre_of(const struct consult *consult, const char *booth);
const struct consult_booth *consult_booth(const struct consult *consult, const char *id);
const struct consult_lawyer *consult_lawyer(const struct consult *consult, const char *id);
const struct consult_duty *consult_duty(const struct consult *consult, const char *lawyer);
// Booths waiting or offered.
size_t consult_waiting(const struct consult *consult);
// Among those who wait for the same lawyers: 1 = next; 0 when it is neither waiting nor offered.
size_t consult_position(const struct consult *consult, const struct consultation *consultation);
// Has a socket.
bool consult_is_here(const struct consult *consult, const char *booth_or_lawyer);
// About how many minutes it will still wait: never more than it was told before. 0 when nobody is
// on duty or it does not wait.
unsigned consult_wait_minutes(const struct consult *consult,
                              const struct consultation *consultation);
// On duty, with a socket, neither offered nor in a consultation, and not kept for an appointment.
bool consult_is_free(const struct consult *consult, const char *lawyer);
// When the appointment begins for which he is kept free just now; 0: there is none.
int64_t consult_promised_at(const struct consult *consult, const char *lawyer);
// When the next shift begins of somebody who serves this centre (NULL: of anybody), as of the
// latest command; 0: none is known.
int64_t consult_next_duty(const struct consult *consult, const struct consult_centre *centre);

// A booth or a room; NULL.
const struct consult_booth *consult_place(const struct consult *consult, const char *id);
// The first day for which a room can be asked for now.
int64_t consult_room_day(const struct consult *consult, int64_t now_ms);
// The working days after today for which an appointment may be wished for now; how many.
size_t consult_wish_days(const struct consult *consult, int64_t now_ms,
                         int64_t days[CONSULT_WISH_DAYS]);
// From when on who comes is to be reminded: the working day before it, from midnight on.
int64_t consult_remind_at(const struct consult *consult, const struct consult_appointment *row);
typedef void consult_each_appointment_h(const struct consult_appointment *row, void *arg);
// Those that are not over.
void consult_each_appointment(const struct consult *consult, consult_each_appointment_h *handler,
                              void *arg);
// NULL when it was swept away: it was over before the latest command.
const struct consult_appointment *consult_appointment(const struct consult *consult, int64_t id);
// The approved one with a lawyer, about now and in this booth's centre, that somebody means who
// says this number there; NULL.
const struct consult_appointment *consult_expected(const struct consult *consult, const char *booth,
                                                   const char *number, int64_t now_ms);

// NULL when it is closed.
const struct consult_alarm *consult_alarm(const struct consult *consult, int64_t id);

typedef void consult_each_h(const struct consultation *consultation, void *arg);
typedef void consult_each_lawyer_h(const struct consult_lawyer *lawyer,
                                   const struct consult_duty *duty, void *arg);
typedef void consult_each_booth_h(const struct consult_booth *booth, void *arg);
typedef void consult_each_alarm_h(const struct consult_alarm *alarm, void *arg);
// Open consultations in ticket order; all lawyers in the order they were loaded.
void consult_each(const struct consult *consult, consult_each_h *handler, void *arg);
// Without those closed for good.
void consult_each_booth(const struct consult *consult, consult_each_booth_h *handler, void *arg);
typedef void consult_each_centre_h(const struct consult_centre *centre, void *arg);
void consult_each_centre(const struct consult *consult, consult_each_centre_h *handler, void *arg);
size_t consult_booths(const struct consult *consult); // those closed for good, too
size_t consult_centres(const struct consult *consult);
// Open alarms, in no order.
void consult_each_alarm(const struct consult *consult, consult_each_alarm_h *handler, void *arg);
void consult_each_lawyer(const struct consult *consult, consult_each_lawyer_h *handler, void *arg);
typedef void consult_each_message_h(const struct consult_message *message, void *arg);
// Open messages and wishes, the oldest first.
void consult_each_message(const struct consult *consult, consult_each_message_h *handler,
                          void *arg);
