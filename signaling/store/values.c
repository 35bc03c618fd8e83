#include "signaling/store/values.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"

static size_t size_of(const struct store_value *value)
{
    return value->text ? strlen(value->text) + 1 : 0;
}

int store_values_copy(struct store_values **valuesp, const struct store_value *list, size_t count)
{
    size_t size = sizeof(struct store_values);
    if (count > STORE_VALUES_MAX)
        return EINVAL;
    for (size_t i = 0; i < count; i++)
        size += size_of(&list[i]);
    struct store_values *values = mem_zalloc(size);
    if (!values)
        return ENOMEM;
    char *at = (char *)(values + 1);
    for (size_t i = 0; i < count; i++) {
        size_t len = size_of(&list[i]);
        values->list[i].number = list[i].number;
        if (len)
            values->list[i].text = memcpy(at, list[i].text, len);
        at += len;
    }
    values->count = count;
    *valuesp = values;
    return 0;
}
