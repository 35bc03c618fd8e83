#pragma once
#include <stdbool.h>

// What of data_dir beside the database is in a backup: keys, links, the centre's own sentences, the
// certificates of what was deleted. All names are relative, below `dir`.

// One file; anything but 0 ends the walk.
typedef int kept_h(const char *name, void *arg);

// Every such file there is below `dir` (data_dir, or a backup), in the order of names in a folder.
// 0, what `each` said, or an errno value.
int kept_each(const char *dir, kept_h *each, void *arg);
// Could a file of this name be among them?
bool kept_is(const char *name);
