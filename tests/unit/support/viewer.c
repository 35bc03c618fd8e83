#include "tests/unit/support/viewer.h"

#include <sys/socket.h>
#include <unistd.h>

struct pool *pool;
struct egress *egress;
struct drops drops;
struct outlet outlet;
int viewer;
uint8_t got[2048];
size_t got_len;
struct rtp_header rtp;

static struct wire port = {.kind = WIRE_PORT};

int viewer_open(void **state)
{
    int pair[2];
    (void)state;
    memset(&drops, 0, sizeof(drops));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) != 0)
        return 1;
    port.fd = pair[0];
    viewer = pair[1];
    outlet = (struct outlet){.open = true, .path.wire = &port};
    assert_int_equal(pool_alloc(&pool, sizeof(struct packet), VIEWER_BLOCKS), 0);
    assert_int_equal(egress_alloc(&egress, &drops), 0);
    return 0;
}

int viewer_close(void **state)
{
    (void)state;
    egress_free(egress);
    assert_int_equal(pool_left(pool), VIEWER_BLOCKS);
    pool_free(pool);
    close(viewer);
    close(port.fd);
    return 0;
}

bool viewer_next(void)
{
    egress_flush(egress);
    ssize_t len = recv(viewer, got, sizeof(got), MSG_DONTWAIT);
    got_len = len > 0 ? (size_t)len : 0;
    return len > 0 && rtp_parse(&rtp, got, got_len) == 0;
}
