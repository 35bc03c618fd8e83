#include "gateway/rooms/seat.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/rooms/room.h"

int seat_take(struct list *seats, const char *publication, struct seat **seatp)
{
    unsigned taken = 0;
    for (struct list *at = seats->next; at != seats; at = at->next, taken++) {
        struct seat *seat = container_of(at, struct seat, link);
        if (strcmp(seat->publication, publication) == 0) {
            seat->holders++;
            *seatp = seat;
            return 0;
        }
    }
    if (taken >= ROOM_PUBLICATIONS_MAX)
        return EOVERFLOW;
    struct seat *seat = mem_zalloc(sizeof(*seat));
    if (!seat)
        return ENOMEM;
    seat->holders = 1;
    text_copy(seat->publication, sizeof(seat->publication), publication);
    list_append(seats, &seat->link);
    *seatp = seat;
    return 0;
}

void seat_leave(struct seat *seat)
{
    if (!seat || --seat->holders)
        return;
    list_remove(&seat->link);
    mem_free(seat);
}
