#include "signaling/consult/appointment.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/sm.h"
#include "gateway/base/text.h"
#include "signaling/consult/act.h"
#include "signaling/consult/calendar.h"
#include "signaling/consult/inside.h"
#include "signaling/consult/vacancy.h"
#include "signaling/consult/words.h"

// What becomes of an appointment. Whether it may be at all: vacancy.c.

//   requested ------> approved ------> came
//       |                |-----------> no_show
//       |---> refused    |
//       +----------------+-----------> cancelled
static const struct sm_state states[APPOINTMENT_STATES] = {
    [APPOINTMENT_REQUESTED] = {"requested", SM_TO(APPOINTMENT_APPROVED) |
                                                SM_TO(APPOINTMENT_REFUSED) |
                                                SM_TO(APPOINTMENT_CANCELLED)},
    [APPOINTMENT_APPROVED] = {"approved", SM_TO(APPOINTMENT_CAME) | SM_TO(APPOINTMENT_NO_SHOW) |
                                              SM_TO(APPOINTMENT_CANCELLED)},
    [APPOINTMENT_REFUSED] = {"refused", 0},
    [APPOINTMENT_CANCELLED] = {"cancelled", 0},
    [APPOINTMENT_CAME] = {"came", 0},
    [APPOINTMENT_NO_SHOW] = {"no_show", 0},
};

static const char *const kinds[APPOINTMENT_KINDS] = {"lawyer", "room"};

static const struct problem no_appointment = {409, "no-appointment", "No such open appointment",
                                              "Somebody has decided or called it off already.",
                                              "appointment"};
static const struct problem bad_reason = {422, "bad-reason", "A reason is needed",
                                          "Send 1 to 159 bytes that say why.", "reason"};
static const struct problem too_early = {409, "too-early", "Not yet",
                                         "Whether somebody came is known when it has begun.",
                                         "appointment"};
static const struct problem full = {503, "appointments-full", "Too many open appointments",
                                    "Say of the older ones who came and who did not.", NULL};
static const struct problem no_wish = {409, "no-message", "No such open wish",
                                       "Somebody has answered it already.", "message"};

_Static_assert(APPOINTMENT_TEXT_MAX == 160, "the text above names the limit");

const char *appointment_kind_name(enum appointment_kind kind)
{
    return kinds[kind];
}

int appointment_kind_parse(const char *name, enum appointment_kind *kind)
{
    for (unsigned i = 0; i < APPOINTMENT_KINDS; i++)
        if (strcmp(kinds[i], name) == 0) {
            *kind = (enum appointment_kind)i;
            return 0;
        }
    return ENOENT;
}

const char *appointment_state_name(enum appointment_state state)
{
    return states[state].name;
}

int appointment_state_parse(const char *name, enum appointment_state *state)
{
    unsigned found = 0;
    int err = sm_parse(states, APPOINTMENT_STATES, name, &found);
    *state = (enum appointment_state)found;
    return err;
}

// --- rows ----------------------------------------------------------------------------------------

static struct consult_appointment *find(struct consult *consult, int64_t id)
{
    for (size_t i = 0; id > 0 && i < APPOINTMENTS_MAX; i++)
        if (consult->appointments[i].id == id)
            return &consult->appointments[i];
    return NULL;
}

static struct consult_appointment *new_row(struct consult *consult)
{
    for (size_t i = 0; i < APPOINTMENTS_MAX; i++)
        if (!consult->appointments[i].id)
            return &consult->appointments[i];
    return NULL;
}

void consult_sweep_appointments(struct consult *consult)
{
    for (size_t i = 0; i < APPOINTMENTS_MAX; i++)
        if (!states[consult->appointments[i].state].next)
            explicit_bzero(&consult->appointments[i], sizeof(consult->appointments[i]));
}

int consult_load_appointment(struct consult *consult, const struct consult_appointment *row)
{
    if (row->id <= 0 || !states[row->state].next)
        return EINVAL;
    struct consult_appointment *mine = new_row(consult);
    if (!mine)
        return EOVERFLOW;
    *mine = *row;
    consult_load_appointment_id(consult, row->id);
    return 0;
}

void consult_load_appointment_id(struct consult *consult, int64_t id)
{
    if (id > consult->appointment_id)
        consult->appointment_id = id;
}

const struct consult_appointment *consult_appointment(const struct consult *consult, int64_t id)
{
    return find((struct consult *)consult, id); // finding changes nothing
}

void consult_each_appointment(const struct consult *consult, consult_each_appointment_h *handler,
                              void *arg)
{
    for (size_t i = 0; i < APPOINTMENTS_MAX; i++)
        if (consult->appointments[i].id && states[consult->appointments[i].state].next)
            handler(&consult->appointments[i], arg);
}

static void move(struct consult_appointment *row, enum appointment_state to, int64_t now_ms)
{
    struct sm sm = {states, row->state};
    int err = sm_move(&sm, to);
    assert(!err);
    (void)err;
    row->state = to;
    row->decided_at = now_ms;
}

// --- commands ------------------------------------------------------------------------------------

// A wish left at a booth is answered by what is made of it.
static int answer_wish(struct act *act)
{
    const struct consult_command answer = {.message = act->command->message,
                                           .who = act->command->who};
    if (!answer.message)
        return 0;
    int err = consult_answer(act->consult, &answer, act->now_ms, act->effects, act->problem);
    return err ? act_refuse(act, &no_wish, err) : 0;
}

// What is asked for in answer to a wish is decided by that.
int do_book(struct act *act)
{
    const struct consult_appointment *wanted = act->command->wanted;
    int err = vacancy_check(act, wanted);
    if (err)
        return err;
    struct consult_appointment *row = new_row(act->consult);
    if (!row)
        return act_refuse(act, &full, EAGAIN);
    err = answer_wish(act);
    if (err)
        return err;
    *row = *wanted;
    row->id = ++act->consult->appointment_id;
    row->state = APPOINTMENT_REQUESTED;
    row->asked_at = act->now_ms;
    row->decided_at = row->reminded_at = 0;
    memset(row->reason, 0, sizeof(row->reason));
    if (act->command->message)
        move(row, APPOINTMENT_APPROVED, act->now_ms);
    effect_appointment(act->effects, row);
    return 0;
}

static const struct move {
    enum appointment_state to;
    bool needs_reason;
    bool is_after; // only when it has begun
} moves[CONSULT_VERBS] = {
    [CONSULT_APPROVE] = {.to = APPOINTMENT_APPROVED},
    [CONSULT_REFUSE] = {.to = APPOINTMENT_REFUSED, .needs_reason = true},
    [CONSULT_CALL_OFF] = {.to = APPOINTMENT_CANCELLED, .needs_reason = true},
    [CONSULT_CAME] = {.to = APPOINTMENT_CAME, .is_after = true},
    [CONSULT_NO_SHOW] = {.to = APPOINTMENT_NO_SHOW, .is_after = true},
};

int do_decide(struct act *act)
{
    const struct move *to = &moves[act->command->verb];
    const char *reason = act->command->reason;
    struct consult_appointment *row = find(act->consult, act->command->appointment);
    if (!row || !(states[row->state].next & SM_TO(to->to)))
        return act_refuse(act, &no_appointment, EPROTO);
    if (to->needs_reason && (!reason || !*reason || strlen(reason) >= APPOINTMENT_TEXT_MAX))
        return act_refuse(act, &bad_reason, EINVAL);
    if (to->is_after && act->now_ms < row->starts_at - APPOINTMENT_EARLY_MS)
        return act_refuse(act, &too_early, EPROTO);
    int err = to->to == APPOINTMENT_APPROVED ? vacancy_check_again(act, row) : 0;
    if (err)
        return err;
    move(row, to->to, act->now_ms);
    if (to->needs_reason)
        text_copy(row->reason, sizeof(row->reason), reason);
    effect_appointment(act->effects, row);
    return 0;
}

// To another time, place or lawyer; who comes is to be told of it.
int do_move(struct act *act)
{
    const struct consult_appointment *wanted = act->command->wanted;
    struct consult_appointment *row = find(act->consult, act->command->appointment);
    if (!row || row->state != APPOINTMENT_APPROVED)
        return act_refuse(act, &no_appointment, EPROTO);
    struct consult_appointment moved = *row;
    text_copy(moved.place, sizeof(moved.place), wanted->place);
    text_copy(moved.lawyer, sizeof(moved.lawyer), wanted->lawyer);
    moved.starts_at = wanted->starts_at;
    moved.ends_at = wanted->ends_at;
    moved.reminded_at = 0;
    int err = vacancy_check(act, &moved);
    if (err)
        return err;
    *row = moved;
    effect_appointment(act->effects, row);
    return 0;
}

int do_remind(struct act *act)
{
    struct consult_appointment *row = find(act->consult, act->command->appointment);
    if (!row || row->state != APPOINTMENT_APPROVED)
        return act_refuse(act, &no_appointment, EPROTO);
    row->reminded_at = act->now_ms;
    effect_appointment(act->effects, row);
    return 0;
}

// --- coming --------------------------------------------------------------------------------------

// Does somebody who says this number mean this appointment: its own, or the end of his phone's?
static bool is_meant(const struct consult_appointment *row, const char *number)
{
    char own[24];
    size_t len = strlen(number), phone = strlen(row->phone);
    snprintf(own, sizeof(own), "%lld", (long long)row->id);
    return strcmp(own, number) == 0 ||
           (len >= 4 && len <= phone && strcmp(row->phone + phone - len, number) == 0);
}

static bool is_now(const struct consult_appointment *row, int64_t now_ms)
{
    return row->kind == APPOINTMENT_LAWYER && row->state == APPOINTMENT_APPROVED &&
           now_ms >= row->starts_at - APPOINTMENT_EARLY_MS &&
           now_ms <= row->ends_at + APPOINTMENT_EARLY_MS;
}

static const struct consult_appointment *nearer(const struct consult_appointment *a,
                                                const struct consult_appointment *b, int64_t now_ms)
{
    if (!a || !b)
        return a ? a : b;
    return llabs(a->starts_at - now_ms) <= llabs(b->starts_at - now_ms) ? a : b;
}

// In another booth of the same centre, too.
static bool is_near(const struct consult *consult, const struct consult_appointment *row,
                    const struct consult_centre *centre)
{
    return consult_centre_of(consult, row->place) == centre;
}

const struct consult_appointment *consult_expected(const struct consult *consult, const char *booth,
                                                   const char *number, int64_t now_ms)
{
    const struct consult_centre *centre = consult_centre_of(consult, booth);
    const struct consult_appointment *best = NULL;
    for (size_t i = 0; *number && i < APPOINTMENTS_MAX; i++) {
        const struct consult_appointment *row = &consult->appointments[i];
        if (row->id && is_now(row, now_ms) && is_meant(row, number) &&
            is_near(consult, row, centre))
            best = nearer(best, row, now_ms);
    }
    return best;
}

const struct consult_appointment *consult_arrive(struct act *act, const char *number)
{
    const struct consult_appointment *expected = consult_expected(act->consult, act->booth->info.id,
                                                                  number, act->now_ms);
    struct consult_appointment *row = expected ? find(act->consult, expected->id) : NULL;
    if (!row)
        return NULL;
    move(row, APPOINTMENT_CAME, act->now_ms);
    effect_appointment(act->effects, row);
    return row;
}
