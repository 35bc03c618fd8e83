#include "gateway/base/inbox.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "gateway/base/mem.h"

// Senders push on a stack with compare-and-swap; the reader takes the whole stack at once and turns
// it round, so there is no ABA problem and order is kept.
struct inbox {
    _Atomic(struct msg *) top;
    int fd;
};

int inbox_alloc(struct inbox **inboxp)
{
    int err = 0;
    if (!inboxp)
        return EINVAL;
    struct inbox *inbox = mem_zalloc(sizeof(*inbox));
    if (!inbox)
        return ENOMEM;
    inbox->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (inbox->fd < 0) {
        err = errno;
        goto out;
    }
out:
    if (err)
        inbox_free(inbox);
    else
        *inboxp = inbox;
    return err;
}

void inbox_free(struct inbox *inbox)
{
    if (!inbox)
        return;
    if (inbox->fd >= 0)
        close(inbox->fd);
    mem_free(inbox);
}

void inbox_push(struct inbox *inbox, struct msg *msg)
{
    struct msg *top = atomic_load_explicit(&inbox->top, memory_order_relaxed);
    do {
        msg->next = top;
    } while (!atomic_compare_exchange_weak_explicit(&inbox->top, &top, msg, memory_order_acq_rel,
                                                    memory_order_relaxed));
    if (top)
        return; // whoever filled the empty inbox has woken the reader
    uint64_t one = 1;
    ssize_t n = write(inbox->fd, &one, sizeof(one));
    (void)n; // cannot fail: the counter is read before it could overflow
}

struct msg *inbox_take(struct inbox *inbox)
{
    uint64_t count;
    ssize_t n = read(inbox->fd, &count, sizeof(count));
    (void)n; // nothing to read is fine
    struct msg *msg = atomic_exchange_explicit(&inbox->top, NULL, memory_order_acq_rel);
    struct msg *first = NULL;
    while (msg) {
        struct msg *next = msg->next;
        msg->next = first;
        first = msg;
        msg = next;
    }
    return first;
}

int inbox_fd(const struct inbox *inbox)
{
    return inbox->fd;
}
