#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/admin/ctl/files.h"
#include "signaling/admin/ctl/local.h"
#include "signaling/auth/audit_head.h"
#include "signaling/auth/secret.h"
#include "signaling/store/archive.h"

// The audit log from outside: is it whole, and what is its head.

#define KEY_FILE "audit.key"

static json_t *complain(struct local *local, const char *what, int err)
{
    snprintf(local->error, sizeof(local->error), "%s: %s", what, strerror(err));
    return NULL;
}

// --- the head as text ----------------------------------------------------------------------------

static json_t *hex(const uint8_t *bytes, size_t len)
{
    char text[2 * AUDIT_SIGNATURE_LEN + 1];
    text_hex(bytes, len, text);
    return json_string(text);
}

static bool read_hex(const json_t *object, const char *name, uint8_t *bytes, size_t len)
{
    const char *text = json_string_value(json_object_get(object, name));
    if (!text || strlen(text) != 2 * len || strspn(text, "0123456789abcdef") != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        const char byte[3] = {text[2 * i], text[2 * i + 1], 0};
        bytes[i] = (uint8_t)strtoul(byte, NULL, 16);
    }
    return true;
}

static int sign(const struct options *options, struct audit_head *head)
{
    uint8_t seed[AUDIT_KEY_LEN];
    char *path = mem_printf("%s/" KEY_FILE, options->data_dir);
    int err = path ? secret_file(path, seed, sizeof(seed)) : ENOMEM;
    if (!err)
        err = file_give(path, options->data_dir);
    if (!err)
        err = audit_head_sign(seed, head);
    mem_free(path);
    return err;
}

json_t *audit_head(struct local *local)
{
    struct audit_head head = {.at_ms = (int64_t)time(NULL) * 1000};
    int err = store_audit_at(local->options->database_url, 0, &head.n, head.hash);
    if (err)
        return complain(local, local->options->database_url, err);
    json_t *data = json_pack("{s:I, s:o, s:I}", "entries", (json_int_t)head.n, "hash",
                             hex(head.hash, AUDIT_HASH_LEN), "at_ms", (json_int_t)head.at_ms);
    if (!local->sign)
        return data;
    err = sign(local->options, &head);
    if (err) {
        json_decref(data);
        return complain(local, KEY_FILE, err);
    }
    json_object_set_new(data, "key", hex(head.key, AUDIT_KEY_LEN));
    json_object_set_new(data, "signature", hex(head.signature, AUDIT_SIGNATURE_LEN));
    return data;
}

// --- verifying -----------------------------------------------------------------------------------

// The newest head in the file: one a line, as `audit head --sign --json` wrote them.
static bool read_head(const char *path, struct audit_head *head, bool *is_signed)
{
    json_t *object = NULL, *next;
    FILE *file = fopen(path, "r");
    while (file && (next = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        json_decref(object);
        object = next;
    }
    if (file)
        fclose(file);
    head->n = json_integer_value(json_object_get(object, "entries"));
    head->at_ms = json_integer_value(json_object_get(object, "at_ms"));
    *is_signed = json_object_get(object, "signature") != NULL;
    bool whole = head->n > 0 && read_hex(object, "hash", head->hash, AUDIT_HASH_LEN);
    if (whole && *is_signed)
        whole = read_hex(object, "key", head->key, AUDIT_KEY_LEN) &&
                read_hex(object, "signature", head->signature, AUDIT_SIGNATURE_LEN);
    json_decref(object);
    return whole;
}

// 0, or a sentence in `error`.
static int compare(struct local *local, const struct audit_head *head)
{
    uint8_t hash[AUDIT_HASH_LEN];
    int64_t entries;
    int err = store_audit_at(local->options->database_url, head->n, &entries, hash);
    if (err && err != ENOENT) {
        complain(local, local->options->database_url, err);
        return err;
    }
    if (!err && memcmp(hash, head->hash, AUDIT_HASH_LEN) == 0)
        return 0;
    snprintf(local->error, sizeof(local->error),
             err ? "the audit log was cut: it had %lld entries when %s was written"
                 : "the audit log was written anew: its entry %lld is not the one of %s",
             (long long)head->n, local->head);
    return EBADMSG;
}

static int check_head(struct local *local)
{
    struct audit_head head = {0};
    bool is_signed = false;
    const char *wrong = NULL;
    if (!read_head(local->head, &head, &is_signed))
        wrong = "no head of an audit log is in it";
    else if (is_signed && !audit_head_check(&head))
        wrong = "its signature is not right";
    if (!wrong)
        return compare(local, &head);
    snprintf(local->error, sizeof(local->error), "%s: %s", local->head, wrong);
    return EINVAL;
}

json_t *audit_verify(struct local *local)
{
    int64_t entries = 0;
    int err = store_audit_check(local->options->database_url, &entries);
    if (err == EBADMSG)
        snprintf(local->error, sizeof(local->error),
                 "the audit log is broken: entry %lld is missing, or is not what was written",
                 (long long)entries + 1);
    else if (err)
        complain(local, local->options->database_url, err);
    else if (local->head)
        err = check_head(local);
    return err ? NULL : json_pack("{s:I, s:b}", "entries", (json_int_t)entries, "whole", 1);
}
