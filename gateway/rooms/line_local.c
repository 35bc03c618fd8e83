#include "gateway/rooms/line_local.h"

#include <unistd.h>

#include "gateway/base/mem.h"

void line_local_free(struct line_local *local)
{
    if (!local)
        return;
    if (local->fd >= 0)
        close(local->fd);
    mem_free(local);
}
