#pragma once
#include <stddef.h>
#include <stdint.h>

// Reads datagrams in batches, each with the kernel's own time of arrival, so that a reader that is
// late does not look like a slow server. One thread.

struct arrivals;

int arrivals_alloc(struct arrivals **arrivalsp);
void arrivals_free(struct arrivals *arrivals);
// Asks the kernel for times on this socket.
int arrivals_watch(int fd);

typedef void arrival_h(void *arg, const uint8_t *data, size_t len, int64_t arrived_ns);
// Reads all there is and calls `handler` for each, with monotonic nanoseconds.
void arrivals_read(struct arrivals *arrivals, int fd, arrival_h *handler, void *arg);

// Monotonic nanoseconds.
int64_t monotonic_ns(void);
