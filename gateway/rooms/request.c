#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "gateway/rooms/control.h"
#include "gateway/rooms/room.h"

// Requests of the control thread: checked, placed on a shard, and sent there.

#define RETRY_AFTER_S 5

static bool is_room_name(const char *name)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t len = name ? strlen(name) : 0;
    return len > 0 && len < ROOMS_NAME_MAX && strspn(name, allowed) == len;
}

static bool is_id(const char *id)
{
    return id && id[0] && strlen(id) < ROOMS_ID_MAX;
}

// The shard with the fewest sessions; `home` when it has no more than that.
static unsigned least_loaded(const struct rooms *rooms, unsigned home)
{
    unsigned best = home < rooms->shard_count ? home : 0;
    for (unsigned i = 0; i < rooms->shard_count; i++)
        if (rooms->load[i] < rooms->load[best])
            best = i;
    return best;
}

// The room's home, which it gets now if it has none.
static unsigned home_of(const struct rooms *rooms, struct roster_room *room)
{
    if (room->home == ROSTER_NO_HOME)
        room->home = least_loaded(rooms, ROSTER_NO_HOME);
    return room->home;
}

static void set_refusal(struct message_open *message, int status, const char *field,
                        const char *detail)
{
    message->status = status;
    message->retry_after = status == 503 ? RETRY_AFTER_S : 0;
    text_copy(message->field, sizeof(message->field), field);
    text_copy(message->detail, sizeof(message->detail), detail);
}

// Is there something to refuse without asking a shard?
static bool is_sound(const struct rooms *rooms, const struct rooms_request *request,
                     struct message_open *message)
{
    if (!is_id(request->session))
        set_refusal(message, 400, "session", "must have 1 to 63 characters");
    else if (!is_room_name(request->room))
        set_refusal(message, 400, "room", "must be 1 to 63 letters, digits, dots, _ or -");
    else if (!is_id(request->participant))
        set_refusal(message, 400, "participant", "must have 1 to 63 characters");
    else if (request->publication && !message->publish && !is_id(request->publication))
        set_refusal(message, 404, "publication", "there is no such publication in this room");
    else if (request->offer_len > SDP_TEXT_MAX)
        set_refusal(message, 400, "sdp", "is too long");
    else if (roster_find_session(rooms->roster, request->session))
        set_refusal(message, 409, "session", "there is a session with this id");
    else if (rooms->sessions_max && roster_sessions(rooms->roster) >= rooms->sessions_max)
        set_refusal(message, 503, "session", "the server has as many sessions as it may have");
    return message->status == 0;
}

static void fill(struct message_open *message, const struct rooms_request *request)
{
    text_copy(message->session, sizeof(message->session), request->session);
    text_copy(message->room, sizeof(message->room), request->room);
    text_copy(message->participant, sizeof(message->participant), request->participant);
    if (request->publication && !message->publish)
        text_copy(message->publication, sizeof(message->publication), request->publication);
    message->source = request->source;
    message->offer_len = request->offer_len;
    if (request->offer_len)
        memcpy(message->offer, request->offer, request->offer_len);
}

static int take_seat(struct roster_room *room, const char *participant, enum rooms_source source,
                     struct seat **seatp)
{
    char publication[ROOMS_ID_MAX];
    rooms_publication_id(room->name, participant, source, publication);
    return seat_take(&room->seats, publication, seatp);
}

// An entry in the roster, with a seat if the session is to publish.
static int enrol(struct rooms *rooms, const struct message_open *message,
                 struct roster_session **sessionp)
{
    int err = 0;
    struct roster_session *session = roster_add_session(rooms->roster, message->session,
                                                        message->room);
    if (!session)
        return ENOMEM;
    session->publish = message->publish;
    if (message->publish)
        err = take_seat(session->room, message->participant, message->source, &session->seat);
    if (err)
        roster_remove_session(rooms->roster, session);
    else
        *sessionp = session;
    return err;
}

// Gives the session a place: an entry in the roster and a shard. EOVERFLOW: the room is full.
static int place(struct rooms *rooms, struct message_open *message, bool at_home)
{
    int err = 0;
    struct roster_session *session;
    if (!rooms->agents && (rooms->full_ice || message->dial))
        err = agents_alloc(&rooms->agents, &rooms->agents_config);
    if (!err)
        err = enrol(rooms, message, &session);
    if (err)
        return err;
    session->shard = at_home ? home_of(rooms, session->room)
                             : least_loaded(rooms, session->room->home);
    rooms->load[session->shard]++;
    message->placed = true;
    message->shard = session->shard;
    bool full_ice = rooms->full_ice || message->dial;
    inbox_push(full_ice ? rooms->agents_inbox : rooms->inboxes[session->shard], &message->msg);
    return 0;
}

static struct message_open *new_request(struct rooms *rooms, size_t offer_len,
                                        rooms_answer_h *answered, void *arg)
{
    size_t len = offer_len > SDP_TEXT_MAX ? 0 : offer_len;
    struct message_open *message = message_alloc(MESSAGE_OPEN, sizeof(*message) + len + 1);
    if (!message) {
        control_owe(rooms, &(struct owed){.answered = answered, .arg = arg});
        return NULL;
    }
    message->answered = answered;
    message->arg = arg;
    return message;
}

// Takes the message.
static void send_open(struct rooms *rooms, const struct rooms_request *request,
                      struct message_open *message)
{
    if (is_sound(rooms, request, message)) {
        fill(message, request);
        int err = place(rooms, message, message->publish || request->together);
        if (!err)
            return;
        if (err == EOVERFLOW)
            set_refusal(message, 503, "room", "as many publish in this room as it has room for");
        else
            set_refusal(message, 503, "session", "out of memory");
    }
    message->msg.kind = MESSAGE_ANSWER;
    inbox_push(rooms->inbox, &message->msg);
}

static void request_session(struct rooms *rooms, const struct rooms_request *request, bool publish,
                            rooms_answer_h *answered, void *arg)
{
    struct message_open *message = new_request(rooms, request->offer_len, answered, arg);
    if (!message)
        return;
    message->publish = publish;
    send_open(rooms, request, message);
}

void rooms_dial(struct rooms *rooms, const struct rooms_dial *dial, rooms_answer_h *offered,
                void *arg)
{
    const struct rooms_request request = {.session = dial->session,
                                          .room = dial->room,
                                          .participant = dial->participant,
                                          .source = dial->source};
    struct message_open *message = new_request(rooms, 0, offered, arg);
    if (!message)
        return;
    message->dial = true;
    message->publish = dial->publish;
    message->no_audio = dial->no_audio;
    message->no_video = dial->no_video;
    send_open(rooms, &request, message);
}

void rooms_publish(struct rooms *rooms, const struct rooms_request *request,
                   rooms_answer_h *answered, void *arg)
{
    request_session(rooms, request, true, answered, arg);
}

void rooms_watch(struct rooms *rooms, const struct rooms_request *request, rooms_answer_h *answered,
                 void *arg)
{
    request_session(rooms, request, false, answered, arg);
}

// --- existing sessions --------------------------------------------------------------------------

// Sends a request to the session's shard, or answers it when there is none.
static void send_request(struct rooms *rooms, struct message_request *message)
{
    const struct roster_session *session = roster_find_session(rooms->roster, message->session);
    struct inbox *to = session ? rooms->inboxes[session->shard] : rooms->inbox;
    message->shard = session ? session->shard : 0;
    if (!session) {
        message->result = ROOMS_NO_SESSION;
        text_copy(message->detail, sizeof(message->detail), "there is no such session");
        message->msg.kind = MESSAGE_RESULT;
    }
    inbox_push(to, &message->msg);
}

static void send_patch(struct rooms *rooms, enum message_kind kind, const struct rooms_patch *patch,
                       rooms_result_h *done, void *arg)
{
    size_t len = patch->len > SDP_TEXT_MAX ? 0 : patch->len; // as malformed as an empty one
    struct message_request *message = message_alloc(kind, sizeof(*message) + len);
    if (!message) {
        control_owe(rooms, &(struct owed){.done = done, .arg = arg});
        return;
    }
    message->done = done;
    message->arg = arg;
    text_copy(message->session, sizeof(message->session), patch->session);
    message->any_etag = !patch->etag;
    if (patch->etag)
        text_copy(message->etag, sizeof(message->etag), patch->etag);
    message->fragment_len = len;
    if (len)
        memcpy(message->fragment, patch->fragment, len);
    send_request(rooms, message);
}

void rooms_trickle(struct rooms *rooms, const struct rooms_patch *patch, rooms_result_h *done,
                   void *arg)
{
    send_patch(rooms, MESSAGE_TRICKLE, patch, done, arg);
}

void rooms_conclude(struct rooms *rooms, const struct rooms_patch *answer, rooms_result_h *done,
                    void *arg)
{
    send_patch(rooms, MESSAGE_CONCLUDE, answer, done, arg);
}

void rooms_end_session(struct rooms *rooms, const char *session, rooms_result_h *done, void *arg)
{
    struct message_request *message = message_alloc(MESSAGE_END_SESSION, sizeof(*message));
    if (!message) {
        control_owe(rooms, &(struct owed){.done = done, .arg = arg});
        return;
    }
    message->done = done;
    message->arg = arg;
    text_copy(message->session, sizeof(message->session), session);
    send_request(rooms, message);
}

static uint16_t up_to(unsigned size)
{
    return (uint16_t)(size < UINT16_MAX ? size : UINT16_MAX);
}

void rooms_select_layer(struct rooms *rooms, const struct rooms_layer_request *request,
                        rooms_result_h *done, void *arg)
{
    struct message_request *message = message_alloc(MESSAGE_SELECT_LAYER, sizeof(*message));
    if (!message) {
        control_owe(rooms, &(struct owed){.done = done, .arg = arg});
        return;
    }
    message->done = done;
    message->arg = arg;
    message->choice = (struct layer_choice){.paused = request->paused,
                                            .spatial = request->spatial,
                                            .temporal = request->temporal,
                                            .max_width = up_to(request->max_width),
                                            .max_height = up_to(request->max_height),
                                            .max_rate = request->max_rate};
    text_copy(message->session, sizeof(message->session), request->session);
    text_copy(message->mid, sizeof(message->mid), request->mid ? request->mid : "");
    text_copy(message->choice.rid, LAYERS_RID_MAX, request->rid ? request->rid : "");
    send_request(rooms, message);
}

void rooms_end_room(struct rooms *rooms, const char *room, const char *participant)
{
    for (unsigned i = 0; i < rooms->shard_count; i++) {
        struct message_end_room *message = message_alloc(MESSAGE_END_ROOM, sizeof(*message));
        if (!message)
            return; // its sessions end by themselves once their people go
        text_copy(message->room, sizeof(message->room), room);
        text_copy(message->participant, sizeof(message->participant),
                  participant ? participant : "");
        inbox_push(rooms->inboxes[i], &message->msg);
    }
}

int rooms_park(struct rooms *rooms, const char *room, const char *participant, bool parked)
{
    struct message_park *messages[SHARDS_MAX] = {NULL};
    unsigned made = 0;
    while (made < rooms->shard_count &&
           (messages[made] = message_alloc(MESSAGE_PARK, sizeof(*messages[made]))))
        made++;
    for (unsigned i = 0; i < made; i++) {
        text_copy(messages[i]->room, sizeof(messages[i]->room), room);
        text_copy(messages[i]->participant, sizeof(messages[i]->participant), participant);
        messages[i]->parked = parked;
        if (made == rooms->shard_count)
            inbox_push(rooms->inboxes[i], &messages[i]->msg);
        else
            message_free(&messages[i]->msg);
    }
    return made == rooms->shard_count ? 0 : ENOMEM;
}

// --- ports --------------------------------------------------------------------------------------

static enum codec codec_named(const char *name)
{
    for (unsigned codec = CODEC_NONE + 1; name && codec < CODEC_COUNT; codec++)
        if (strcasecmp(codec_info((enum codec)codec)->name, name) == 0)
            return (enum codec)codec;
    return CODEC_NONE;
}

static int send_port(struct rooms *rooms, struct message_port *message, const char *id,
                     const char *room)
{
    int err = 0;
    struct roster_port *port = roster_add_port(rooms->roster, id, room);
    if (!port)
        return ENOMEM;
    if (!message->record)
        err = take_seat(port->room, message->participant, message->source, &port->seat);
    if (err) {
        roster_remove_port(rooms->roster, port);
        return err;
    }
    port->shard = home_of(rooms, port->room);
    rooms->load[port->shard]++;
    text_copy(message->id, sizeof(message->id), id);
    text_copy(message->room, sizeof(message->room), room);
    inbox_push(rooms->inboxes[port->shard], &message->msg);
    return 0;
}

int rooms_port_publish(struct rooms *rooms, const struct rooms_port_source *port)
{
    int err = EINVAL;
    struct message_port *message = NULL;
    if (!is_id(port->id) || !is_room_name(port->room) || !is_id(port->participant))
        goto out;
    err = EEXIST;
    if (roster_find_port(rooms->roster, port->id))
        goto out;
    err = ENOMEM;
    message = message_alloc(MESSAGE_PORT_OPEN, sizeof(*message));
    if (!message)
        goto out;
    message->fd = -1;
    message->source = port->source;
    message->audio = codec_named(port->audio_codec);
    message->video = codec_named(port->video_codec);
    text_copy(message->participant, sizeof(message->participant), port->participant);
    err = EINVAL;
    if (!message->audio && !message->video)
        goto out;
    message->fd = port->fd;
    err = send_port(rooms, message, port->id, port->room);
    if (err)
        message->fd = -1;
out:
    if (err) {
        message_free(message ? &message->msg : NULL);
        close(port->fd);
    }
    return err;
}

int rooms_port_record(struct rooms *rooms, const char *id, const char *publication, int fd)
{
    int err = ENOENT;
    struct message_port *message = NULL;
    const struct roster_publication *found = roster_find_publication(rooms->roster, publication);
    if (!found)
        goto out;
    err = is_id(id) ? EEXIST : EINVAL;
    if (err == EINVAL || roster_find_port(rooms->roster, id))
        goto out;
    err = ENOMEM;
    message = message_alloc(MESSAGE_PORT_OPEN, sizeof(*message));
    if (!message)
        goto out;
    message->fd = fd;
    message->record = true;
    text_copy(message->publication, sizeof(message->publication), publication);
    err = send_port(rooms, message, id, found->room->name);
    if (err)
        message->fd = -1;
out:
    if (err) {
        message_free(message ? &message->msg : NULL);
        close(fd);
    }
    return err;
}
