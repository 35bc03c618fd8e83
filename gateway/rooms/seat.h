#pragma once
#include "gateway/base/list.h"
#include "gateway/rooms/rooms.h"

// Who may publish in a room, decided when he asks: a publication has a seat from the first session
// or port that is to bring it, long before its first packet, until the last one is gone. So a full
// room refuses at the door. Control thread only.

// One publication's. Those who hold it are not named: they know.
struct seat {
    struct list link;
    char publication[ROOMS_ID_MAX];
    unsigned holders;
};

// Takes this publication's seat among those of a room, where there are ROOM_PUBLICATIONS_MAX. Given
// back with seat_leave(). EOVERFLOW: none is free; ENOMEM.
int seat_take(struct list *seats, const char *publication, struct seat **seatp);
// Frees it with its last holder. NULL: nothing.
void seat_leave(struct seat *seat);
