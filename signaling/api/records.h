#pragma once
#include <jansson.h>

#include "gateway/base/problem.h"
#include "signaling/api/people.h"
#include "signaling/record/record_json.h"

// What the API asks of records; the composition above fills in the table. Control thread.

enum record_verb {
    RECORD_READ,    // a lawyer's own; noted in the audit log, as printing and exporting are
    RECORD_PRINT,   //
    RECORD_EXPORT,  //
    RECORD_GLANCE,  // a sealed one of the same resident, whoever wrote it, in `meeting`: for a list
    RECORD_EARLIER, // and to be read; both noted as well. Not for the API: see `earlier`
    RECORD_WRITE,   // fields
    RECORD_START,   // reading back
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
    const char *meeting;  // of RECORD_GLANCE and RECORD_EARLIER: whose resident agrees to it
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

struct viewing_request {
    const struct caller *caller;
    const char *consultation, *viewing;
    size_t file;
    int64_t from; // less than 0: so far before the end
    int64_t len;  // at most; 1 or more
};

struct viewing_piece {
    const void *bytes;
    size_t len;
    int64_t from, size; // its place in the file; the whole file
    bool webm;          // otherwise Matroska
};

// `problem` or `piece`. Borrowed.
typedef void viewing_piece_h(void *arg, const struct problem *problem,
                             const struct viewing_piece *piece);

// `bytes` are borrowed; `err` EAGAIN, ENOMEM, EIO.
typedef void record_pdf_h(void *arg, int err, const uint8_t *bytes, size_t len);

struct print;

struct record_ops {
    void (*carry)(void *ops_arg, const struct record_command *command, record_result_h *done,
                  void *arg);
    void (*list)(void *ops_arg, const char *lawyer, record_list_h *done, void *arg);
    // What was recorded of a consultation, for its lawyer: an array of {"id","consultation",
    // "participant","role","name","started_at","ended_at"}; for others it is empty.
    void (*recordings)(void *ops_arg, const struct caller *caller, const char *consultation,
                       people_result_h *done, void *arg);
    // What others wrote for the resident of a meeting, while he agrees: an array of
    // {"consultation", "ticket_no", "category", "connected_at", "lawyer", "law_firm", "centre",
    // "sealed"}, of sealed ones with what record_json_brief() has.
    void (*earlier)(void *ops_arg, const struct caller *caller, const char *meeting,
                    people_result_h *done, void *arg);
    // One of them, sealed.
    void (*earlier_record)(void *ops_arg, const struct caller *caller, const char *meeting,
                           const char *consultation, record_result_h *done, void *arg);
    // Opens all of them to be watched: {"viewing","damaged","files"}; noted in the audit log, as
    // the refusal of whoever is not its lawyer is.
    void (*view)(void *ops_arg, const struct caller *caller, const char *consultation,
                 people_result_h *done, void *arg);
    // A piece of one of a viewing's files.
    void (*view_piece)(void *ops_arg, const struct viewing_request *request, viewing_piece_h *done,
                       void *arg);
    // ENOENT: the caller has no such viewing.
    int (*view_end)(void *ops_arg, const struct caller *caller, const char *viewing);
    // Somebody asked for a record that is not for them: noted before they are told (err).
    void (*refused)(void *ops_arg, const struct caller *caller, const char *consultation,
                    void (*done)(void *arg, int err), void *arg);
    // Makes a sheet a PDF, beside the control thread. Takes `print` over.
    void (*lay_out)(void *ops_arg, struct print *print, record_pdf_h *done, void *arg);
};
