#pragma once
#include <stdbool.h>
#include <stddef.h>

// Whom an account may see: everything, a district, a street of it, or the centres that were chosen
// for it. A place (a centre, a lawyer, another account) is written the same way, so one comparison
// decides for all. Pure.

#define SCOPE_NAME_MAX    96 // bytes of a district's or street's name with its final zero
#define SCOPE_ID_MAX      40 // of a centre's id
#define SCOPE_CENTRES_MAX 16 // who is to have more belongs to their street or district
#define SCOPE_LIST_MAX    (SCOPE_CENTRES_MAX * SCOPE_ID_MAX)

// "" is no limit; what lies within something has its names, too. Of several centres these are the
// names that all of them share.
struct scope {
    char district[SCOPE_NAME_MAX];
    char street[SCOPE_NAME_MAX];
    char centres[SCOPE_CENTRES_MAX][SCOPE_ID_MAX]; // each once; none: all that are there
    size_t centre_count;
};

// One more centre, if it is not among them. False when they are full, or that is no id.
bool scope_add_centre(struct scope *scope, const char *id);
// All of them as one text, with commas, there and back; `scope` has these alone then.
void scope_list_centres(const struct scope *scope, char list[SCOPE_LIST_MAX]);
void scope_read_centres(struct scope *scope, const char *list);
bool scope_has_centre(const struct scope *scope, const char *id);
// The one centre it is of; "" when there are several, or it is wider.
const char *scope_only_centre(const struct scope *scope);
// Does all of `place` lie within `scope`? With chosen centres only they count: one that has moved
// to another street stays chosen.
bool scope_covers(const struct scope *scope, const struct scope *place);
// Does one lie within the other? Somebody of a whole district belongs to each of its centres, too.
bool scope_meets(const struct scope *a, const struct scope *b);
// No limit at all.
bool scope_is_all(const struct scope *scope);
