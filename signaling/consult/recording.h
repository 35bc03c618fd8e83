#pragma once
#include "signaling/consult/inside.h"

// The recording of one consultation, for the files of this folder. The row is an open one.

// Adds an answer and saves it. EOVERFLOW: there have been too many.
int recording_answer(struct consultation *row, const struct consult_consent *answer,
                     struct consult_effects *effects);
// Takes back what a party has given. False: there was nothing.
bool recording_withdraw(struct consultation *row, const char *party, enum consult_consent_kind kind,
                        int64_t now_ms, struct consult_effects *effects);
// Begins to ask: the consents of before do not count any more.
void recording_ask(struct consultation *row, int64_t now_ms, struct consult_effects *effects);
// Off, whoever wished it.
void recording_stop(struct consultation *row, struct consult_effects *effects);
// Who is there: the booth, the lawyer, a colleague who joined, third parties inside.
#define RECORDING_PEOPLE_MAX (3 + CONSULT_PARTIES_MAX)
size_t recording_people(const struct consultation *row, const char *people[RECORDING_PEOPLE_MAX]);
// At the end of every command: takes each recording to where the answers of those who are there
// lead.
void recording_settle(struct consult *consult, int64_t now_ms, struct consult_effects *effects);
