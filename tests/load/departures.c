#include "tests/load/departures.h"

#include <errno.h>
#include <stdatomic.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/packet/rtp.h"

int departures_init(struct departures *departures, uint32_t ssrcs)
{
    departures->ssrcs = ssrcs;
    departures->sent_ns = mem_array((size_t)ssrcs * DEPARTURES_KEPT, sizeof(counter));
    return departures->sent_ns ? 0 : ENOMEM;
}

void departures_release(struct departures *departures)
{
    mem_free(departures->sent_ns);
    departures->sent_ns = NULL;
}

static counter *place_of(const struct departures *departures, const uint8_t *rtp)
{
    size_t which = get_u32(rtp + 8) - 1;
    if (which >= departures->ssrcs)
        return NULL;
    return &departures->sent_ns[which * DEPARTURES_KEPT + get_u16(rtp + 2) % DEPARTURES_KEPT];
}

void departures_note(struct departures *departures, const uint8_t *rtp, int64_t sent_ns)
{
    counter *place = place_of(departures, rtp);
    if (place)
        atomic_store_explicit(place, (uint64_t)sent_ns, memory_order_relaxed);
}

int64_t departures_find(const struct departures *departures, const uint8_t *rtp, size_t len)
{
    const counter *place = len < RTP_HEADER_LEN ? NULL : place_of(departures, rtp);
    return place ? (int64_t)counter_get(place) : 0;
}
