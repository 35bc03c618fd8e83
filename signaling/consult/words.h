#pragma once
#include <stdbool.h>

#include "signaling/consult/consult.h"

// Names of states and reasons as they stand in JSON and rows, and the codes people choose from.

const char *consult_state_name(enum consult_state state);
const char *consult_end_name(enum consult_end end); // "" for none
const char *consult_verb_name(enum consult_verb verb);
const char *consult_identity_name(enum consult_identity identity);
int consult_identity_parse(const char *name, enum consult_identity *identity);
const char *consult_alarm_name(enum consult_alarm_kind kind);
// ENOENT.
int consult_state_parse(const char *name, enum consult_state *state);
int consult_alarm_parse(const char *name, enum consult_alarm_kind *kind);

// One of the cards: family, inheritance, labour, debt, contract, housing, property_neighbour,
// traffic, injury, consumer, fraud, land, administrative, criminal, other.
bool consult_is_category(const char *code);
// A language tag of two or three letters with optional parts: zh-CN, yue, csl.
bool consult_is_language(const char *tag);
bool consult_is_reason(const char *reason);
// 1 to CONSULT_WORD_MAX - 1 characters of A-Z a-z 0-9 . _ -; NULL is none.
bool consult_is_code(const char *text);
// 1 to CONSULT_ID_MAX - 1 characters of A-Z a-z 0-9 _ -
bool consult_is_id(const char *id);
// Is `word` one of the comma separated words of `list`?
bool consult_list_has(const char *list, const char *word);
