#include "signaling/api/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "signaling/consult/csv.h"

#define ERRORS_MAX 50

int table_blame(struct table *table, unsigned line, const char *field, const char *detail)
{
    json_array_append_new(table->errors, json_pack("{s:i, s:s, s:s}", "line", (int)line, "field",
                                                   field, "detail", detail));
    return json_array_size(table->errors) < ERRORS_MAX ? 0 : ECANCELED;
}

static int place_of(const struct table_column *column, char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i], column->heads[0]) == 0 || strcmp(fields[i], column->heads[1]) == 0)
            return (int)i;
    return -1;
}

static int read_head(struct table *table, unsigned line, char *const *fields, size_t count)
{
    table->has_head = true;
    for (size_t i = 0; i < table->column_count; i++) {
        const struct table_column *column = &table->columns[i];
        table->place[i] = place_of(column, fields, count);
        if (table->place[i] < 0 && !column->may_be_missing) {
            table_blame(table, line, column->field, "this column is missing in the first line");
            return ECANCELED;
        }
    }
    return 0;
}

static int take_line(unsigned line, char *const *fields, size_t count, void *arg)
{
    struct table *table = arg;
    const char *values[TABLE_COLUMNS_MAX];
    if (!table->has_head)
        return read_head(table, line, fields, count);
    for (size_t i = 0; i < table->column_count; i++)
        values[i] = table->place[i] < 0 ? "" : fields[table->place[i]];
    table->line_count++;
    return table->row(table, line, values);
}

static void refuse_lines(struct call *call, json_t *errors)
{
    json_t *first = json_array_get(errors, 0);
    json_t *problem = json_pack("{s:s, s:s, s:i, s:s, s:O, s:O}", "type", "/problems/bad-table",
                                "title", "Not acceptable", "status", 422, "detail",
                                "nothing was taken; see lines", "field",
                                json_object_get(first, "field"), "lines", errors);
    char *text = problem ? json_dumps(problem, JSON_COMPACT) : NULL;
    json_decref(problem);
    if (text)
        http_reply(call->req, 422, "application/problem+json", text, strlen(text));
    else
        call_try_later(call);
    free(text);
}

static bool read_lines(struct call *call, struct table *table, char *text)
{
    unsigned line = 1;
    int err = csv_read(text, take_line, table, &line);
    if (err == EINVAL)
        table_blame(table, line, "line", "a quote does not end, or there are too many fields");
    else if (!json_array_size(table->errors) && !table->line_count)
        table_blame(table, 1, "line", "there is nothing in it");
    if (!json_array_size(table->errors))
        return true;
    refuse_lines(call, table->errors);
    return false;
}

bool table_read(struct call *call, struct table *table)
{
    size_t len;
    char *text = NULL;
    const char *bytes = http_body(call->req, &len);
    if (!http_content_is(call->req, "text/csv")) {
        call_refuse(call, 415, "csv-needed", "send text/csv", "content-type");
        return false;
    }
    table->errors = json_array();
    int err = table->errors ? csv_decode(bytes, len, &text) : ENOMEM;
    if (err == EILSEQ)
        call_refuse(call, 422, "bad-table", "neither UTF-8 nor GB18030", "body");
    else if (err)
        call_try_later(call);
    bool is_good = !err && read_lines(call, table, text);
    mem_free(text);
    json_decref(table->errors);
    table->errors = NULL;
    return is_good;
}
