#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "gateway/rooms/rooms.h"

// Records what is published in the rooms that the option recording.rooms names, one supervised
// pipeline a publication, into data_dir/recordings/ROOM-PUBLICATION-TIME (UTC): a ".mkv.part" while
// it is written, a ".webm" or ".mkv" that browsers can seek in when it is complete, "-2", "-3"...
// after a pipeline was started again. A consultation is recorded only while all of it agree
// (consult_recording()), and sealed: a ".mkv.sealed" whose key, itself sealed, is in its row
// (recording_key.h). Control thread only.

struct control;
struct recordings;

#define RECORDINGS_MAX 64 // at once, those that are being completed included

// Makes the directory when something is to be recorded, and begins to complete what an earlier run
// left. Before the first publication; `control` has its rooms and supervisor. errno of the
// directory, ENOMEM.
int recordings_alloc(struct recordings **recordingsp, struct control *control);
// After the supervisor has ended, or when every pipeline is closed: pipelines hold on to it. The
// rooms may not tell of publications any more.
void recordings_free(struct recordings *recordings);

// Begins a recording; another one when the publication's codec or its kinds became others.
void recordings_added(struct recordings *recordings, const struct rooms_publication *publication);
void recordings_removed(struct recordings *recordings, const struct rooms_publication *publication);
// Begins to record a consultation's room if its consultation is to be recorded: its domain is
// asked.
void recordings_begin_room(struct recordings *recordings, const char *room);
// Ends all recordings of a room.
void recordings_end_room(struct recordings *recordings, const char *room);
// Asks all to complete their files, and begins none any more. They are complete when
// supervisor_count() is 0.
void recordings_stop(struct recordings *recordings);

// Is this publication recorded now?
bool recordings_has(const struct recordings *recordings, const char *publication);
// Publications recorded now.
size_t recordings_count(const struct recordings *recordings);
