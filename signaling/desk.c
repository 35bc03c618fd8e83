#include <errno.h>
#include <stdio.h>

#include "gateway/base/clock.h"
#include "signaling/control_inside.h"
#include "signaling/errand.h"

// What the desk does that is no command to the clinic.

static const struct problem no_task = {404, "no-task", "Not found",
                                       "there is no such open task: somebody has done it", "task"};
static const struct errand_words words_for_task = {NULL, &no_task, NULL};

static void task_done(const struct desk_request *request, struct errand *errand)
{
    char object[32];
    const struct store_value row[] = {{.number = clock_wall_ms()},
                                      {.text = request->actor},
                                      {.text = request->note},
                                      {.number = request->id}};
    snprintf(object, sizeof(object), "task:%lld", (long long)request->id);
    errand_write(errand, STORE_DONE_TASK, row, 4);
    errand_note(errand, "task_done", object, "");
    errand_tell(errand, "desk", "task", json_pack("{s:I}", "id", (json_int_t)request->id));
    errand_commit(errand, &words_for_task);
}

static void (*const verbs[DESK_VERBS])(const struct desk_request *request,
                                       struct errand *errand) = {[DESK_TASK_DONE] = task_done};

void control_desk(void *ops_arg, enum desk_verb verb, const struct desk_request *request,
                  people_result_h *done, void *arg)
{
    struct errand *errand = errand_new(ops_arg, request->actor, done, arg);
    if (errand)
        verbs[verb](request, errand);
}
