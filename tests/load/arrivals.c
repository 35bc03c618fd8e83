#include "tests/load/arrivals.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "gateway/base/mem.h"

#define BATCH        32
#define DATAGRAM_MAX 2048
#define SECOND_NS    1000000000ll

union stamp {
    struct cmsghdr head;
    uint8_t bytes[CMSG_SPACE(sizeof(struct timespec))];
};

struct arrivals {
    struct mmsghdr messages[BATCH];
    struct iovec iov[BATCH];
    union stamp stamps[BATCH];
    uint8_t data[BATCH][DATAGRAM_MAX];
};

int arrivals_alloc(struct arrivals **arrivalsp)
{
    struct arrivals *arrivals = mem_zalloc(sizeof(*arrivals));
    if (!arrivals)
        return ENOMEM;
    for (unsigned i = 0; i < BATCH; i++) {
        arrivals->iov[i] = (struct iovec){arrivals->data[i], DATAGRAM_MAX};
        arrivals->messages[i].msg_hdr.msg_iov = &arrivals->iov[i];
        arrivals->messages[i].msg_hdr.msg_iovlen = 1;
        arrivals->messages[i].msg_hdr.msg_control = &arrivals->stamps[i];
    }
    *arrivalsp = arrivals;
    return 0;
}

void arrivals_free(struct arrivals *arrivals)
{
    mem_free(arrivals);
}

int arrivals_watch(int fd)
{
    int on = 1;
    return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ? errno : 0;
}

static int64_t clock_ns(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return now.tv_sec * SECOND_NS + now.tv_nsec;
}

int64_t monotonic_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

// The kernel stamps with the wall clock.
static int64_t arrival_time(const struct mmsghdr *message, int64_t wall_offset_ns)
{
    struct timespec at;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message->msg_hdr);
    if (!head || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_TIMESTAMPNS)
        return monotonic_ns();
    memcpy(&at, CMSG_DATA(head), sizeof(at));
    return at.tv_sec * SECOND_NS + at.tv_nsec - wall_offset_ns;
}

void arrivals_read(struct arrivals *arrivals, int fd, arrival_h *handler, void *arg)
{
    int64_t wall_offset_ns = clock_ns(CLOCK_REALTIME) - monotonic_ns();
    int got = BATCH;
    while (got == BATCH) {
        for (unsigned i = 0; i < BATCH; i++)
            arrivals->messages[i].msg_hdr.msg_controllen = sizeof(union stamp);
        got = recvmmsg(fd, arrivals->messages, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < got; i++)
            handler(arg, arrivals->data[i], arrivals->messages[i].msg_len,
                    arrival_time(&arrivals->messages[i], wall_offset_ns));
    }
}
