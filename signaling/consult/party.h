#pragma once
#include "signaling/consult/consult.h"

// Who is of a consultation: its booth, its lawyer, and those who were let in.

// May this participant publish and watch in this room now? The one place that says so: a
// consultation's room is open to the people of it while they meet, and to nobody else. A room that
// is no open consultation's: false.
bool consult_may_enter(const struct consult *consult, const char *room, const char *participant);
