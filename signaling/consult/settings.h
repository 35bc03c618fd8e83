#pragma once
#include <stdint.h>

// What a clinic sets for itself; in brackets what holds until it does. Any time, control thread.

struct calendar;
struct consult;

// After this wait a booth offers a message or an appointment [five minutes]; it is told as it is.
void consult_set_wait_offer(struct consult *consult, int64_t wait_ms);
int64_t consult_wait_offer(const struct consult *consult);
// So long before an appointment its lawyer is offered nobody else [0: always].
void consult_set_lead(struct consult *consult, int64_t lead_ms);
// Who is lost in a meeting is held so long [CONSULT_HOLD_MS], and so long a lawyer's duty.
void consult_set_hold(struct consult *consult, int64_t hold_ms);
// So many days a recording is kept [30]: told to whoever is asked whether he may be recorded.
void consult_set_recording_days(struct consult *consult, int64_t days);
// Holidays and the days worked for them [none are known].
void consult_set_calendar(struct consult *consult, const struct calendar *calendar);
const struct calendar *consult_calendar(const struct consult *consult);
