#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/inside.h"
#include "signaling/consult/words.h"

// Who is to be on duty when. Whoever is not five minutes after the beginning is told to the desk,
// and somebody else who has the page open is asked in.

static bool overlaps(const struct consult_shift *a, const struct consult_shift *b)
{
    return strcmp(a->lawyer, b->lawyer) == 0 && a->starts_at < b->ends_at &&
           b->starts_at < a->ends_at;
}

int consult_check_shift(const struct consult *consult, const struct consult_shift *shift)
{
    if (!consult_lawyer(consult, shift->lawyer))
        return ENOENT;
    if (!consult_is_id(shift->id) || shift->ends_at <= shift->starts_at ||
        shift->ends_at - shift->starts_at > CONSULT_SHIFT_MAX_MS)
        return EINVAL;
    for (size_t i = 0; i < consult->shift_count; i++)
        if (overlaps(&consult->shifts[i].row, shift))
            return EEXIST;
    return consult->shift_count == CONSULT_SHIFTS_MAX ? EOVERFLOW : 0;
}

int consult_load_shift(struct consult *consult, const struct consult_shift *shift)
{
    int err = consult_check_shift(consult, shift);
    if (!err)
        consult->shifts[consult->shift_count++] = (struct shift){.row = *shift};
    return err;
}

static void forget(struct consult *consult, size_t i)
{
    consult->shifts[i] = consult->shifts[--consult->shift_count];
}

void consult_end_shift(struct consult *consult, const char *id)
{
    for (size_t i = 0; i < consult->shift_count; i++)
        if (strcmp(consult->shifts[i].row.id, id) == 0) {
            forget(consult, i);
            return;
        }
}

const struct consult_shift *consult_shift(const struct consult *consult, const char *id)
{
    for (size_t i = 0; i < consult->shift_count; i++)
        if (strcmp(consult->shifts[i].row.id, id) == 0)
            return &consult->shifts[i].row;
    return NULL;
}

static bool is_running(const struct shift *shift, int64_t now_ms)
{
    return shift->row.starts_at <= now_ms && now_ms < shift->row.ends_at;
}

int64_t consult_shift_deadline(const struct consult *consult)
{
    int64_t next = -1;
    for (size_t i = 0; i < consult->shift_count; i++) {
        const struct shift *shift = &consult->shifts[i];
        int64_t at = shift->is_seen ? shift->row.ends_at : shift->row.starts_at + CONSULT_ABSENT_MS;
        if (next < 0 || at < next)
            next = at;
    }
    return next;
}

// Here, not on duty, longest without work, and serves where the other one does; NULL when there is
// nobody.
static const struct lawyer *spare(const struct consult *consult, const struct lawyer *absent)
{
    const struct lawyer *best = NULL;
    for (size_t i = 0; i < consult->lawyer_count; i++) {
        const struct lawyer *one = &consult->lawyers[i];
        bool is_free = one->present && !one->duty.on_duty && !one->current &&
                       consult_serve_together(one, absent);
        if (is_free && (!best || one->duty.last_served_at < best->duty.last_served_at))
            best = one;
    }
    return best;
}

static void look(struct consult *consult, struct shift *shift, int64_t now_ms,
                 struct consult_effects *effects)
{
    struct consult_alarm what = {.kind = CONSULT_ALARM_ABSENT};
    const struct lawyer *lawyer = consult_lawyer_entry(consult, shift->row.lawyer);
    shift->is_seen = true;
    if (!lawyer || lawyer->duty.on_duty || !is_running(shift, now_ms))
        return;
    text_copy(what.lawyer, sizeof(what.lawyer), shift->row.lawyer);
    consult_raise(consult, &what, now_ms, effects);
    const struct lawyer *other = spare(consult, lawyer);
    if (other)
        effect_tell_needed(effects, other->info.id);
}

void consult_watch_shifts(struct consult *consult, int64_t now_ms, struct consult_effects *effects)
{
    for (size_t i = 0; i < consult->shift_count; i++)
        if (!consult->shifts[i].is_seen &&
            consult->shifts[i].row.starts_at + CONSULT_ABSENT_MS <= now_ms)
            look(consult, &consult->shifts[i], now_ms, effects);
    for (size_t i = consult->shift_count; i-- > 0;)
        if (consult->shifts[i].row.ends_at <= now_ms)
            forget(consult, i);
}

int64_t consult_next_duty(const struct consult *consult, const struct consult_centre *centre)
{
    int64_t next = 0;
    for (size_t i = 0; i < consult->shift_count; i++) {
        const struct consult_shift *row = &consult->shifts[i].row;
        int64_t at = row->starts_at;
        if (centre && !consult_serves(consult, row->lawyer, centre->id))
            continue;
        if (at > consult->noted_at && (!next || at < next))
            next = at;
    }
    return next;
}

bool consult_has_shift(const struct consult *consult, const char *lawyer, int64_t now_ms)
{
    for (size_t i = 0; i < consult->shift_count; i++)
        if (strcmp(consult->shifts[i].row.lawyer, lawyer) == 0 &&
            is_running(&consult->shifts[i], now_ms))
            return true;
    return false;
}
