#include <errno.h>

#include "signaling/api/inside.h"
#include "signaling/paper/speech.h"

// What booths say aloud: each sentence in the machine's voice, or in that of somebody who spoke it
// at the desk.

static bool may_record(const struct call *call)
{
    return scope_is_all(&call->caller.scope);
}

static void add_prompt(struct call *call, json_t *list, const char *language, const char *name,
                       json_t *text)
{
    const struct people_ops *people = call->api->config.people;
    bool own = people->has_own_prompt(call->api->config.ops_arg, language, name);
    json_array_append_new(list, json_pack("{s:s, s:s, s:O, s:b}", "language", language, "name",
                                          name, "text", text, "own", (int)own));
}

void prompts_get(struct call *call)
{
    const char *language, *name;
    json_t *of_language, *text, *list = json_array();
    json_object_foreach(call->api->prompts, language, of_language)
        json_object_foreach(of_language, name, text) add_prompt(call, list, language, name, text);
    http_reply_json(call->req, 200,
                    json_pack("{s:b, s:o}", "may_record", (int)may_record(call), "prompts", list));
}

// The one in the path, for who may change it. False after having replied.
static bool read_prompt(struct call *call, struct prompt_request *request)
{
    request->actor = call->caller.id;
    request->language = route_param(&call->match, "language");
    request->name = route_param(&call->match, "prompt");
    const json_t *of_language = json_object_get(call->api->prompts, request->language);
    if (!may_record(call))
        call_refuse(call, 403, "not-allowed",
                    "only who looks after all centres may: every booth says the same", NULL);
    else if (!of_language)
        call_refuse(call, 404, "no-prompt", "booths do not speak this language", "language");
    else if (!json_object_get(of_language, request->name))
        call_refuse(call, 404, "no-prompt", "there is no such sentence", "prompt");
    else
        return true;
    return false;
}

static bool read_speech(struct call *call, struct prompt_request *request)
{
    const char *why;
    request->bytes = http_body(call->req, &request->len);
    if (!http_content_is(call->req, "audio/webm")) {
        call_refuse(call, 415, "not-taken", "send audio/webm", "content-type");
        return false;
    }
    int err = speech_check(request->bytes, request->len, &why);
    if (err)
        call_refuse(call, err == EFBIG ? 413 : 415, err == EFBIG ? "too-long" : "not-as-said", why,
                    "body");
    return !err;
}

static void change(struct call *call, const struct prompt_request *request)
{
    call->api->config.people->prompt(call->api->config.ops_arg, request, call_done, call);
}

void prompt_put(struct call *call)
{
    struct prompt_request request = {0};
    if (read_prompt(call, &request) && read_speech(call, &request))
        change(call, &request);
}

void prompt_delete(struct call *call)
{
    struct prompt_request request = {0};
    if (read_prompt(call, &request))
        change(call, &request);
}
