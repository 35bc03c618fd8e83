#include "signaling/consult/vacancy.h"

#include <errno.h>
#include <string.h>

#include "signaling/consult/calendar.h"
#include "signaling/consult/inside.h"
#include "signaling/consult/words.h"

// May an appointment be: is it well formed, is it in time, and are lawyer and place free?

#define DAY_MS 86400000ll

static const struct problem bad_phone = {422, "bad-phone", "Not a phone number",
                                         "Send 5 to 20 digits.", "phone"};
static const struct problem bad_category = {422, "unknown-category", "Unknown category",
                                            "Send one of the categories' codes.", "category"};
static const struct problem no_purpose = {422, "bad-purpose", "A purpose is needed",
                                          "Say in one line what the room is for.", "purpose"};
static const struct problem past = {422, "bad-start", "Not a time for an appointment",
                                    "It begins from now on, within 92 days.", "starts_at"};
static const struct problem bad_length = {422, "bad-length", "Not a length of an appointment",
                                          "Ten minutes to four hours, of a room to twelve.",
                                          "ends_at"};
static const struct problem too_soon = {
    422, "too-soon", "Too soon", "A room is asked for three working days ahead.", "starts_at"};
static const struct problem no_lawyer = {422, "unknown-lawyer", "No such lawyer",
                                         "Send the id of a lawyer of this clinic.", "lawyer"};
static const struct problem no_shift = {422, "not-on-duty", "Not on duty then",
                                        "It must lie within one shift of this lawyer.", "lawyer"};
static const struct problem not_there = {422, "serves-elsewhere", "Serves elsewhere",
                                         "This lawyer does not serve this booth's centre.",
                                         "lawyer"};
static const struct problem no_place = {422, "unknown-place", "No such place",
                                        "Send the id of a booth, or of a room for a room.",
                                        "place"};
static const struct problem lawyer_taken = {
    409, "lawyer-taken", "Taken", "This lawyer has another appointment then.", "starts_at"};
static const struct problem place_taken = {409, "place-taken", "Taken",
                                           "This place has another appointment then.", "place"};

_Static_assert(APPOINTMENT_NOTICE_DAYS == 3 && APPOINTMENT_AHEAD_DAYS == 92,
               "the texts above name the limits");

static bool is_room(const struct consult_appointment *row)
{
    return row->kind == APPOINTMENT_ROOM;
}

static int check_texts(struct act *act, const struct consult_appointment *row)
{
    if (!row || !consult_is_phone(row->phone))
        return act_refuse(act, &bad_phone, EINVAL);
    if (is_room(row) && !*row->purpose)
        return act_refuse(act, &no_purpose, EINVAL);
    if (!is_room(row) && !consult_is_category(row->category))
        return act_refuse(act, &bad_category, EINVAL);
    return 0;
}

static int check_time(struct act *act, const struct consult_appointment *row)
{
    int64_t length = row->ends_at - row->starts_at;
    if (row->starts_at < act->now_ms ||
        row->starts_at > act->now_ms + APPOINTMENT_AHEAD_DAYS * DAY_MS)
        return act_refuse(act, &past, EINVAL);
    if (length < APPOINTMENT_LEAST_MS ||
        length > (is_room(row) ? APPOINTMENT_ROOM_MS : APPOINTMENT_TALK_MS))
        return act_refuse(act, &bad_length, EINVAL);
    if (is_room(row) &&
        calendar_today(row->starts_at) < consult_room_day(act->consult, act->now_ms))
        return act_refuse(act, &too_soon, EINVAL);
    return 0;
}

static bool has_shift_for(const struct consult *consult, const struct consult_appointment *row)
{
    for (size_t i = 0; i < consult->shift_count; i++) {
        const struct consult_shift *shift = &consult->shifts[i].row;
        if (strcmp(shift->lawyer, row->lawyer) == 0 && shift->starts_at <= row->starts_at &&
            row->ends_at <= shift->ends_at)
            return true;
    }
    return false;
}

static int check_who(struct act *act, const struct consult_appointment *row)
{
    if (is_room(row))
        return consult_place(act->consult, row->place) ? 0 : act_refuse(act, &no_place, ENOENT);
    const struct consult_booth *booth = consult_booth(act->consult, row->place);
    if (!booth)
        return act_refuse(act, &no_place, ENOENT);
    if (!consult_lawyer(act->consult, row->lawyer))
        return act_refuse(act, &no_lawyer, ENOENT);
    if (!consult_serves(act->consult, row->lawyer, booth->centre))
        return act_refuse(act, &not_there, EINVAL);
    return has_shift_for(act->consult, row) ? 0 : act_refuse(act, &no_shift, EINVAL);
}

static bool overlaps(const struct consult_appointment *a, const struct consult_appointment *b)
{
    return a->id != b->id && a->starts_at < b->ends_at && b->starts_at < a->ends_at;
}

static int check_free(struct act *act, const struct consult_appointment *row)
{
    for (size_t i = 0; i < APPOINTMENTS_MAX; i++) {
        const struct consult_appointment *other = &act->consult->appointments[i];
        if (!other->id || other->state != APPOINTMENT_APPROVED || !overlaps(other, row))
            continue;
        if (*row->lawyer && strcmp(other->lawyer, row->lawyer) == 0)
            return act_refuse(act, &lawyer_taken, EEXIST);
        if (strcmp(other->place, row->place) == 0)
            return act_refuse(act, &place_taken, EEXIST);
    }
    return 0;
}

int vacancy_check(struct act *act, const struct consult_appointment *wanted)
{
    int err = check_texts(act, wanted);
    if (!err)
        err = check_time(act, wanted);
    return err ? err : vacancy_check_again(act, wanted);
}

int vacancy_check_again(struct act *act, const struct consult_appointment *row)
{
    if (row->starts_at < act->now_ms)
        return act_refuse(act, &past, EINVAL);
    int err = check_who(act, row);
    return err ? err : check_free(act, row);
}
