#pragma once
#include "signaling/control_inside.h"

// The lawyer's screen for the resident: a publication beside the lawyer's face, which the booth is
// told of and watches by its name. Control thread.

// May who takes part publish this there? Only the lawyer of a consultation shares a screen in it.
bool screen_may(const struct control *control, const char *room, const char *participant,
                enum rooms_source source);
// A publication came or went: its booth is told of a screen.
void screen_changed(struct control *control, const struct rooms_publication *publication, bool on);
// Of the api's media table: the screen in this room; "" when there is none.
void screen_find(void *ops_arg, const char *room, char *publication, size_t size);
