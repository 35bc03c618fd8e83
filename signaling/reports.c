#include <errno.h>

#include "gateway/base/mem.h"
#include "signaling/control_inside.h"
#include "signaling/statistics/report.h"

// What the clinic did: the store gives the rows, signaling/statistics says what may be told.

struct inquest {
    struct period period;
    people_result_h *done;
    void *arg;
};

static void tell(struct inquest *inquest, int err, json_t *result)
{
    if (!err && !result)
        err = ENOMEM;
    inquest->done(inquest->arg, err, NULL, err ? NULL : result);
    json_decref(result);
    mem_free(inquest);
}

static void counted(void *arg, int err, const struct count *count)
{
    struct inquest *inquest = arg;
    struct count_report report;
    json_t *result = NULL;
    if (!err) {
        count_report(count, &report);
        result = report_json(&report, &inquest->period);
    }
    tell(inquest, err, result);
}

static void listed(void *arg, int err, json_t *rows)
{
    struct inquest *inquest = arg;
    tell(inquest, err, err ? NULL : workload_json(rows, &inquest->period));
}

static int ask(struct control *control, enum people_report report, const struct people_span *span,
               struct inquest *inquest)
{
    const struct period *period = &span->period;
    const struct store_value values[] = {
        {.text = span->key}, {.number = period->from_ms}, {.number = period->until_ms}};
    if (report == PEOPLE_WORKLOAD)
        return store_list(control->store, STORE_WORKLOAD, values, 3, listed, inquest);
    return store_count(control->store, span->key, period->from_ms, period->until_ms, counted,
                       inquest);
}

void control_report(void *ops_arg, enum people_report report, const struct people_span *span,
                    people_result_h *done, void *arg)
{
    struct inquest *inquest = mem_zalloc(sizeof(*inquest));
    int err = ENOMEM;
    if (inquest) {
        *inquest = (struct inquest){span->period, done, arg};
        err = ask(ops_arg, report, span, inquest);
    }
    if (err) {
        mem_free(inquest);
        done(arg, err, NULL, NULL);
    }
}
