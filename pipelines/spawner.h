#pragma once
#include "gateway/base/inbox.h"
#include "gateway/base/loop.h"
#include "pipelines/spawn.h"

// A thread that starts processes, because starting one holds its caller up until the new program
// runs: a tenth of a second on a busy machine, in which the loop serves nobody. It lives as long as
// its processes: the kernel takes the thread that started a process for its parent.

struct spawner;

struct spawn_job {
    struct msg msg;   // the spawner's
    const char *kind; // lives until the answer
    struct spawned spawned;
    int err; // of spawn_pipeline()
};

// Called on the loop's thread, once a job.
typedef void spawner_h(struct spawn_job *job, int64_t now_us);

// Starts the thread. `program` is borrowed. EINVAL, ENOMEM, EAGAIN.
int spawner_alloc(struct spawner **spawnerp, struct loop *loop, const char *program,
                  spawner_h *started);
// Ends the thread after what it was asked for. Jobs that were not answered have their result: their
// processes are the caller's.
void spawner_free(struct spawner *spawner);

// Asks for a process. `job` stays where it is until it is answered. Never blocks.
void spawner_start(struct spawner *spawner, struct spawn_job *job);
