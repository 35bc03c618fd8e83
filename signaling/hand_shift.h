#pragma once
#include "signaling/errand.h"

// A shift becomes another lawyer's: the desk gives it to him, or both lawyers want it (swap.c).

// When statements about a shift find none.
extern const struct errand_words hand_shift_words;

// May he take it? NULL: yes.
const struct problem *hand_shift_check(const struct consult *consult,
                                       const struct consult_shift *shift, const char *to);
// Its row and those of its appointments; desk and lawyers are told. The errand is not committed.
void hand_shift_write(struct errand *errand, const struct consult_shift *shift, const char *to);
// One of the desk's verbs: shift, lawyer.
void control_hand_shift(const struct desk_request *request, struct errand *errand);
