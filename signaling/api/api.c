#include "signaling/api/api.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "signaling/api/inside.h"

#define TEMPLATE_MAX (64 * 1024)

static bool ws_wanted(const char *path, void *arg)
{
    (void)arg;
    return strcmp(path, "/v1/live") == 0;
}

const struct server_handlers api_handlers = {
    .body_max = api_body_max,
    .http = api_dispatch,
    .ws_wanted = ws_wanted,
    .ws_open = live_open,
    .ws_message = live_message,
    .ws_closed = live_closed,
};

// NULL when there is none: then only that page is missing.
static char *read_template(const char *web_dir, const char *name)
{
    char *path = mem_printf("%s/%s", web_dir, name);
    char *text = mem_zalloc(TEMPLATE_MAX);
    FILE *in = path ? fopen(path, "re") : NULL;
    size_t len = in && text ? fread(text, 1, TEMPLATE_MAX - 1, in) : 0;
    if (in)
        fclose(in);
    if (!len) {
        log_warn("api", "%s is missing: the pages are not built", path ? path : name);
        mem_free(text);
        text = NULL;
    }
    mem_free(path);
    return text;
}

static json_t *read_prompts(const char *web_dir)
{
    char *path = mem_printf("%s/prompts/index.json", web_dir);
    json_t *prompts = path ? json_load_file(path, 0, NULL) : NULL;
    if (!prompts)
        log_warn("api", "%s is missing: the booth's voice is not built", path ? path : "prompts");
    mem_free(path);
    return prompts;
}

int api_alloc(struct api **apip, const struct api_config *config)
{
    struct api *api = mem_zalloc(sizeof(*api));
    if (!api)
        return ENOMEM;
    api->config = *config;
    list_init(&api->listeners);
    list_init(&api->event_streams);
    list_init(&api->crowds);
    list_init(&api->papers);
    int err = resources_alloc(&api->resources);
    if (!err)
        err = rate_alloc(&api->media_rate, config->media_rate, 2 * config->media_rate);
    if (!err)
        err = throttle_alloc(&api->sign_in, &throttle_sign_in);
    if (!err)
        err = throttle_alloc(&api->code, &throttle_sign_in);
    if (!err)
        err = throttle_alloc(&api->address, &throttle_address);
    if (err)
        goto out;
    if (config->web_dir) {
        api->prompts = read_prompts(config->web_dir);
        api->elder_page = read_template(config->web_dir, "elder-link.html");
        api->guest_page = read_template(config->web_dir, "guest.html");
        api->record_page = read_template(config->web_dir, "record-sheet.html");
    }
out:
    if (err)
        api_free(api);
    else
        *apip = api;
    return err;
}

void api_free(struct api *api)
{
    if (!api)
        return;
    crowds_free(api);
    papers_free(api);
    mem_free(api->elder_page);
    mem_free(api->guest_page);
    json_decref(api->prompts);
    mem_free(api->record_page);
    throttle_free(api->address);
    throttle_free(api->sign_in);
    throttle_free(api->code);
    rate_free(api->media_rate);
    resources_free(api->resources);
    mem_free(api);
}

void api_media_ended(struct api *api, const char *session)
{
    resources_remove(api->resources, session);
}

void api_media_connected(struct api *api, const char *session)
{
    resources_connected(api->resources, session);
}
