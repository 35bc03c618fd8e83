#include "pipelines/process/pace.h"

#include <errno.h>

#include "gateway/base/mem.h"

#define STANDSTILL (GST_SECOND) // later than this is not jitter
#define SINKS_MAX  2

struct pace {
    GMutex lock;
    GstElement *pipeline;
    GstElement *sinks[SINKS_MAX];
    unsigned sink_count;
    GstClockTime shift;   // sum of the standstills
    int64_t wall_base_us; // wall clock at running time 0, 0 before the first question
};

int pace_alloc(struct pace **pacep, GstElement *pipeline)
{
    struct pace *pace = mem_zalloc(sizeof(*pace));

    if (!pace)
        return ENOMEM;
    g_mutex_init(&pace->lock);
    pace->pipeline = pipeline;
    *pacep = pace;
    return 0;
}

void pace_free(struct pace *pace)
{
    if (!pace)
        return;
    g_mutex_clear(&pace->lock);
    mem_free(pace);
}

void pace_add_sink(struct pace *pace, GstElement *sink)
{
    if (pace->sink_count < SINKS_MAX)
        pace->sinks[pace->sink_count++] = sink;
}

static GstClockTime now_locked(const struct pace *pace)
{
    GstClock *clock = gst_element_get_clock(pace->pipeline);
    GstClockTime start = gst_element_get_base_time(pace->pipeline) + pace->shift;

    if (!clock)
        return 0;
    GstClockTime now = gst_clock_get_time(clock);
    gst_object_unref(clock);
    return now > start ? now - start : 0;
}

static void shift_locked(struct pace *pace, GstClockTime late)
{
    pace->shift += late;
    pace->wall_base_us += (int64_t)GST_TIME_AS_USECONDS(late);
    for (unsigned i = 0; i < pace->sink_count; i++)
        gst_element_set_base_time(pace->sinks[i],
                                  gst_element_get_base_time(pace->pipeline) + pace->shift);
}

GstClockTime pace_now(struct pace *pace)
{
    g_mutex_lock(&pace->lock);
    GstClockTime now = now_locked(pace);
    g_mutex_unlock(&pace->lock);
    return now;
}

int64_t pace_wall_us(struct pace *pace, GstClockTime running)
{
    g_mutex_lock(&pace->lock);
    GstClockTime now = now_locked(pace);
    if (pace->wall_base_us == 0)
        pace->wall_base_us = g_get_real_time() - (int64_t)GST_TIME_AS_USECONDS(now);
    if (now > running + STANDSTILL)
        shift_locked(pace, now - running);
    int64_t wall_us = pace->wall_base_us + (int64_t)GST_TIME_AS_USECONDS(running);
    g_mutex_unlock(&pace->lock);
    return wall_us;
}
