#pragma once
#include <jansson.h>

#include "signaling/statistics/count.h"
#include "signaling/statistics/period.h"

// The forms of a report: JSON for the page, and a table for office programs (csv_* of base): UTF-8
// with its mark, lines that end with CR LF, nothing that a program would take for a formula. Pure.

// What is hidden is null. New reference, or NULL without memory.
json_t *report_json(const struct count_report *report, const struct period *period);
// Of report_json()'s object. `centre`: its name, "" for all. mem_free()'s text, NULL without
// memory.
char *report_csv(const json_t *report, const char *centre);

// One lawyer's: `rows` as STORE_WORKLOAD lists them. Adds up, and takes the mean of the ratings out
// of the rows. New reference.
json_t *workload_json(const json_t *rows, const struct period *period);
// Of workload_json()'s object. mem_free()'s text.
char *workload_csv(const json_t *workload, const char *lawyer);
