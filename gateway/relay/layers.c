#include "gateway/relay/layers.h"

#include <string.h>

const struct layer_choice layer_choice_any = {.spatial = -1, .temporal = -1};

static bool fits(const struct layer *layer, const struct layer_choice *choice)
{
    if (choice->spatial >= 0 && layer->spatial > choice->spatial)
        return false;
    if (choice->temporal >= 0 && layer->temporal > choice->temporal)
        return false;
    if (choice->max_width && layer->width > choice->max_width)
        return false;
    if (choice->max_height && layer->height > choice->max_height)
        return false;
    return !choice->max_rate || layer->rate <= choice->max_rate;
}

static void take(const struct layer_list *all, const struct layer_choice *choice, const char *rid,
                 struct layer_list *out)
{
    for (unsigned i = 0; i < all->count; i++)
        if (fits(&all->layer[i], choice) && (!rid[0] || strcmp(all->layer[i].rid, rid) == 0))
            out->layer[out->count++] = all->layer[i];
}

void layers_chosen(const struct layer_list *all, const struct layer_choice *choice,
                   struct layer_list *out)
{
    out->count = 0;
    if (choice->paused)
        return;
    take(all, choice, choice->rid, out);
    if (!out->count && choice->rid[0])
        take(all, choice, "", out);
    if (!out->count && all->count)
        out->layer[out->count++] = all->layer[0];
}

int layers_find(const struct layer_list *list, const struct layer *layer)
{
    for (unsigned i = 0; i < list->count; i++)
        if (layer_same(&list->layer[i], layer))
            return (int)i;
    return -1;
}

bool layers_same(const struct layer_list *a, const struct layer_list *b)
{
    bool same = a->count == b->count;
    for (unsigned i = 0; same && i < a->count; i++) {
        int at = layers_find(b, &a->layer[i]);
        same = at >= 0 && b->layer[at].width == a->layer[i].width &&
               b->layer[at].height == a->layer[i].height;
    }
    return same;
}
