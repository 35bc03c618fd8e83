#pragma once
#include <stdint.h>
#include <sys/types.h>

// What processes and cores used, from /proc.

struct usage {
    int64_t at_us;
    int64_t server_us;         // processor time of the server's threads
    int64_t load_us;           // of this process
    int64_t server_core_us;    // the server's core was busy, with anybody
    int64_t load_core_us;      // ours was
    int64_t server_memory_kib; // resident
};

struct usage_scope {
    pid_t server;               // 0: none known
    int server_core, load_core; // negative: not pinned
};

// Pins the calling thread. Negative: does nothing. Returns what the kernel says.
int usage_pin(int core);
void usage_take(struct usage *usage, const struct usage_scope *scope);
