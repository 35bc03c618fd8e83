#include <string.h>

#include "gateway/base/text.h"
#include "signaling/api/inside.h"
#include "signaling/api/seen.h"

// Shifts that one lawyer asks another to take.

static bool is_seen_swap(const struct consult *clinic, const struct caller *caller,
                         const json_t *row)
{
    return seen_lawyer(clinic, caller, json_string_value(json_object_get(row, "asked_by")));
}

static void got(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    if (call->caller.role != ROLE_LAWYER)
        seen_rows(call_clinic(call), &call->caller, rows, is_seen_swap);
    call_rows(arg, "swaps", err, problem, rows);
}

// The desk sees those of its lawyers, a lawyer his own.
void swaps_get(struct call *call)
{
    const char *of = call->caller.role == ROLE_LAWYER ? call->caller.id : "";
    call_list(call, PEOPLE_SWAPS, of, got);
}

void swaps_post(struct call *call)
{
    struct desk_request request = {0};
    json_t *body = call_json(call);
    request.shift = body ? call_text(call, body, "shift", CONSULT_ID_MAX - 1) : NULL;
    request.lawyer = request.shift ? call_text(call, body, "lawyer", CONSULT_ID_MAX - 1) : NULL;
    if (request.lawyer)
        call_desk(call, DESK_SWAP_ASK, &request);
    json_decref(body);
}

static bool is(const json_t *row, const char *member, const char *text)
{
    const char *value = json_string_value(json_object_get(row, member));
    return value && strcmp(value, text) == 0;
}

// Open, and his to answer? Told from the list: an answer holds before its row is safe, so that one
// to nothing must not come so far.
static bool is_asked(const struct call *call, const json_t *rows,
                     const struct desk_request *request)
{
    size_t i;
    const json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (json_integer_value(json_object_get(row, "id")) == request->id &&
            is(row, "shift", request->shift) && is(row, "asked", call->caller.id) &&
            !json_object_get(row, "answer"))
            return true;
    }
    return false;
}

static void answer(struct call *call, const json_t *rows, struct desk_request *request)
{
    if (is_asked(call, rows, request))
        call_desk(call, DESK_SWAP_ANSWER, request);
    else
        call_refuse(call, 409, "no-swap", "this wish is answered already, or not yours to answer",
                    "swap");
}

static void got_asked(void *arg, int err, const struct problem *problem, json_t *rows)
{
    struct call *call = arg;
    long id = 0;
    struct desk_request request = {0};
    if (err) {
        call_problem(call, problem);
        return;
    }
    text_number(route_param(&call->match, "swap"), 0, 1000000000, &id);
    request.id = id;
    json_t *body = call_json(call); // NULL: the call is answered and gone
    request.shift = body ? call_text(call, body, "shift", CONSULT_ID_MAX - 1) : NULL;
    if (request.shift && call_may_bool(call, body, "agrees", &request.agrees))
        answer(call, rows, &request);
    json_decref(body);
}

void swap_answer_post(struct call *call)
{
    call_list(call, PEOPLE_SWAPS, call->caller.id, got_asked);
}
