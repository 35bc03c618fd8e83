// Folders for what a test program writes: below TMPDIR or /tmp, gone with all that is in them when
// the program ends.
#pragma once

#define SCRATCH_LEN 128

// Makes a new folder and tells its path. Ends the program when it cannot.
void scratch_dir(char path[SCRATCH_LEN]);
