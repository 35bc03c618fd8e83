#include "pipelines/spec.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "pipelines/sealed.h"

#define FILE_MAX 4000 // so that a message always fits

struct kind_words {
    const char *kind;
    const char *video; // allowed words between bars; empty is the word ""
    const char *audio;
};

static const struct kind_words kinds[] = {
    {"play", "|VP8|H264|auto|", "||OPUS|"},
    {"record", "||VP8|VP9|H264|AV1|", "||OPUS|"},
    {"remux", "||", "||"},
};

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static bool word_in(const char *words, const char *word)
{
    char barred[32];
    int len = snprintf(barred, sizeof(barred), "|%s|", or_empty(word));

    if (len < 0 || (size_t)len >= sizeof(barred) || strchr(or_empty(word), '|'))
        return false;
    return strstr(words, barred) != NULL;
}

static const struct kind_words *kind_find(const char *name)
{
    for (size_t i = 0; name && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].kind, name) == 0)
            return &kinds[i];
    return NULL;
}

static bool is_key(const char *key)
{
    uint8_t bytes[SEALED_KEY_LEN];

    return !*key || text_unhex(key, bytes, sizeof(bytes)) == 0;
}

int pipeline_spec_check(const struct pipeline_spec *spec)
{
    const struct kind_words *kind = spec ? kind_find(spec->kind) : NULL;

    if (!kind || !spec->file || spec->file[0] != '/' || strlen(spec->file) > FILE_MAX)
        return EINVAL;
    if (!text_is_utf8(spec->file, strlen(spec->file)))
        return EINVAL;
    if (!is_key(or_empty(spec->key)) || (*or_empty(spec->key) && strcmp(spec->kind, "record") != 0))
        return EINVAL;
    return word_in(kind->video, spec->video) && word_in(kind->audio, spec->audio) ? 0 : EINVAL;
}

struct pipeline_spec *pipeline_spec_copy(const struct pipeline_spec *spec)
{
    const char *from[] = {spec->kind, spec->file, or_empty(spec->video), or_empty(spec->audio),
                          or_empty(spec->key)};
    size_t len[5], sum = sizeof(struct pipeline_spec);

    for (size_t i = 0; i < 5; i++)
        sum += len[i] = strlen(from[i]) + 1;
    struct pipeline_spec *copy = mem_zalloc(sum);
    if (!copy)
        return NULL;
    const char **to[] = {&copy->kind, &copy->file, &copy->video, &copy->audio, &copy->key};
    char *at = (char *)(copy + 1);
    for (size_t i = 0; i < 5; i++) {
        memcpy(at, from[i], len[i]);
        *to[i] = at;
        at += len[i];
    }
    copy->loop = spec->loop;
    return copy;
}

char *pipeline_spec_text(const struct pipeline_spec *spec, bool finish)
{
    json_t *root = json_pack("{s:s, s:s, s:s, s:s, s:b, s:b}", "file", spec->file, "video",
                             or_empty(spec->video), "audio", or_empty(spec->audio), "key",
                             or_empty(spec->key), "loop", spec->loop, "finish", finish);
    char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;

    json_decref(root);
    return text;
}

static int event_type(const char *name, enum pipeline_event_type *type)
{
    static const char *const names[] = {
        [PIPELINE_EVENT_READY] = "ready",         [PIPELINE_EVENT_ENDED] = "ended",
        [PIPELINE_EVENT_FAILED] = "failed",       [PIPELINE_EVENT_DONE] = "done",
        [PIPELINE_EVENT_RECORDING] = "recording", [PIPELINE_EVENT_ALIVE] = "alive",
    };

    for (size_t i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], name) == 0) {
            *type = (enum pipeline_event_type)i;
            return 0;
        }
    return EBADMSG;
}

static const char *member_text(const json_t *root, const char *key)
{
    return or_empty(json_string_value(json_object_get(root, key)));
}

static int member_int(const json_t *root, const char *key)
{
    json_int_t value = json_integer_value(json_object_get(root, key));

    return value < 0 || value > 65535 ? 0 : (int)value;
}

int pipeline_event_parse(struct pipeline_event *event, const char *text, size_t len)
{
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);

    *event = (struct pipeline_event){.root = root};
    if (!root || event_type(json_string_value(json_object_get(root, "event")), &event->type)) {
        pipeline_event_release(event);
        return EBADMSG;
    }
    event->video = member_text(root, "video");
    event->audio = member_text(root, "audio");
    event->file = member_text(root, "file");
    event->reason = member_text(root, "reason");
    event->width = member_int(root, "width");
    event->height = member_int(root, "height");
    event->duration_ms = json_integer_value(json_object_get(root, "duration_ms"));
    return 0;
}

void pipeline_event_release(struct pipeline_event *event)
{
    json_decref(event->root);
    event->root = NULL;
}
