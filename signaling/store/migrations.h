#pragma once
#include <stddef.h>

// The tables, as steps of SQL. Step i takes a database of version i to version i + 1 (PRAGMA
// user_version). A step that has been released is never changed: what comes after is a new step.

extern const char *const store_migrations[];
extern const size_t store_migration_count;
