#include "gateway/base/text.h"
#include "gateway/rooms/session.h"

// Layers of a watching session: told to the control thread, chosen by it.

bool session_view(void *arg, const struct watch_view *view)
{
    const struct session *session = arg;
    struct message_layers *message = message_alloc(MESSAGE_LAYERS, sizeof(*message));
    if (!message)
        return false;
    text_copy(message->session, sizeof(message->session), session->id);
    text_copy(message->mid, sizeof(message->mid), view->mid);
    message->layers = view->layers;
    message->current = view->current;
    message->paused = view->paused;
    inbox_push(session->shard->config.control, &message->msg);
    return true;
}

void session_select_layer(struct shard *shard, struct message_request *request, int64_t now_us)
{
    struct session *session = session_find(shard, request->session);
    if (!session)
        session_reply(shard, request, ROOMS_NO_SESSION, "there is no such session");
    else if (!session->watch ||
             watch_select(session->watch, request->mid, &request->choice, now_us))
        session_reply(shard, request, ROOMS_NO_LAYER,
                      "the session watches no pictures with this mid or rid");
    else
        session_reply(shard, request, ROOMS_OK, "");
}
