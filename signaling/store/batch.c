#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/store/inside.h"

int store_batch_alloc(struct store_batch **batchp)
{
    if (!batchp)
        return EINVAL;
    struct store_batch *batch = mem_zalloc(sizeof(*batch));
    if (!batch)
        return ENOMEM;
    batch->last = &batch->first;
    *batchp = batch;
    return 0;
}

static void item_free(struct batch_item *item)
{
    if (item->kind == ITEM_EVENT)
        mem_free(item->event.body);
    if (item->kind == ITEM_RECORD)
        mem_free((void *)item->record.body);
    if (item->kind == ITEM_PAPER)
        store_paper_release(&item->paper);
    if (item->kind == ITEM_WRITE)
        mem_free(item->write.values);
    mem_free(item);
}

void store_batch_free(struct store_batch *batch)
{
    if (!batch)
        return;
    for (struct batch_item *item = batch->first, *next; item; item = next) {
        next = item->next;
        item_free(item);
    }
    mem_free(batch);
}

static int item_alloc(const struct store_batch *batch, enum item_kind kind,
                      struct batch_item **itemp)
{
    if (batch->count >= STORE_BATCH_MAX)
        return EOVERFLOW;
    *itemp = mem_zalloc(sizeof(**itemp));
    if (!*itemp)
        return ENOMEM;
    (*itemp)->kind = kind;
    return 0;
}

static void append(struct store_batch *batch, struct batch_item *item)
{
    *batch->last = item;
    batch->last = &item->next;
    batch->count++;
}

// A row that needs no more than to be copied. All kinds of rows begin at the same place.
static int add_copy(struct store_batch *batch, enum item_kind kind, const void *row, size_t size)
{
    struct batch_item *item;
    int err = item_alloc(batch, kind, &item);
    if (err)
        return err;
    memcpy((char *)item + offsetof(struct batch_item, consultation), row, size);
    append(batch, item);
    return 0;
}

int store_batch_consultation(struct store_batch *batch, const struct consultation *row)
{
    return add_copy(batch, ITEM_CONSULTATION, row, sizeof(*row));
}

int store_batch_duty(struct store_batch *batch, const struct consult_duty *row)
{
    return add_copy(batch, ITEM_DUTY, row, sizeof(*row));
}

int store_batch_rating(struct store_batch *batch, const struct consult_rating *row)
{
    return add_copy(batch, ITEM_RATING, row, sizeof(*row));
}

int store_batch_alarm(struct store_batch *batch, const struct consult_alarm *row)
{
    return add_copy(batch, ITEM_ALARM, row, sizeof(*row));
}

int store_batch_party(struct store_batch *batch, const struct consult_party *row)
{
    return add_copy(batch, ITEM_PARTY, row, sizeof(*row));
}

int store_batch_message(struct store_batch *batch, const struct consult_message *row)
{
    return add_copy(batch, ITEM_MESSAGE, row, sizeof(*row));
}

int store_batch_appointment(struct store_batch *batch, const struct consult_appointment *row)
{
    struct batch_item *item;
    int err = item_alloc(batch, ITEM_APPOINTMENT, &item);
    if (err)
        return err;
    item->appointment = *row;
    append(batch, item);
    return 0;
}

int store_batch_consent(struct store_batch *batch, const struct consult_consent *row)
{
    return add_copy(batch, ITEM_CONSENT, row, sizeof(*row));
}

int store_batch_lecture(struct store_batch *batch, const struct lecture *row)
{
    return add_copy(batch, ITEM_LECTURE, row, sizeof(*row));
}

static int fill_event(struct batch_event *event, const char *topic, const char *kind,
                      const char *body)
{
    if (!text_copy(event->topic, sizeof(event->topic), topic) ||
        !text_copy(event->kind, sizeof(event->kind), kind) || strlen(body) > STORE_BODY_MAX)
        return EMSGSIZE;
    event->body = mem_strdup(body);
    return event->body ? 0 : ENOMEM;
}

int store_batch_event(struct store_batch *batch, int64_t at_ms, const char *topic, const char *kind,
                      const char *body)
{
    struct batch_item *item;
    int err = item_alloc(batch, ITEM_EVENT, &item);
    if (err)
        return err;
    item->event.at_ms = at_ms;
    err = fill_event(&item->event, topic, kind, body);
    if (err)
        item_free(item);
    else
        append(batch, item);
    return err;
}

int store_batch_audit(struct store_batch *batch, const struct audit_entry *entry)
{
    return add_copy(batch, ITEM_AUDIT, entry, sizeof(*entry));
}

static uint8_t *copy_of(const uint8_t *bytes, size_t len)
{
    uint8_t *copy = mem_zalloc(len);
    if (copy)
        memcpy(copy, bytes, len);
    return copy;
}

int store_batch_record(struct store_batch *batch, const struct store_record_rev *rev)
{
    uint8_t *body = copy_of(rev->body, rev->body_len);
    if (!body)
        return ENOMEM;
    struct store_record_rev own = *rev;
    own.body = body;
    int err = add_copy(batch, ITEM_RECORD, &own, sizeof(own));
    if (err)
        mem_free(body);
    return err;
}

int store_batch_paper(struct store_batch *batch, const struct store_paper *paper)
{
    struct batch_item *item;
    if (paper->about_len > STORE_PAPER_ABOUT_MAX || paper->body_len > STORE_PAPER_BODY_MAX)
        return EMSGSIZE;
    int err = item_alloc(batch, ITEM_PAPER, &item);
    if (err)
        return err;
    item->paper = *paper;
    item->paper.about = copy_of(paper->about, paper->about_len);
    item->paper.body = paper->body ? copy_of(paper->body, paper->body_len) : NULL;
    if (!item->paper.about || (paper->body && !item->paper.body)) {
        item_free(item);
        return ENOMEM;
    }
    append(batch, item);
    return 0;
}

int store_batch_write(struct store_batch *batch, enum store_write write,
                      const struct store_value *values, size_t count)
{
    struct batch_item *item;
    int err = item_alloc(batch, ITEM_WRITE, &item);
    if (err)
        return err;
    item->write.write = write;
    err = store_values_copy(&item->write.values, values, count);
    if (err)
        item_free(item);
    else
        append(batch, item);
    return err;
}

void event_page_free(struct event_page *page)
{
    if (!page)
        return;
    for (size_t i = 0; i < page->count; i++) {
        mem_free((char *)page->list[i].topic);
        mem_free((char *)page->list[i].kind);
        mem_free((char *)page->list[i].body);
    }
    mem_free(page->list);
    mem_free(page);
}
