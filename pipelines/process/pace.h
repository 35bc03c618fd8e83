#pragma once
#include <gst/gst.h>
#include <stdint.h>

// The clock of a playing file: ties the running time of GStreamer to the wall clock, the same way
// for picture and sound, so that sender reports keep them together. After a standstill (the machine
// slept, the disk hung) the file goes on where it was, instead of racing to catch up.

struct pace;

// Free before `pipeline`, to which it keeps no reference. ENOMEM.
int pace_alloc(struct pace **pacep, GstElement *pipeline);
void pace_free(struct pace *pace);

// A sink that follows this pace. Called before the pipeline plays, for at most two.
void pace_add_sink(struct pace *pace, GstElement *sink);

// Time since the start, without standstills, in nanoseconds. Any thread.
GstClockTime pace_now(struct pace *pace);

// The wall clock in microseconds at which `running` is due. Moves everything that follows when
// `running` is long past. Any thread.
int64_t pace_wall_us(struct pace *pace, GstClockTime running);
