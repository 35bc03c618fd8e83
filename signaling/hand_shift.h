#pragma once
#include "signaling/errand.h"

// A shift becomes another lawyer's: the desk gives it to him, or both lawyers want it (swap.c).

// When statements about a shift find none.
extern const struct errand_words hand_shift_words;

// May he take it? NULL: yes.
const struct problem *hand_shift_check(const struct consult *consult,
                                       const struct consult_shift *shift, const char *to);
// The rest of the errand: it is his from now on, with what was promised in it; its row and those of
// its appointments are committed, and then desk and lawyers are told.
void hand_shift_commit(struct errand *errand, const struct consult_shift *shift, const char *to,
                       const struct errand_words *words);
// One of the desk's verbs: shift, lawyer.
void control_hand_shift(const struct desk_request *request, struct errand *errand);
