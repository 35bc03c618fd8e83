#pragma once
#include "signaling/control_inside.h"

// One command's rows and events on their way: all are committed in one transaction, and only then
// is anybody told and any room closed. Control thread.

struct carriage;

// `done` is called exactly once, by carriage_commit() or by carriage_finish(). NULL: no memory,
// nothing is called.
struct carriage *carriage_new(struct control *control, people_result_h *done, void *arg);

// The rows of this command; borrowed.
struct store_batch *carriage_batch(struct carriage *carriage);
// Adds an event; takes over the reference to `data`. ENOMEM, EOVERFLOW.
int carriage_tell(struct carriage *carriage, const char *topic, const char *kind, json_t *data);
// Ends a room's sessions once the rows are safe. ENOMEM.
int carriage_close_room(struct carriage *carriage, const char *room);
// What `done` gets; takes over the reference.
void carriage_result(struct carriage *carriage, json_t *result);

// Commits (with `err` 0) or gives up; frees the carriage in the end. When the database refuses, the
// domains are ahead of the rows and are read again from them (control_reload).
void carriage_commit(struct carriage *carriage, int err);
// For a command that has nothing to save.
void carriage_finish(struct carriage *carriage);

// "It could not be saved": the problem for all such cases.
extern const struct problem carriage_not_saved;
