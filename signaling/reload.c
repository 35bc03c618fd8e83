#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "signaling/control_inside.h"

// After the database refused a commit (a full disk) the domains are ahead of the rows. Nobody may
// act on what is not saved: commands are refused until fresh domains have been read from the rows,
// which are the truth. While commits go on failing the pause doubles: after every reload all pages
// connect again.

#define FIRST_US 1000000LL
#define LAST_US  8000000LL

static void try_again(struct loop_timer *timer, void *arg, int64_t now_us);

static void reload_later(struct control *control)
{
    int64_t doubled = 2 * control->reload_wait_us;
    control->reload_wait_us = doubled < FIRST_US ? FIRST_US : doubled > LAST_US ? LAST_US : doubled;
    loop_timer_start(control->loop, &control->reload_timer, clock_us() + control->reload_wait_us,
                     try_again, control);
}

static void noted(void *arg, int err, const struct problem *problem, json_t *result)
{
    (void)arg, (void)err, (void)problem, (void)result; // the next reload is under way then
}

// Rows do not say what is being sent or seen just now. Publications themselves go on as they were.
static void hall_again(void *arg, const struct rooms_publication *publication)
{
    struct control *control = arg;
    const char *room = publication->room;
    struct lecture_command command = {.verb = LECTURE_PUBLISHED, .room = room};
    if (publication->source != ROOMS_HALL || !lecture_of_room(control->lectures, room))
        return;
    carry_lecture(control, &command, noted, NULL);
    command.verb = LECTURE_VIEWERS;
    command.viewers = rooms_viewers(control->rooms, room);
    carry_lecture(control, &command, noted, NULL);
}

static void reloaded(void *arg, int err, struct consult *consult, struct lectures *lectures,
                     int64_t last_event)
{
    struct control *control = arg;
    if (err) {
        log_error("store", "reading the rows again failed: %s", strerror(err));
        reload_later(control);
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
    (void)timer, (void)now_us;
    if (store_reload(control->store, reloaded, control) != 0)
        reload_later(control);
}

void control_reload(struct control *control)
{
    if (control->reloading || control->stopping)
        return;
    control->reloading = true;
    reload_later(control);
}
