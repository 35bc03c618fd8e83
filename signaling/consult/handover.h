#pragma once
#include "signaling/consult/consult.h"

// A shift is to end, or to be another lawyer's: what was promised in it goes with it. Part of
// consult.h. An approved appointment lies in one shift of its lawyer, see vacancy.c.

// How many approved appointments that are still to come lie in it.
size_t consult_kept(const struct consult *consult, const struct consult_shift *shift);
// May that lawyer take it, and what was promised in it? ENOENT: there is no such other lawyer;
// EEXIST: he has another shift then; EXDEV: he does not serve where one of its appointments is;
// EBUSY: he has another appointment then.
int consult_check_handover(const struct consult *consult, const struct consult_shift *shift,
                           const char *to);
// It is his now, and so are its appointments, of which nobody has been reminded yet.
void consult_hand_shift(struct consult *consult, const char *id, const char *to);
