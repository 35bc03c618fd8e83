#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Counts what a clinic did, in the units of reports: tickets are items, meetings are attendances.
// Pure; one thread at a time.
//
// Nobody is to be found in a report: a number of residents from one to four is hidden, and so are
// others as far as they would tell it, by a sum, by a share, or by how hiding is done
// (tests/unit/test_statistics.c searches for what could be worked out). How many asked and met
// nobody, or were answered late, is no answer of theirs and may be worked out.

#define COUNT_FEW            5
#define COUNT_MANY           40 // one in ten of them is few
#define COUNT_CATEGORIES_MAX 16
#define COUNT_SCORES         5

struct count;

// One consultation. Times in wall clock milliseconds, 0: it never came to that.
struct count_visit {
    const char *category;
    int64_t asked_at;
    int64_t connected_at;
    int64_t ended_at;
    int64_t score; // 1 to 5; 0: not rated
};

// ENOMEM. NULL may be freed.
int count_alloc(struct count **countp);
void count_free(struct count *count);

void count_visit(struct count *count, const struct count_visit *visit);
// How many different people the attendances were.
void count_persons(struct count *count, int64_t persons);
// Somebody left a number: `half_day` when it is a wish for an appointment.
void count_message(struct count *count, bool half_day, int64_t due_at, int64_t answered_at);
void count_follow_up(struct count *count, bool done);

struct count_cell {
    int64_t n;
    bool hidden; // `n` is not to be told
};

#define COUNT_NONE (-1) // of too few to say

// What may be told.
struct count_report {
    struct count_cell items;       // tickets
    struct count_cell attendances; // meetings
    struct count_cell persons;     // who met somebody; without a telephone number each is one
    int64_t connected_percent;     // attendances of items; like all below COUNT_NONE when of few
                                   // (here and with satisfied_percent: or when few of them)
    int64_t wait_p50_s;            // from asking to a lawyer's face
    int64_t wait_p95_s;
    int64_t talk_minutes; // all meetings that are over
    int64_t talk_mean_s;
    struct count_cell rated;
    int64_t satisfied_percent;                          // scores of 4 and 5
    bool satisfied_at_least;                            // so many or more: few were not
    struct count_cell scores[COUNT_SCORES];             // [0]: score 1
    struct count_cell categories[COUNT_CATEGORIES_MAX]; // in the order of the register
    size_t category_count;
    struct count_cell messages;
    int64_t in_time_percent; // of messages: answered when they should be
    struct count_cell appointments;
    struct count_cell follow_ups; // tasks of the staff
    struct count_cell follow_ups_done;
};

void count_report(const struct count *count, struct count_report *report);
// The register's code and word of category `i`.
const char *count_category(size_t i);
const char *count_category_title(size_t i);
