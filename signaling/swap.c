#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "signaling/control_inside.h"
#include "signaling/hand_shift.h"

// A lawyer asks another one to take a shift; the other agrees or does not. The row in the database
// says whose it is to answer, so that a shift changes hands once.

static const struct problem not_yours = {409, "not-your-shift", "Not now",
                                         "this is no shift of yours that has not begun", "shift"};
static const struct problem not_there = {
    422, "serves-elsewhere", "Serves elsewhere",
    "this lawyer does not serve every centre that this shift is for", "lawyer"};
static const struct problem asked_before = {
    409, "asked-before", "Not now", "another lawyer has been asked to take this shift", "shift"};
static const struct problem no_swap = {
    409, "no-swap", "Not now", "this wish is answered already, or not yours to answer", "swap"};

static const struct errand_words words_for_asking = {&asked_before, &not_yours, NULL};
static const struct errand_words words_for_answer = {NULL, &no_swap, NULL};

// Nobody of the desk looks at it: so no centre of the shift is left without a lawyer. NULL: he may.
static const struct problem *check(const struct consult *consult, const struct consult_shift *shift,
                                   const char *to)
{
    const struct problem *problem = hand_shift_check(consult, shift, to);
    return problem || consult_stands_in(consult, to, shift->lawyer) ? problem : &not_there;
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
static void write_answer(const struct desk_request *request, struct errand *errand)
{
    const struct store_value answer[] = {{.text = request->agrees ? "agreed" : "declined"},
                                         {.number = clock_wall_ms()},
                                         {.number = request->id},
                                         {.text = request->shift},
                                         {.text = request->actor}};
    errand_write(errand, STORE_ANSWER_SWAP, answer, 5);
    errand_note(errand, request->agrees ? "swap_agreed" : "swap_declined", request->shift, "");
}

void control_swap_answer(const struct desk_request *request, struct errand *errand)
{
    const struct consult *consult = errand_control(errand)->consult;
    const struct consult_shift *shift = consult_shift(consult, request->shift);
    const struct problem *problem = !shift            ? &no_swap
                                    : request->agrees ? check(consult, shift, request->actor)
                                                      : NULL;
    if (problem) {
        errand_refuse(errand, EPROTO, problem);
        return;
    }
    char topic[STORE_TOPIC_MAX];
    snprintf(topic, sizeof(topic), "lawyer:%s", shift->lawyer);
    write_answer(request, errand);
    errand_tell(errand, topic, "swap", json_object());
    if (request->agrees)
        hand_shift_commit(errand, shift, request->actor, &words_for_answer);
    else
        errand_commit(errand, &words_for_answer);
}
