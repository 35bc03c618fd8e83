#include "gateway/feedback/queueing.h"

#define JITTER_SHARE     16 // of a new window, one in this many
#define LONG_FOR         2  // windows
#define LONG_FOR_JITTERY 3
#define DOUBT_US         90000
#define DOUBT_JITTER     3
#define SHRINKING_US     2000 // it is, when it lost so much since the window before

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void shift_epochs(struct queueing *queueing, int64_t sent_us)
{
    for (unsigned i = QUEUEING_EPOCHS - 1; i > 0; i--)
        queueing->least_us[i] = queueing->least_us[i - 1];
    queueing->least_us[0] = INT64_MAX;
    queueing->epoch_us = sent_us;
}

static void begin(struct queueing *queueing, int64_t sent_us)
{
    queueing->started = true;
    for (unsigned i = 0; i < QUEUEING_EPOCHS; i++)
        queueing->least_us[i] = INT64_MAX;
    queueing->epoch_us = queueing->window_us = sent_us;
    queueing->window_least_us = INT64_MAX;
}

static int64_t empty_path(const struct queueing *queueing)
{
    int64_t least = INT64_MAX;
    for (unsigned i = 0; i < QUEUEING_EPOCHS; i++)
        least = lesser(least, queueing->least_us[i]);
    return least;
}

int64_t queueing_limit(const struct queueing *queueing)
{
    int64_t limit = QUEUEING_LOW_US + 2 * queueing->jitter_us;
    return lesser(limit, QUEUEING_HIGH_US) + queueing->spare_us;
}

static void finish_window(struct queueing *queueing, int64_t sent_us)
{
    queueing->before_us = queueing->queue_us;
    queueing->queue_us = queueing->window_least_us - empty_path(queueing);
    int64_t change = queueing->queue_us - queueing->before_us;
    if (change < 0)
        change = -change;
    // One leap must not make itself the rule: it counts as the limit at most.
    change = lesser(change, queueing_limit(queueing));
    queueing->jitter_us += (change - queueing->jitter_us) / JITTER_SHARE;
    queueing->squeezed = queueing->last_arrival_us - queueing->first_arrival_us <
                         (sent_us - queueing->window_us) / 2;
    bool is_long = queueing->queue_us > queueing_limit(queueing);
    int64_t before_us = queueing->long_for ? queueing->long_least_us : INT64_MAX;
    queueing->long_least_us = lesser(queueing->window_least_us, before_us);
    queueing->long_for = is_long ? queueing->long_for + 1 : 0;
    queueing->seen_us = queueing->window_us;
    queueing->window_us = sent_us;
    queueing->window_least_us = INT64_MAX;
    queueing->window_count = 0;
}

static void note_arrival(struct queueing *queueing, int64_t arrival_us)
{
    if (!queueing->window_count || arrival_us < queueing->first_arrival_us)
        queueing->first_arrival_us = arrival_us;
    if (!queueing->window_count || arrival_us > queueing->last_arrival_us)
        queueing->last_arrival_us = arrival_us;
    queueing->window_count++;
}

bool queueing_add(struct queueing *queueing, int64_t sent_us, int64_t arrival_us)
{
    int64_t transit = arrival_us - sent_us;
    if (!queueing->started)
        begin(queueing, sent_us);
    if (sent_us - queueing->epoch_us >= QUEUEING_EPOCH_US)
        shift_epochs(queueing, sent_us);
    queueing->least_us[0] = lesser(queueing->least_us[0], transit);
    queueing->window_least_us = lesser(queueing->window_least_us, transit);
    note_arrival(queueing, arrival_us);
    int64_t length = sent_us - queueing->window_us;
    bool jittery = queueing->jitter_us >= QUEUEING_JITTERY_US;
    unsigned enough = jittery ? QUEUEING_WINDOW_JITTER : QUEUEING_WINDOW_COUNT;
    bool full = length >= QUEUEING_WINDOW_US && queueing->window_count >= enough;
    if (!full && length < QUEUEING_WINDOW_MAX_US)
        return false;
    finish_window(queueing, sent_us);
    return true;
}

void queueing_is_longer(struct queueing *queueing)
{
    if (!queueing->long_for)
        return;
    queueing->queue_us -= queueing->long_least_us - empty_path(queueing);
    queueing->long_for = 0;
    for (unsigned i = 0; i < QUEUEING_EPOCHS; i++)
        queueing->least_us[i] = INT64_MAX;
    queueing->least_us[0] = queueing->long_least_us;
}

bool queueing_over(const struct queueing *queueing)
{
    unsigned needed = queueing->jitter_us < QUEUEING_JITTERY_US ? LONG_FOR : LONG_FOR_JITTERY;
    int64_t beyond_doubt = DOUBT_US + DOUBT_JITTER * queueing->jitter_us;
    bool certain = queueing->long_for >= needed || queueing->queue_us > beyond_doubt;
    return certain && queueing->long_for && !queueing->squeezed &&
           queueing->queue_us + SHRINKING_US > queueing->before_us;
}
