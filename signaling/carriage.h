#pragma once
#include "signaling/control_inside.h"

// One command's rows and events on their way: all are committed in one transaction, and only then
// is anybody told and any room closed. Control thread.

struct carriage;

// `done` is called exactly once, by carriage_commit(). NULL: no memory,
// nothing is called.
struct carriage *carriage_new(struct control *control, people_result_h *done, void *arg);

// The rows of this command; borrowed.
struct store_batch *carriage_batch(struct carriage *carriage);
// Adds an event; takes over the reference to `data`. ENOMEM, EOVERFLOW.
int carriage_tell(struct carriage *carriage, const char *topic, const char *kind, json_t *data);
// The same for who listens now, without a number and without a row.
int carriage_tell_now(struct carriage *carriage, const char *topic, const char *kind, json_t *data);
// Touches one participant in a room once the rows are safe: ends his sessions, parks him, or lets
// him back. ENOMEM.
enum carriage_media { CARRIAGE_CLOSE, CARRIAGE_OUT, CARRIAGE_PARK, CARRIAGE_JOINT };
int carriage_media(struct carriage *carriage, enum carriage_media what, const char *room,
                   const char *participant);
// Ends a room's sessions once the rows are safe. ENOMEM.
int carriage_close_room(struct carriage *carriage, const char *room);
// Stops recording the room at once, unless its consultation is to be recorded: that begins once the
// rows are safe. ENOMEM.
int carriage_record_room(struct carriage *carriage, const char *room);
// What `done` gets; takes over the reference.
void carriage_result(struct carriage *carriage, json_t *result);

// Commits what there is (with `err` 0) or gives up; frees the carriage in the end. When the
// database refuses, the domains are ahead of the rows and are read again from them
// (control_reload).
void carriage_commit(struct carriage *carriage, int err);

// "It could not be saved": the problem for all such cases.
extern const struct problem carriage_not_saved;
