#include "signaling/statistics/count.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "signaling/consult/consult.h"
#include "signaling/record/field.h"

#define WAITS     (CONSULT_WAIT_MAX_MS / 1000 + 1) // whole seconds; whoever waits longer waits so long
#define SATISFIED 4

struct count {
    int64_t items, attendances, persons, ended, talk_ms;
    int64_t categories[COUNT_CATEGORIES_MAX];
    int64_t scores[COUNT_SCORES];
    int64_t messages, in_time, appointments, follow_ups, follow_ups_done;
    uint32_t waits[WAITS];
};

int count_alloc(struct count **countp)
{
    *countp = mem_zalloc(sizeof(**countp));
    return *countp ? 0 : ENOMEM;
}

void count_free(struct count *count)
{
    mem_free(count);
}

static size_t category_count(void)
{
    size_t count = 0;
    while (record_categories[count].code)
        count++;
    return count;
}

const char *count_category(size_t i)
{
    return record_categories[i].code;
}

const char *count_category_title(size_t i)
{
    return record_categories[i].title;
}

static size_t category_of(const char *code)
{
    size_t i = 0, last = category_count() - 1; // "other"
    while (i < last && strcmp(record_categories[i].code, code) != 0)
        i++;
    return i;
}

static void add_wait(struct count *count, int64_t wait_ms)
{
    int64_t seconds = wait_ms < 0 ? 0 : wait_ms / 1000;
    count->waits[seconds < WAITS ? seconds : WAITS - 1]++;
}

void count_visit(struct count *count, const struct count_visit *visit)
{
    count->items++;
    count->categories[category_of(visit->category)]++;
    if (visit->score >= 1 && visit->score <= COUNT_SCORES)
        count->scores[visit->score - 1]++;
    if (!visit->connected_at)
        return;
    count->attendances++;
    add_wait(count, visit->connected_at - visit->asked_at);
    if (!visit->ended_at)
        return;
    count->ended++;
    count->talk_ms += visit->ended_at - visit->connected_at;
}

void count_persons(struct count *count, int64_t persons)
{
    count->persons = persons;
}

void count_message(struct count *count, bool half_day, int64_t due_at, int64_t answered_at)
{
    if (half_day) {
        count->appointments++;
        return;
    }
    count->messages++;
    count->in_time += answered_at && answered_at <= due_at;
}

void count_follow_up(struct count *count, bool done)
{
    count->follow_ups++;
    count->follow_ups_done += done;
}

// --- what may be told ---------------------------------------------------------------------------

static bool is_few(int64_t n)
{
    return n > 0 && n < COUNT_FEW;
}

static struct count_cell cell(int64_t n)
{
    return (struct count_cell){n, is_few(n)};
}

static struct count_cell *smallest_told(struct count_cell *cells, size_t count)
{
    struct count_cell *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (cells[i].n && !cells[i].hidden && (!found || cells[i].n < found->n))
            found = &cells[i];
    return found;
}

// The sum is told elsewhere: what is hidden must be two numbers or more, of five people or more.
static void hide_rest(struct count_cell *cells, size_t count)
{
    size_t hidden = 0;
    int64_t people = 0;
    for (size_t i = 0; i < count; i++) {
        hidden += cells[i].hidden;
        people += cells[i].hidden ? cells[i].n : 0;
    }
    while (hidden && (hidden < 2 || people < COUNT_FEW)) {
        struct count_cell *next = smallest_told(cells, count);
        if (!next)
            return;
        next->hidden = true;
        hidden++;
        people += next->n;
    }
}

static void tell_table(struct count_cell *cells, const int64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cells[i] = cell(numbers[i]);
    hide_rest(cells, count);
}

static int64_t percent(int64_t part, int64_t whole)
{
    return whole < COUNT_FEW ? COUNT_NONE : (100 * part + whole / 2) / whole;
}

// The wait that so many of a hundred do not exceed.
static int64_t wait_of(const struct count *count, int64_t of_hundred)
{
    int64_t rank = (count->attendances * of_hundred + 99) / 100, seen = 0;
    if (count->attendances < COUNT_FEW)
        return COUNT_NONE;
    for (int64_t s = 0; s < WAITS; s++)
        if ((seen += count->waits[s]) >= rank)
            return s;
    return WAITS - 1;
}

static void tell_talk(const struct count *count, struct count_report *report)
{
    bool told = count->ended >= COUNT_FEW;
    report->talk_minutes = told ? (count->talk_ms + 30000) / 60000 : COUNT_NONE;
    report->talk_mean_s = told ? count->talk_ms / count->ended / 1000 : COUNT_NONE;
}

static void tell_ratings(const struct count *count, struct count_report *report)
{
    int64_t rated = 0, satisfied = 0;
    for (int i = 0; i < COUNT_SCORES; i++) {
        rated += count->scores[i];
        satisfied += i + 1 >= SATISFIED ? count->scores[i] : 0;
    }
    report->rated = cell(rated);
    report->satisfied_percent = percent(satisfied, rated);
    tell_table(report->scores, count->scores, COUNT_SCORES);
}

void count_report(const struct count *count, struct count_report *report)
{
    *report = (struct count_report){
        .items = cell(count->items),
        .attendances = cell(count->attendances),
        .persons = cell(count->persons),
        .connected_percent = percent(count->attendances, count->items),
        .wait_p50_s = wait_of(count, 50),
        .wait_p95_s = wait_of(count, 95),
        .category_count = category_count(),
        .messages = cell(count->messages),
        .in_time_percent = percent(count->in_time, count->messages),
        .appointments = cell(count->appointments),
        .follow_ups = count->follow_ups,
        .follow_ups_done = count->follow_ups_done,
    };
    tell_talk(count, report);
    tell_ratings(count, report);
    tell_table(report->categories, count->categories, report->category_count);
}
