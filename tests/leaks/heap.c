#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// Preloaded into a gateway (LD_PRELOAD) it says what the heap holds, libraries' blocks included:
// whoever reads the FIFO named by BANYAN_HEAP gets "IN_USE FREE", in bytes. So a heap that is only
// full of holes is told from one that grows.

static void *serve(void *arg)
{
    const char *fifo = arg;
    for (;;) {
        int fd = open(fifo, O_WRONLY | O_CLOEXEC); // returns when somebody reads
        if (fd < 0)
            return NULL;
        struct mallinfo2 all = mallinfo2();
        dprintf(fd, "%zu %zu\n", all.uordblks + all.hblkhd, all.fordblks);
        close(fd);
        usleep(100000); // or the same reader would be served twice
    }
}

// Signals are for the gateway's own threads.
__attribute__((constructor)) static void begin(void)
{
    pthread_t thread;
    sigset_t all, before;
    char *fifo = getenv("BANYAN_HEAP");
    if (!fifo)
        return;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread, NULL, serve, fifo) == 0)
        pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
