#pragma once
#include <jansson.h>

#include "signaling/api/people.h"

// Who sees what: everything that people at work are shown goes through here, and
// signaling/auth/scope.h decides. What is somewhere else is for them as if it were not there.

bool seen_centre(const struct consult *clinic, const struct caller *caller, const char *centre);
bool seen_booth(const struct consult *clinic, const struct caller *caller, const char *booth);
// A booth or a room.
bool seen_meeting_place(const struct consult *clinic, const struct caller *caller, const char *id);
// Lawyers of the whole district belong to each of its centres, too; who serves one of the caller's
// centres is seen, wherever else he serves.
bool seen_lawyer(const struct consult *clinic, const struct caller *caller, const char *lawyer);
bool seen_alarm(const struct consult *clinic, const struct caller *caller, int64_t id);
bool seen_message(const struct consult *clinic, const struct caller *caller, int64_t id);

// Does it say {"booth":{"id"}}, {"place"} (the id of a booth or a room) or {"lawyer":{"id"}} of one
// that is seen? What names none of them is.
bool seen_row(const struct consult *clinic, const struct caller *caller, const json_t *row);
typedef bool seen_h(const struct consult *clinic, const struct caller *caller, const json_t *row);
// Takes the others out of the array.
void seen_rows(const struct consult *clinic, const struct caller *caller, json_t *rows,
               seen_h *is_seen);

// The clinic and the desk's board as this caller sees them; new references.
json_t *seen_clinic(const struct consult *clinic, const struct caller *caller);
json_t *seen_desk(const struct consult *clinic, const struct caller *caller);
// A lawyer's own, with the messages and the waiting of whom he serves.
json_t *seen_lawyer_state(const struct consult *clinic, const struct caller *caller);
// Whether an event reads the same for all who listen, for all of a centre, or for each his own way.
enum seen_as { SEEN_BY_ALL, SEEN_BY_CENTRE, SEEN_BY_ONE };
enum seen_as seen_as(const struct caller *caller, const char *kind);
// An event on its way to a page: false when it is not for this one. `data` is changed to what it
// may know.
bool seen_event(const struct consult *clinic, const struct caller *caller, const char *kind,
                json_t *data);
