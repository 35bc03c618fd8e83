#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "signaling/control_inside.h"

// After the database refused a commit (a full disk) the domains are ahead of the rows. Nobody may
// act on what is not saved: commands are refused until fresh domains have been read from the rows,
// which are the truth.

#define AGAIN_US 1000000LL

static void try_again(struct loop_timer *timer, void *arg, int64_t now_us);

static void hall_again(void *arg, const struct rooms_publication *publication)
{
    control_rooms_handlers.publication_added(arg, publication);
}

static void reloaded(void *arg, int err, struct consult *consult, struct lectures *lectures,
                     int64_t last_event)
{
    struct control *control = arg;
    if (err) {
        log_error("store", "reading the rows again failed: %s", strerror(err));
        loop_timer_start(control->loop, &control->reload_timer, clock_us() + AGAIN_US, try_again,
                         control);
        return;
    }
    consult_free(control->consult);
    lectures_free(control->lectures);
    control->consult = consult;
    control->lectures = lectures;
    control->last_event = last_event;
    control->reloading = false;
    log_info("store", "the rows were read again: commands are taken");
    carry_resume(control);
    api_renew(control->api);
    rooms_publications(control->rooms, NULL, hall_again, control);
}

static void try_again(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct control *control = arg;
    (void)timer;
    if (store_reload(control->store, reloaded, control) != 0)
        loop_timer_start(control->loop, &control->reload_timer, now_us + AGAIN_US, try_again,
                         control);
}

void control_reload(struct control *control)
{
    if (control->reloading || control->stopping)
        return;
    control->reloading = true;
    loop_timer_start(control->loop, &control->reload_timer, clock_us() + AGAIN_US, try_again,
                     control);
}
