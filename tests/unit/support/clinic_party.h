#pragma once
// Third parties, caucus and transfers in the random clinic.

#include "tests/unit/support/clinic_model.h"

// --- what is always true ------------------------------------------------------------------------

struct people {
    struct model *model;
    const struct consultation *row;
    unsigned parked; // found inside
};

static void check_party(const struct consult_party *party, void *arg)
{
    struct people *people = arg;
    const struct model *model = people->model;
    const struct consultation *row = people->row;
    bool inside = party->state == CONSULT_PARTY_INSIDE;
    assert_memory_equal(party, &model->parties[number_of(party->id)], sizeof(*party));
    assert_string_equal(party->consultation, row->id);
    assert_int_equal(consult_may_enter(model->clinic.consult, row->id, party->id),
                     inside && row->state >= CONSULT_CONNECTED);
    people->parked += inside && strcmp(party->id, row->parked) == 0;
    assert_int_equal(parked_place(&people->model->rows[number_of(row->id)], party->id) != NULL,
                     strcmp(party->id, row->parked) == 0);
}

// Nobody is in a room who is not of its consultation; who waits outside is one of those inside.
static inline void check_people(struct model *model, const struct consultation *row)
{
    struct people people = {.model = model, .row = row};
    const struct consult *consult = model->clinic.consult;
    bool meets = row->state == CONSULT_CONNECTED || row->state == CONSULT_SUSPENDED;
    consult_each_party(row, check_party, &people);
    people.parked += strcmp(row->booth, row->parked) == 0;
    assert_int_equal(people.parked, *row->parked != 0);
    assert_true(meets || (!*row->parked && !*row->colleague));
    struct saved *saved = &model->rows[number_of(row->id)];
    bool offered = row->state == CONSULT_OFFERED;
    if (meets || offered) // the core knows: nobody is seen before they meet
        assert_int_equal(parked_place(saved, row->booth) != NULL,
                         offered || strcmp(row->booth, row->parked) == 0);
    assert_int_equal(consult_may_enter(consult, row->id, row->booth), meets);
    assert_int_equal(consult_may_prepare(consult, row->id, row->booth), offered);
    for (unsigned i = 0; i < LAWYERS; i++) {
        char id[8];
        snprintf(id, sizeof(id), "l%u", i);
        bool may = strcmp(id, row->lawyer) == 0 ||
                   (row->colleague_at && strcmp(id, row->colleague) == 0);
        bool own = strcmp(id, row->lawyer) == 0;
        assert_int_equal(consult_may_enter(consult, row->id, id), meets && may);
        assert_int_equal(consult_may_prepare(consult, row->id, id), offered && own);
        assert_int_equal(parked_place(saved, id) != NULL, offered && own);
    }
}

// After a crash only what was saved is there.
static inline void reload_parties(const struct model *model, struct consult *fresh)
{
    for (unsigned i = 1; i <= model->party_count; i++)
        if (model->parties[i].state != CONSULT_PARTY_CLOSED)
            assert_int_equal(consult_load_party(fresh, &model->parties[i]), 0);
}

// --- the random clinic --------------------------------------------------------------------------

// Mostly somebody who talks with a resident.
static inline void random_meeting_lawyer(struct model *model, char who[8])
{
    for (unsigned tries = 0; tries < 12; tries++) {
        snprintf(who, 8, "l%u", clinic_random(&model->seed, LAWYERS));
        const struct consultation *own = consult_of_lawyer(model->clinic.consult, who);
        if (own && own->state == CONSULT_CONNECTED)
            return;
    }
}

static inline void random_invite(struct model *model, const char *who, const char *id)
{
    char party[16];
    if (model->party_count == PARTIES)
        return;
    snprintf(party, sizeof(party), "g-%u", ++model->party_count);
    if (give(model, &(struct consult_command){.verb = CONSULT_INVITE,
                                              .who = who,
                                              .consultation = id,
                                              .role = "interpreter",
                                              .text = "x",
                                              .party = party}))
        model->party_count--;
}

static inline void random_answer(struct model *model, const char *party)
{
    char booth[8], hash[24];
    const struct consult_party *row = consult_party(model->clinic.consult, party);
    const struct consultation *of = row ? consult_find(model->clinic.consult, row->consultation)
                                        : NULL;
    snprintf(booth, sizeof(booth), "b%u", clinic_random(&model->seed, BOOTHS));
    snprintf(hash, sizeof(hash), "h-%s", party);
    give(model, &(struct consult_command){.verb = CONSULT_AGREE,
                                          .who = of ? of->booth : booth,
                                          .party = party,
                                          .link = "secret",
                                          .link_hash = hash,
                                          .answer = clinic_random(&model->seed, 4) ? "yes" : "no"});
}

static inline void random_party(struct model *model)
{
    static const enum consult_verb verbs[] = {CONSULT_ENTER,   CONSULT_ENTER, CONSULT_GUEST_LEAVE,
                                              CONSULT_PUT_OUT, CONSULT_PARK,  CONSULT_JOINT};
    char lawyer[8], party[16];
    uint32_t dice = clinic_random(&model->seed, 12), back = clinic_random(&model->seed, 6);
    random_meeting_lawyer(model, lawyer);
    snprintf(party, sizeof(party), "g-%u",
             model->party_count > back ? model->party_count - back : 1);
    const struct consultation *own = consult_of_lawyer(model->clinic.consult, lawyer);
    const char *id = own ? own->id : "c-1";
    if (dice < 3) {
        random_invite(model, lawyer, id);
        return;
    }
    if (dice < 6) {
        random_answer(model, party);
        return;
    }
    enum consult_verb verb = verbs[dice - 6];
    bool guest = verb == CONSULT_ENTER || verb == CONSULT_GUEST_LEAVE;
    bool booth = verb == CONSULT_PARK && own && clinic_random(&model->seed, 2);
    give(model, &(struct consult_command){.verb = verb,
                                          .who = guest ? party : lawyer,
                                          .consultation = id,
                                          .party = booth ? own->booth : party});
}

static inline void random_transfer(struct model *model)
{
    static const enum consult_verb verbs[] = {CONSULT_TRANSFER, CONSULT_TRANSFER, CONSULT_TRANSFER,
                                              CONSULT_HAND_OVER, CONSULT_PART};
    char who[8], to[8] = "";
    random_meeting_lawyer(model, who);
    if (clinic_random(&model->seed, 3))
        snprintf(to, sizeof(to), "l%u", clinic_random(&model->seed, LAWYERS));
    const struct consultation *own = consult_of_lawyer(model->clinic.consult, who);
    give(model,
         &(struct consult_command){.verb = verbs[clinic_random(&model->seed, 5)],
                                   .who = who,
                                   .consultation = own ? own->id : "c-1",
                                   .how = clinic_random(&model->seed, 2) ? "blind" : "attended",
                                   .to = to});
}
