#include "pipelines/process/finish.h"
#include "pipelines/process/kind.h"

// Completes one interrupted recording: for the gateway at its start, and by hand.

static int run(const struct kind_run *run_)
{
    return finish_one(run_->control, run_->file);
}

const struct pipeline_kind kind_remux = {
    .name = "remux", .writes = true, .outlives = true, .run = run};
