#pragma once
#include "signaling/consult/consent.h"
#include "signaling/consult/party.h"

// What the files of this folder share. No other folder includes this.

// `told` members are what the outside knows; the end of every command compares and tells.
struct booth {
    struct consult_booth info;
    size_t centre; // consult_centre_index()
    bool present;  // has a socket
    bool seen;     // had one since the start
    bool told_away;
    int64_t lost_at;
    struct consultation *open;
    // The newest meeting that has ended, while it may be rated or is rated; empty: none.
    struct consult_rating last;
    int64_t last_ended_at;
    char word_key[CONSULT_WORD_MAX]; // of the latest message: sent twice it counts once
};

#define CONSULT_CENTRE_WORDS (CONSULT_CENTRES_MAX / 64 + 1)

struct lawyer {
    struct consult_lawyer info;
    uint64_t serves[CONSULT_CENTRE_WORDS]; // a bit a centre, see serves.c
    struct consult_duty duty;
    bool present;
    int64_t lost_at;
    struct consultation *current; // offered or connected
    int64_t promised_at;          // an appointment begins then and is near, see promise.c; 0: none
    int64_t told_promised_at;
    bool told_on_duty, told_free;
};

struct party {
    struct consult_party row;
    char link[CONSULT_LINK_MAX]; // "" when it was used, or from another life of this process
    bool used;                   // closed ones stay until the next command
};

struct consents {
    struct consult_consent list[CONSULT_CONSENTS_MAX]; // in the order they were given
    size_t count;
    bool asked[CONSULT_CONSENT_KINDS]; // the booth, by the lawyer
    // The recording: answers before asked_count are those of an earlier one.
    enum consult_recording_state state;
    int64_t since;
    size_t asked_count;
};

struct slot {
    struct consultation row;
    struct consult_beside beside;
    struct party parties[CONSULT_PARTIES_MAX];
    struct consents consents;
    size_t centre; // of the booth: consult_centre_index()
    bool used;
    bool told_waiting;
    char prefer[CONSULT_ID_MAX]; // the lawyer he would like; forgotten when we restart
    int64_t appointment_at;      // has come to an appointment with him, for then; 0: has not
    size_t told_position;
    unsigned minutes; // the least told so far; 0: none
};

// Every kind once for every booth or lawyer.
#define ALARMS_MAX (CONSULT_ALARM_KINDS * CONSULT_BOOTHS_MAX)
_Static_assert(CONSULT_LAWYERS_MAX <= CONSULT_BOOTHS_MAX, "alarms of lawyers fit");

struct alarm {
    struct consult_alarm row;
    bool used; // closed ones stay until the next command
};

struct shift {
    struct consult_shift row;
    bool is_seen; // whether the lawyer came has been looked at
};

// A meeting that has ended: whom somebody met by which number.
struct met {
    int64_t day, ticket_no;
    char lawyer[CONSULT_ID_MAX];
};

#define LENGTHS_MAX 8
#define MET_MAX     1024

struct consult {
    struct consult_centre centres[CONSULT_CENTRES_MAX];
    size_t centre_count;
    struct booth booths[CONSULT_BOOTHS_MAX];
    size_t booth_count;
    struct lawyer lawyers[CONSULT_LAWYERS_MAX];
    size_t lawyer_count;
    struct slot slots[CONSULT_BOOTHS_MAX]; // closed ones stay until the next command
    struct alarm alarms[ALARMS_MAX];
    int64_t alarm_id;                                      // the latest given
    int64_t day, ticket_no;                                // the latest ticket given
    struct consult_message messages[CONSULT_MESSAGES_MAX]; // id 0: free; answered ones stay until
                                                           // the next command
    int64_t message_id;                                    // the latest given
    int64_t lengths[LENGTHS_MAX];                          // of the latest meetings
    size_t length_count;                                   // ever
    int64_t wait_offer_ms, hold_ms;
    int64_t recording_days;
    int64_t resumed_at;
    int64_t lead_ms, noted_at; // see promise.c
    int64_t told_next_duty;
    bool is_renamed; // something else is known of a lawyer on duty, and not told yet
    struct shift shifts[CONSULT_SHIFTS_MAX];
    size_t shift_count;
    struct calendar calendar;
    struct consult_booth rooms[APPOINTMENT_ROOMS_MAX];
    size_t room_count;
    struct met met[MET_MAX];                                   // the latest
    size_t met_count;                                          // ever
    struct consult_appointment appointments[APPOINTMENTS_MAX]; // id 0: free; those that are over
                                                               // stay until the next command
    int64_t appointment_id;                                    // the latest given
    size_t told_waiting;
};

// consult.c
struct booth *consult_booth_entry(struct consult *consult, const char *id);
struct lawyer *consult_lawyer_entry(struct consult *consult, const char *id);
bool consult_is_queued(const struct consultation *row); // waiting or offered
bool consult_lawyer_is_free(const struct lawyer *lawyer);
// Open consultations in ticket order; returns how many. `list` has CONSULT_BOOTHS_MAX places.
size_t consult_sorted(const struct consult *consult, const struct consultation **list);
// Where the row lies.
struct slot *consult_slot(const struct consultation *row);
// Forgets closed consultations.
void consult_sweep(struct consult *consult);
// A free slot's row, zeroed and marked used; NULL when full.
struct consultation *consult_new_row(struct consult *consult);

// states.c
// Booth and lawyer of an offer may publish, but are shown to nobody.
void consult_keep_apart(const struct consultation *row, struct consult_effects *effects);
// Each takes the row to another state and lists what follows from it.
void consult_offer(struct consultation *row, struct lawyer *lawyer, int64_t now_ms,
                   struct consult_effects *effects);
void consult_release(struct consult *consult, struct consultation *row,
                     struct consult_effects *effects);
void consult_connect(struct consultation *row, int64_t now_ms, struct consult_effects *effects);
void consult_suspend(struct consultation *row, int64_t now_ms, struct consult_effects *effects);
void consult_reconnect(struct consultation *row, struct consult_effects *effects);
void consult_close(struct consult *consult, struct consultation *row, enum consult_end end,
                   int64_t now_ms, struct consult_effects *effects);
void consult_set_duty(struct lawyer *lawyer, bool on_duty, int64_t now_ms,
                      struct consult_effects *effects);
// Away from its lawyer: waits for another one, before all others. The room is closed.
void consult_hand_away(struct consult *consult, struct consultation *row, int64_t now_ms,
                       struct consult_effects *effects);
// From its lawyer to the colleague who is inside.
void consult_pass_over(struct consult *consult, struct consultation *row, int64_t now_ms,
                       struct consult_effects *effects);

// serves.c
// These keep what follows from the rule; a centre or a lawyer is new or another one.
void consult_note_centre(struct consult *consult, size_t centre);
void consult_note_lawyer(const struct consult *consult, struct lawyer *lawyer);
size_t consult_centre_index(const struct consult *consult, const char *centre);
bool consult_is_server(const struct lawyer *lawyer, const struct consultation *row);
// Is there a centre that both serve?
bool consult_serve_together(const struct lawyer *a, const struct lawyer *b);
// Do the two wait for the same: is there a lawyer on duty for both, or are they in one centre?
bool consult_compete(const struct consult *consult, const struct consultation *a,
                     const struct consultation *b);

// beside.c: 0 or an errno with `problem`. The row is the actor's own, open one.
int consult_identify(struct consultation *row, const struct consult_command *command,
                     int64_t now_ms, struct consult_effects *effects, struct problem *problem);
int consult_about(struct consultation *row, const struct consult_command *command,
                  struct consult_effects *effects, struct problem *problem);
// Letters of any script, `min` to `max` bytes, no control characters.
bool consult_is_line(const char *text, size_t min, size_t max);
int consult_say(struct consultation *row, const struct consult_command *command,
                struct consult_effects *effects, struct problem *problem);
// 5 to 20 digits.
bool consult_is_phone(const char *text);
// Nothing of it is left in memory.
void consult_wipe_beside(struct consultation *row);

// message.c. Texts are checked here; 0 or an errno with `problem`.
int consult_leave_word(struct consult *consult, struct booth *booth,
                       const struct consult_command *command, int64_t now_ms,
                       struct consult_effects *effects, struct problem *problem);
int consult_answer(struct consult *consult, const struct consult_command *command, int64_t now_ms,
                   struct consult_effects *effects, struct problem *problem);
int consult_refuse_wish(struct consult *consult, const struct consult_command *command,
                        struct consult_effects *effects, struct problem *problem);
void consult_sweep_messages(struct consult *consult);

// party.c
// The open one with this id, NULL when there is none.
struct party *consult_party_entry(struct consult *consult, const char *id);
// The consultation he is asked for or in, to be changed.
struct consultation *consult_party_row(struct consult *consult, const struct party *party);
int64_t consult_party_deadline(const struct slot *slot); // -1: never
// Closes those whose question or link ran out. True when there was one.
bool consult_expire_parties(struct slot *slot, int64_t now_ms, struct consult_effects *effects);
// He is put out of the room and told.
void consult_close_party(struct consultation *row, struct party *party, enum consult_party_end end,
                         int64_t now_ms, struct consult_effects *effects);
// With the consultation: the room is closed anyway.
void consult_finish_parties(struct consultation *row, int64_t now_ms,
                            struct consult_effects *effects);
void consult_sweep_parties(struct slot *slot);
// Caucus: nobody waits outside any more.
void consult_joint(struct consultation *row, struct consult_effects *effects);

// transfer.c
// The colleague goes, whether he was asked only or inside.
void consult_release_colleague(struct consult *consult, struct consultation *row,
                               struct consult_effects *effects);
// When the colleague has to have answered, or is given up; -1: never.
int64_t consult_colleague_deadline(struct consult *consult, const struct consultation *row);
// When a transfer nobody accepted goes back; -1: never.
int64_t consult_return_deadline(const struct consultation *row);
// Back to whom it came from, if he is free; else it goes on waiting, before all others.
void consult_return(struct consult *consult, struct consultation *row, int64_t now_ms,
                    struct consult_effects *effects);

// appointment.c
void consult_sweep_appointments(struct consult *consult);

// promise.c
// Who is promised to an appointment, from now on.
void consult_note_promises(struct consult *consult, int64_t now_ms);
// To another one than this.
bool consult_is_promised(const struct lawyer *lawyer, const struct consultation *row);
int64_t consult_promise_deadline(const struct consult *consult);

// again.c
// The lawyer who was met by this number of a consultation, lately; NULL.
const char *consult_met_by(const struct consult *consult, const char *number);

// estimate.c: minutes until a lawyer has time for who has `ahead` people before him, when `lawyers`
// are on duty, `free` of them free, and a meeting takes `length_ms`.
unsigned consult_estimate(size_t ahead, size_t lawyers, size_t free, int64_t length_ms);
// Notes what is to be told from now on; true when it is less than before.
bool consult_lower_minutes(struct consult *consult, struct slot *slot, size_t position);

// queue.c
// Is he to be asked for this one at all? Says nothing about whether he is free.
bool consult_may_serve(const struct lawyer *lawyer, const struct consultation *row);
// The best free lawyer for it; NULL when there is none.
struct lawyer *consult_best_for(struct consult *consult, const struct consultation *row);
// Offers what can be offered.
void consult_dispatch(struct consult *consult, int64_t now_ms, struct consult_effects *effects);
// Tells of changed positions, duty and numbers. With `effects` NULL: only takes note of them.
void consult_tell_changes(struct consult *consult, struct consult_effects *effects);

// tick.c
void consult_tick(struct consult *consult, int64_t now_ms, struct consult_effects *effects);

// alarm.c
// Raises `what` (id and time are set here), unless it is raised already.
void consult_raise(struct consult *consult, const struct consult_alarm *what, int64_t now_ms,
                   struct consult_effects *effects);
void consult_lower(struct consult_alarm *alarm, int64_t now_ms, struct consult_effects *effects);
// An open one, to be changed; NULL when there is none.
struct consult_alarm *consult_alarm_entry(struct consult *consult, int64_t id);
void consult_sweep_alarms(struct consult *consult);

// shifts.c
int64_t consult_shift_deadline(const struct consult *consult);
void consult_watch_shifts(struct consult *consult, int64_t now_ms, struct consult_effects *effects);
bool consult_has_shift(const struct consult *consult, const char *lawyer, int64_t now_ms);

// watch.c
int64_t consult_watch_deadline(const struct consult *consult);
// Raises what is due.
void consult_watch(struct consult *consult, int64_t now_ms, struct consult_effects *effects);
// Closes what is over.
void consult_settle(struct consult *consult, int64_t now_ms, struct consult_effects *effects);

// effects.c
void effect_save(struct consult_effects *effects, const struct consultation *row);
void effect_save_duty(struct consult_effects *effects, const struct consult_duty *duty);
void effect_save_consent(struct consult_effects *effects, const struct consult_consent *consent);
void effect_save_person(struct consult_effects *effects, const struct consultation *row);
void effect_save_rating(struct consult_effects *effects, const struct consult_rating *rating);
// To the row's booth and to its lawyer, if there is one.
void effect_tell_booth_now(struct consult_effects *effects, const char *event,
                           const struct consultation *row);
void effect_tell_lawyer_now(struct consult_effects *effects, const char *event,
                            const struct consultation *row);
// Saved; lawyers and desk are told.
void effect_message(struct consult_effects *effects, const struct consult_message *message);
// Saved, and the desk is told.
void effect_alarm(struct consult_effects *effects, const struct consult_alarm *alarm);
// Saved; the desk and its lawyer are told now.
void effect_appointment(struct consult_effects *effects, const struct consult_appointment *row);
void effect_media(struct consult_effects *effects, enum consult_effect_kind kind,
                  const struct consultation *row);
void effect_tell_booth(struct consult_effects *effects, const struct consultation *row);
// `row` NULL: the lawyer has nothing any more.
void effect_tell_lawyer(struct consult_effects *effects, const char *lawyer,
                        const struct consultation *row);
void effect_save_party(struct consult_effects *effects, const struct consult_party *party);
// To all who meet: booth, lawyer, colleague, third parties.
void effect_tell_meeting(struct consult_effects *effects, const struct consultation *row);
void effect_tell_guest(struct consult_effects *effects, const struct consult_party *party,
                       const struct consultation *row);
// kind OUT, PARK or JOINT.
void effect_media_of(struct consult_effects *effects, enum consult_effect_kind kind,
                     const struct consultation *row, const char *participant);
void effect_tell_duty(struct consult_effects *effects, const struct consult_duty *duty);
void effect_tell_needed(struct consult_effects *effects, const char *lawyer);
void effect_tell_clinic(struct consult_effects *effects);
void effect_tell_waiting(struct consult_effects *effects);
