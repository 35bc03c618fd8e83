#pragma once
#include "signaling/api/links.h"
#include "signaling/control_inside.h"

// Links to other servers: a pull watches a remote WHEP and publishes here what comes, a push sends
// a room's programme to a remote WHIP. The gateway is an ordinary client of theirs; when they are
// away it tries again, ever less often. One whose offer cannot be answered (406) stays refused: the
// same offer would be made again. Links live until they are ended; a restart begins them anew, from
// data_dir/links.json. Control thread; what blocks is on work threads of their own.
//
//     waiting -> dialing -> asking -> connecting -> up
//        ^__________|_________|___________|_________|        every state -> ending
//                             '-> refused

// ENOMEM, EPROTO.
int links_alloc(struct links **linksp, struct control *control);
void links_free(struct links *links);

// As the API has them (api/links.h); `arg` of control_links is the control.
extern const struct link_ops control_links;
// Of every room and of both kinds.
json_t *links_json(const struct links *links);

// Begins those of a file: a JSON array of objects with kind ("pull", "push"), room, url and, when
// wanted, token, source, insecure, audio, video. The first one that cannot be is logged with its
// place in the file: EINVAL.
int links_load(struct control *control, const char *file);
// Begins those that were there when the gateway stopped. One that cannot be begun any more is
// logged and left out.
void links_resume(struct control *control);

// What the media core tells. Sessions of others are let pass.
void links_connected(struct links *links, const char *session);
void links_ended(struct links *links, const char *session, const char *why);
// Somebody publishes in this room now: its pushes need not wait any longer.
void links_published(struct links *links, const char *room);

size_t links_up(const struct links *links);
// Ends all of them; the other servers are told.
void links_stop(struct links *links);
// What still has to be done: links, and servers to be told.
size_t links_busy(const struct links *links);
