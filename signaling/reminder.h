#pragma once
#include "signaling/control_inside.h"

// Who comes to an appointment is rung up on the working day before: a task of the desk's for each
// that is approved, in the transaction of whatever becomes of the appointment. Control thread.

// Behind the appointment's own row in the batch: its task is made, moved or done. 0 or an errno.
int reminder_save(struct store_batch *batch, const struct consult *consult,
                  const struct consult_command *command, const struct consult_appointment *row);
// The task of each, due as the calendar has it now: at the start, and when the calendar is another.
void reminders_renew(struct control *control);
