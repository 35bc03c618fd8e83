#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/problem.h"

// The lecture's domain: planned, open (the hall let people in), live (the hall is sending), ended.
// Pure, like the clinic's. One thread at a time. Times are wall clock milliseconds.

#define LECTURE_ID_MAX      40 // ids and room names: [A-Za-z0-9_-]
#define LECTURE_TEXT_MAX    192
#define LECTURES_MAX        64
#define LECTURE_EFFECTS_MAX (4 * LECTURES_MAX)
#define LECTURE_VIEWERS_MS  500 // the number of viewers is told at most this often

struct lectures;

enum lecture_state { LECTURE_PLANNED, LECTURE_OPEN, LECTURE_LIVE, LECTURE_ENDED, LECTURE_STATES };

// One row, as it is stored; `viewers` is not.
struct lecture {
    char id[LECTURE_ID_MAX];
    char title[LECTURE_TEXT_MAX];
    char lecturer[LECTURE_TEXT_MAX];
    char centre_name[LECTURE_TEXT_MAX];
    char centre_phone[LECTURE_TEXT_MAX];
    char room[LECTURE_ID_MAX];
    int64_t starts_at;
    int64_t started_at; // 0: not yet
    int64_t ended_at;   // 0: not yet, or opened again
    enum lecture_state state;
    unsigned viewers;
};

enum lecture_verb {
    LECTURE_START,       // lecture = id; an ended one is opened again
    LECTURE_END,         // lecture = id
    LECTURE_PUBLISHED,   // room: somebody sends the hall into it
    LECTURE_UNPUBLISHED, // room: nobody does any more
    LECTURE_VIEWERS,     // room, viewers
    LECTURE_TICK,        // see lectures_next_deadline()
    LECTURE_VERBS
};

struct lecture_command {
    enum lecture_verb verb;
    const char *lecture;
    const char *room;
    unsigned viewers;
};

enum lecture_effect_kind {
    LECTURE_SAVE,        // write `lecture`
    LECTURE_TELL,        // event "lecture" to `topic`
    LECTURE_TELL_NOW,    // the same, but not worth a row: it is only true for a moment
    LECTURE_MEDIA_OPEN,  // open lecture->room
    LECTURE_MEDIA_CLOSE, // close it
};

// Topics: "lecture:ID" (viewers' page), "hall" (operator's page, with the number of viewers).
struct lecture_effect {
    enum lecture_effect_kind kind;
    const struct lecture *lecture;
    char topic[LECTURE_ID_MAX + 8];
};

// What it points to stays true until the next lectures_do() or lectures_load().
struct lecture_effects {
    const struct lecture *result;
    size_t count;
    struct lecture_effect list[LECTURE_EFFECTS_MAX];
};

int lectures_alloc(struct lectures **lecturesp);
void lectures_free(struct lectures *lectures);

// From rows at start; a live one comes back as open until its hall sends again. EINVAL, EEXIST for
// an id or room that is taken, EOVERFLOW.
int lectures_load(struct lectures *lectures, const struct lecture *row);

// Carries out one command: 0, or an errno with `problem` filled and nothing changed. Rooms that
// belong to no lecture (PUBLISHED, UNPUBLISHED, VIEWERS) are no error and have no effect.
int lectures_do(struct lectures *lectures, const struct lecture_command *command, int64_t now_ms,
                struct lecture_effects *effects, struct problem *problem);
// When LECTURE_TICK is next needed, or -1.
int64_t lectures_next_deadline(const struct lectures *lectures);

const struct lecture *lecture_find(const struct lectures *lectures, const char *id);
const struct lecture *lecture_of_room(const struct lectures *lectures, const char *room);
size_t lectures_count(const struct lectures *lectures);
// In the order they were loaded; NULL beyond the last.
const struct lecture *lecture_at(const struct lectures *lectures, size_t index);

const char *lecture_state_name(enum lecture_state state);
int lecture_state_parse(const char *name, enum lecture_state *state); // ENOENT
