#include "gateway/packet/rtcp.h"
#include "gateway/packet/twcc.h"

#include "tests/fuzz/support/input.h"

// First byte even: the rest is a feedback to read; what was read is written and read again, and
// must tell the same. Odd: the rest makes up arrivals that are written and must read back.

#define ARRIVALS_MAX 4096

struct list {
    size_t count;
    struct twcc_arrival at[ARRIVALS_MAX];
};

static struct list first, second;

static void keep(uint16_t seq, bool received, int64_t at_us, void *arg)
{
    struct list *list = arg;
    (void)seq;
    if (list->count < ARRIVALS_MAX)
        list->at[list->count] = (struct twcc_arrival){received, at_us};
    list->count++;
}

static void read_back(const uint8_t *packet, size_t len, size_t taken)
{
    struct rtcp_iter it = rtcp_iter_of(packet, len);
    struct rtcp_packet rtcp;
    struct rtcp_feedback feedback;
    struct twcc_feedback head;
    check(rtcp_next(&it, &rtcp) == 0 && it.left == 0);
    check(rtcp_kind(&rtcp) == RTCP_KIND_TWCC && rtcp_parse_feedback(&rtcp, &feedback) == 0);
    second.count = 0;
    check(twcc_parse(&head, feedback.fci, feedback.fci_len, keep, &second) == 0);
    check(second.count == taken && head.base_seq == 65000 && head.fb_count == 7);
}

static void round_trip(size_t room)
{
    static uint8_t out[65536];
    struct writer w = writer_of(out, room);
    struct twcc_source source = {.sender = 1, .media = 2, .base_seq = 65000, .fb_count = 7};
    size_t taken;
    if (twcc_write(&w, &source, first.at, first.count, &taken))
        return;
    check(!w.full && taken > 0 && taken <= first.count);
    read_back(out, w.len, taken);
    int64_t wrap = ((int64_t)1 << 24) * TWCC_BASE_US;
    for (size_t i = 0; i < taken; i++) {
        check(second.at[i].received == first.at[i].received);
        int64_t us = first.at[i].at_us / TWCC_TICK_US * TWCC_TICK_US;
        check(!first.at[i].received || (us - second.at[i].at_us) % wrap == 0);
    }
}

static void make_arrivals(const uint8_t *data, size_t size)
{
    int64_t now = 5000000000;
    first.count = 0;
    for (size_t i = 0; i < size && first.count < ARRIVALS_MAX; i++) {
        now += ((int64_t)data[i] - 100) * (data[i] & 0x40 ? 3 : 500);
        first.at[first.count++] = (struct twcc_arrival){(data[i] & 3) != 0, now};
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct twcc_feedback head;
    if (size < 2)
        return 0;
    first.count = 0;
    if (data[0] & 1) {
        make_arrivals(data + 2, size - 2);
    } else if (twcc_parse(&head, data + 2, size - 2, keep, &first) || first.count > ARRIVALS_MAX) {
        return 0;
    }
    for (size_t i = 0; i < first.count; i++)
        if (first.at[i].at_us < 0)
            return 0;
    round_trip(20 + 16 * (size_t)data[1]);
    return 0;
}
