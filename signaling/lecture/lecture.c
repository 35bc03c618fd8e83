#include "signaling/lecture/lecture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/sm.h"
#include "gateway/base/text.h"

struct entry {
    struct lecture row;
    bool publishing; // somebody sends the hall, whatever the state
    unsigned told_viewers;
    int64_t told_at;
};

struct lectures {
    struct entry entries[LECTURES_MAX];
    size_t count;
};

struct act {
    struct entry *entry;
    const struct lecture_command *command;
    int64_t now_ms;
    struct lecture_effects *effects;
};

//            start            the hall sends
//   planned --------> open <-------------------> live
//      |               |   the hall stops         |
//      |               +---------> ended <--------+      planned: a hall that sends is live at once
//      +-- the hall sends --> live    | start: open or live again
static const struct sm_state states[LECTURE_STATES] = {
    [LECTURE_PLANNED] = {"planned", SM_TO(LECTURE_OPEN) | SM_TO(LECTURE_LIVE)},
    [LECTURE_OPEN] = {"open", SM_TO(LECTURE_LIVE) | SM_TO(LECTURE_ENDED)},
    [LECTURE_LIVE] = {"live", SM_TO(LECTURE_OPEN) | SM_TO(LECTURE_ENDED)},
    [LECTURE_ENDED] = {"ended", SM_TO(LECTURE_OPEN) | SM_TO(LECTURE_LIVE)},
};

static const struct problem unknown_lecture = {404, "unknown-lecture", "No such lecture",
                                               "Send the id of one of the lectures.", "lecture"};
static const struct problem already_started = {409, "already-started",
                                               "This lecture is running already",
                                               "End it before starting it again.", "lecture"};
static const struct problem not_started = {409, "not-started", "This lecture is not running",
                                           "Start it first.", "lecture"};
static const struct problem unknown_verb = {422, "unknown-command", "Unknown command",
                                            "Send one of the commands of this role.", "do"};

const char *lecture_state_name(enum lecture_state state)
{
    return states[state].name;
}

int lecture_state_parse(const char *name, enum lecture_state *state)
{
    unsigned found = 0;
    int err = sm_parse(states, LECTURE_STATES, name, &found);
    if (!err)
        *state = (enum lecture_state)found;
    return err;
}

int lectures_alloc(struct lectures **lecturesp)
{
    if (!lecturesp)
        return EINVAL;
    *lecturesp = mem_zalloc(sizeof(**lecturesp));
    return *lecturesp ? 0 : ENOMEM;
}

void lectures_free(struct lectures *lectures)
{
    mem_free(lectures);
}

// --- finding ------------------------------------------------------------------------------------

static struct entry *by_id(const struct lectures *lectures, const char *id)
{
    for (size_t i = 0; id && i < lectures->count; i++)
        if (strcmp(lectures->entries[i].row.id, id) == 0)
            return (struct entry *)&lectures->entries[i];
    return NULL;
}

static struct entry *by_room(const struct lectures *lectures, const char *room)
{
    for (size_t i = 0; room && i < lectures->count; i++)
        if (strcmp(lectures->entries[i].row.room, room) == 0)
            return (struct entry *)&lectures->entries[i];
    return NULL;
}

const struct lecture *lecture_find(const struct lectures *lectures, const char *id)
{
    const struct entry *entry = by_id(lectures, id);
    return entry ? &entry->row : NULL;
}

const struct lecture *lecture_of_room(const struct lectures *lectures, const char *room)
{
    const struct entry *entry = by_room(lectures, room);
    return entry ? &entry->row : NULL;
}

size_t lectures_count(const struct lectures *lectures)
{
    return lectures->count;
}

const struct lecture *lecture_at(const struct lectures *lectures, size_t index)
{
    return index < lectures->count ? &lectures->entries[index].row : NULL;
}

int lectures_load(struct lectures *lectures, const struct lecture *row)
{
    if (!row->id[0] || !row->room[0] || (unsigned)row->state >= LECTURE_STATES)
        return EINVAL;
    if (by_id(lectures, row->id) || by_room(lectures, row->room))
        return EEXIST;
    if (lectures->count == LECTURES_MAX)
        return EOVERFLOW;
    struct entry *entry = &lectures->entries[lectures->count++];
    *entry = (struct entry){.row = *row};
    entry->row.viewers = 0;
    if (row->state == LECTURE_LIVE)
        entry->row.state = LECTURE_OPEN;
    return 0;
}

// --- effects ------------------------------------------------------------------------------------

static void add(struct act *act, enum lecture_effect_kind kind, const char *prefix, const char *id)
{
    struct lecture_effects *effects = act->effects;
    struct lecture_effect *effect = &effects->list[effects->count++];
    *effect = (struct lecture_effect){.kind = kind, .lecture = &act->entry->row};
    snprintf(effect->topic, sizeof(effect->topic), "%s%s", prefix, id);
}

static void save_and_tell(struct act *act)
{
    add(act, LECTURE_SAVE, "", "");
    add(act, LECTURE_TELL, "lecture:", act->entry->row.id);
    add(act, LECTURE_TELL, "hall", "");
    act->entry->told_viewers = act->entry->row.viewers;
    act->entry->told_at = act->now_ms;
}

static bool is_untold(const struct entry *entry)
{
    return entry->told_viewers != entry->row.viewers;
}

// The hall's page learns the number of viewers now, or at a later tick when it was told just now.
static void tell_viewers(struct act *act)
{
    struct entry *entry = act->entry;
    if (!is_untold(entry) || act->now_ms < entry->told_at + LECTURE_VIEWERS_MS)
        return;
    add(act, LECTURE_TELL_NOW, "hall", "");
    entry->told_viewers = entry->row.viewers;
    entry->told_at = act->now_ms;
}

// --- commands -----------------------------------------------------------------------------------

// False when the table does not allow the move: then nothing happens.
static bool move(struct act *act, enum lecture_state to)
{
    struct sm sm = {states, act->entry->row.state};
    if (sm_move(&sm, to))
        return false;
    act->entry->row.state = to;
    return true;
}

static const struct problem *do_start(struct act *act)
{
    struct lecture *row = &act->entry->row;
    if (row->state == LECTURE_OPEN || row->state == LECTURE_LIVE)
        return &already_started;
    move(act, act->entry->publishing ? LECTURE_LIVE : LECTURE_OPEN);
    row->started_at = act->now_ms;
    row->ended_at = 0;
    add(act, LECTURE_MEDIA_OPEN, "", "");
    save_and_tell(act);
    return NULL;
}

static const struct problem *do_end(struct act *act)
{
    if (!move(act, LECTURE_ENDED))
        return &not_started;
    act->entry->row.ended_at = act->now_ms;
    act->entry->row.viewers = 0;
    add(act, LECTURE_MEDIA_CLOSE, "", "");
    save_and_tell(act);
    return NULL;
}

// What is sent after the end is not shown: an ended lecture needs a start.
static const struct problem *do_published(struct act *act)
{
    struct lecture *row = &act->entry->row;
    act->entry->publishing = true;
    if (row->state == LECTURE_ENDED || !move(act, LECTURE_LIVE))
        return NULL;
    if (!row->started_at)
        row->started_at = act->now_ms;
    save_and_tell(act);
    return NULL;
}

static const struct problem *do_unpublished(struct act *act)
{
    act->entry->publishing = false;
    if (act->entry->row.state == LECTURE_LIVE && move(act, LECTURE_OPEN))
        save_and_tell(act);
    return NULL;
}

static const struct problem *do_viewers(struct act *act)
{
    act->entry->row.viewers = act->command->viewers;
    tell_viewers(act);
    return NULL;
}

static const struct problem *do_tick(struct act *act)
{
    tell_viewers(act);
    return NULL;
}

enum target { BY_ID, BY_ROOM, ALL };

static const struct {
    enum target target;
    const struct problem *(*handler)(struct act *act);
} verbs[LECTURE_VERBS] = {
    [LECTURE_START] = {BY_ID, do_start},
    [LECTURE_END] = {BY_ID, do_end},
    [LECTURE_PUBLISHED] = {BY_ROOM, do_published},
    [LECTURE_UNPUBLISHED] = {BY_ROOM, do_unpublished},
    [LECTURE_VIEWERS] = {BY_ROOM, do_viewers},
    [LECTURE_TICK] = {ALL, do_tick},
};

static int refuse(struct problem *problem, const struct problem *what, int err)
{
    *problem = *what;
    return err;
}

static int do_one(struct act *act, struct problem *problem)
{
    const struct problem *what = verbs[act->command->verb].handler(act);
    if (what)
        return refuse(problem, what, EPROTO);
    act->effects->result = &act->entry->row;
    return 0;
}

static int do_all(struct act *act, struct lectures *lectures)
{
    for (size_t i = 0; i < lectures->count; i++) {
        act->entry = &lectures->entries[i];
        verbs[act->command->verb].handler(act);
    }
    return 0;
}

int lectures_do(struct lectures *lectures, const struct lecture_command *command, int64_t now_ms,
                struct lecture_effects *effects, struct problem *problem)
{
    struct act act = {.command = command, .now_ms = now_ms, .effects = effects};
    effects->result = NULL;
    effects->count = 0;
    if ((unsigned)command->verb >= LECTURE_VERBS)
        return refuse(problem, &unknown_verb, EINVAL);
    enum target target = verbs[command->verb].target;
    if (target == ALL)
        return do_all(&act, lectures);
    act.entry = target == BY_ID ? by_id(lectures, command->lecture)
                                : by_room(lectures, command->room);
    if (act.entry)
        return do_one(&act, problem);
    return target == BY_ID ? refuse(problem, &unknown_lecture, ENOENT) : 0;
}

int64_t lectures_next_deadline(const struct lectures *lectures)
{
    int64_t next = -1;
    for (size_t i = 0; i < lectures->count; i++) {
        const struct entry *entry = &lectures->entries[i];
        int64_t at = entry->told_at + LECTURE_VIEWERS_MS;
        if (is_untold(entry) && (next < 0 || at < next))
            next = at;
    }
    return next;
}
