#include "tests/fuzz/support/api_records.h"

#include <errno.h>
#include <string.h>

#include "signaling/api/paper_ops.h"
#include "signaling/print/print.h"
#include "signaling/record/limitation.h"
#include "tests/fuzz/support/input.h"

// One record, kept in memory and changed by the real domain.

#define NOW_MS 1780000000000ll

static struct record kept;
static int64_t rev;

static const struct record_frame frame = {.day = 20600,
                                          .ticket_no = 1,
                                          .centre = "centre",
                                          .booth = "booth",
                                          .category = "family",
                                          .language = "zh-CN",
                                          .lawyer = "liu",
                                          .licence_no = "1",
                                          .law_firm = "firm",
                                          .began_ms = NOW_MS};

static const struct limitations periods = {
    .rows = {{.code = "civil", .years = 3}, {.code = "labour_award", .days = 15}}, .count = 2};

void api_records_open(void)
{
    rev = 0;
    check(record_begin(&kept, &frame) == 0);
}

void api_records_close(void)
{
    record_release(&kept);
}

static int apply(const struct record_command *command, struct problem *problem)
{
    bool changed = true;
    switch (command->verb) {
    case RECORD_WRITE:
        return record_write(&kept, &periods, command->fields, &changed, problem);
    case RECORD_START:
        return record_read_back(&kept, problem);
    case RECORD_STOP:
        return record_stop(&kept, problem);
    case RECORD_SEAL:
        return record_seal(&kept, &frame, problem);
    case RECORD_ANSWER:
        return record_answer(&kept, command->item, command->right, problem);
    default:
        return 0;
    }
}

static void carry(void *ops_arg, const struct record_command *command, record_result_h *done,
                  void *arg)
{
    struct problem problem = {0};
    (void)ops_arg;
    check(*command->consultation && command->caller->role != ROLE_NONE);
    if (apply(command, &problem) != 0) {
        check(problem.slug && problem.status >= 400);
        done(arg, &problem, NULL);
        return;
    }
    rev += command->verb >= RECORD_WRITE && command->verb != RECORD_HEAR;
    char *text = record_text(&kept);
    check(text && strlen(text) <= RECORD_TEXT_MAX);
    free(text);
    const struct record_view view = {&kept, "c-1", "", "12348", rev, NOW_MS, NOW_MS, &periods};
    static const struct problem newer = {409, "record-changed", "Not now", "newer", "rev"};
    done(arg, command->rev % 7 == 6 ? &newer : NULL, &view);
}

static void list(void *ops_arg, const char *lawyer, record_list_h *done, void *arg)
{
    (void)ops_arg;
    check(*lawyer);
    done(arg, json_pack("{s:[]}", "records"));
}

static void refused(void *ops_arg, const struct caller *caller, const char *consultation,
                    void (*done)(void *arg, int err), void *arg)
{
    (void)ops_arg;
    check(caller->role != ROLE_NONE && consultation);
    done(arg, 0);
}

static void lay_out(void *ops_arg, struct print *print, record_pdf_h *done, void *arg)
{
    (void)ops_arg;
    print_free(print);
    done(arg, 0, (const uint8_t *)"%PDF-", 5);
}

static void keep(void *ops_arg, const struct caller *caller, const struct paper_kept *paper,
                 paper_done_h *done, void *arg)
{
    (void)ops_arg, (void)caller, (void)paper;
    done(arg, 0);
}

static void drop(void *ops_arg, const struct caller *caller, const char *consultation,
                 const char *id, paper_done_h *done, void *arg)
{
    (void)ops_arg, (void)caller, (void)consultation, (void)id;
    done(arg, 0);
}

static void read_kept(void *ops_arg, const struct caller *caller, const char *consultation,
                      const char *id, paper_read_h *done, void *arg)
{
    (void)ops_arg, (void)caller, (void)consultation;
    json_t *nothing = json_array();
    done(arg, *id ? ENOENT : 0, nothing, NULL, 0);
    json_decref(nothing);
}

const struct paper_ops api_kept = {.keep = keep, .drop = drop, .read = read_kept};

static void recordings(void *ops_arg, const struct caller *caller, const char *consultation,
                       people_result_h *done, void *arg)
{
    (void)ops_arg, (void)caller, (void)consultation;
    json_t *rows = json_array();
    done(arg, 0, NULL, rows);
    json_decref(rows);
}

static void earlier_record(void *ops_arg, const struct caller *caller, const char *meeting,
                           const char *consultation, record_result_h *done, void *arg)
{
    const struct record_command command = {
        .verb = RECORD_EARLIER, .caller = caller, .consultation = consultation, .meeting = meeting};
    carry(ops_arg, &command, done, arg);
}

static void view(void *ops_arg, const struct caller *caller, const char *consultation,
                 people_result_h *done, void *arg)
{
    (void)ops_arg, (void)caller, (void)consultation;
    json_t *viewing = json_pack("{s:s, s:i, s:[]}", "viewing", "v", "damaged", 0, "files");
    done(arg, 0, NULL, viewing);
    json_decref(viewing);
}

static void view_piece(void *ops_arg, const struct viewing_request *request, viewing_piece_h *done,
                       void *arg)
{
    static const struct problem none = {416, "bad-range", "Not in it", "none", "range"};
    const struct viewing_piece piece = {"webm", 4, 0, 4, true};
    (void)ops_arg;
    check(request->len > 0 && *request->consultation && *request->viewing);
    done(arg, request->from > 2 ? &none : NULL, request->from > 2 ? NULL : &piece);
}

static int view_end(void *ops_arg, const struct caller *caller, const char *viewing)
{
    (void)ops_arg, (void)caller;
    return *viewing == 'v' ? 0 : ENOENT;
}

const struct record_ops api_records = {.carry = carry,
                                       .list = list,
                                       .recordings = recordings,
                                       .earlier = recordings,
                                       .earlier_record = earlier_record,
                                       .view = view,
                                       .view_piece = view_piece,
                                       .view_end = view_end,
                                       .refused = refused,
                                       .lay_out = lay_out};
