#pragma once
#include "signaling/control_inside.h"

// What a person asks for that is rows only and no command to a domain: all of it in one transaction
// with its audit entries, and then the answer. Control thread.

struct errand;

// `after` is called when the rows are safe, before the answer, with the `about` that
// was given. `about` is the errand's and is freed with it.
typedef void errand_after_h(struct control *control, void *about);

// NULL: no memory; `done` has been called.
struct errand *errand_new(struct control *control, const char *actor, people_result_h *done,
                          void *arg);
struct control *errand_control(const struct errand *errand);
// What goes wrong is remembered, and the answer to errand_commit().
void errand_write(struct errand *errand, enum store_write write, const struct store_value *values,
                  size_t count);
void errand_note(struct errand *errand, const char *action, const char *object, const char *detail);
// Takes the reference over.
void errand_result(struct errand *errand, json_t *result);
// `about` NULL: there was no memory for it, so nothing is committed.
void errand_after(struct errand *errand, errand_after_h *after, void *about);
// The domain is changed before the rows are safe, so that no command between sees it as it was;
// when they are refused it is read again. Last before errand_commit(); false: something went wrong
// before, or it is being read just now: change nothing.
bool errand_leads(struct errand *errand);
// An event for those who listen to `topic`; takes the reference over.
void errand_tell(struct errand *errand, const char *topic, const char *kind, json_t *data);

// What the database's refusals mean; NULL members: it could not be saved.
struct errand_words {
    const struct problem *taken;   // EEXIST
    const struct problem *missing; // ENOENT
    const struct problem *unknown; // EINVAL: it names somebody or something that is not there
};
// Gives the errand away. `words` must last.
void errand_commit(struct errand *errand, const struct errand_words *words);
// The same without any row.
void errand_refuse(struct errand *errand, int err, const struct problem *problem);
