#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/base/writer.h"
#include "signaling/api/table.h"
#include "signaling/consult/words.h"
#include "signaling/record/field.h"

// Lawyers' accounts as a table: all of it or nothing, with one-time passwords that are told once.

#define ROWS_MAX    50 // each password takes a tenth of a second
#define NAME_MIN    2
#define NAME_MAX    40
#define DISPLAY_MAX 60
#define LINE_MAX    120

enum column { NAME, DISPLAY, FIRM, LICENCE, SKILLS, LANGUAGES, COLUMNS };

static const struct table_column columns[COLUMNS] = {
    [NAME] = {"name", {"登录名", "name"}, false},
    [DISPLAY] = {"display_name", {"姓名", "display_name"}, false},
    [FIRM] = {"law_firm", {"律师事务所", "law_firm"}, false},
    [LICENCE] = {"licence_no", {"执业证号", "licence_no"}, false},
    [SKILLS] = {"skills", {"专长", "skills"}, .may_be_missing = true},
    [LANGUAGES] = {"languages", {"语言", "languages"}, .may_be_missing = true},
};

static const struct record_choice languages[] = {
    {"zh-CN", "普通话"}, {"yue", "粤语"}, {"hak", "客家话"}, {"nan", "闽南话"},
    {"csl", "手语"},     {"en", "英语"},  {NULL, NULL},
};

struct row {
    char name[NAME_MAX + 1], display_name[DISPLAY_MAX + 1];
    char law_firm[LINE_MAX + 1], licence_no[LINE_MAX + 1];
    char skills[CONSULT_LIST_MAX], languages[CONSULT_LIST_MAX];
};

struct import {
    const json_t *users; // those that are there
    struct account_request *requests;
    struct row *rows;
    size_t count;
};

// --- one field -----------------------------------------------------------------------------------

static bool is_name(const char *name)
{
    size_t len = strlen(name);
    return len >= NAME_MIN && len <= NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

static bool is_taken(const struct import *import, const char *name)
{
    size_t i;
    const json_t *user;
    for (i = 0; i < import->count; i++)
        if (strcmp(import->rows[i].name, name) == 0)
            return true;
    json_array_foreach(import->users, i, user)
    {
        const char *other = json_string_value(json_object_get(user, "name"));
        if (other && strcmp(other, name) == 0)
            return true;
    }
    return false;
}

static bool take_line(char *to, size_t size, const char *text)
{
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20)
            return false;
    return *text && text_copy(to, size, text);
}

static const char *code_of(const struct record_choice *choices, const char *word, size_t len)
{
    for (; choices->code; choices++)
        if ((strlen(choices->code) == len && memcmp(choices->code, word, len) == 0) ||
            (strlen(choices->title) == len && memcmp(choices->title, word, len) == 0))
            return choices->code;
    return NULL;
}

// How long the separator is that begins here, 0 for none.
static size_t separator(const char *at)
{
    static const char *const marks[] = {",", "，", "、", ";", "；", " ", "/"};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (strncmp(at, marks[i], strlen(marks[i])) == 0)
            return strlen(marks[i]);
    return 0;
}

// Words or codes in any of the usual separations, as codes with commas.
static bool take_list(char list[CONSULT_LIST_MAX], const struct record_choice *choices,
                      const char *text)
{
    struct writer w = writer_of(list, CONSULT_LIST_MAX);
    for (size_t len, count = 0; *text; text += len) {
        len = separator(text);
        if (len)
            continue;
        while (text[len] && !separator(text + len))
            len++;
        const char *code = code_of(choices, text, len);
        if (!code)
            return false;
        writer_printf(&w, "%s%s", count++ ? "," : "", code);
    }
    return writer_string(&w) != NULL;
}

// --- one line ------------------------------------------------------------------------------------

static const char *wrong_in(const struct import *import, struct row *row, const char *const *values,
                            enum column *column)
{
    *column = NAME;
    if (!is_name(values[NAME]))
        return "2 to 40 of a-z 0-9 . _ - are expected";
    if (is_taken(import, values[NAME]))
        return "somebody signs in with this name already";
    text_copy(row->name, sizeof(row->name), values[NAME]);
    *column = DISPLAY;
    if (!take_line(row->display_name, sizeof(row->display_name), values[DISPLAY]))
        return "a name of at most 60 bytes is expected";
    *column = FIRM;
    if (!take_line(row->law_firm, sizeof(row->law_firm), values[FIRM]))
        return "a line of at most 120 bytes is expected";
    *column = LICENCE;
    if (!take_line(row->licence_no, sizeof(row->licence_no), values[LICENCE]))
        return "a line of at most 120 bytes is expected";
    *column = SKILLS;
    if (!take_list(row->skills, record_categories, values[SKILLS]))
        return "there is a field of law that is not known";
    *column = LANGUAGES;
    return take_list(row->languages, languages, values[LANGUAGES])
               ? NULL
               : "there is a language that is not known";
}

static int add_row(struct table *table, unsigned line, const char *const *values)
{
    struct import *import = table->arg;
    enum column column;
    if (import->count == ROWS_MAX) {
        table_blame(table, line, "line", "at most 50 lawyers at once");
        return ECANCELED;
    }
    struct row *row = &import->rows[import->count];
    *row = (struct row){0};
    const char *wrong = wrong_in(import, row, values, &column);
    if (wrong)
        return table_blame(table, line, columns[column].field, wrong);
    import->requests[import->count++] = (struct account_request){.name = row->name,
                                                                 .role = ROLE_LAWYER,
                                                                 .display_name = row->display_name,
                                                                 .law_firm = row->law_firm,
                                                                 .licence_no = row->licence_no,
                                                                 .skills = row->skills,
                                                                 .languages = row->languages};
    return 0;
}

// --- the whole -----------------------------------------------------------------------------------

static void got_users(void *arg, int err, const struct problem *problem, json_t *users)
{
    struct call *call = arg;
    struct import import = {.users = users,
                            .requests = mem_array(ROWS_MAX, sizeof(*import.requests)),
                            .rows = mem_array(ROWS_MAX, sizeof(*import.rows))};
    struct table table = {
        .columns = columns, .column_count = COLUMNS, .row = add_row, .arg = &import};
    if (err)
        call_problem(call, problem);
    else if (!import.requests || !import.rows)
        call_try_later(call);
    else if (table_read(call, &table))
        call->api->config.people->account(call->api->config.ops_arg, ACCOUNT_IMPORT,
                                          &(struct account_request){.actor = call->caller.id,
                                                                    .all = import.requests,
                                                                    .all_count = import.count},
                                          call_done, call);
    mem_free(import.requests);
    mem_free(import.rows);
}

void lawyers_import_post(struct call *call)
{
    call_list(call, PEOPLE_USERS, NULL, got_users);
}
