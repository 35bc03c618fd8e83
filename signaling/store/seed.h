#pragma once
#include <stdint.h>

#include "signaling/store/store.h"

// People and places for a first look. Before store_start() only, on the calling thread.

#define STORE_SEED_LAWYERS 2

// Passwords are random_text() of twelve letters: they are hashed quickly (auth/password.h).
struct store_seed {
    const char *lawyer_name[STORE_SEED_LAWYERS]; // sign-in names
    const char *lawyer_password[STORE_SEED_LAWYERS];
    const char *hall_name;
    const char *hall_password;
    const char *staff_password; // of desk, sysadmin, secadmin and auditor
    const char *enrol_code;     // six digits
    const char *link;           // the elder's personal link
    int64_t now_ms;
};

// Adds centre, booth "b-demo", two lawyers, hall operator, the desk, the three administrators,
// member "m-demo" with the link and the lecture "l-demo" in room "lecture-demo". What is there
// already stays as it is, except that sign-in passwords, enrolment code and link are set to what is
// given, so that what `make run` prints is always true. Tokens given to devices earlier stay good.
int store_seed_demo(struct store *store, const struct store_seed *seed);
