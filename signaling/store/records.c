#include "signaling/store/records.h"

#include <errno.h>

#include "gateway/base/mem.h"
#include "signaling/store/inside.h"

int store_record(struct store *store, const char *consultation, store_record_h *done, void *arg)
{
    struct job *job = job_new(JOB_RECORD, consultation, arg);
    if (!job)
        return ENOMEM;
    job->done.record = done;
    return store_submit(store, job);
}

int store_records_of(struct store *store, const char *lawyer, store_records_h *done, void *arg)
{
    struct job *job = job_new(JOB_RECORDS_OF, lawyer, arg);
    if (!job)
        return ENOMEM;
    job->done.records = done;
    return store_submit(store, job);
}

int store_record_key_id(struct store *store, char key_id[STORE_KEY_ID_MAX])
{
    if (store->is_running)
        return EBUSY;
    return store->backend->record_key_id(store->db, key_id);
}

void job_free_record(struct job *job)
{
    if (job->record)
        mem_free(job->record->body);
    mem_free(job->record);
    mem_free(job->briefs);
    store_papers_free(job->papers);
}

void job_answer_record(struct job *job)
{
    job->done.record(job->arg, job->err, job->err ? NULL : job->record);
}

void job_answer_records(struct job *job)
{
    size_t count = job->err ? 0 : (size_t)job->number;
    job->done.records(job->arg, job->err, job->briefs, count);
}
