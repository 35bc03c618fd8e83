#pragma once
#include <jansson.h>

#include "gateway/base/problem.h"
#include "signaling/api/people.h"
#include "signaling/record/record_json.h"

// What the API asks of records; the composition above fills in the table. Control thread.

enum record_verb {
    RECORD_READ,   // a lawyer's own; noted in the audit log, as printing and exporting are
    RECORD_PRINT,  //
    RECORD_EXPORT, //
    RECORD_WRITE,  // fields
    RECORD_START,  // reading back
    RECORD_STOP,
    RECORD_SEAL,
    RECORD_HEAR,   // a booth's, while its resident is in the call
    RECORD_ANSWER, // item, right
    RECORD_VERBS
};

struct record_command {
    enum record_verb verb;
    const struct caller *caller;
    const char *consultation;
    int64_t rev;          // the newest revision the caller knows, of verbs that change something
    const json_t *fields; // taken as it is: checked behind this door
    const char *item;
    bool right;
};

// `problem` or `view`; both when there is a newer revision than the caller knows (409). Borrowed.
typedef void record_result_h(void *arg, const struct problem *problem,
                             const struct record_view *view);
// New reference to {"records": [...]}, or NULL.
typedef void record_list_h(void *arg, json_t *list);

// `bytes` are borrowed; `err` EAGAIN, ENOMEM, EIO.
typedef void record_pdf_h(void *arg, int err, const uint8_t *bytes, size_t len);

struct print;

struct record_ops {
    void (*carry)(void *ops_arg, const struct record_command *command, record_result_h *done,
                  void *arg);
    void (*list)(void *ops_arg, const char *lawyer, record_list_h *done, void *arg);
    // Somebody asked for a record that is not for them: noted before they are told (err).
    void (*refused)(void *ops_arg, const struct caller *caller, const char *consultation,
                    void (*done)(void *arg, int err), void *arg);
    // Makes a sheet a PDF, beside the control thread. Takes `print` over.
    void (*lay_out)(void *ops_arg, struct print *print, record_pdf_h *done, void *arg);
};
