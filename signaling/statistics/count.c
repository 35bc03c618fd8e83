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

// By its place: were it chosen by its size, that would tell something of it.
static struct count_cell *last_told(struct count_cell *cells, size_t count)
{
    while (count--)
        if (cells[count].n && !cells[count].hidden)
            return &cells[count];
    return NULL;
}

struct hiding {
    int64_t cells, people;
    bool all_few;
};

static void hide(struct hiding *hiding, struct count_cell *cell)
{
    cell->hidden = true;
    hiding->cells++;
    hiding->people += cell->n;
    hiding->all_few = hiding->all_few && is_few(cell->n);
}

// The sum is told elsewhere, and that none of them is zero is seen: they must be two or more, of
// five people or more, and neither next to the least nor to the most that so many can be.
static bool is_safe(const struct hiding *hiding)
{
    int64_t most = hiding->cells * (COUNT_FEW - 1);
    return !hiding->cells || (hiding->cells >= 2 && hiding->people >= COUNT_FEW &&
                              hiding->people >= hiding->cells + 2 &&
                              (!hiding->all_few || hiding->people <= most - 2));
}

// Hides more until it is safe. Where nothing is left to hide, all of it is: zeros, too.
static void hide_rest(struct count_cell *cells, size_t count)
{
    struct hiding hiding = {.all_few = true};
    struct count_cell *next;
    for (size_t i = 0; i < count; i++)
        if (cells[i].hidden)
            hide(&hiding, &cells[i]);
    while (!is_safe(&hiding) && (next = last_told(cells, count)))
        hide(&hiding, next);
    for (size_t i = 0; i < count && !is_safe(&hiding); i++)
        cells[i].hidden = true;
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

// A share tells how many are not in it. Are they few, it is told as of one more than few, where
// that still says something.
static void tell_satisfied(int64_t satisfied, int64_t rated, struct count_report *report)
{
    report->satisfied_percent = percent(satisfied, rated);
    report->satisfied_at_least = is_few(rated - satisfied) && rated >= COUNT_MANY;
    if (report->satisfied_at_least)
        report->satisfied_percent = 100 * (rated - COUNT_FEW + 1) / rated;
    else if (is_few(satisfied) || is_few(rated - satisfied))
        report->satisfied_percent = COUNT_NONE;
}

// The share, where it is exact, is a sum of two scores and one of three. Where it is not, that
// alone tells something of them, and no score is told.
static void tell_ratings(const struct count *count, struct count_report *report)
{
    struct count_cell *cells = report->scores;
    int64_t rated = 0, satisfied = 0;
    for (int i = 0; i < COUNT_SCORES; i++) {
        cells[i] = cell(count->scores[i]);
        rated += count->scores[i];
        satisfied += i + 1 >= SATISFIED ? count->scores[i] : 0;
    }
    report->rated = cell(rated);
    tell_satisfied(satisfied, rated, report);
    bool exact = !rated || (report->satisfied_percent != COUNT_NONE && !report->satisfied_at_least);
    for (int i = 0; i < COUNT_SCORES && !exact; i++)
        cells[i].hidden = true;
    hide_rest(cells, SATISFIED - 1);
    hide_rest(cells + SATISFIED - 1, COUNT_SCORES - SATISFIED + 1);
}

// Whoever was dissatisfied is called back: nearly all tasks are the sum of these scores.
static void tell_follow_ups(const struct count *count, struct count_report *report)
{
    bool hidden = is_few(count->follow_ups) || is_few(count->follow_ups_done);
    for (int i = 0; i < CONSULT_DISSATISFIED; i++)
        hidden = hidden || report->scores[i].hidden;
    report->follow_ups = (struct count_cell){count->follow_ups, hidden};
    report->follow_ups_done = (struct count_cell){count->follow_ups_done, hidden};
}

void count_report(const struct count *count, struct count_report *report)
{
    *report = (struct count_report){
        .items = cell(count->items),
        .attendances = cell(count->attendances),
        .persons = cell(count->persons),
        .connected_percent = is_few(count->attendances) ? COUNT_NONE
                                                        : percent(count->attendances, count->items),
        .wait_p50_s = wait_of(count, 50),
        .wait_p95_s = wait_of(count, 95),
        .category_count = category_count(),
        .messages = cell(count->messages),
        .in_time_percent = percent(count->in_time, count->messages),
        .appointments = cell(count->appointments),
    };
    tell_talk(count, report);
    tell_ratings(count, report);
    tell_follow_ups(count, report);
    for (size_t i = 0; i < report->category_count; i++)
        report->categories[i] = cell(count->categories[i]);
    hide_rest(report->categories, report->category_count);
}
