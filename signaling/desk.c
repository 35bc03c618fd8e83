#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/auth/secret.h"
#include "signaling/consult/handover.h"
#include "signaling/control_inside.h"
#include "signaling/hand_shift.h"

#define CODE_GOOD_MS 86400000 // an enrolment code

// What the desk does that is no command to the clinic.

static const struct problem no_task = {404, "no-task", "Not found",
                                       "there is no such open task: somebody has done it", "task"};
static const struct problem has_appointments = {
    409, "has-appointments", "Not now",
    "there are appointments in this shift: hand it over, or move or call them off", "shift"};
static const struct problem no_booth = {404, "no-booth", "Not found", "there is no such booth",
                                        "booth"};
static const struct problem same_code = {503, "try-later", "Not available now", "ask once more",
                                         NULL}; // another booth has just this code
static const struct errand_words words_for_booth = {&same_code, &no_booth, NULL};
static const struct errand_words words_for_task = {NULL, &no_task, NULL};

static void task_done(const struct desk_request *request, struct errand *errand)
{
    char object[32];
    const struct store_value row[] = {{.number = clock_wall_ms()},
                                      {.text = request->actor},
                                      {.text = request->note},
                                      {.number = request->id}};
    snprintf(object, sizeof(object), "task:%lld", (long long)request->id);
    errand_write(errand, STORE_DONE_TASK, row, 4);
    errand_note(errand, "task_done", object, "");
    errand_tell(errand, "desk", "task", json_pack("{s:I}", "id", (json_int_t)request->id));
    errand_commit(errand, &words_for_task);
}

static const struct problem not_to_tell = {409, "no-appointment", "Not now",
                                           "somebody has told him already", "appointment"};
static const struct errand_words words_for_told = {NULL, &not_to_tell, NULL};

static void told(const struct desk_request *request, struct errand *errand)
{
    char object[32];
    const struct store_value row[] = {{.number = clock_wall_ms()}, {.number = request->id}};
    snprintf(object, sizeof(object), "appointment:%lld", (long long)request->id);
    errand_write(errand, STORE_TOLD, row, 2);
    errand_note(errand, "appointment_told", object, "");
    errand_tell(errand, "desk", "appointment", json_pack("{s:I}", "id", (json_int_t)request->id));
    errand_commit(errand, &words_for_told);
}

// --- the roster ----------------------------------------------------------------------------------

struct new_shifts {
    size_t count;
    struct consult_shift list[];
};

static void noted(void *arg, int err, const struct problem *problem, json_t *result)
{
    (void)arg, (void)err, (void)problem, (void)result; // the next tick looks again
}

// A shift that came meanwhile and is in the way stays; the rows say so at the next start, too.
static void shifts_added(struct control *control, void *about)
{
    const struct new_shifts *shifts = about;
    for (size_t i = 0; i < shifts->count; i++)
        if (consult_load_shift(control->consult, &shifts->list[i]) != 0)
            log_warn("desk", "shift %s overlaps another", shifts->list[i].id);
    carry_consult(control, &(const struct consult_command){.verb = CONSULT_TICK}, noted, NULL);
}

static void add_shifts(const struct desk_request *request, struct errand *errand)
{
    char count[24];
    size_t size = request->shift_count * sizeof(request->shifts[0]);
    struct new_shifts *shifts = mem_zalloc(sizeof(*shifts) + size);
    if (!shifts) {
        errand_refuse(errand, ENOMEM, NULL);
        return;
    }
    shifts->count = request->shift_count;
    memcpy(shifts->list, request->shifts, size);
    for (size_t i = 0; i < request->shift_count; i++) {
        const struct consult_shift *shift = &request->shifts[i];
        const struct store_value row[] = {{.text = shift->id},
                                          {.text = shift->lawyer},
                                          {.text = ""},
                                          {.number = shift->starts_at},
                                          {.number = shift->ends_at}};
        errand_write(errand, STORE_ADD_SHIFT, row, 5);
    }
    snprintf(count, sizeof(count), "%zu", request->shift_count);
    errand_note(errand, "shifts_added", count, "");
    errand_result(errand, json_pack("{s:I}", "added", (json_int_t)request->shift_count));
    errand_after(errand, shifts_added, shifts);
    errand_commit(errand, &hand_shift_words);
}

static void end_shift(const struct desk_request *request, struct errand *errand)
{
    struct control *control = errand_control(errand);
    const struct consult_shift *shift = consult_shift(control->consult, request->shift);
    if (shift && consult_kept(control->consult, shift)) {
        errand_refuse(errand, EPROTO, &has_appointments);
        return;
    }
    const struct store_value row[] = {{.text = request->shift}};
    errand_write(errand, STORE_END_SHIFT, row, 1);
    errand_note(errand, "shift_removed", request->shift, "");
    if (shift && errand_leads(errand))
        consult_end_shift(control->consult, request->shift);
    errand_commit(errand, &hand_shift_words);
    carry_consult(control, &(const struct consult_command){.verb = CONSULT_TICK}, noted, NULL);
}

// --- booths --------------------------------------------------------------------------------------

static void booth_code(const struct desk_request *request, struct errand *errand)
{
    char code[SECRET_CODE_MAX], hash[SECRET_HASH_MAX];
    int64_t expires_at = clock_wall_ms() + CODE_GOOD_MS;
    secret_code(code);
    secret_hash(code, hash);
    const struct store_value row[] = {
        {.text = hash}, {.number = expires_at}, {.text = request->booth}};
    errand_write(errand, STORE_BOOTH_CODE, row, 3);
    errand_note(errand, "booth_code", request->booth, "");
    errand_result(errand,
                  json_pack("{s:s, s:I}", "code", code, "expires_at", (json_int_t)expires_at));
    errand_commit(errand, &words_for_booth);
}

// --- rooms ---------------------------------------------------------------------------------------

static const struct problem room_taken = {409, "name-taken", "Not now",
                                          "a room has this name already", "name"};
static const struct problem rooms_full = {409, "too-many-rooms", "Not now",
                                          "there are at most 512 rooms", "name"};
static const struct errand_words words_for_room = {&room_taken, NULL, NULL};

static void room_added(struct control *control, void *about)
{
    if (consult_load_room(control->consult, about) != 0)
        log_error("desk", "a room could not be taken in");
}

static void add_room(const struct desk_request *request, struct errand *errand)
{
    struct consult_booth *room = mem_zalloc(sizeof(*room));
    if (!room || consult_rooms(errand_control(errand)->consult) == APPOINTMENT_ROOMS_MAX) {
        errand_refuse(errand, room ? EOVERFLOW : ENOMEM, room ? &rooms_full : NULL);
        mem_free(room);
        return;
    }
    text_copy(room->id, sizeof(room->id), "r-");
    random_text(room->id + 2, 16);
    text_copy(room->name, sizeof(room->name), request->note);
    text_copy(room->centre, sizeof(room->centre), request->centre);
    const struct store_value row[] = {
        {.text = room->id}, {.text = room->name}, {.text = room->centre}};
    errand_write(errand, STORE_ADD_ROOM, row, 3);
    errand_note(errand, "room_added", room->id, "");
    errand_after(errand, room_added, room);
    errand_commit(errand, &words_for_room);
}

static void (*const verbs[DESK_VERBS])(const struct desk_request *request,
                                       struct errand *errand) = {
    [DESK_TASK_DONE] = task_done,
    [DESK_TOLD] = told,
    [DESK_SHIFTS_ADD] = add_shifts,
    [DESK_SHIFT_END] = end_shift,
    [DESK_BOOTH_CODE] = booth_code,
    [DESK_ROOM_ADD] = add_room,
    [DESK_SHIFT_HAND] = control_hand_shift,
    [DESK_SWAP_ASK] = control_swap_ask,
    [DESK_SWAP_ANSWER] = control_swap_answer,
};

void control_desk(void *ops_arg, enum desk_verb verb, const struct desk_request *request,
                  people_result_h *done, void *arg)
{
    struct errand *errand = errand_new(ops_arg, request->actor, done, arg);
    if (errand)
        verbs[verb](request, errand);
}
