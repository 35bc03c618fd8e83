#include <errno.h>
#include <string.h>

#include "signaling/consult/calendar.h"
#include "signaling/consult/inside.h"
#include "signaling/consult/settings.h"
#include "signaling/consult/words.h"

// Where appointments may be, and from which day on.

static struct consult_booth *room_entry(struct consult *consult, const char *id)
{
    for (size_t i = 0; i < consult->room_count; i++)
        if (strcmp(consult->rooms[i].id, id) == 0)
            return &consult->rooms[i];
    return NULL;
}

int consult_load_room(struct consult *consult, const struct consult_booth *room)
{
    struct consult_booth *entry = room_entry(consult, room->id);
    if (!consult_is_id(room->id) || consult_booth(consult, room->id))
        return EINVAL;
    if (!entry && consult->room_count == APPOINTMENT_ROOMS_MAX)
        return EOVERFLOW;
    if (!entry)
        entry = &consult->rooms[consult->room_count++];
    *entry = *room;
    return 0;
}

size_t consult_rooms(const struct consult *consult)
{
    return consult->room_count;
}

const struct consult_booth *consult_place(const struct consult *consult, const char *id)
{
    const struct consult_booth *booth = consult_booth(consult, id);
    return booth ? booth : room_entry((struct consult *)consult, id); // finding changes nothing
}

void consult_set_calendar(struct consult *consult, const struct calendar *calendar)
{
    consult->calendar = *calendar;
}

const struct calendar *consult_calendar(const struct consult *consult)
{
    return &consult->calendar;
}

int64_t consult_room_day(const struct consult *consult, int64_t now_ms)
{
    return calendar_after(&consult->calendar, calendar_today(now_ms), APPOINTMENT_NOTICE_DAYS);
}

int64_t consult_remind_at(const struct consult *consult, const struct consult_appointment *row)
{
    return calendar_midnight(calendar_before(&consult->calendar, calendar_today(row->starts_at)));
}
