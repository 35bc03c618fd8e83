#include "signaling/hand_shift.h"

#include <errno.h>
#include <stdio.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/consult/handover.h"

static const struct problem no_lawyer = {422, "unknown-lawyer", "Not acceptable",
                                         "there is no such other lawyer", "lawyer"};
static const struct problem has_shift = {409, "has-shift", "Not now", "he has another shift then",
                                         "lawyer"};
static const struct problem elsewhere = {
    422, "appointment-elsewhere", "Serves elsewhere",
    "this lawyer does not serve the centre of an appointment in this shift", "lawyer"};
static const struct problem taken = {409, "lawyer-taken", "Taken",
                                     "this lawyer has another appointment then", "lawyer"};
static const struct problem no_shift = {404, "no-shift", "Not found", "there is no such shift",
                                        "shift"};
const struct errand_words hand_shift_words = {NULL, &no_shift, NULL};

struct handover {
    char from[CONSULT_ID_MAX], to[CONSULT_ID_MAX];
};

// Now, and not stored: as whatever else becomes of an appointment.
static void tell_lawyer(struct control *control, const char *lawyer)
{
    char topic[STORE_TOPIC_MAX];
    snprintf(topic, sizeof(topic), "lawyer:%s", lawyer);
    api_tell(control->api, topic, 0, "appointment", "{}");
}

static void handed_over(struct control *control, void *about)
{
    const struct handover *handover = about;
    api_tell(control->api, "desk", 0, "appointment", "{}");
    tell_lawyer(control, handover->from);
    tell_lawyer(control, handover->to);
}

const struct problem *hand_shift_check(const struct consult *consult,
                                       const struct consult_shift *shift, const char *to)
{
    switch (consult_check_handover(consult, shift, to)) {
    case 0:
        return NULL;
    case EEXIST:
        return &has_shift;
    case EXDEV:
        return &elsewhere;
    case EBUSY:
        return &taken;
    default:
        return &no_lawyer;
    }
}

static void write_rows(struct errand *errand, const struct consult_shift *shift, const char *to)
{
    const struct store_value row[] = {{.text = to}, {.text = shift->id}, {.text = shift->lawyer}};
    const struct store_value kept[] = {{.text = to},
                                       {.text = shift->lawyer},
                                       {.number = shift->starts_at},
                                       {.number = shift->ends_at},
                                       {.number = clock_wall_ms()}};
    errand_write(errand, STORE_HAND_OVER, row, 3);
    errand_write(errand, STORE_HAND_APPOINTMENTS, kept, 5);
    errand_write(errand, STORE_HAND_REMINDERS, kept, 5);
}

void hand_shift_commit(struct errand *errand, const struct consult_shift *shift, const char *to,
                       const struct errand_words *words)
{
    struct handover *handover = mem_zalloc(sizeof(*handover));
    write_rows(errand, shift, to);
    if (handover) {
        text_copy(handover->from, sizeof(handover->from), shift->lawyer);
        text_copy(handover->to, sizeof(handover->to), to);
    }
    errand_after(errand, handed_over, handover);
    if (errand_leads(errand))
        consult_hand_shift(errand_control(errand)->consult, shift->id, to);
    errand_commit(errand, words);
}

void control_hand_shift(const struct desk_request *request, struct errand *errand)
{
    const struct consult *consult = errand_control(errand)->consult;
    const struct consult_shift *shift = consult_shift(consult, request->shift);
    const struct problem *problem = shift ? hand_shift_check(consult, shift, request->lawyer)
                                          : &no_shift;
    if (problem) {
        errand_refuse(errand, EPROTO, problem);
        return;
    }
    errand_note(errand, "shift_handed_over", request->shift, request->lawyer);
    hand_shift_commit(errand, shift, request->lawyer, &hand_shift_words);
}
