#include "signaling/store/papers.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/store/inside.h"

int store_papers(struct store *store, const char *consultation, const char *id,
                 store_papers_h *done, void *arg)
{
    struct job *job = job_new(JOB_PAPERS, consultation, arg);
    if (!job)
        return ENOMEM;
    text_copy(job->other, sizeof(job->other), id);
    job->done.papers = done;
    return store_submit(store, job);
}

void store_paper_release(struct store_paper *paper)
{
    mem_free(paper->about);
    mem_free(paper->body);
}

void store_papers_free(struct store_papers *papers)
{
    if (!papers)
        return;
    for (size_t i = 0; i < papers->count; i++)
        store_paper_release(&papers->list[i]);
    mem_free(papers);
}

void job_answer_papers(struct job *job)
{
    job->done.papers(job->arg, job->err, job->err ? NULL : job->papers);
}
