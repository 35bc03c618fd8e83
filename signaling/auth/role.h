#pragma once
#include <stdbool.h>

// Who may do what: one table.

enum role {
    ROLE_NONE, // not signed in
    ROLE_BOOTH,
    ROLE_LAWYER,
    ROLE_MEMBER,
    ROLE_GUEST, // a third party of one consultation
    ROLE_HALL,
    ROLE_STAFF,
    ROLE_SYSADMIN,
    ROLE_SECADMIN,
    ROLE_AUDITOR,
    ROLES
};

enum right {
    RIGHT_SIGN_IN,      // with name and password
    RIGHT_ASK,          // consultations as a booth
    RIGHT_SERVE,        // duty, offers, consultations as a lawyer
    RIGHT_CONSULTATION, // see a consultation one takes part in
    RIGHT_PAPERS,       // and its papers
    RIGHT_RECORD,       // write the records of one's own consultations
    RIGHT_LECTURE_VIEW, // be a viewer
    RIGHT_LECTURE_LIST, // see all lectures
    RIGHT_LECTURE_RUN,  // start, end, publish as the hall
    RIGHT_BOOTH_ENROL,  // make booths and enrolment codes
    RIGHT_PLACES,       // make and change centres, close booths
    RIGHT_LINK_MAKE,    // make personal links
    RIGHT_DESK,         // the board, alarms, follow-up tasks, the roster
    RIGHT_ROSTER,       // see who is on duty when
    RIGHT_SYSTEM,       // configuration, drain, backup
    RIGHT_USERS,        // accounts and roles
    RIGHT_AUDIT_READ,   // the audit log
    RIGHTS
};

// Accounts of this role are made with a second factor.
bool role_needs_factor(enum role role);
// Rights over the whole machine: not for who keeps a part of it.
bool role_is_whole(enum right right);
bool role_may(enum role role, enum right right);
const char *role_name(enum role role);
// ENOENT.
int role_parse(const char *name, enum role *role);
