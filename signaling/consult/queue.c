#include <string.h>

#include "signaling/consult/inside.h"
#include "signaling/consult/words.h"

static bool is_skilled(const struct lawyer *lawyer, const struct consultation *row)
{
    const char *skills = lawyer->info.skills;
    return !*skills || consult_list_has(skills, row->category);
}

// Whoever writes with a resident (zh-Hans) need not speak with him: everybody can.
static bool speaks(const struct lawyer *lawyer, const struct consultation *row)
{
    const char *languages = *lawyer->info.languages ? lawyer->info.languages : "zh-CN";
    return strcmp(row->language, "zh-Hans") == 0 || consult_list_has(languages, row->language);
}

bool consult_may_serve(const struct lawyer *lawyer, const struct consultation *row)
{
    bool is_giver = row->transfer_until && strcmp(lawyer->info.id, row->handed_by) == 0;
    return consult_is_server(lawyer, row) && !is_giver &&
           strcmp(lawyer->info.id, row->declined_by) != 0 &&
           !consult_list_has(row->conflicts, lawyer->info.id);
}

// Is there somebody on duty to wait for who speaks the language?
static bool is_spoken(const struct consult *consult, const struct consultation *row)
{
    for (size_t i = 0; i < consult->lawyer_count; i++) {
        const struct lawyer *lawyer = &consult->lawyers[i];
        if (lawyer->duty.on_duty && consult_may_serve(lawyer, row) && speaks(lawyer, row))
            return true;
    }
    return false;
}

// Is `a` rather to be asked than `b`? Skill, then who served longest ago.
static bool is_better(const struct lawyer *a, const struct lawyer *b,
                      const struct consultation *row)
{
    if (is_skilled(a, row) != is_skilled(b, row))
        return is_skilled(a, row);
    if (a->duty.last_served_at != b->duty.last_served_at)
        return a->duty.last_served_at < b->duty.last_served_at;
    if (a->duty.since != b->duty.since)
        return a->duty.since < b->duty.since;
    return strcmp(a->info.id, b->info.id) < 0;
}

// The lawyer that the resident would like, when he can be had soon; NULL. `*is_busy`: he is worth
// waiting for (tick.c ends that).
static struct lawyer *preferred(struct consult *consult, const struct consultation *row,
                                bool *is_busy)
{
    const char *id = consult_slot(row)->prefer;
    struct lawyer *lawyer = *id ? consult_lawyer_entry(consult, id) : NULL;
    *is_busy = false;
    if (!lawyer || row->connected_at || !lawyer->duty.on_duty || !consult_may_serve(lawyer, row))
        return NULL;
    *is_busy = lawyer->current != NULL;
    return consult_lawyer_is_free(lawyer) && !consult_is_promised(lawyer, row) ? lawyer : NULL;
}

struct lawyer *consult_best_for(struct consult *consult, const struct consultation *row)
{
    bool is_busy;
    struct lawyer *best = preferred(consult, row, &is_busy);
    if (best || is_busy)
        return best;
    bool any_language = !is_spoken(consult, row); // better a stranger's tongue than nobody
    for (size_t i = 0; i < consult->lawyer_count; i++) {
        struct lawyer *lawyer = &consult->lawyers[i];
        if (!consult_lawyer_is_free(lawyer) || !consult_may_serve(lawyer, row) ||
            consult_is_promised(lawyer, row))
            continue;
        if ((any_language || speaks(lawyer, row)) && (!best || is_better(lawyer, best, row)))
            best = lawyer;
    }
    return best;
}

// The one it was passed on to by name, as long as he can take it.
static struct lawyer *next_for(struct consult *consult, struct consultation *row,
                               struct consult_effects *effects)
{
    struct lawyer *wanted = consult_lawyer_entry(consult, row->wanted);
    if (wanted && consult_lawyer_is_free(wanted) && consult_may_serve(wanted, row))
        return wanted;
    if (*row->wanted) {
        memset(row->wanted, 0, sizeof(row->wanted));
        effect_save(effects, row);
    }
    return consult_best_for(consult, row);
}

void consult_dispatch(struct consult *consult, int64_t now_ms, struct consult_effects *effects)
{
    const struct consultation *list[CONSULT_BOOTHS_MAX];
    size_t count = consult_sorted(consult, list);
    for (size_t i = 0; i < count; i++) {
        // A booth without a socket keeps its place, but no lawyer is rung for it.
        struct booth *booth = consult_booth_entry(consult, list[i]->booth);
        if (list[i]->state != CONSULT_WAITING || !booth->present)
            continue;
        struct lawyer *lawyer = next_for(consult, booth->open, effects);
        if (lawyer)
            consult_offer(booth->open, lawyer, now_ms, effects);
        else if (consult_return_deadline(booth->open) >= 0) // nobody left to ask: why wait?
            consult_return(consult, booth->open, now_ms, effects);
    }
}

// 1 = next of those who wait for the same lawyers.
static size_t place_of(const struct consult *consult, const struct consultation *const *list,
                       size_t at)
{
    size_t place = 1;
    for (size_t i = 0; i < at; i++)
        place += consult_is_queued(list[i]) && consult_compete(consult, list[i], list[at]);
    return place;
}

// Returns how many wait.
static size_t tell_positions(struct consult *consult, struct consult_effects *effects)
{
    const struct consultation *list[CONSULT_BOOTHS_MAX];
    size_t count = consult_sorted(consult, list), waiting = 0;
    for (size_t i = 0; i < count; i++) {
        if (!consult_is_queued(list[i]))
            continue;
        struct slot *slot = consult_slot(list[i]);
        size_t position = place_of(consult, list, i);
        bool is_less = consult_lower_minutes(consult, slot, position);
        if ((slot->told_position != position || is_less) && effects)
            effect_tell_booth(effects, list[i]);
        slot->told_position = position;
        waiting++;
    }
    return waiting;
}

// A lawyer is told himself for what he is kept free.
static bool note_duty(struct lawyer *lawyer, struct consult_effects *effects)
{
    bool is_free = consult_lawyer_is_free(lawyer);
    bool is_kept = lawyer->told_promised_at != lawyer->promised_at;
    bool changed = lawyer->told_on_duty != lawyer->duty.on_duty || lawyer->told_free != is_free;
    lawyer->told_on_duty = lawyer->duty.on_duty;
    lawyer->told_free = is_free;
    lawyer->told_promised_at = lawyer->promised_at;
    if (is_kept && effects)
        effect_tell_duty(effects, &lawyer->duty);
    return changed || is_kept;
}

static bool note_duties(struct consult *consult, struct consult_effects *effects)
{
    int64_t next_duty = consult_next_duty(consult, NULL);
    bool changed = consult->told_next_duty != next_duty || consult->is_renamed;
    consult->told_next_duty = next_duty;
    consult->is_renamed = false;
    for (size_t i = 0; i < consult->lawyer_count; i++)
        changed |= note_duty(&consult->lawyers[i], effects);
    return changed;
}

void consult_tell_changes(struct consult *consult, struct consult_effects *effects)
{
    size_t waiting = tell_positions(consult, effects);
    bool number = waiting != consult->told_waiting;
    bool duties = note_duties(consult, effects);
    consult->told_waiting = waiting;
    if (!effects)
        return;
    if (number)
        effect_tell_waiting(effects);
    if (number || duties)
        effect_tell_clinic(effects);
}
