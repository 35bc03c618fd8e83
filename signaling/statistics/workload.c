#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/csv.h"
#include "gateway/base/mem.h"
#include "signaling/consult/consult.h"
#include "signaling/record/field.h"
#include "signaling/statistics/report.h"

// A lawyer's work: every meeting a line of its own, for whoever pays by them.

#define LINE_MAX_BYTES 1024
#define HEAD_MAX       2048

static int64_t member(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static const char *word(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static int64_t length_ms(const json_t *row)
{
    int64_t ended_at = member(row, "ended_at");
    return ended_at ? ended_at - member(row, "connected_at") : 0;
}

// The mean stands in every row: once is enough.
static json_t *without_mean(const json_t *rows)
{
    size_t i;
    json_t *row, *copy = json_deep_copy(rows);
    json_array_foreach(copy, i, row) json_object_del(row, "mean_tenths");
    return copy;
}

json_t *workload_json(const json_t *rows, const struct period *period)
{
    size_t i;
    const json_t *row;
    int64_t talk_ms = 0;
    json_array_foreach(rows, i, row) talk_ms += length_ms(row);
    json_t *mean = json_object_get(json_array_get(rows, 0), "mean_tenths");
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:O*, s:o}", "period", period->name, "from",
                     (json_int_t)period->from_ms, "until", (json_int_t)period->until_ms,
                     "attendances", (json_int_t)json_array_size(rows), "talk_minutes",
                     (json_int_t)((talk_ms + 30000) / 60000), "satisfaction_tenths", mean, "rows",
                     without_mean(rows));
}

// --- the table ----------------------------------------------------------------------------------

static void china_time(int64_t at_ms, const char *format, char text[32])
{
    struct tm tm;
    time_t seconds = (time_t)((at_ms + CONSULT_DAY_SHIFT_MS) / 1000);
    *text = 0;
    if (at_ms && gmtime_r(&seconds, &tm))
        strftime(text, 32, format, &tm);
}

static const char *title_of(const char *code)
{
    for (const struct record_choice *choice = record_categories; choice->code; choice++)
        if (strcmp(choice->code, code) == 0)
            return choice->title;
    return code;
}

static void write_row(struct writer *w, const json_t *row)
{
    char number[48], text[32];
    china_time(member(row, "day") * 86400000ll - CONSULT_DAY_SHIFT_MS + 1, "%Y%m%d", text);
    snprintf(number, sizeof(number), "%s-%03lld", text, (long long)member(row, "ticket_no"));
    csv_cell(w, number, true);
    china_time(member(row, "connected_at"), "%Y-%m-%d %H:%M:%S", text);
    csv_cell(w, text, false);
    china_time(member(row, "ended_at"), "%Y-%m-%d %H:%M:%S", text);
    csv_cell(w, text, false);
    snprintf(text, sizeof(text), "%lld", (long long)((length_ms(row) + 30000) / 60000));
    csv_cell(w, text, false);
    csv_cell(w, title_of(word(row, "category")), false);
    csv_cell(w, word(row, "language"), false);
    csv_cell(w, word(row, "centre"), false);
    csv_cell(w, word(row, "booth"), false);
    csv_end(w);
}

static void write_head(struct writer *w, const json_t *workload, const char *lawyer)
{
    static const char *const heads[] = {"编号", "开始", "结束", "分钟",
                                        "类别", "语言", "站点", "咨询室"};
    char mean[32] = "评价不足5人次，不显示";
    const json_t *tenths = json_object_get(workload, "satisfaction_tenths");
    if (json_is_integer(tenths))
        snprintf(mean, sizeof(mean), "%lld.%lld", (long long)json_integer_value(tenths) / 10,
                 (long long)json_integer_value(tenths) % 10);
    const struct {
        const char *title, *value;
    } pairs[] = {
        {"律师", lawyer}, {"时间", word(workload, "period")}, {"满意度（5分制平均）", mean}};
    csv_begin(w);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        csv_cell(w, pairs[i].title, true);
        csv_cell(w, pairs[i].value, false);
        csv_end(w);
    }
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        csv_cell(w, heads[i], i == 0);
    csv_end(w);
}

char *workload_csv(const json_t *workload, const char *lawyer)
{
    size_t i;
    const json_t *row, *rows = json_object_get(workload, "rows");
    size_t size = HEAD_MAX + json_array_size(rows) * LINE_MAX_BYTES;
    char *sheet = mem_zalloc(size);
    if (!sheet)
        return NULL;
    struct writer w = writer_of(sheet, size);
    write_head(&w, workload, lawyer);
    json_array_foreach(rows, i, row) write_row(&w, row);
    return (char *)writer_string(&w);
}
