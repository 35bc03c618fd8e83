#pragma once
#include <stdbool.h>
#include <stddef.h>

// The room a DTLS handshake takes its messages apart in. OpenSSL keeps these 21 KiB for as long as
// the session lives, for flights that come again, but what is in them is of no use once the
// handshake is over: their pages are given back then, and cost nothing until they are written
// again.

// Embedded in what has the handshake; zeroed is empty. One thread at a time.
struct scratch {
    void *block;
    size_t size;
};

// OpenSSL's allocations go through this module. Once, before anything in the process has used
// OpenSSL; false: too late, and nothing is ever given back. CRYPTO_set_mem_functions(3).
bool scratch_install(void);
// Around each call in which OpenSSL may take or free it, on the thread of that call.
void scratch_enter(struct scratch *scratch);
void scratch_leave(void);
// The handshake is over, and its room is not looked at any more. Without effect when there is none.
void scratch_discard(struct scratch *scratch);
