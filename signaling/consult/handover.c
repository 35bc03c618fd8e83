#include "signaling/consult/handover.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/inside.h"

static bool is_promised(const struct consult_appointment *row)
{
    return row->id && row->state == APPOINTMENT_APPROVED;
}

// Asked for only, too; but not what was to be before now.
static bool is_in(const struct consult *consult, const struct consult_appointment *row,
                  const struct consult_shift *shift)
{
    return row->id && row->ends_at > consult->noted_at && strcmp(row->lawyer, shift->lawyer) == 0 &&
           shift->starts_at <= row->starts_at && row->ends_at <= shift->ends_at;
}

static bool is_kept(const struct consult *consult, const struct consult_appointment *row,
                    const struct consult_shift *shift)
{
    return is_promised(row) && is_in(consult, row, shift);
}

size_t consult_kept(const struct consult *consult, const struct consult_shift *shift)
{
    size_t count = 0;
    for (size_t i = 0; i < APPOINTMENTS_MAX; i++)
        count += is_kept(consult, &consult->appointments[i], shift);
    return count;
}

// Of somebody who has no other shift then: one that was left over.
static bool is_taken(const struct consult *consult, const struct consult_appointment *row,
                     const char *lawyer)
{
    for (size_t i = 0; i < APPOINTMENTS_MAX; i++) {
        const struct consult_appointment *other = &consult->appointments[i];
        if (is_promised(other) && strcmp(other->lawyer, lawyer) == 0 &&
            other->starts_at < row->ends_at && row->starts_at < other->ends_at)
            return true;
    }
    return false;
}

static int check_kept(const struct consult *consult, const struct consult_shift *shift,
                      const char *to)
{
    for (size_t i = 0; i < APPOINTMENTS_MAX; i++) {
        const struct consult_appointment *row = &consult->appointments[i];
        if (!is_kept(consult, row, shift))
            continue;
        const struct consult_centre *centre = consult_centre_of(consult, row->place);
        if (!centre || !consult_serves(consult, to, centre->id))
            return EXDEV;
        if (is_taken(consult, row, to))
            return EBUSY;
    }
    return 0;
}

int consult_check_handover(const struct consult *consult, const struct consult_shift *shift,
                           const char *to)
{
    struct consult_shift theirs = *shift;
    text_copy(theirs.lawyer, sizeof(theirs.lawyer), to);
    if (strcmp(shift->lawyer, to) == 0 || !consult_lawyer(consult, to))
        return ENOENT;
    return consult_check_shift(consult, &theirs) == EEXIST ? EEXIST
                                                           : check_kept(consult, shift, to);
}

void consult_hand_shift(struct consult *consult, const char *id, const char *to)
{
    struct consult_shift *shift = NULL;
    for (size_t i = 0; i < consult->shift_count && !shift; i++)
        if (strcmp(consult->shifts[i].row.id, id) == 0)
            shift = &consult->shifts[i].row;
    for (size_t i = 0; shift && i < APPOINTMENTS_MAX; i++) {
        struct consult_appointment *row = &consult->appointments[i];
        if (is_in(consult, row, shift)) {
            text_copy(row->lawyer, sizeof(row->lawyer), to);
            row->reminded_at = 0;
        }
    }
    if (shift)
        text_copy(shift->lawyer, sizeof(shift->lawyer), to);
}
