#include "signaling/consult/recording.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "gateway/base/sm.h"
#include "gateway/base/text.h"

//            the lawyer asks           everybody there agreed
//      off ------------------> asked -------------------------> running
//       ^                        |                              |     ^
//       |   somebody says no     |     a guest comes who has    |     | he agrees,
//       |   or withdraws, the    |     not been asked           v     | or goes again
//       +---lawyer stops it------+---------------------------- paused-+
static const struct sm_state states[CONSULT_RECORDING_STATES] = {
    [CONSULT_RECORDING_OFF] = {"off", SM_TO(CONSULT_RECORDING_ASKED)},
    [CONSULT_RECORDING_ASKED] = {"asked",
                                 SM_TO(CONSULT_RECORDING_RUNNING) | SM_TO(CONSULT_RECORDING_OFF)},
    [CONSULT_RECORDING_RUNNING] = {"running",
                                   SM_TO(CONSULT_RECORDING_PAUSED) | SM_TO(CONSULT_RECORDING_OFF)},
    [CONSULT_RECORDING_PAUSED] = {"paused",
                                  SM_TO(CONSULT_RECORDING_RUNNING) | SM_TO(CONSULT_RECORDING_OFF)},
};

const char *consult_recording_name(enum consult_recording_state state)
{
    return states[state].name;
}

static struct consents *consents_of(const struct consultation *row)
{
    return &consult_slot(row)->consents;
}

static void move(struct consultation *row, enum consult_recording_state to, int64_t now_ms,
                 struct consult_effects *effects)
{
    struct consents *consents = consents_of(row);
    struct sm sm = {states, consents->state};
    int err = sm_move(&sm, to);
    assert(!err);
    (void)err;
    consents->state = to;
    consents->since = to == CONSULT_RECORDING_OFF ? 0 : now_ms;
    effect_media(effects, CONSULT_RECORD, row);
    effect_tell_meeting(effects, row);
}

// The newest answer of this kind that counts, NULL: none.
static struct consult_consent *newest(const struct consultation *row, const char *party,
                                      enum consult_consent_kind kind, size_t first)
{
    struct consents *consents = consents_of(row);
    for (size_t i = consents->count; i > first; i--) {
        struct consult_consent *one = &consents->list[i - 1];
        if (one->kind == kind && strcmp(one->party, party) == 0)
            return one;
    }
    return NULL;
}

const struct consult_consent *consult_consent_of(const struct consultation *row, const char *party,
                                                 enum consult_consent_kind kind)
{
    return newest(row, party, kind, 0);
}

bool consult_recording_agreed(const struct consultation *row, const char *party)
{
    const struct consult_consent *one = newest(row, party, CONSULT_CONSENT_RECORDING,
                                               consents_of(row)->asked_count);
    return one && one->is_given && !one->withdrawn_at;
}

static bool has_refused(const struct consultation *row, const char *party)
{
    const struct consult_consent *one = newest(row, party, CONSULT_CONSENT_RECORDING,
                                               consents_of(row)->asked_count);
    return one && (!one->is_given || one->withdrawn_at);
}

typedef bool party_test(const struct consultation *row, const char *party);

size_t recording_people(const struct consultation *row, const char *people[RECORDING_PEOPLE_MAX])
{
    const struct slot *slot = consult_slot(row);
    size_t count = 0;
    people[count++] = row->booth;
    people[count++] = row->lawyer;
    if (row->colleague_at)
        people[count++] = row->colleague;
    for (size_t i = 0; i < CONSULT_PARTIES_MAX; i++)
        if (slot->parties[i].used && slot->parties[i].row.state == CONSULT_PARTY_INSIDE)
            people[count++] = slot->parties[i].row.id;
    return count;
}

// How many of those who are there pass the test.
static size_t count(const struct consultation *row, party_test *test, size_t *all)
{
    const char *people[RECORDING_PEOPLE_MAX];
    size_t passed = 0;
    *all = recording_people(row, people);
    for (size_t i = 0; i < *all; i++)
        passed += test(row, people[i]);
    return passed;
}

static void settle(struct consultation *row, int64_t now_ms, struct consult_effects *effects)
{
    size_t all;
    enum consult_recording_state state = consents_of(row)->state;
    if (state == CONSULT_RECORDING_OFF)
        return;
    bool agreed = count(row, consult_recording_agreed, &all) == all;
    if (count(row, has_refused, &all))
        move(row, CONSULT_RECORDING_OFF, now_ms, effects);
    else if (agreed && state != CONSULT_RECORDING_RUNNING)
        move(row, CONSULT_RECORDING_RUNNING, now_ms, effects);
    else if (!agreed && state == CONSULT_RECORDING_RUNNING)
        move(row, CONSULT_RECORDING_PAUSED, now_ms, effects);
}

void recording_settle(struct consult *consult, int64_t now_ms, struct consult_effects *effects)
{
    for (size_t i = 0; i < CONSULT_BOOTHS_MAX; i++)
        if (consult->slots[i].used && consult_is_meeting(&consult->slots[i].row))
            settle(&consult->slots[i].row, now_ms, effects);
}

int recording_answer(struct consultation *row, const struct consult_consent *answer,
                     struct consult_effects *effects)
{
    struct consents *consents = consents_of(row);
    if (consents->count == CONSULT_CONSENTS_MAX)
        return EOVERFLOW;
    struct consult_consent *mine = &consents->list[consents->count++];
    *mine = *answer;
    text_copy(mine->consultation, sizeof(mine->consultation), row->id);
    mine->n = (int64_t)consents->count;
    effect_save_consent(effects, mine);
    return 0;
}

bool recording_withdraw(struct consultation *row, const char *party, enum consult_consent_kind kind,
                        int64_t now_ms, struct consult_effects *effects)
{
    struct consult_consent *given = newest(row, party, kind, 0);
    if (!given || !given->is_given || given->withdrawn_at)
        return false;
    given->withdrawn_at = now_ms;
    effect_save_consent(effects, given);
    return true;
}

void recording_ask(struct consultation *row, int64_t now_ms, struct consult_effects *effects)
{
    struct consents *consents = consents_of(row);
    consents->asked_count = consents->count;
    move(row, CONSULT_RECORDING_ASKED, now_ms, effects);
}

void recording_stop(struct consultation *row, struct consult_effects *effects)
{
    if (consents_of(row)->state != CONSULT_RECORDING_OFF)
        move(row, CONSULT_RECORDING_OFF, 0, effects);
}

// --- looking ------------------------------------------------------------------------------------

enum consult_recording_state consult_recording(const struct consult *consult,
                                               const char *consultation)
{
    const struct consultation *row = consult_find(consult, consultation);
    if (!row)
        return CONSULT_RECORDING_OFF;
    // Passed on: its next lawyer has not agreed, and cameras may be on already.
    bool pauses = consents_of(row)->state == CONSULT_RECORDING_RUNNING && !consult_is_meeting(row);
    return pauses ? CONSULT_RECORDING_PAUSED : consents_of(row)->state;
}

int64_t consult_recording_since(const struct consultation *row)
{
    return consents_of(row)->since;
}

bool consult_consent_asked(const struct consultation *row, enum consult_consent_kind kind)
{
    return consents_of(row)->asked[kind];
}

bool consult_earlier_allowed(const struct consultation *row)
{
    const struct consult_consent *one = consult_consent_of(row, row->booth,
                                                           CONSULT_CONSENT_EARLIER);
    return consult_is_meeting(row) && one && one->is_given && !one->withdrawn_at;
}

int consult_load_consent(struct consult *consult, const struct consult_consent *consent)
{
    const struct consultation *row = consult_find(consult, consent->consultation);
    struct consents *consents = row ? consents_of(row) : NULL;
    if (!row)
        return ENOENT;
    if (consents->count == CONSULT_CONSENTS_MAX)
        return EOVERFLOW;
    consents->list[consents->count++] = *consent;
    return 0;
}
