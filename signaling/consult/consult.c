#include "signaling/consult/consult.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "signaling/consult/inside.h"
#include "signaling/consult/settings.h"

int consult_alloc(struct consult **consultp)
{
    if (!consultp)
        return EINVAL;
    *consultp = mem_zalloc(sizeof(**consultp));
    if (!*consultp)
        return ENOMEM;
    (*consultp)->wait_offer_ms = 300000;
    (*consultp)->hold_ms = CONSULT_HOLD_MS;
    (*consultp)->recording_days = 30;
    return 0;
}

void consult_set_wait_offer(struct consult *consult, int64_t wait_ms)
{
    consult->wait_offer_ms = wait_ms;
}

void consult_set_hold(struct consult *consult, int64_t hold_ms)
{
    consult->hold_ms = hold_ms;
}

void consult_set_recording_days(struct consult *consult, int64_t days)
{
    consult->recording_days = days;
}

int64_t consult_wait_offer(const struct consult *consult)
{
    return consult->wait_offer_ms;
}

void consult_free(struct consult *consult)
{
    mem_free(consult);
}

struct booth *consult_booth_entry(struct consult *consult, const char *id)
{
    for (size_t i = 0; id && i < consult->booth_count; i++)
        if (strcmp(consult->booths[i].info.id, id) == 0)
            return &consult->booths[i];
    return NULL;
}

struct lawyer *consult_lawyer_entry(struct consult *consult, const char *id)
{
    for (size_t i = 0; id && i < consult->lawyer_count; i++)
        if (strcmp(consult->lawyers[i].info.id, id) == 0)
            return &consult->lawyers[i];
    return NULL;
}

bool consult_is_queued(const struct consultation *row)
{
    return row->state == CONSULT_WAITING || row->state == CONSULT_OFFERED;
}

bool consult_is_meeting(const struct consultation *row)
{
    return row->state == CONSULT_CONNECTED || row->state == CONSULT_SUSPENDED;
}

bool consult_lawyer_is_free(const struct lawyer *lawyer)
{
    return lawyer->duty.on_duty && lawyer->present && !lawyer->current;
}

static bool is_open(const struct slot *slot)
{
    return slot->used && slot->row.state != CONSULT_CLOSED;
}

// Whoever was with a lawyer already waits before all others.
static bool is_ahead(const struct consultation *row)
{
    return consult_is_queued(row) && row->connected_at;
}

static bool is_before(const struct consultation *a, const struct consultation *b)
{
    if (is_ahead(a) != is_ahead(b))
        return is_ahead(a);
    return a->day != b->day ? a->day < b->day : a->ticket_no < b->ticket_no;
}

size_t consult_sorted(const struct consult *consult, const struct consultation **list)
{
    size_t count = 0;
    for (size_t i = 0; i < CONSULT_BOOTHS_MAX; i++) {
        if (!is_open(&consult->slots[i]))
            continue;
        const struct consultation *row = &consult->slots[i].row;
        size_t at = count++;
        for (; at && is_before(row, list[at - 1]); at--)
            list[at] = list[at - 1];
        list[at] = row;
    }
    return count;
}

void consult_sweep(struct consult *consult)
{
    for (size_t i = 0; i < CONSULT_BOOTHS_MAX; i++) {
        struct slot *slot = &consult->slots[i];
        if (slot->used && slot->row.state == CONSULT_CLOSED)
            slot->used = false;
        else if (slot->used)
            consult_sweep_parties(slot);
    }
    consult_sweep_alarms(consult);
    consult_sweep_messages(consult);
    consult_sweep_appointments(consult);
}

struct consultation *consult_new_row(struct consult *consult)
{
    for (size_t i = 0; i < CONSULT_BOOTHS_MAX; i++)
        if (!consult->slots[i].used) {
            consult->slots[i] = (struct slot){.used = true};
            return &consult->slots[i].row;
        }
    return NULL;
}

// The slot begins with its row.
struct slot *consult_slot(const struct consultation *row)
{
    return (struct slot *)((char *)(uintptr_t)row - offsetof(struct slot, row));
}

const struct consult_beside *consult_beside(const struct consultation *consultation)
{
    return &consult_slot(consultation)->beside;
}

const struct consultation *consult_find(const struct consult *consult, const char *id)
{
    for (size_t i = 0; id && i < CONSULT_BOOTHS_MAX; i++)
        if (is_open(&consult->slots[i]) && strcmp(consult->slots[i].row.id, id) == 0)
            return &consult->slots[i].row;
    return NULL;
}

// The entry functions change nothing; they give what callers inside may change.
static struct booth *look_booth(const struct consult *consult, const char *id)
{
    return consult_booth_entry((struct consult *)consult, id);
}

static struct lawyer *look_lawyer(const struct consult *consult, const char *id)
{
    return consult_lawyer_entry((struct consult *)consult, id);
}

const struct consultation *consult_of_booth(const struct consult *consult, const char *booth)
{
    const struct booth *entry = look_booth(consult, booth);
    return entry ? entry->open : NULL;
}

const struct consultation *consult_of_lawyer(const struct consult *consult, const char *lawyer)
{
    const struct lawyer *entry = look_lawyer(consult, lawyer);
    return entry ? entry->current : NULL;
}

const struct consult_lawyer *consult_lawyer(const struct consult *consult, const char *id)
{
    const struct lawyer *entry = look_lawyer(consult, id);
    return entry ? &entry->info : NULL;
}

const struct consult_duty *consult_duty(const struct consult *consult, const char *lawyer)
{
    const struct lawyer *entry = look_lawyer(consult, lawyer);
    return entry ? &entry->duty : NULL;
}

size_t consult_waiting(const struct consult *consult)
{
    size_t count = 0;
    for (size_t i = 0; i < CONSULT_BOOTHS_MAX; i++)
        count += consult->slots[i].used && consult_is_queued(&consult->slots[i].row);
    return count;
}

size_t consult_position(const struct consult *consult, const struct consultation *consultation)
{
    size_t position = 1;
    if (!consult_is_queued(consultation))
        return 0;
    for (size_t i = 0; i < CONSULT_BOOTHS_MAX; i++) {
        const struct slot *slot = &consult->slots[i];
        position += slot->used && consult_is_queued(&slot->row) &&
                    is_before(&slot->row, consultation) &&
                    consult_compete(consult, &slot->row, consultation);
    }
    return position;
}

bool consult_is_free(const struct consult *consult, const char *lawyer)
{
    const struct lawyer *entry = look_lawyer(consult, lawyer);
    return entry && consult_lawyer_is_free(entry) && !entry->promised_at;
}

void consult_each(const struct consult *consult, consult_each_h *handler, void *arg)
{
    const struct consultation *list[CONSULT_BOOTHS_MAX];
    size_t count = consult_sorted(consult, list);
    for (size_t i = 0; i < count; i++)
        handler(list[i], arg);
}

bool consult_is_here(const struct consult *consult, const char *booth_or_lawyer)
{
    const struct booth *booth = look_booth(consult, booth_or_lawyer);
    const struct lawyer *lawyer = look_lawyer(consult, booth_or_lawyer);
    return (booth && booth->present) || (lawyer && lawyer->present);
}

void consult_each_lawyer(const struct consult *consult, consult_each_lawyer_h *handler, void *arg)
{
    for (size_t i = 0; i < consult->lawyer_count; i++)
        handler(&consult->lawyers[i].info, &consult->lawyers[i].duty, arg);
}
