#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/inside.h"
#include "signaling/consult/words.h"

int consult_load_lawyer(struct consult *consult, const struct consult_lawyer *lawyer)
{
    struct lawyer *entry = consult_lawyer_entry(consult, lawyer->id);
    if (!consult_is_id(lawyer->id))
        return EINVAL;
    if (!entry && consult->lawyer_count == CONSULT_LAWYERS_MAX)
        return EOVERFLOW;
    if (!entry)
        entry = &consult->lawyers[consult->lawyer_count++];
    consult->is_renamed |= entry->duty.on_duty;
    entry->info = *lawyer;
    text_copy(entry->duty.lawyer, sizeof(entry->duty.lawyer), lawyer->id);
    consult_note_lawyer(consult, entry);
    return 0;
}

int consult_load_duty(struct consult *consult, const struct consult_duty *duty)
{
    struct lawyer *entry = consult_lawyer_entry(consult, duty->lawyer);
    if (!entry)
        return ENOENT;
    entry->duty = *duty;
    return 0;
}

static bool is_possible(const struct consultation *row)
{
    bool needs_lawyer = row->state == CONSULT_OFFERED || consult_is_meeting(row);
    if ((*row->colleague || *row->parked) && !consult_is_meeting(row))
        return false;
    return consult_is_id(row->id) && row->state < CONSULT_CLOSED && row->ticket_no > 0 &&
           row->end_reason == CONSULT_END_NONE && needs_lawyer == (row->lawyer[0] != 0);
}

int consult_load_consultation(struct consult *consult, const struct consultation *row)
{
    struct booth *booth = consult_booth_entry(consult, row->booth);
    struct lawyer *lawyer = consult_lawyer_entry(consult, row->lawyer);
    struct lawyer *colleague = consult_lawyer_entry(consult, row->colleague);
    if (!is_possible(row))
        return EINVAL;
    if (!booth || (row->lawyer[0] && !lawyer) || (row->colleague[0] && !colleague))
        return ENOENT;
    if (booth->open || (lawyer && lawyer->current) || (colleague && colleague->current) ||
        consult_find(consult, row->id))
        return EEXIST;
    struct consultation *mine = consult_new_row(consult);
    if (!mine)
        return EOVERFLOW;
    *mine = *row;
    consult_slot(mine)->centre = booth->centre;
    booth->open = mine;
    if (lawyer)
        lawyer->current = mine;
    if (colleague)
        colleague->current = mine;
    consult_load_ticket(consult, row->day, row->ticket_no);
    return 0;
}

int consult_load_unrated(struct consult *consult, const char *booth, const char *consultation,
                         int64_t ended_at)
{
    struct booth *entry = consult_booth_entry(consult, booth);
    if (!entry)
        return ENOENT;
    entry->last = (struct consult_rating){0};
    text_copy(entry->last.consultation, sizeof(entry->last.consultation), consultation);
    entry->last_ended_at = ended_at;
    return 0;
}

void consult_load_ticket(struct consult *consult, int64_t day, int64_t ticket_no)
{
    if (day > consult->day || (day == consult->day && ticket_no > consult->ticket_no)) {
        consult->day = day;
        consult->ticket_no = ticket_no;
    }
}

static void resume_row(struct consultation *row, int64_t now_ms, struct consult_effects *effects)
{
    if (row->state == CONSULT_OFFERED) {
        row->offer_expires_at = now_ms + CONSULT_OFFER_MS;
        consult_keep_apart(row, effects);
        effect_save(effects, row);
    } else if (consult_is_meeting(row)) {
        effect_media(effects, CONSULT_MEDIA_OPEN, row);
        if (*row->parked)
            effect_media_of(effects, CONSULT_MEDIA_PARK, row, row->parked);
        effect_media(effects, CONSULT_RECORD, row); // off: it is asked for anew
    }
}

void consult_resume(struct consult *consult, int64_t now_ms, struct consult_effects *effects)
{
    effects->result = NULL;
    effects->count = 0;
    consult->resumed_at = now_ms;
    for (size_t i = 0; i < consult->booth_count; i++) {
        consult->booths[i].present = false;
        consult->booths[i].lost_at = now_ms;
    }
    for (size_t i = 0; i < consult->lawyer_count; i++) {
        consult->lawyers[i].present = false;
        consult->lawyers[i].lost_at = now_ms;
    }
    for (size_t i = 0; i < CONSULT_BOOTHS_MAX; i++)
        if (consult->slots[i].used)
            resume_row(&consult->slots[i].row, now_ms, effects);
    consult_tell_changes(consult, NULL);
}
