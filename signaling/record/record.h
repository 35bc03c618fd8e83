#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/problem.h"

// The record of one consultation: the lawyer writes, the resident hears it item by item, it is
// sealed. Pure: no socket, database, clock or key.
//
//              read_back                 seal
//   drafting -------------> readback -------------> sealed (nothing changes any more)
//      ^  \                   |   ^ write, answer      ^
//      |   `--- write         |   |                    |
//      +----------------------+   +                    |
//        stop, or the call ended                       |
//      `-----------------------------------------------' seal: confirmed in another way
//
// A text that changes after its answer is asked about again.

enum record_state { RECORD_DRAFTING, RECORD_READBACK, RECORD_SEALED, RECORD_STATES };

#define RECORD_REVS_MAX 5000  // revisions of one record
#define RECORD_TEXT_MAX 60000 // bytes of record_text()
#define RECORD_HASH_MAX 65    // SHA-256 in hex and a zero

struct limitations;

struct record {
    enum record_state state;
    json_t *fields;  // name: text; what is empty is not there
    json_t *answers; // name: "right" or "change", of items read back
};

// What the gateway knows of the consultation by itself. Texts are borrowed; times in milliseconds
// since 1970, 0 for not yet.
struct record_frame {
    int64_t day, ticket_no; // of the ticket: days since 1970 in China's time
    const char *centre, *booth;
    const char *category, *language; // as they were asked for
    const char *lawyer, *licence_no, *law_firm;
    int64_t began_ms, ended_ms;
};

// A record nobody has written in yet. ENOMEM.
int record_begin(struct record *record, const struct record_frame *frame);
// From what record_text() gave. EBADMSG, ENOMEM.
int record_parse(struct record *record, enum record_state state, const char *text, size_t len);
void record_release(struct record *record);
// Canonical: the same record gives the same bytes (members sorted, no spaces). malloc()'s, NULL
// without memory.
char *record_text(const struct record *record);
// SHA-256 of such a text.
void record_hash(const char *text, char hash[RECORD_HASH_MAX]);

// Each of the following changes the record or leaves it as it was and fills `problem`: EINVAL for
// a field that is wrong (named), EPERM when the state does not allow it, ENOMEM.

// Puts `fields` in the place of all the lawyer's fields; the last day of a right follows from them
// by `limitations`. *changed: it now says something else.
int record_write(struct record *record, const struct limitations *limitations, const json_t *fields,
                 bool *changed, struct problem *problem);
int record_read_back(struct record *record, struct problem *problem);
int record_stop(struct record *record, struct problem *problem);
// What the resident says of one item.
int record_answer(struct record *record, const char *field, bool right, struct problem *problem);
// Everything required must be there; when it is confirmed by read-back, every item of it right.
int record_seal(struct record *record, const struct record_frame *frame, struct problem *problem);

// The first field, in the register's order, that keeps the record from being sealed; NULL: none.
const char *record_missing(const struct record *record);
// Writes the gateway's own fields: done by record_seal(), and before anybody looks at a draft.
int record_fill(struct record *record, const struct record_frame *frame);
// "" when it is empty.
const char *record_value(const struct record *record, const char *field);

// What the Legal Aid Law and the calendar say to what stands in the record.
struct record_advice {
    bool aid_matter;   // one of article 31
    bool aid_exempt;   // need not show that money is short: articles 32 and 42
    bool urgent;       // less than seven days are left: aid before the decision, article 44
    bool is_over;      // the last day has passed
    bool has_deadline; // `days_left` counts
    int64_t days_left; // 0 on the last day
};
void record_advise(const struct record *record, int64_t now_ms, struct record_advice *advice);

const char *record_state_name(enum record_state state);
// ENOENT.
int record_state_parse(const char *name, enum record_state *state);
