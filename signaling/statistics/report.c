#include "signaling/statistics/report.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/csv.h"
#include "gateway/base/mem.h"

#define SHEET_MAX 16384

// --- JSON ---------------------------------------------------------------------------------------

static json_t *number(int64_t n)
{
    return n == COUNT_NONE ? json_null() : json_integer(n);
}

static json_t *told(struct count_cell cell)
{
    return cell.hidden ? json_null() : json_integer(cell.n);
}

static json_t *scores_json(const struct count_report *report)
{
    json_t *array = json_array();
    for (int score = COUNT_SCORES; score; score--)
        json_array_append_new(
            array, json_pack("{s:i, s:o}", "score", score, "n", told(report->scores[score - 1])));
    return array;
}

static json_t *categories_json(const struct count_report *report)
{
    json_t *array = json_array();
    for (size_t i = 0; i < report->category_count; i++)
        json_array_append_new(array, json_pack("{s:s, s:o}", "category", count_category(i), "n",
                                               told(report->categories[i])));
    return array;
}

json_t *report_json(const struct count_report *report, const struct period *period)
{
    return json_pack(
        "{s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o,"
        " s:b, s:o, s:o}",
        "period", period->name, "from", (json_int_t)period->from_ms, "until",
        (json_int_t)period->until_ms, "items", told(report->items), "attendances",
        told(report->attendances), "persons", told(report->persons), "connected_percent",
        number(report->connected_percent), "wait_p50_s", number(report->wait_p50_s), "wait_p95_s",
        number(report->wait_p95_s), "talk_minutes", number(report->talk_minutes), "talk_mean_s",
        number(report->talk_mean_s), "rated", told(report->rated), "satisfied_percent",
        number(report->satisfied_percent), "scores", scores_json(report), "categories",
        categories_json(report), "messages", told(report->messages), "in_time_percent",
        number(report->in_time_percent), "appointments", told(report->appointments),
        "satisfied_at_least", (int)report->satisfied_at_least, "follow_ups",
        told(report->follow_ups), "follow_ups_done", told(report->follow_ups_done));
}

// --- the table ----------------------------------------------------------------------------------

static const struct line {
    const char *member, *title, *unit;
    const char *at_least; // member that says whether it may be more; or NULL
} lines[] = {
    {"items", "咨询受理", "件", NULL},
    {"attendances", "视频接通", "人次", NULL},
    {"persons", "服务人数（没留手机号的，来一次算一人）", "人", NULL},
    {"connected_percent", "接通率", "%", NULL},
    {"wait_p50_s", "等待时间（中位数）", "秒", NULL},
    {"wait_p95_s", "等待时间（95%的人不超过）", "秒", NULL},
    {"talk_minutes", "咨询总时长", "分钟", NULL},
    {"talk_mean_s", "平均每次时长", "秒", NULL},
    {"rated", "评价", "人次", NULL},
    {"satisfied_percent", "满意率", "%", "satisfied_at_least"},
    {"messages", "留言", "件", NULL},
    {"in_time_percent", "留言24小时内回复率", "%", NULL},
    {"appointments", "预约", "件", NULL},
    {"follow_ups", "应回访", "件", NULL},
    {"follow_ups_done", "已回访", "件", NULL},
};

static const char *const score_titles[] = {"非常不满意", "不满意", "一般", "满意", "非常满意"};

static void write_line(struct writer *w, const char *kind, const char *title, const json_t *value,
                       const char *unit, bool at_least)
{
    char text[40] = "不显示";
    if (json_is_integer(value))
        snprintf(text, sizeof(text), at_least ? "不低于%lld" : "%lld",
                 (long long)json_integer_value(value));
    csv_cell(w, kind, true);
    csv_cell(w, title, false);
    csv_cell(w, text, false);
    csv_cell(w, unit, false);
    csv_end(w);
}

static void write_tables(struct writer *w, const json_t *report)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(report, "categories"), i, row)
        write_line(w, "类别", count_category_title(i), json_object_get(row, "n"), "件", false);
    json_array_foreach(json_object_get(report, "scores"), i, row)
    {
        int64_t score = json_integer_value(json_object_get(row, "score"));
        write_line(w, "评价", score_titles[(score - 1) % COUNT_SCORES], json_object_get(row, "n"),
                   "人次", false);
    }
}

static void write_pair(struct writer *w, const char *title, const char *value)
{
    csv_cell(w, title, true);
    csv_cell(w, value, false);
    csv_end(w);
}

char *report_csv(const json_t *report, const char *centre)
{
    char *sheet = mem_zalloc(SHEET_MAX);
    if (!sheet)
        return NULL;
    struct writer w = writer_of(sheet, SHEET_MAX);
    csv_begin(&w);
    write_pair(&w, "站点", *centre ? centre : "全部");
    write_pair(&w, "时间", json_string_value(json_object_get(report, "period")));
    csv_cell(&w, "分类", true);
    csv_cell(&w, "项目", false);
    csv_cell(&w, "数值", false);
    csv_cell(&w, "单位", false);
    csv_end(&w);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        write_line(&w, "合计", lines[i].title, json_object_get(report, lines[i].member),
                   lines[i].unit,
                   lines[i].at_least && json_is_true(json_object_get(report, lines[i].at_least)));
    write_tables(&w, report);
    return (char *)writer_string(&w);
}
