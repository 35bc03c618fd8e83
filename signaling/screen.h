#pragma once
#include "signaling/control_inside.h"

// The lawyer's screen: a publication beside his face, which all who meet are told of and watch by
// its name. Control thread.

// May who takes part publish this there? Only the lawyer of a consultation shares a screen in it.
bool screen_may(const struct control *control, const char *room, const char *participant,
                enum rooms_source source);
// A publication came or went: those who meet are told of a screen.
void screen_changed(struct control *control, const struct rooms_publication *publication, bool on);
// Of the api's media table: the screen in this room; "" when there is none.
void screen_find(void *ops_arg, const char *room, char *publication, size_t size);
