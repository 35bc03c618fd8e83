#include "gateway/base/option.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

#include "gateway/base/addr.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"

#define KEY_MAX   128
#define DEPTH_MAX 4

static void *member(const struct option *row, void *target)
{
    return (char *)target + row->offset;
}

static bool is_choice(const char *choices, const char *text)
{
    size_t len = strlen(text);
    for (const char *at = choices; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (strncmp(at, text, len) == 0 && (at[len] == '|' || !at[len]) && len)
            return true;
    return false;
}

static int parse_bool(const char *text, bool *value)
{
    *value = strcmp(text, "true") == 0;
    return *value || strcmp(text, "false") == 0 ? 0 : EINVAL;
}

static int set_text(const struct option *row, void *target, const char *text)
{
    char *copy = mem_strdup(text);
    if (!copy)
        return ENOMEM;
    char **at = member(row, target);
    mem_free(*at);
    *at = copy;
    return 0;
}

static int set(const struct option *row, void *target, const char *text)
{
    struct addr addr;
    switch (row->type) {
    case OPTION_NUMBER:
        return text_number(text, row->min, row->max, member(row, target));
    case OPTION_BOOL:
        return parse_bool(text, member(row, target));
    case OPTION_ADDR:
        return *text && addr_parse(&addr, text) ? EINVAL : set_text(row, target, text);
    case OPTION_CHOICE:
        return is_choice(row->choices, text) ? set_text(row, target, text) : EINVAL;
    case OPTION_TEXT:
        return row->max && strlen(text) > (size_t)row->max ? EINVAL : set_text(row, target, text);
    }
    return EINVAL;
}

static void expected(const struct option *row, char *text, size_t size)
{
    switch (row->type) {
    case OPTION_NUMBER:
        snprintf(text, size, "a number from %ld to %ld", row->min, row->max);
        break;
    case OPTION_BOOL:
        snprintf(text, size, "true or false");
        break;
    case OPTION_ADDR:
        snprintf(text, size, "an address and port such as 127.0.0.1:8080, [::1]:8080 or :8443");
        break;
    case OPTION_CHOICE:
        snprintf(text, size, "one of %s", row->choices);
        break;
    case OPTION_TEXT:
        snprintf(text, size, "at most %ld bytes of text", row->max);
        break;
    }
}

int option_defaults(const struct option *table, size_t count, void *target)
{
    int err = 0;
    for (size_t i = 0; i < count && !err; i++)
        err = set(&table[i], target, table[i].fallback);
    return err;
}

void option_release(const struct option *table, size_t count, void *target)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].type == OPTION_NUMBER || table[i].type == OPTION_BOOL)
            continue;
        char **at = member(&table[i], target);
        mem_free(*at);
        *at = NULL;
    }
}

struct load {
    const struct option *table;
    size_t count;
    void *target; // NULL: only check
    const char *file;
    struct option_error *error;
    yaml_document_t document;
};

static int complain(struct load *load, const yaml_node_t *node, const char *key, const char *text)
{
    snprintf(load->error->text, sizeof(load->error->text), "%s:%zu: %s: %s", load->file,
             node ? node->start_mark.line + 1 : 1, key, text);
    return EINVAL;
}

static const struct option *row_of(const struct load *load, const char *key)
{
    for (size_t i = 0; i < load->count; i++)
        if (strcmp(load->table[i].key, key) == 0)
            return &load->table[i];
    return NULL;
}

// Sets one option from a scalar. With no target the value is only tried, on a scratch member.
static int load_scalar(struct load *load, const char *key, const yaml_node_t *node)
{
    const struct option *row = row_of(load, key);
    if (!row)
        return complain(load, node, key, "no such option");
    const char *text = (const char *)node->data.scalar.value;
    union {
        char *text;
        long number;
        bool flag;
    } scratch = {0};
    struct option trial = *row;
    trial.offset = load->target ? row->offset : 0;
    int err = set(&trial, load->target ? load->target : &scratch, text);
    if (!load->target)
        option_release(&trial, 1, &scratch);
    if (!err || err == ENOMEM)
        return err;
    char want[128], what[320];
    expected(row, want, sizeof(want));
    snprintf(what, sizeof(what), "expected %s, found \"%.80s\"", want, text);
    return complain(load, node, key, what);
}

static int load_node(struct load *load, const char *prefix, yaml_node_t *node, int depth);

static int load_pair(struct load *load, const char *prefix, const yaml_node_pair_t *pair, int depth)
{
    yaml_node_t *name = yaml_document_get_node(&load->document, pair->key);
    yaml_node_t *value = yaml_document_get_node(&load->document, pair->value);
    if (name->type != YAML_SCALAR_NODE)
        return complain(load, name, *prefix ? prefix : "file", "expected a name before the colon");
    char key[KEY_MAX];
    int len = snprintf(key, sizeof(key), "%s%s%s", prefix, *prefix ? "." : "",
                       (const char *)name->data.scalar.value);
    if (len >= (int)sizeof(key))
        return complain(load, name, prefix, "name too long");
    return load_node(load, key, value, depth + 1);
}

static int load_node(struct load *load, const char *prefix, yaml_node_t *node, int depth)
{
    int err = 0;
    if (node->type == YAML_SCALAR_NODE && depth > 0)
        return load_scalar(load, prefix, node);
    if (node->type != YAML_MAPPING_NODE || depth > DEPTH_MAX)
        return complain(load, node, *prefix ? prefix : "file", "expected options as name: value");
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    for (; pair < node->data.mapping.pairs.top && !err; pair++)
        err = load_pair(load, prefix, pair, depth);
    return err;
}

static int load_document(struct load *load, FILE *in)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return ENOMEM;
    yaml_parser_set_input_file(&parser, in);
    int err = 0;
    if (!yaml_parser_load(&parser, &load->document)) {
        snprintf(load->error->text, sizeof(load->error->text), "%s:%zu: %s", load->file,
                 parser.problem_mark.line + 1, parser.problem ? parser.problem : "not YAML");
        err = EINVAL;
    }
    yaml_parser_delete(&parser);
    return err;
}

int option_load(const struct option *table, size_t count, void *target, const char *file,
                struct option_error *error)
{
    struct load load = {.table = table, .count = count, .file = file, .error = error};
    FILE *in = fopen(file, "re");
    if (!in) {
        int err = errno;
        snprintf(error->text, sizeof(error->text), "%s: %s", file, strerror(err));
        return err;
    }
    int err = load_document(&load, in);
    fclose(in);
    if (err)
        return err;
    yaml_node_t *root = yaml_document_get_root_node(&load.document);
    if (root)
        err = load_node(&load, "", root, 0); // first only check, so an error changes nothing
    load.target = target;
    if (root && !err)
        err = load_node(&load, "", root, 0);
    yaml_document_delete(&load.document);
    return err;
}

static void print_value(const struct option *row, const void *target, FILE *out)
{
    const char *at = (const char *)target + row->offset;
    if (row->type == OPTION_NUMBER)
        fprintf(out, "%ld", *(const long *)at);
    else if (row->type == OPTION_BOOL)
        fprintf(out, "%s", *(const bool *)at ? "true" : "false");
    else
        fprintf(out, "\"%s\"", *(char *const *)at);
}

void option_print(const struct option *table, size_t count, const void *target, FILE *out)
{
    char group[KEY_MAX] = "";
    for (size_t i = 0; i < count; i++) {
        const char *dot = strchr(table[i].key, '.');
        size_t len = dot ? (size_t)(dot - table[i].key) : 0;
        bool same = strlen(group) == len && strncmp(group, table[i].key, len) == 0;
        if (!same && dot)
            fprintf(out, "%.*s:\n", (int)len, table[i].key);
        snprintf(group, sizeof(group), "%.*s", (int)len, table[i].key);
        const char *indent = dot ? "    " : "";
        fprintf(out, "%s# %s\n%s%s: ", indent, table[i].help, indent, dot ? dot + 1 : table[i].key);
        print_value(&table[i], target, out);
        fputc('\n', out);
    }
}
