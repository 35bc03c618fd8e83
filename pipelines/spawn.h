#pragma once
#include <sys/types.h>

// A pipeline process and the three descriptors that belong to it.
struct spawned {
    pid_t pid;
    int pid_fd;     // readable when the process is gone
    int control_fd; // JSON datagrams, non-blocking
    int rtp_fd;     // the room's end, non-blocking
};

// Starts `program` `kind` with RTP on descriptor 3 and control on 4, a reduced environment (it may
// not see what the gateway was told in secret) and no other descriptor than standard error.
// All descriptors are close-on-exec. Returns an errno value when nothing was started.
int spawn_pipeline(struct spawned *spawned, const char *program, const char *kind);

// Reaps the process behind pid_fd. *status as from waitpid(). EAGAIN while it runs.
int spawn_reap(const struct spawned *spawned, int *status);

// Closes what is still open (-1 is skipped); the process is not touched.
void spawn_close(struct spawned *spawned);
