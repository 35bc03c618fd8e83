#include <errno.h>
#include <string.h>

#include "signaling/consult/inside.h"
#include "signaling/consult/words.h"

// What the desk must see to. Whose an alarm is, is a matter of its kind; so there is always a place
// for a new one, and pressing a button again raises nothing new.

static const bool is_of_lawyer[CONSULT_ALARM_KINDS] = {
    [CONSULT_ALARM_PANIC] = true, [CONSULT_ALARM_ABSENT] = true};

static bool is_open(const struct alarm *alarm)
{
    return alarm->used && !alarm->row.closed_at;
}

static bool is_same(const struct consult_alarm *a, const struct consult_alarm *b)
{
    if (a->kind != b->kind)
        return false;
    return is_of_lawyer[a->kind] ? strcmp(a->lawyer, b->lawyer) == 0
                                 : strcmp(a->booth, b->booth) == 0;
}

static const struct consult_alarm *find_same(const struct consult *consult,
                                             const struct consult_alarm *what)
{
    for (size_t i = 0; i < ALARMS_MAX; i++)
        if (is_open(&consult->alarms[i]) && is_same(&consult->alarms[i].row, what))
            return &consult->alarms[i].row;
    return NULL;
}

static struct consult_alarm *new_row(struct consult *consult)
{
    for (size_t i = 0; i < ALARMS_MAX; i++)
        if (!consult->alarms[i].used) {
            consult->alarms[i].used = true;
            return &consult->alarms[i].row;
        }
    return NULL;
}

void consult_raise(struct consult *consult, const struct consult_alarm *what, int64_t now_ms,
                   struct consult_effects *effects)
{
    struct consult_alarm *row = find_same(consult, what) ? NULL : new_row(consult);
    if (!row)
        return;
    *row = *what;
    row->id = ++consult->alarm_id;
    row->raised_at = now_ms;
    effect_alarm(effects, row);
}

void consult_lower(struct consult_alarm *alarm, int64_t now_ms, struct consult_effects *effects)
{
    alarm->closed_at = now_ms;
    effect_alarm(effects, alarm);
}

int consult_load_alarm(struct consult *consult, const struct consult_alarm *alarm)
{
    if ((unsigned)alarm->kind >= CONSULT_ALARM_KINDS || alarm->id <= 0 || alarm->closed_at)
        return EINVAL;
    if (find_same(consult, alarm))
        return EEXIST;
    struct consult_alarm *row = new_row(consult);
    if (!row)
        return EOVERFLOW;
    *row = *alarm;
    consult_load_alarm_id(consult, alarm->id);
    return 0;
}

void consult_load_alarm_id(struct consult *consult, int64_t id)
{
    if (id > consult->alarm_id)
        consult->alarm_id = id;
}

struct consult_alarm *consult_alarm_entry(struct consult *consult, int64_t id)
{
    for (size_t i = 0; i < ALARMS_MAX; i++)
        if (is_open(&consult->alarms[i]) && consult->alarms[i].row.id == id)
            return &consult->alarms[i].row;
    return NULL;
}

const struct consult_alarm *consult_alarm(const struct consult *consult, int64_t id)
{
    return consult_alarm_entry((struct consult *)consult, id); // looking changes nothing
}

void consult_sweep_alarms(struct consult *consult)
{
    for (size_t i = 0; i < ALARMS_MAX; i++)
        if (consult->alarms[i].row.closed_at)
            consult->alarms[i] = (struct alarm){0};
}

void consult_each_alarm(const struct consult *consult, consult_each_alarm_h *handler, void *arg)
{
    for (size_t i = 0; i < ALARMS_MAX; i++)
        if (is_open(&consult->alarms[i]))
            handler(&consult->alarms[i].row, arg);
}
