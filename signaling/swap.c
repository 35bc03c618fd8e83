#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/control_inside.h"
#include "signaling/errand.h"

// A lawyer asks another one to take a shift; the other agrees or does not. The row in the database
// says whose it is to answer, so that a shift changes hands once.

static const struct problem not_yours = {409, "not-your-shift", "Not now",
                                         "this is no shift of yours that has not begun", "shift"};
static const struct problem no_lawyer = {422, "unknown-lawyer", "Not acceptable",
                                         "there is no such other lawyer", "lawyer"};
static const struct problem not_there = {
    422, "serves-elsewhere", "Serves elsewhere",
    "this lawyer does not serve every centre that this shift is for", "lawyer"};
static const struct problem has_shift = {409, "has-shift", "Not now", "he has another shift then",
                                         "lawyer"};
static const struct problem asked_before = {
    409, "asked-before", "Not now", "another lawyer has been asked to take this shift", "shift"};
static const struct problem no_swap = {
    409, "no-swap", "Not now", "this wish is answered already, or not yours to answer", "swap"};

static const struct errand_words words_for_asking = {&asked_before, &not_yours, NULL};
static const struct errand_words words_for_answer = {NULL, &no_swap, NULL};

struct handover {
    char shift[CONSULT_ID_MAX], lawyer[CONSULT_ID_MAX];
};

static void handed_over(struct control *control, void *about)
{
    const struct handover *handover = about;
    consult_hand_shift(control->consult, handover->shift, handover->lawyer);
}

// May this shift become that lawyer's? NULL: yes.
static const struct problem *check(const struct consult *consult, const struct consult_shift *shift,
                                   const char *to)
{
    struct consult_shift theirs = *shift;
    text_copy(theirs.lawyer, sizeof(theirs.lawyer), to);
    if (strcmp(shift->lawyer, to) == 0 || !consult_lawyer(consult, to))
        return &no_lawyer;
    if (!consult_stands_in(consult, to, shift->lawyer))
        return &not_there;
    return consult_check_shift(consult, &theirs) == EEXIST ? &has_shift : NULL;
}

void control_swap_ask(const struct desk_request *request, struct errand *errand)
{
    const struct consult *consult = errand_control(errand)->consult;
    const struct consult_shift *shift = consult_shift(consult, request->shift);
    bool is_own = shift && strcmp(shift->lawyer, request->actor) == 0;
    const struct problem *problem = !is_own || shift->starts_at <= clock_wall_ms()
                                        ? &not_yours
                                        : check(consult, shift, request->lawyer);
    if (problem) {
        errand_refuse(errand, EPROTO, problem);
        return;
    }
    char topic[STORE_TOPIC_MAX];
    const struct store_value row[] = {{.text = request->shift},
                                      {.text = request->actor},
                                      {.text = request->lawyer},
                                      {.number = clock_wall_ms()}};
    snprintf(topic, sizeof(topic), "lawyer:%s", request->lawyer);
    errand_write(errand, STORE_ADD_SWAP, row, 4);
    errand_note(errand, "swap_asked", request->shift, request->lawyer);
    errand_tell(errand, topic, "swap", json_object());
    errand_commit(errand, &words_for_asking);
}

// Statements that find nothing to change refuse the whole: it was not asked, or not of him.
static void write_answer(const struct desk_request *request, const char *owner,
                         struct errand *errand)
{
    const struct store_value answer[] = {{.text = request->agrees ? "agreed" : "declined"},
                                         {.number = clock_wall_ms()},
                                         {.number = request->id},
                                         {.text = request->shift},
                                         {.text = request->actor}};
    const struct store_value shift[] = {
        {.text = request->actor}, {.text = request->shift}, {.text = owner}};
    errand_write(errand, STORE_ANSWER_SWAP, answer, 5);
    if (request->agrees)
        errand_write(errand, STORE_HAND_OVER, shift, 3);
    errand_note(errand, request->agrees ? "swap_agreed" : "swap_declined", request->shift, "");
}

void control_swap_answer(const struct desk_request *request, struct errand *errand)
{
    const struct consult *consult = errand_control(errand)->consult;
    const struct consult_shift *shift = consult_shift(consult, request->shift);
    const struct problem *problem = !shift            ? &no_swap
                                    : request->agrees ? check(consult, shift, request->actor)
                                                      : NULL;
    struct handover *handover = problem ? NULL : mem_zalloc(sizeof(*handover));
    if (!handover) {
        errand_refuse(errand, problem ? EPROTO : ENOMEM, problem);
        return;
    }
    char topic[STORE_TOPIC_MAX];
    snprintf(topic, sizeof(topic), "lawyer:%s", shift->lawyer);
    text_copy(handover->shift, sizeof(handover->shift), request->shift);
    text_copy(handover->lawyer, sizeof(handover->lawyer), request->actor);
    write_answer(request, shift->lawyer, errand);
    errand_after(errand, request->agrees ? handed_over : NULL, handover);
    errand_tell(errand, topic, "swap", json_object());
    errand_commit(errand, &words_for_answer);
}
