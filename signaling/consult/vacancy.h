#pragma once
#include "signaling/consult/act.h"

// Inside this folder: may an appointment be?

// Everything about it: texts, time, who and where, and that nobody else has them then. 0 or an
// errno with the act's problem.
int vacancy_check(struct act *act, const struct consult_appointment *wanted);
// What can have changed since it was asked for.
int vacancy_check_again(struct act *act, const struct consult_appointment *row);
