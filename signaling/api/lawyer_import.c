#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/base/writer.h"
#include "signaling/api/seen.h"
#include "signaling/api/table.h"
#include "signaling/consult/words.h"
#include "signaling/record/field.h"

// Lawyers' accounts as a table: all of it or nothing, with one-time passwords that are told once.

#define ROWS_MAX    50 // each password takes a tenth of a second
#define NAME_MIN    2
#define NAME_MAX    40
#define DISPLAY_MAX 60
#define LINE_MAX    120

enum column { NAME, DISPLAY, FIRM, LICENCE, SKILLS, LANGUAGES, CENTRES, COLUMNS };

static const struct table_column columns[COLUMNS] = {
    [NAME] = {"name", {"登录名", "name"}, false},
    [DISPLAY] = {"display_name", {"姓名", "display_name"}, false},
    [FIRM] = {"law_firm", {"律师事务所", "law_firm"}, false},
    [LICENCE] = {"licence_no", {"执业证号", "licence_no"}, false},
    [SKILLS] = {"skills", {"专长", "skills"}, .may_be_missing = true},
    [LANGUAGES] = {"languages", {"语言", "languages"}, .may_be_missing = true},
    [CENTRES] = {"centres", {"中心", "centres"}, .may_be_missing = true},
};

static const struct record_choice languages[] = {
    {"zh-CN", "普通话"}, {"yue", "粤语"}, {"hak", "客家话"}, {"nan", "闽南话"},
    {"csl", "手语"},     {"en", "英语"},  {NULL, NULL},
};

struct row {
    char name[NAME_MAX + 1], display_name[DISPLAY_MAX + 1];
    char law_firm[LINE_MAX + 1], licence_no[LINE_MAX + 1];
    char skills[CONSULT_LIST_MAX], languages[CONSULT_LIST_MAX];
    struct scope place;
};

struct import {
    struct call *call;
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

static const char *const between_codes[] = {",", "，", "、", ";", "；", " ", "/", NULL};
static const char *const between_names[] = {",", "，", "、", ";", "；", NULL}; // a name has blanks

// How long the mark is that stands here, 0 for none.
static size_t mark_at(const char *const *marks, const char *at)
{
    for (; *marks; marks++)
        if (strncmp(at, *marks, strlen(*marks)) == 0)
            return strlen(*marks);
    return 0;
}

// Goes to the next word and returns how long it is, 0 behind the last one.
static size_t next_word(const char *const *marks, const char **at)
{
    size_t len;
    while ((len = mark_at(marks, *at)))
        *at += len;
    while ((*at)[len] && !mark_at(marks, *at + len))
        len++;
    return len;
}

// Words or codes in any of the usual separations, as codes with commas.
static bool take_list(char list[CONSULT_LIST_MAX], const struct record_choice *choices,
                      const char *text)
{
    struct writer w = writer_of(list, CONSULT_LIST_MAX);
    for (size_t len, count = 0; (len = next_word(between_codes, &text)); text += len) {
        const char *code = code_of(choices, text, len);
        if (!code)
            return false;
        writer_printf(&w, "%s%s", count++ ? "," : "", code);
    }
    return writer_string(&w) != NULL;
}

// --- his centres ---------------------------------------------------------------------------------

// What somebody writes for a centre, and which of those that he sees it can be.
struct wanted_centre {
    const struct call *call;
    const char *text;
    size_t len, matches;
    const char *id;
};

// The centre's id, or its name; of centres of one name also its street's before it, or the
// district's before that.
static bool is_called(const struct consult_centre *centre, const char *text, size_t len)
{
    const char *const parts[] = {centre->district, centre->street, centre->name};
    for (size_t first = 0; first < 3; first++) {
        char name[3 * CONSULT_NAME_MAX] = "";
        struct writer w = writer_of(name, sizeof(name));
        for (size_t i = first; i < 3; i++)
            writer_printf(&w, "%s", parts[i]);
        if (strlen(name) == len && memcmp(name, text, len) == 0)
            return true;
    }
    return strlen(centre->id) == len && memcmp(centre->id, text, len) == 0;
}

static void match_centre(const struct consult_centre *centre, void *arg)
{
    struct wanted_centre *wanted = arg;
    if (!seen_centre(call_clinic(wanted->call), &wanted->call->caller, centre->id) ||
        !is_called(centre, wanted->text, wanted->len))
        return;
    wanted->id = centre->id;
    wanted->matches++;
}

static const char *add_centre(const struct call *call, struct scope *place, const char *text,
                              size_t len)
{
    for (; len && *text == ' '; len--)
        text++;
    while (len && text[len - 1] == ' ')
        len--;
    if (!len)
        return NULL; // a blank behind the last mark
    struct wanted_centre wanted = {.call = call, .text = text, .len = len};
    consult_each_centre(call_clinic(call), match_centre, &wanted);
    if (!wanted.matches)
        return "there is a centre that is not known";
    if (wanted.matches > 1)
        return "there are several centres of this name: write the street's name before it";
    return scope_add_centre(place, wanted.id) ? NULL : "these are more than 16 centres";
}

// NULL, or what is wrong.
static const char *take_centres(const struct call *call, struct scope *place, const char *text)
{
    const char *wrong = NULL;
    for (size_t len; !wrong && (len = next_word(between_names, &text)); text += len)
        wrong = add_centre(call, place, text, len);
    return wrong;
}

// Who writes none makes lawyers of all that he keeps himself.
static const char *wrong_place(const struct import *import, struct row *row, const char *text)
{
    const char *wrong = take_centres(import->call, &row->place, text);
    if (!wrong && !row->place.centre_count)
        row->place = import->call->caller.scope;
    return wrong;
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
    if (!take_list(row->languages, languages, values[LANGUAGES]))
        return "there is a language that is not known";
    *column = CENTRES;
    return wrong_place(import, row, values[CENTRES]);
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
                                                                 .place = &row->place,
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
    struct import import = {.call = call,
                            .users = users,
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
