#include "signaling/reminder.h"

#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"

static bool is_due(const struct consult_appointment *row)
{
    return row->state == APPOINTMENT_APPROVED && !row->reminded_at;
}

static int put(struct store_batch *batch, const struct consult *consult,
               const struct consult_appointment *row)
{
    const struct store_value task[] = {{.number = row->id},
                                       {.number = clock_wall_ms()},
                                       {.number = consult_remind_at(consult, row)}};
    return store_batch_write(batch, STORE_PUT_REMINDER, task, 3);
}

int reminder_save(struct store_batch *batch, const struct consult *consult,
                  const struct consult_command *command, const struct consult_appointment *row)
{
    const struct store_value end[] = {{.number = clock_wall_ms()},
                                      {.text = command->who ? command->who : ""},
                                      {.text = command->reason ? command->reason : ""},
                                      {.number = row->id}};
    if (is_due(row))
        return put(batch, consult, row);
    return row->state == APPOINTMENT_REQUESTED
               ? 0
               : store_batch_write(batch, STORE_END_REMINDER, end, 4);
}

// --- all of them ---------------------------------------------------------------------------------

struct renewal {
    const struct consult *consult;
    struct store_batch *batch;
    size_t count;
    int err;
};

static void renew(const struct consult_appointment *row, void *arg)
{
    struct renewal *renewal = arg;
    if (renewal->err || !is_due(row))
        return;
    renewal->err = put(renewal->batch, renewal->consult, row);
    renewal->count++;
}

static void renewed(void *arg, int err, int64_t first_event)
{
    (void)arg, (void)first_event;
    if (err)
        log_error("desk", "reminders of appointments were not renewed: %s", strerror(err));
}

void reminders_renew(struct control *control)
{
    struct renewal renewal = {.consult = control->consult};
    renewal.err = store_batch_alloc(&renewal.batch);
    if (!renewal.err)
        consult_each_appointment(control->consult, renew, &renewal);
    if (!renewal.err && renewal.count) {
        renewal.err = store_commit(control->store, renewal.batch, renewed, NULL);
        renewal.batch = NULL; // the store's now
    }
    if (renewal.err)
        renewed(NULL, renewal.err, 0);
    store_batch_free(renewal.batch);
}
