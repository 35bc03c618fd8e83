#pragma once
#include "signaling/api/resource.h"

// What a WHEP resource's event stream has to be told about (events.c). Control thread.

struct event_stream;

// With the resource: whoever is reading gets the end.
void events_free(struct event_stream *stream);
