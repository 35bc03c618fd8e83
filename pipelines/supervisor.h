#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/loop.h"

// Starts, watches and restarts pipelines: processes of their own that decode, encode or record
// media for a room. They speak RTP over a socket pair (gateway/rooms/port.h) and JSON over another.
// When one dies, only its own picture is missing for a moment. Everything here runs on the loop's
// thread.

struct supervisor;
struct pipeline;

#define PIPELINE_BACKOFF_FIRST_MS 200   // doubles with every failure
#define PIPELINE_BACKOFF_MAX_MS   10000 // and ends here
#define PIPELINE_HEALTHY_MS       30000 // ran this long: the next failure starts at the first again
#define PIPELINE_STOP_MS          10000 // a stopping process that is silent this long is killed

struct pipeline_spec {
    const char *kind;  // "play", "record" or "remux"
    const char *file;  // absolute path. play: read; record: "/dir/name.mkv"; remux: a ".mkv.part"
    const char *video; // play: "VP8", "H264" or "auto"; record: "VP8", "VP9", "H264", "AV1" or ""
    const char *audio; // record: "OPUS" or ""; ignored by play
    const char *key;   // record: 64 hex digits: files are sealed (sealed.h); "" or NULL: in clear
    bool loop;         // play: start again at the end, without a gap
};

// What a pipeline sends. The texts live as long as the call.
struct pipeline_ready {
    const char *video; // "VP8", "H264" or "" (no picture)
    const char *audio; // "OPUS" or "" (no sound)
    int width, height; // pixels, 0 without a picture
};

// Any handler may be NULL. A handler may call pipeline_stop() and pipeline_start().
struct pipeline_handlers {
    // A process was started or restarted. `rtp_fd` is the room's end of the socket pair:
    // non-blocking, close-on-exec, and now the callee's. Its end of file tells the room that the
    // process is gone.
    void (*opened)(void *arg, int rtp_fd);
    // A play pipeline knows its codecs and is about to send.
    void (*ready)(void *arg, const struct pipeline_ready *ready);
    // A record pipeline writes this file now (again with the next name after a restart).
    void (*recording)(void *arg, const char *file);
    // The process ended or could not be started. It is tried again after restart_in_ms, or never
    // when that is negative (the spec is wrong, or it was being stopped).
    void (*failed)(void *arg, const char *reason, int64_t restart_in_ms);
    // A recording is complete and seekable. One call a file.
    void (*done)(void *arg, const char *file, int64_t duration_ms);
    // The last call: the process is gone and reaped, `pipeline` is freed after this call returns.
    void (*closed)(void *arg);
};

// `program` is the path of banyan-pipeline. Starts the thread that starts processes (spawner.h).
// EINVAL, ENOMEM, EAGAIN.
int supervisor_alloc(struct supervisor **supp, struct loop *loop, const char *program);

// Kills and reaps what still runs, without calling handlers. A recording then stays a ".part" that
// "remux" completes: stop the pipelines and wait until supervisor_count() is 0 for a clean end.
void supervisor_free(struct supervisor *sup);

// Pipelines that are not closed yet.
size_t supervisor_count(const struct supervisor *sup);

// Starts a pipeline. Copies the spec; `handlers` must outlive the pipeline. The process is started
// on the loop's next turn, so no handler runs before this returns. EINVAL for an unknown kind, a
// relative path or a codec name the kind does not have; ENOMEM.
int pipeline_start(struct pipeline **pipelinep, struct supervisor *sup,
                   const struct pipeline_spec *spec, const struct pipeline_handlers *handlers,
                   void *arg);

// Asks the process to finish: play ends, record completes its files. closed() follows, from the
// loop. A process that gives no sign of life for PIPELINE_STOP_MS is killed. Harmless when stopping
// already.
void pipeline_stop(struct pipeline *pipeline);

// pipeline_stop() for an owner that goes away: no handler is called any more.
void pipeline_drop(struct pipeline *pipeline);

// The process id, 0 while none runs. For status pages and tests.
int pipeline_pid(const struct pipeline *pipeline);

// Times the process was started again after a failure.
unsigned pipeline_restarts(const struct pipeline *pipeline);
