#include "signaling/earlier.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/carriage.h"
#include "signaling/consult/consent.h"
#include "signaling/records.h"

static const struct problem not_agreed = {
    403, "not-agreed", "Not agreed to",
    "the resident has not agreed to it, or it is not your consultation", "consultation"};
static const struct problem not_there = {404, "no-consultation", "Not found",
                                         "there is no such earlier consultation", "earlier"};

// A list on its way, or one record of it.
struct look {
    struct control *control;
    struct caller caller;
    char meeting[STORE_ID_MAX];
    char wanted[STORE_ID_MAX]; // the one to be opened; "": the list
    json_t *rows;
    size_t next; // row
    people_result_h *listed;
    record_result_h *opened;
    void *arg;
};

bool earlier_may(const struct control *control, const struct caller *caller, const char *meeting)
{
    const struct consultation *row = consult_find(control->consult, meeting);
    return row && caller->role == ROLE_LAWYER && strcmp(row->lawyer, caller->id) == 0 &&
           consult_earlier_allowed(row);
}

static void look_end(struct look *look, const struct problem *problem,
                     const struct record_view *view)
{
    if (look->opened)
        look->opened(look->arg, problem, view);
    else
        look->listed(look->arg, problem ? EPROTO : 0, problem, problem ? NULL : look->rows);
    json_decref(look->rows);
    mem_free(look);
}

static const char *id_of(const json_t *row)
{
    return json_string_value(json_object_get(row, "consultation"));
}

static void carry(struct look *look, enum record_verb verb, const char *id, record_result_h *done)
{
    control_records.carry(
        look->control,
        &(const struct record_command){
            .verb = verb, .caller = &look->caller, .consultation = id, .meeting = look->meeting},
        done, look);
}

// --- the list -----------------------------------------------------------------------------------

static void list_on(struct look *look);

// One that cannot be opened (its key is not here) is in the list all the same.
static void glanced(void *arg, const struct problem *problem, const struct record_view *view)
{
    struct look *look = arg;
    json_t *brief = problem ? NULL : record_json_brief(view);
    json_object_update(json_array_get(look->rows, look->next), brief);
    json_decref(brief);
    look->next++;
    list_on(look);
}

// The next sealed one; at the end, and after every one, it must still be agreed to.
static void list_on(struct look *look)
{
    size_t count = json_array_size(look->rows);
    while (look->next < count &&
           !json_is_true(json_object_get(json_array_get(look->rows, look->next), "sealed")))
        look->next++;
    if (!earlier_may(look->control, &look->caller, look->meeting))
        look_end(look, &not_agreed, NULL);
    else if (look->next == count)
        look_end(look, NULL, NULL);
    else
        carry(look, RECORD_GLANCE, id_of(json_array_get(look->rows, look->next)), glanced);
}

// --- one of them --------------------------------------------------------------------------------

static void opened(void *arg, const struct problem *problem, const struct record_view *view)
{
    struct look *look = arg;
    bool may = earlier_may(look->control, &look->caller, look->meeting);
    if (!problem && !may)
        problem = &not_agreed;
    look_end(look, problem, problem ? NULL : view);
}

static void open_one(struct look *look)
{
    size_t i;
    const json_t *row;
    json_array_foreach(look->rows, i, row)
    {
        if (strcmp(id_of(row), look->wanted) == 0) {
            carry(look, RECORD_EARLIER, look->wanted, opened);
            return;
        }
    }
    look_end(look, &not_there, NULL);
}

// --- both ---------------------------------------------------------------------------------------

static void found(void *arg, int err, json_t *rows)
{
    struct look *look = arg;
    look->rows = json_incref(rows);
    if (err)
        look_end(look, &carriage_not_saved, NULL);
    else if (look->opened)
        open_one(look);
    else
        list_on(look);
}

static void turned_away(void *arg, int err)
{
    look_end(arg, err ? &carriage_not_saved : &not_agreed, NULL);
}

static void begin(struct look *look, const struct caller *caller, const char *meeting)
{
    const struct store_value values[] = {{.text = look->meeting}};
    look->caller = *caller;
    text_copy(look->meeting, sizeof(look->meeting), meeting);
    if (!earlier_may(look->control, caller, meeting))
        control_records.refused(look->control, caller, meeting, turned_away, look);
    else if (store_list(look->control->store, STORE_EARLIER, values, 1, found, look) != 0)
        look_end(look, &carriage_not_saved, NULL);
}

void control_earlier(void *ops_arg, const struct caller *caller, const char *meeting,
                     people_result_h *done, void *arg)
{
    struct look *look = mem_zalloc(sizeof(*look));
    if (!look) {
        done(arg, ENOMEM, &carriage_not_saved, NULL);
        return;
    }
    *look = (struct look){.control = ops_arg, .listed = done, .arg = arg};
    begin(look, caller, meeting);
}

void control_earlier_record(void *ops_arg, const struct caller *caller, const char *meeting,
                            const char *consultation, record_result_h *done, void *arg)
{
    struct look *look = mem_zalloc(sizeof(*look));
    if (!look) {
        done(arg, &carriage_not_saved, NULL);
        return;
    }
    *look = (struct look){.control = ops_arg, .opened = done, .arg = arg};
    text_copy(look->wanted, sizeof(look->wanted), consultation);
    begin(look, caller, meeting);
}
