#pragma once
#include "signaling/control_inside.h"
#include "signaling/errand.h"

// What accounts.c and import.c share. Control thread.

#define ACCOUNT_ONE_TIME_CHARS 12

extern const struct errand_words account_words;
extern const struct problem account_full; // the clinic takes no more lawyers

// May so many more of this role be made?
bool account_has_room(const struct control *control, enum role role, size_t more);
// A new account with a fresh id, out of what is asked for.
void account_fill(struct store_user *user, const struct account_request *request);
// Its row and its audit entry.
void account_write_new(struct errand *errand, const struct store_user *user, const char *encoded);
// It is there: a lawyer is one of the clinic's.
void account_made(struct control *control, const struct store_user *user);
// What is known of a lawyer is another: booths are told.
void account_lawyer_changed(struct control *control, const struct consult_lawyer *lawyer);
// photo.c
void account_photo(const struct account_request *request, struct errand *errand);
// import.c
void account_import(struct control *control, const struct account_request *request,
                    struct errand *errand);
