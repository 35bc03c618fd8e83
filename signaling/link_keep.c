#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "signaling/link_inside.h"

// The links there are, in data_dir/links.json as in a file of the operator's, so that a restart
// begins them anew. It has their tokens: for the gateway's user alone. Written on a work thread,
// whole or not at all.

struct keeping {
    struct links *links;
    char *path, *part, *text;
    int err;
};

static void keeping_free(struct keeping *keeping)
{
    if (!keeping)
        return;
    mem_free(keeping->path);
    mem_free(keeping->part);
    mem_free(keeping->text);
    mem_free(keeping);
}

static void run(void *arg)
{
    struct keeping *keeping = arg;
    int fd = open(keeping->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    keeping->err = fd < 0 ? errno : file_write_synced(fd, keeping->text, strlen(keeping->text));
    if (fd >= 0)
        close(fd);
    if (!keeping->err && rename(keeping->part, keeping->path) < 0)
        keeping->err = errno;
}

static void write_next(struct links *links);

static void done(void *arg)
{
    struct keeping *keeping = arg;
    struct links *links = keeping->links;
    if (keeping->err)
        log_error("link", "%s: %s; links made since are lost when the gateway stops", keeping->path,
                  strerror(keeping->err));
    keeping_free(keeping);
    links->jobs--;
    links->keeping = false;
    if (links->next)
        write_next(links);
}

// One at a time: an older one must not come last.
static void write_next(struct links *links)
{
    struct keeping *keeping = links->next;
    links->next = NULL;
    if (work_do(links->control->work, run, done, keeping) != 0) {
        log_error("link", "%s: too much is to be done", keeping->path);
        keeping_free(keeping);
        return;
    }
    links->keeping = true;
    links->jobs++;
}

static json_t *one(const struct link *link)
{
    json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:b}", "id", link->id, "kind",
                               link->push ? "push" : "pull", "room", link->room, "url", link->url,
                               "insecure", link->insecure, "audio", !link->no_audio, "video",
                               !link->no_video);
    if (object && link->token[0])
        json_object_set_new(object, "token", json_string(link->token));
    if (object && !link->push)
        json_object_set_new(object, "source", json_string(rooms_source_name(link->source)));
    return object;
}

static char *text_of(const struct links *links)
{
    json_t *list = json_array();
    const struct list *at, *next;
    list_each(at, next, &links->all)
    {
        const struct link *link = container_of(at, struct link, of_links);
        if (!link->fixed && link->sm.state != LINK_ENDING)
            json_array_append_new(list, one(link));
    }
    char *dumped = json_dumps(list, JSON_INDENT(2));
    char *text = dumped ? mem_printf("%s\n", dumped) : NULL;
    free(dumped);
    json_decref(list);
    return text;
}

static struct keeping *prepare(struct links *links)
{
    const char *dir = links->control->config.data_dir;
    struct keeping *keeping = mem_zalloc(sizeof(*keeping));
    if (!keeping)
        return NULL;
    keeping->links = links;
    keeping->path = mem_printf("%s/" LINKS_KEPT, dir);
    keeping->part = mem_printf("%s/" LINKS_KEPT ".part", dir);
    keeping->text = text_of(links);
    if (keeping->path && keeping->part && keeping->text)
        return keeping;
    keeping_free(keeping);
    return NULL;
}

// What there is now, not when its turn comes: by then the gateway may be ending all of them.
void links_keep(struct links *links)
{
    struct keeping *keeping = prepare(links);
    if (!keeping) {
        log_error("link", LINKS_KEPT ": memory is short");
        return;
    }
    keeping_free(links->next);
    links->next = keeping;
    if (!links->keeping)
        write_next(links);
}
