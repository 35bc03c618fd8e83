#pragma once
#include <stdbool.h>

// Shuts the process in, as far as the kernel lets us: no new privileges, limits, a user without
// rights, files by Landlock, system calls by seccomp. What a media file or a camera can do with a
// decoder's mistake is then to end this process.

struct sandbox {
    const char *read_file; // may be read; NULL for none
    const char *write_dir; // files in it may be made, changed, renamed and removed; NULL for none
};

// Called once, before any thread is started (Landlock holds for the calling thread and those it
// starts). Returns an errno value, with *step the name of what failed, when the process would be
// less shut in than it should be. A kernel without Landlock is accepted, with a warning.
int sandbox_enter(const struct sandbox *sandbox, const char **step);
