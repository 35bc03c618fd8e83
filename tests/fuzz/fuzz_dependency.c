#include "gateway/packet/dependency.h"

#include <stdlib.h>
#include <string.h>

// Two descriptors, the second in the light of the first; what is written is read again.

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
    if (!ok)
        abort();
}

static void write_and_read(const struct dependency *d, const struct dependency_structure *structure,
                           const uint8_t *data, size_t len)
{
    struct dependency_structure again_structure = *structure;
    struct dependency again;
    uint8_t to[DEPENDENCY_MAX];
    const struct dependency_change change = {.mask_at = d->mask_at,
                                             .has_mask = d->has_mask,
                                             .frame = 7,
                                             .targets = structure->targets,
                                             .mask = dependency_targets(structure, 0, 1)};
    size_t out = dependency_rewrite(data, len, &change, to);
    if (!out)
        return;
    check(dependency_parse(&again, &again_structure, to, out) == 0);
    check(again.frame == 7 && again.has_mask && again.spatial == d->spatial &&
          again.temporal == d->temporal && again.uses == d->uses && again.starts == d->starts &&
          again.ends == d->ends && again.has_structure == d->has_structure);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dependency_structure structure = {0};
    struct dependency d;
    size_t first = size ? data[0] % size : 0;
    if (!size)
        return 0;
    const uint8_t *parts[] = {data + 1, data + 1 + first};
    const size_t lens[] = {first, size - 1 - first};
    for (unsigned i = 0; i < 2; i++) {
        if (dependency_parse(&d, &structure, parts[i], lens[i]))
            continue;
        check(structure.templates && structure.targets <= DEPENDENCY_TARGETS_MAX);
        check(d.spatial < DEPENDENCY_SPATIAL_MAX && d.mask_at <= lens[i] * 8);
        write_and_read(&d, &structure, parts[i], lens[i]);
    }
    return 0;
}
