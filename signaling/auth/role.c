#include "signaling/auth/role.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define MAY(right) (1u << (right))

// The three administrators' powers are apart on purpose (sysadmin runs it, secadmin says who may,
// auditor sees what was done), and none of them reads consultations.
static const struct {
    const char *name;
    uint32_t rights;
} roles[ROLES] = {
    [ROLE_NONE] = {"none", 0},
    [ROLE_BOOTH] = {"booth", MAY(RIGHT_ASK) | MAY(RIGHT_CONSULTATION) | MAY(RIGHT_PAPERS)},
    [ROLE_LAWYER] = {"lawyer", MAY(RIGHT_SIGN_IN) | MAY(RIGHT_SERVE) | MAY(RIGHT_CONSULTATION) |
                                   MAY(RIGHT_PAPERS) | MAY(RIGHT_RECORD) | MAY(RIGHT_ROSTER)},
    [ROLE_GUEST] = {"guest", MAY(RIGHT_PAPERS)},
    [ROLE_MEMBER] = {"member", MAY(RIGHT_LECTURE_VIEW)},
    [ROLE_HALL] = {"hall", MAY(RIGHT_SIGN_IN) | MAY(RIGHT_LECTURE_LIST) | MAY(RIGHT_LECTURE_RUN)},
    [ROLE_STAFF] = {"staff", MAY(RIGHT_SIGN_IN) | MAY(RIGHT_LECTURE_LIST) | MAY(RIGHT_BOOTH_ENROL) |
                                 MAY(RIGHT_LINK_MAKE) | MAY(RIGHT_DESK) | MAY(RIGHT_ROSTER)},
    [ROLE_SYSADMIN] = {"sysadmin", MAY(RIGHT_SIGN_IN) | MAY(RIGHT_SYSTEM) | MAY(RIGHT_BOOTH_ENROL) |
                                       MAY(RIGHT_PLACES)},
    [ROLE_SECADMIN] = {"secadmin", MAY(RIGHT_SIGN_IN) | MAY(RIGHT_USERS)},
    [ROLE_AUDITOR] = {"auditor", MAY(RIGHT_SIGN_IN) | MAY(RIGHT_AUDIT_READ)},
};

bool role_needs_factor(enum role role)
{
    return role == ROLE_LAWYER || role == ROLE_SYSADMIN || role == ROLE_SECADMIN ||
           role == ROLE_AUDITOR;
}

bool role_is_whole(enum right right)
{
    return right == RIGHT_SYSTEM || right == RIGHT_AUDIT_READ;
}

_Static_assert(RIGHTS <= 32, "rights fit the mask");

bool role_may(enum role role, enum right right)
{
    return (unsigned)role < ROLES && (unsigned)right < RIGHTS && roles[role].rights & MAY(right);
}

const char *role_name(enum role role)
{
    return roles[(unsigned)role < ROLES ? role : ROLE_NONE].name;
}

int role_parse(const char *name, enum role *role)
{
    for (unsigned i = 0; i < ROLES; i++)
        if (strcmp(roles[i].name, name) == 0) {
            *role = (enum role)i;
            return 0;
        }
    return ENOENT;
}
