#include "tests/unit/support/datagrams.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

void datagrams_put(void *arg, const uint8_t *data, size_t len)
{
    struct datagrams *datagrams = arg;
    assert_true(len <= DATAGRAM_MAX);
    if (len > datagrams->longest)
        datagrams->longest = len;
    if (++datagrams->total == datagrams->lose || datagrams->count == DATAGRAMS_MAX)
        return;
    memcpy(datagrams->data[datagrams->count], data, len);
    datagrams->len[datagrams->count++] = len;
}

const struct datagrams *datagrams_take(struct datagrams *datagrams)
{
    static struct datagrams taken;
    memcpy(&taken, datagrams, sizeof(taken));
    datagrams->count = 0;
    return &taken;
}
