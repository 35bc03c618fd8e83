#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/control_inside.h"
#include "signaling/errand.h"

// Centres and booths as those who run the machine make and change them. The clinic learns of it at
// once: rows first, then the domain, then all pages look again.

static const struct problem no_centre = {404, "no-centre", "Not found", "there is no such centre",
                                         "centre"};
static const struct problem no_booth = {404, "no-booth", "Not found", "there is no such booth",
                                        "booth"};
static const struct problem unknown_centre = {422, "unknown-centre", "Not acceptable",
                                              "there is no such centre", "centre"};
static const struct problem centres_full = {409, "too-many-centres", "Not now",
                                            "there are as many centres as this machine can hold",
                                            "name"};
static const struct problem booths_full = {
    409, "too-many-booths", "Not now", "there are as many booths as this machine can hold", "name"};
static const struct problem busy = {409, "booth-busy", "Not now",
                                    "somebody is being served in this booth", "booth"};
static const struct errand_words words_for_centre = {NULL, &no_centre, NULL};
static const struct errand_words words_for_booth = {NULL, &no_booth, &unknown_centre};

// --- when the rows are safe ----------------------------------------------------------------------

static void centre_changed(struct control *control, void *about)
{
    const struct consult_centre *centre = about;
    bool is_new = !consult_centre(control->consult, centre->id);
    if (consult_load_centre(control->consult, centre) != 0)
        log_error("places", "%s: the clinic takes no more centres", centre->id);
    if (!is_new) // its booths show it, and who belongs to it may see other things
        api_renew(control->api);
}

static void booth_changed(struct control *control, void *about)
{
    const struct consult_booth *booth = about;
    bool is_new = !consult_booth(control->consult, booth->id);
    if (consult_load_booth(control->consult, booth) != 0)
        log_error("places", "%s: the clinic takes no more booths", booth->id);
    if (booth->is_closed)
        api_end_booth(control->api, booth->id);
    else if (!is_new)
        api_renew(control->api);
}

// --- one verb each -------------------------------------------------------------------------------

static void write_centre(struct errand *errand, enum store_write write,
                         const struct consult_centre *centre, const char *action)
{
    struct consult_centre *about = mem_zalloc(sizeof(*about));
    const struct store_value row[] = {{.text = centre->district}, {.text = centre->street},
                                      {.text = centre->name},     {.text = centre->phone},
                                      {.text = centre->address},  {.text = centre->id}};
    if (!about) {
        errand_refuse(errand, ENOMEM, NULL);
        return;
    }
    *about = *centre;
    errand_write(errand, write, row, 6);
    errand_note(errand, action, centre->id, "");
    errand_after(errand, centre_changed, about);
    errand_commit(errand, &words_for_centre);
}

static void add_centre(struct control *control, const struct place_request *request,
                       struct errand *errand)
{
    struct consult_centre centre = request->centre;
    if (consult_centres(control->consult) == CONSULT_CENTRES_MAX) {
        errand_refuse(errand, EOVERFLOW, &centres_full);
        return;
    }
    text_copy(centre.id, sizeof(centre.id), "ct-");
    random_text(centre.id + 3, 12);
    errand_result(errand, json_pack("{s:{s:s}}", "centre", "id", centre.id));
    write_centre(errand, STORE_ADD_CENTRE, &centre, "centre_made");
}

static void edit_centre(struct control *control, const struct place_request *request,
                        struct errand *errand)
{
    (void)control;
    write_centre(errand, STORE_EDIT_CENTRE, &request->centre, "centre_changed");
}

static void change_booth(struct errand *errand, const struct consult_booth *booth,
                         const char *action, const char *detail)
{
    struct consult_booth *about = mem_zalloc(sizeof(*about));
    if (!about) {
        errand_refuse(errand, ENOMEM, NULL);
        return;
    }
    *about = *booth;
    errand_note(errand, action, booth->id, detail);
    errand_after(errand, booth_changed, about);
    errand_commit(errand, &words_for_booth);
}

static void add_booth(struct control *control, const struct place_request *request,
                      struct errand *errand)
{
    struct consult_booth booth = request->booth;
    if (consult_booths(control->consult) == CONSULT_BOOTHS_MAX) {
        errand_refuse(errand, EOVERFLOW, &booths_full);
        return;
    }
    text_copy(booth.id, sizeof(booth.id), "b-");
    random_text(booth.id + 2, 12);
    const struct store_value row[] = {
        {.text = booth.id}, {.text = booth.name}, {.text = booth.centre}};
    errand_write(errand, STORE_ADD_BOOTH, row, 3);
    errand_result(errand, json_pack("{s:{s:s}}", "booth", "id", booth.id));
    change_booth(errand, &booth, "booth_made", booth.centre);
}

static void name_booth(struct control *control, const struct place_request *request,
                       struct errand *errand)
{
    const struct store_value row[] = {{.text = request->booth.name}, {.text = request->booth.id}};
    (void)control;
    errand_write(errand, STORE_NAME_BOOTH, row, 2);
    change_booth(errand, &request->booth, "booth_renamed", "");
}

static void close_booth(struct control *control, const struct place_request *request,
                        struct errand *errand)
{
    struct consult_booth booth = request->booth;
    const struct store_value row[] = {{.number = clock_wall_ms()}, {.text = booth.id}};
    if (consult_of_booth(control->consult, booth.id)) {
        errand_refuse(errand, EBUSY, &busy);
        return;
    }
    booth.is_closed = true;
    errand_write(errand, STORE_CLOSE_BOOTH, row, 2);
    change_booth(errand, &booth, "booth_closed", "");
}

static void (*const verbs[PLACE_VERBS])(struct control *control,
                                        const struct place_request *request,
                                        struct errand *errand) = {
    [PLACE_ADD_CENTRE] = add_centre,   [PLACE_EDIT_CENTRE] = edit_centre,
    [PLACE_ADD_BOOTH] = add_booth,     [PLACE_NAME_BOOTH] = name_booth,
    [PLACE_CLOSE_BOOTH] = close_booth,
};

void control_place(void *ops_arg, enum place_verb verb, const struct place_request *request,
                   people_result_h *done, void *arg)
{
    struct errand *errand = errand_new(ops_arg, request->actor, done, arg);
    if (errand)
        verbs[verb](ops_arg, request, errand);
}
