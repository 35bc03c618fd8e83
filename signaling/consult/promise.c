#include <string.h>

#include "signaling/consult/inside.h"
#include "signaling/consult/settings.h"

// Who has an appointment soon is not given a consultation that would run into it: from `lead`
// before its beginning until the same time after it, for who comes late, and while who came for it
// waits.

void consult_set_lead(struct consult *consult, int64_t lead_ms)
{
    consult->lead_ms = lead_ms;
}

static bool takes_time(const struct consult_appointment *row)
{
    return row->id && row->kind == APPOINTMENT_LAWYER && row->state == APPOINTMENT_APPROVED;
}

static int64_t begins_at(const struct consult *consult, const struct consult_appointment *row)
{
    return row->starts_at - consult->lead_ms;
}

static int64_t ends_at(const struct consult *consult, const struct consult_appointment *row)
{
    int64_t late = row->starts_at + consult->lead_ms;
    return late < row->ends_at ? late : row->ends_at;
}

static void promise(struct consult *consult, const char *id, int64_t at_ms)
{
    struct lawyer *lawyer = consult_lawyer_entry(consult, id);
    if (lawyer && (!lawyer->promised_at || at_ms < lawyer->promised_at))
        lawyer->promised_at = at_ms;
}

void consult_note_promises(struct consult *consult, int64_t now_ms)
{
    consult->noted_at = now_ms;
    for (size_t i = 0; i < consult->lawyer_count; i++)
        consult->lawyers[i].promised_at = 0;
    for (size_t i = 0; consult->lead_ms && i < APPOINTMENTS_MAX; i++) {
        const struct consult_appointment *row = &consult->appointments[i];
        if (takes_time(row) && begins_at(consult, row) <= now_ms && now_ms < ends_at(consult, row))
            promise(consult, row->lawyer, row->starts_at);
    }
    for (size_t i = 0; consult->lead_ms && i < CONSULT_BOOTHS_MAX; i++) {
        const struct slot *slot = &consult->slots[i];
        if (slot->used && slot->appointment_at && slot->row.state == CONSULT_WAITING)
            promise(consult, slot->prefer, slot->appointment_at);
    }
}

bool consult_is_promised(const struct lawyer *lawyer, const struct consultation *row)
{
    const struct slot *slot = consult_slot(row);
    bool is_his = slot->appointment_at && strcmp(slot->prefer, lawyer->info.id) == 0;
    return lawyer->promised_at && !is_his;
}

// The first of these two that is still to come.
static int64_t turn_of(const struct consult *consult, const struct consult_appointment *row)
{
    int64_t begins = begins_at(consult, row);
    return consult->noted_at < begins ? begins : ends_at(consult, row);
}

int64_t consult_promise_deadline(const struct consult *consult)
{
    int64_t next = -1;
    for (size_t i = 0; consult->lead_ms && i < APPOINTMENTS_MAX; i++) {
        const struct consult_appointment *row = &consult->appointments[i];
        if (!takes_time(row))
            continue;
        int64_t at = turn_of(consult, row);
        if (at > consult->noted_at && (next < 0 || at < next))
            next = at;
    }
    return next;
}

int64_t consult_promised_at(const struct consult *consult, const char *lawyer)
{
    const struct lawyer *entry = consult_lawyer_entry((struct consult *)consult, lawyer);
    return entry ? entry->promised_at : 0;
}
