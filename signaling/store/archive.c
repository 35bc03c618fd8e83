#include "signaling/store/archive.h"

#include "signaling/store/inside.h"

int store_audit_check(const char *url, int64_t *entries)
{
    const struct store_backend *backend;
    const char *place;
    int err = store_find_backend(url, &backend, &place);
    return err ? err : backend->check_audit(place, entries);
}

int store_audit_at(const char *url, int64_t n, int64_t *entries, uint8_t hash[AUDIT_HASH_LEN])
{
    const struct store_backend *backend;
    const char *place;
    int err = store_find_backend(url, &backend, &place);
    return err ? err : backend->audit_at(place, n, entries, hash);
}

int store_check(const char *url, int64_t *entries)
{
    const struct store_backend *backend;
    const char *place;
    int err = store_find_backend(url, &backend, &place);
    return err ? err : backend->check(place, entries);
}

int store_copy(const char *url, const char *to)
{
    const struct store_backend *backend;
    const char *place;
    int err = store_find_backend(url, &backend, &place);
    return err ? err : backend->copy(place, to);
}
