#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/calendar.h"
#include "signaling/consult/inside.h"
#include "signaling/consult/words.h"

// Who finds nobody on duty, or cannot wait, leaves a number: to be called back within a day, or
// with a half day that would suit for an appointment, on a day that the centre works.

static const struct problem unknown_category = {422, "unknown-category", "Unknown category",
                                                "Send one of the categories' codes.", "category"};
static const struct problem bad_phone = {422, "bad-phone", "Not a phone number",
                                         "Send 5 to 20 digits.", "text"};
static const struct problem bad_half_day = {
    422, "bad-half-day", "Not a half day",
    "Send a working day of the next two weeks and am or pm, such as 2026-11-24-am.", "half_day"};
static const struct problem messages_full = {503, "messages-full", "Too many open messages",
                                             "Ask the staff.", NULL};
static const struct problem no_message = {409, "no-message", "No such open message",
                                          "Somebody has answered it already.", "message"};

static const struct problem bad_reason = {422, "bad-reason", "A reason is needed",
                                          "Send 1 to 159 bytes that say why.", "reason"};

_Static_assert(APPOINTMENT_TEXT_MAX == 160 && CONSULT_WISH_DAYS == 14,
               "the texts above name the limits");

static int refuse(struct problem *problem, const struct problem *why, int err)
{
    *problem = *why;
    return err;
}

static bool is_half_day(const char *text)
{
    return calendar_day(text) >= 0 &&
           (strcmp(text + 10, "-am") == 0 || strcmp(text + 10, "-pm") == 0);
}

static bool is_wish(const struct consult *consult, const char *half_day, int64_t now_ms)
{
    int64_t today = calendar_today(now_ms);
    int64_t day = calendar_day(half_day);
    return is_half_day(half_day) && day >= today && day <= today + CONSULT_WISH_DAYS &&
           calendar_is_working(&consult->calendar, day);
}

size_t consult_wish_days(const struct consult *consult, int64_t now_ms,
                         int64_t days[CONSULT_WISH_DAYS])
{
    size_t count = 0;
    int64_t today = calendar_today(now_ms);
    for (int64_t day = today + 1; day <= today + CONSULT_WISH_DAYS; day++)
        if (calendar_is_working(&consult->calendar, day))
            days[count++] = day;
    return count;
}

static struct consult_message *new_row(struct consult *consult)
{
    for (size_t i = 0; i < CONSULT_MESSAGES_MAX; i++)
        if (!consult->messages[i].id)
            return &consult->messages[i];
    return NULL;
}

static int check(const struct consult *consult, const struct consult_command *command,
                 int64_t now_ms, struct problem *problem)
{
    const char *half_day = command->half_day;
    if (!consult_is_category(command->category))
        return refuse(problem, &unknown_category, EINVAL);
    if (!consult_is_phone(command->text))
        return refuse(problem, &bad_phone, EINVAL);
    if (half_day && *half_day && !is_wish(consult, half_day, now_ms))
        return refuse(problem, &bad_half_day, EINVAL);
    return 0;
}

static void fill(struct consult_message *row, const struct booth *booth,
                 const struct consult_command *command, int64_t now_ms)
{
    *row = (struct consult_message){.asked_at = now_ms, .due_at = now_ms + CONSULT_ANSWER_MS};
    text_copy(row->booth, sizeof(row->booth), booth->info.id);
    text_copy(row->category, sizeof(row->category), command->category);
    text_copy(row->phone, sizeof(row->phone), command->text);
    text_copy(row->half_day, sizeof(row->half_day), command->half_day ? command->half_day : "");
}

int consult_leave_word(struct consult *consult, struct booth *booth,
                       const struct consult_command *command, int64_t now_ms,
                       struct consult_effects *effects, struct problem *problem)
{
    const char *key = command->key ? command->key : "";
    if (*key && strcmp(key, booth->word_key) == 0) // sent again, because the answer was lost
        return 0;
    int err = check(consult, command, now_ms, problem);
    if (err)
        return err;
    struct consult_message *row = new_row(consult);
    if (!row)
        return refuse(problem, &messages_full, EAGAIN);
    fill(row, booth, command, now_ms);
    row->id = ++consult->message_id;
    text_copy(booth->word_key, sizeof(booth->word_key), key);
    effect_message(effects, row);
    effects->result = booth->open;
    if (booth->open)
        consult_close(consult, booth->open,
                      *row->half_day ? CONSULT_END_APPOINTMENT : CONSULT_END_MESSAGE, now_ms,
                      effects);
    return 0;
}

static struct consult_message *find(struct consult *consult, int64_t id)
{
    for (size_t i = 0; id > 0 && i < CONSULT_MESSAGES_MAX; i++)
        if (consult->messages[i].id == id && !consult->messages[i].answered_at)
            return &consult->messages[i];
    return NULL;
}

int consult_answer(struct consult *consult, const struct consult_command *command, int64_t now_ms,
                   struct consult_effects *effects, struct problem *problem)
{
    struct consult_message *row = find(consult, command->message);
    if (!row)
        return refuse(problem, &no_message, EPROTO);
    row->answered_at = now_ms;
    text_copy(row->answered_by, sizeof(row->answered_by), command->who);
    effect_message(effects, row);
    return 0;
}

int consult_refuse_wish(struct consult *consult, const struct consult_command *command,
                        struct consult_effects *effects, struct problem *problem)
{
    struct consult_message *row = find(consult, command->message);
    if (!row)
        return refuse(problem, &no_message, EPROTO);
    if (!command->reason || !consult_is_line(command->reason, 1, sizeof(row->reason) - 1))
        return refuse(problem, &bad_reason, EINVAL);
    text_copy(row->reason, sizeof(row->reason), command->reason);
    effect_message(effects, row);
    return 0;
}

void consult_sweep_messages(struct consult *consult)
{
    for (size_t i = 0; i < CONSULT_MESSAGES_MAX; i++)
        if (consult->messages[i].answered_at)
            explicit_bzero(&consult->messages[i], sizeof(consult->messages[i]));
}

int consult_load_message(struct consult *consult, const struct consult_message *message)
{
    if (message->id <= 0 || message->answered_at)
        return EINVAL;
    if (!consult_booth_entry(consult, message->booth))
        return ENOENT;
    struct consult_message *row = new_row(consult);
    if (!row)
        return EOVERFLOW;
    *row = *message;
    consult_load_message_id(consult, message->id);
    return 0;
}

void consult_load_message_id(struct consult *consult, int64_t id)
{
    if (id > consult->message_id)
        consult->message_id = id;
}

// Freed places are filled anew, so the order is that of the ids.
void consult_each_message(const struct consult *consult, consult_each_message_h *handler, void *arg)
{
    int64_t done = 0;
    for (;;) {
        const struct consult_message *next = NULL;
        for (size_t i = 0; i < CONSULT_MESSAGES_MAX; i++) {
            const struct consult_message *row = &consult->messages[i];
            bool is_open = row->id > done && !row->answered_at;
            if (is_open && (!next || row->id < next->id))
                next = row;
        }
        if (!next)
            return;
        handler(next, arg);
        done = next->id;
    }
}
