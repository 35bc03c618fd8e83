#pragma once
#include "signaling/store/store.h"

// What has been kept long enough is deleted, so that nothing of it is left in the database, in its
// log, or in a file; and it is noted what it was.

enum store_class {
    STORE_CLASS_RECORDS,      // bodies and keys, so long after the consultation
    STORE_CLASS_PAPERS,       // that were kept, and their keys, as records
    STORE_CLASS_RECORDINGS,   // files and keys, so long after they were begun
    STORE_CLASS_CONSENTS,     // so long after the consultation, when its record is gone
    STORE_CLASS_MESSAGES,     // phone numbers, so long after somebody called
    STORE_CLASS_APPOINTMENTS, // names, numbers and purposes, so long after they were over
    STORE_CLASS_QUEUE,        // keys and lawyers' conflicts; what is counted stays
    STORE_CLASS_GUESTS,       // names of third parties
    STORE_CLASS_PERSONS,      // who came again, so long after the consultation
    STORE_CLASS_TASKS,        // so long after they were done
    STORE_CLASS_EVENTS,       // what pages that come back are told again
    STORE_CLASSES
};

struct store_purge {
    int64_t until_ms[STORE_CLASSES]; // what is older goes
    const char *recordings;          // the directory of sealed recordings
    const char *actor;               // for the audit log
    bool dry_run;                    // only looks
};

// Deletes in one transaction, with an audit entry for each class that had something; then rewrites
// the database, empties its log and removes the recordings' files. `rows` of the answer: {"class",
// "until", "count", "sha256" of the ids, a line each, "left": how many are still there, "files"}.
int store_purge(struct store *store, const struct store_purge *purge, store_list_h *done,
                void *arg);
