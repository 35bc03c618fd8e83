#pragma once

// Landlock: which files this thread, and those it starts, may still open. What libraries need to
// load is readable; `read_file` too; in `write_dir` files may be made, written, renamed and
// removed. Either may be NULL. ENOSYS or EOPNOTSUPP when the kernel has none.
int landlock_enter(const char *read_file, const char *write_dir);
