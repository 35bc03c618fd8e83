#pragma once
#include <stdbool.h>

// Messages into a thread: many senders, one reader, no lock. The reader's descriptor becomes
// readable when the inbox was empty and no longer is, so a burst costs one wake-up.

struct inbox;

// First member of every message. `kind` says to the reader which struct it is.
struct msg {
    struct msg *next;
    int kind;
};

int inbox_alloc(struct inbox **inboxp);
// Messages still inside are lost: the owner takes and frees them first.
void inbox_free(struct inbox *inbox);

// Any thread. Gives `msg` (from mem_zalloc) to the reader, who frees it.
void inbox_push(struct inbox *inbox, struct msg *msg);

// Reader only. All messages so far in the order they were pushed, linked by `next`; NULL when none.
struct msg *inbox_take(struct inbox *inbox);

// Readable when there is something to take.
int inbox_fd(const struct inbox *inbox);
