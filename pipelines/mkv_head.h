#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/writer.h"
#include "pipelines/mkv_scan.h"

// The head of a recording that is whole: how long it is, and where its pictures begin, so that a
// browser can seek after its first request. Any thread.

#define MKV_CLUSTER_HEAD 12 // bytes: an id of four and a size of eight

// The segment's Info. `began_ms`: wall clock of time 0; `duration_ms`: 0 while it is not known.
void mkv_put_info(struct writer *w, int64_t began_ms, int64_t duration_ms);
// Of Info's DateUTC.
int64_t mkv_wall_of(int64_t date_ns);

// Everything before the first cluster; *headp is the caller's to free. The clusters follow as they
// are indexed, without those that have no blocks. ENOMEM, EIO.
int mkv_head(const struct mkv_index *index, const struct mkv_source *source, uint8_t **headp,
             size_t *lenp);
// Bytes of all clusters that have blocks, heads included.
uint64_t mkv_clusters_len(const struct mkv_index *index);
bool mkv_has_frames(const struct mkv_index *index);
