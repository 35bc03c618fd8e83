#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "signaling/record/field.h"
#include "signaling/record/limitation.h"
#include "signaling/record/sheet.h"
#include "signaling/record/template.h"

#define NOW 1795312800000ll // 2026-11-22 10:00 in China

static const struct record_frame frame = {.day = 20779,
                                          .ticket_no = 12,
                                          .centre = "槐园",
                                          .booth = "咨询室 1",
                                          .category = "labour",
                                          .language = "zh-CN",
                                          .lawyer = "刘志远",
                                          .licence_no = "1150",
                                          .law_firm = "槐园律所",
                                          .began_ms = NOW};

static struct limitations periods; // as they are shipped

static int read_periods(void **state)
{
    char text[8192];
    unsigned line;
    const char *wrong;
    FILE *file = fopen("configs/limitations.txt", "r");
    (void)state;
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = 0;
    fclose(file);
    return limitations_read(&periods, text, &line, &wrong);
}

static json_t *whole(void)
{
    return json_pack("{ss ss ss ss ss ss ss ss ss ss}", "identity", "refused", "category", "labour",
                     "facts", "老板不给工资", "claim", "要工资", "advice", "去仲裁",
                     "limitation_told", "yes", "risk_told", "yes", "legal_aid_told", "yes",
                     "next_steps", "去人社局", "confirmation", "absent");
}

static void begin(struct record *record)
{
    assert_int_equal(record_begin(record, &frame), 0);
}

// Writes and says which field is at fault; NULL when it was taken.
static const char *write_fields(struct record *record, json_t *fields)
{
    struct problem problem = {0};
    bool changed = false;
    int err = record_write(record, &periods, fields, &changed, &problem);
    json_decref(fields);
    assert_true(err == 0 || err == EINVAL);
    return err ? problem.field : NULL;
}

static const char *write_one(struct record *record, const char *name, const char *text)
{
    return write_fields(record, json_pack("{s:s}", name, text));
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < record_fields_count; i++) {
        const struct record_field *field = &record_fields[i];
        bool is_text = field->type == RECORD_TEXT || field->type == RECORD_LONG;
        bool chooses = field->type == RECORD_CHOICE || field->type == RECORD_SET;
        assert_ptr_equal(record_field(field->name), field); // no name twice
        assert_true(field->of_gateway || is_text == (field->max > 0));
        assert_int_equal(chooses, field->choices != NULL);
        assert_false(field->of_gateway && field->required);
    }
    for (const struct record_choice *one = record_categories; one->code; one++)
        assert_true(record_template(one->code)->points[0] != NULL);
    assert_string_equal(record_template("inheritance")->warning, "not_a_will");
    assert_string_equal(record_template("?")->category, "other");
}

static void test_wrong_fields(void **state)
{
    struct record record;
    char *story = malloc(3 * 4001 + 1);
    (void)state;
    begin(&record);
    for (int i = 0; i < 4001; i++)
        memcpy(story + 3 * i, "字", 4);
    assert_string_equal(write_one(&record, "facts", story), "facts");
    assert_null(write_one(&record, "facts", story + 3)); // 4,000 characters, not bytes
    assert_string_equal(write_one(&record, "facts", "a\x07"), "facts");
    assert_null(write_one(&record, "facts", "two\nlines"));
    assert_string_equal(write_one(&record, "companion", "two\nlines"), "companion");
    assert_string_equal(write_one(&record, "gender", "F"), "gender");
    assert_string_equal(write_one(&record, "groups", "elder,,woman"), "groups");
    assert_string_equal(write_one(&record, "groups", "elder,elder"), "groups");
    assert_null(write_one(&record, "groups", "elder,disabled"));
    assert_string_equal(write_one(&record, "limitation_from", "2026-02-29"), "limitation_from");
    assert_string_equal(write_one(&record, "number", "1"), "number");
    assert_string_equal(write_one(&record, "nonsense", "1"), "fields");
    assert_string_equal(write_fields(&record, json_pack("{si}", "facts", 7)), "facts");
    assert_string_equal(write_fields(&record, json_array()), "fields");
    assert_string_equal(record_value(&record, "groups"), "elder,disabled"); // as it was
    record_release(&record);
    free(story);
}

// Every period as its law has it, by the table that is shipped.
static void test_periods(void **state)
{
    static const struct {
        const char *kind, *end;
    } rows[] = {
        {"civil", "2029-11-22"},
        {"labour", "2027-11-22"},
        {"labour_award", "2026-12-07"},
        {"work_injury", "2027-11-22"},
        {"administrative_review", "2027-01-21"},
        {"administrative_suit", "2027-05-22"},
        {"review_decision", "2026-12-07"},
        {"civil_appeal", "2026-12-07"},
        {"civil_order_appeal", "2026-12-02"},
        {"criminal_appeal", "2026-12-02"},
        {"enforcement", "2028-11-22"},
        {"land_arbitration", "2028-11-22"},
        {"legacy", "2027-01-21"},
        {"revocation", "2027-11-22"},
        {"mediation_confirmation", "2026-12-22"},
    };
    size_t count = sizeof(rows) / sizeof(rows[0]);
    char end[RECORD_DATE_LEN];
    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(record_limitations[i].code, rows[i].kind);
        assert_int_equal(record_limitation_end(&periods, rows[i].kind, "2026-11-22", end), 0);
        assert_string_equal(end, rows[i].end);
    }
    assert_null(record_limitations[count].code); // there is no other
}

// A mistake names its line and its field, and the table that was there stays.
static void test_bad_periods(void **state)
{
    static const struct {
        const char *text, *field;
        unsigned line;
    } bad[] = {{"# nothing\n\ncivill 3 years Civil Code 188\n", "kind", 3},
               {"civil 3 years A\ncivil 3 years A\n", "kind", 2},
               {"civil\n3 years A\n", "period", 1},
               {"civil three years A\n", "period", 1},
               {"civil 0 years A\n", "period", 1},
               {"civil -3 years A\n", "period", 1},
               {"civil 1000 days A\n", "period", 1},
               {"civil 3 weeks A\n", "period", 1},
               {"civil 3 years # Civil Code 188\n", "law", 1},
               {"civil 3 years \r\n", "law", 1}};
    struct limitations table = periods;
    char longest[400] = {0};
    const char *wrong;
    unsigned line;
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(limitations_read(&table, bad[i].text, &line, &wrong), EINVAL);
        assert_int_equal(line, bad[i].line);
        assert_memory_equal(wrong, bad[i].field, strlen(bad[i].field));
    }
    memset(longest, 'x', sizeof(longest) - 1);
    assert_int_equal(limitations_read(&table, longest, &line, &wrong), EINVAL);
    assert_int_equal(limitations_read(&table, "civil 3 years A", &line, &wrong), ENOENT);
    assert_string_equal(wrong, "labour"); // the first that has no row
    assert_memory_equal(&table, &periods, sizeof(table));
}

static void test_dates(void **state)
{
    static const char *const cases[][3] = {
        {"civil", "2024-02-29", "2027-02-28"},
        {"labour", "2025-11-30", "2026-11-30"},
        {"administrative_suit", "2026-08-31", "2027-02-28"},
        {"labour_award", "2026-12-20", "2027-01-04"},
        {"legacy", "2026-01-01", "2026-03-02"},
        {"civil", "1969-12-31", "1972-12-31"},
        {"criminal_appeal", "2026-11-22", "2026-12-02"},
    };
    static const char *const wrong[] = {"",           "2026-13-01", "2026-1-1",   "2026-00-10",
                                        "1899-01-01", "2026-11-31", "2026/11/22", "2026-11-22 ",
                                        "-026-11-22", "2026-+1-02"};
    char end[RECORD_DATE_LEN];
    int64_t day;
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(record_limitation_end(&periods, cases[i][0], cases[i][1], end), 0);
        assert_string_equal(end, cases[i][2]);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(record_date_parse(wrong[i], &day), EINVAL);
    assert_int_equal(record_limitation_end(&periods, "none", "2026-11-22", end), EINVAL);
    assert_int_equal(record_day_of(NOW), 20779);
    assert_int_equal(record_day_of(NOW - 10 * 3600000 - 1), 20778); // China's midnight
}

static void deadline(struct record *record, const char *from, struct record_advice *advice)
{
    assert_null(write_fields(record, json_pack("{ss ss}", "limitation_kind", "civil_order_appeal",
                                               "limitation_from", from)));
    record_advise(record, NOW, advice);
}

static void test_advice(void **state)
{
    struct record record;
    struct record_advice advice;
    (void)state;
    begin(&record);
    record_advise(&record, NOW, &advice);
    assert_false(advice.has_deadline || advice.urgent || advice.aid_exempt || advice.aid_matter);
    deadline(&record, "2026-11-19", &advice); // until the 29th: seven days are left
    assert_true(advice.has_deadline && !advice.urgent && advice.days_left == 7);
    deadline(&record, "2026-11-18", &advice);
    assert_true(advice.urgent && advice.days_left == 6);
    deadline(&record, "2026-11-12", &advice); // today is the last day
    assert_true(advice.urgent && !advice.is_over && advice.days_left == 0);
    deadline(&record, "2026-11-11", &advice);
    assert_true(!advice.urgent && advice.is_over);
    assert_null(write_fields(&record, json_pack("{ss ss}", "legal_aid_matter", "none",
                                                "legal_aid_grounds", "elder_no_income")));
    assert_string_equal(record_value(&record, "limitation_deadline"), ""); // its reason is gone
    record_advise(&record, NOW, &advice);
    assert_true(advice.aid_exempt && !advice.aid_matter);
    record_release(&record);
}

static void test_seal(void **state)
{
    static const char *const required[] = {
        "identity",        "category",  "facts",          "claim",      "advice",
        "limitation_told", "risk_told", "legal_aid_told", "next_steps", "confirmation"};
    struct record record;
    struct problem problem;
    (void)state;
    begin(&record);
    for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
        json_t *fields = whole();
        json_object_del(fields, required[i]);
        assert_null(write_fields(&record, fields));
        assert_int_equal(record_seal(&record, &frame, &problem), EINVAL);
        assert_string_equal(problem.field, required[i]);
    }
    json_t *named = whole();
    json_object_set_new(named, "identity", json_string("given"));
    assert_null(write_fields(&record, named));
    assert_string_equal(record_missing(&record), "resident_name");
    assert_null(write_fields(&record, whole()));
    assert_int_equal(record_seal(&record, &frame, &problem), 0);
    assert_string_equal(record_value(&record, "number"), "20261122-012");
    assert_string_equal(record_value(&record, "began_at"), "2026-11-22 10:00");
    assert_string_equal(record_value(&record, "ended_at"), "");
    bool changed;
    json_t *fields = whole();
    assert_int_equal(record_write(&record, &periods, fields, &changed, &problem), EPERM);
    assert_string_equal(problem.slug, "record-sealed");
    json_decref(fields);
    record_release(&record);
}

static void test_read_back(void **state)
{
    struct record record;
    struct problem problem;
    (void)state;
    begin(&record);
    assert_int_equal(record_read_back(&record, &problem), EPERM); // nothing to read
    json_t *fields = whole();
    json_object_set_new(fields, "confirmation", json_string("readback"));
    assert_null(write_fields(&record, json_deep_copy(fields)));
    assert_int_equal(record_answer(&record, "facts", true, &problem), EPERM);
    assert_int_equal(record_read_back(&record, &problem), 0);
    assert_int_equal(record_answer(&record, "risks", true, &problem), EINVAL);    // empty
    assert_int_equal(record_answer(&record, "category", true, &problem), EINVAL); // not an item
    assert_int_equal(record_answer(&record, "facts", true, &problem), 0);
    assert_int_equal(record_answer(&record, "claim", false, &problem), 0);
    assert_int_equal(record_seal(&record, &frame, &problem), EPERM);
    assert_string_equal(problem.field, "claim");
    json_object_set_new(fields, "claim", json_string("要两个月工资"));
    assert_null(write_fields(&record, fields));
    assert_null(json_object_get(record.answers, "claim")); // asked again
    assert_non_null(json_object_get(record.answers, "facts"));
    assert_int_equal(record_answer(&record, "claim", true, &problem), 0);
    assert_int_equal(record_answer(&record, "advice", true, &problem), 0);
    assert_int_equal(record_answer(&record, "next_steps", true, &problem), 0);
    assert_int_equal(record_seal(&record, &frame, &problem), 0);
    assert_int_equal(record_answer(&record, "claim", false, &problem), EPERM);
    record_release(&record);
}

static void test_sheets(void **state)
{
    struct record record;
    (void)state;
    begin(&record);
    assert_null(write_fields(&record, json_pack("{ss ss ss ss ss}", "facts", "<script>\"a\" & 'b'",
                                                "resident_name", "买买提·吐尔逊 𬱖",
                                                "contact", "=1+1", "claim", "said \"no\"\n-2",
                                                "groups", "elder,woman")));
    assert_int_equal(record_fill(&record, &frame), 0);
    const struct record_view view = {&record, "c-1", "", "12348", 3, NOW, NOW, &periods};
    char *html = record_sheet_html(&view), *csv = record_sheet_csv(&view);
    assert_non_null(strstr(html, "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;"));
    assert_null(strstr(html, "<script>"));
    char mark[RECORD_MARK_LEN], span[RECORD_MARK_LEN + 16];
    record_copy_mark(&view, mark);
    assert_string_equal(mark, "刘志远 2026-11-22 10:00");
    snprintf(span, sizeof(span), "<span>%s</span>", mark);
    assert_non_null(strstr(html, span));
    assert_non_null(strstr(html, "草稿"));
    assert_non_null(strstr(html, "老年人、妇女"));
    assert_memory_equal(csv, "\xef\xbb\xbf\"编号\",\"咨询方式\"", 26);
    assert_non_null(strstr(csv, "\"买买提·吐尔逊 𬱖\""));
    assert_non_null(strstr(csv, ",\"'=1+1\","));
    assert_non_null(strstr(csv, ",\"said \"\"no\"\"\n-2\","));
    mem_free(html);
    mem_free(csv);
    record_release(&record);
}

// --- random sequences ------------------------------------------------------------------------

static uint64_t seed = 7;
static unsigned dice(unsigned sides)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % sides;
}

static void write_something(struct record *record)
{
    static const char *const texts[] = {"", "甲", "乙"};
    json_t *fields = whole();
    bool changed;
    struct problem problem;
    json_object_set_new(fields, "confirmation", json_string(dice(2) ? "readback" : "absent"));
    for (int i = 0; i < 3; i++) {
        const char *name = ((const char *[]){"facts", "claim", "risks"})[i];
        json_object_set_new(fields, name, json_string(texts[dice(3)]));
    }
    int err = record_write(record, &periods, fields, &changed, &problem);
    assert_int_equal(err, record->state == RECORD_SEALED ? EPERM : 0);
    json_decref(fields);
}

static void step(struct record *record)
{
    static const char *const items[] = {"facts", "claim", "advice", "next_steps", "risks"};
    struct problem problem;
    switch (dice(6)) {
    case 0:
        write_something(record);
        break;
    case 1:
        record_read_back(record, &problem);
        break;
    case 2:
        record_stop(record, &problem);
        break;
    case 3:
        record_seal(record, &frame, &problem);
        break;
    default:
        record_answer(record, items[dice(5)], dice(4) > 0, &problem);
    }
}

// Whatever is done in whatever order: only what is there was answered, nothing sealed lacks
// anything or changes, and a record comes back from its text as it was.
static void check_always(const struct record *record, enum record_state before, const char *was)
{
    const char *name;
    json_t *answer;
    char *text = record_text(record), *again;
    struct record copy;
    json_object_foreach(record->answers, name, answer) assert_true(*record_value(record, name));
    if (record->state == RECORD_SEALED)
        assert_null(record_missing(record));
    if (before == RECORD_SEALED) {
        assert_int_equal(record->state, RECORD_SEALED);
        assert_string_equal(text, was);
    }
    assert_true(strlen(text) <= RECORD_TEXT_MAX);
    assert_int_equal(record_parse(&copy, record->state, text, strlen(text)), 0);
    again = record_text(&copy);
    assert_string_equal(again, text);
    record_release(&copy);
    free(again);
    free(text);
}

static void test_random(void **state)
{
    unsigned sealed = 0;
    (void)state;
    for (int run = 0; run < 300; run++) {
        struct record record;
        begin(&record);
        for (int i = 0; i < 60; i++) {
            enum record_state before = record.state;
            char *was = record_text(&record);
            step(&record);
            check_always(&record, before, was);
            free(was);
        }
        sealed += record.state == RECORD_SEALED;
        record_release(&record);
    }
    assert_true(sealed > 100); // the dice reach it
}

static void test_hash(void **state)
{
    struct record one, other;
    char first[RECORD_HASH_MAX], second[RECORD_HASH_MAX];
    (void)state;
    begin(&one);
    begin(&other);
    assert_null(write_fields(&one, json_pack("{ss ss}", "facts", "a", "claim", "b")));
    assert_null(write_fields(&other, json_pack("{ss ss}", "claim", "b", "facts", "a")));
    char *text = record_text(&one), *same = record_text(&other);
    record_hash(text, first);
    record_hash(same, second);
    assert_string_equal(first, second); // the order of writing is nothing
    text[20] ^= 1;
    record_hash(text, second);
    assert_string_not_equal(first, second);
    free(text);
    free(same);
    record_release(&one);
    assert_int_equal(record_parse(&one, RECORD_DRAFTING, "{}", 2), EBADMSG);
    record_release(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),       cmocka_unit_test(test_wrong_fields),
        cmocka_unit_test(test_periods),     cmocka_unit_test(test_dates),
        cmocka_unit_test(test_bad_periods), cmocka_unit_test(test_advice),
        cmocka_unit_test(test_seal),        cmocka_unit_test(test_read_back),
        cmocka_unit_test(test_sheets),      cmocka_unit_test(test_random),
        cmocka_unit_test(test_hash),
    };
    return cmocka_run_group_tests(tests, read_periods, NULL);
}
