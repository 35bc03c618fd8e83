#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "gateway/rooms/room.h"

// Who sees what in a room.

struct viewer {
    struct room_watch watch;
    const struct publication *shown;
    unsigned changes;
};

static void on_follow(struct room_watch *watch, struct publication *from, struct publication *to,
                      int64_t now_us)
{
    struct viewer *viewer = container_of(watch, struct viewer, watch);
    (void)now_us;
    assert_ptr_equal(from, viewer->shown);
    viewer->shown = to;
    viewer->changes++;
}

static struct publication *publish(struct directory *directory, const char *participant,
                                   enum rooms_source source)
{
    struct rooms_publication info = {.source = source};
    struct publication *publication = NULL;
    text_copy(info.room, sizeof(info.room), "r1");
    text_copy(info.participant, sizeof(info.participant), participant);
    rooms_publication_id("r1", participant, source, info.id);
    assert_int_equal(directory_publish(directory, &info, &publication), 0);
    room_refresh(publication->room, 0);
    return publication;
}

static void watch(struct directory *directory, struct viewer *viewer, const char *participant,
                  const char *wanted)
{
    *viewer = (struct viewer){.watch.follow = on_follow};
    text_copy(viewer->watch.participant, sizeof(viewer->watch.participant), participant);
    if (wanted)
        text_copy(viewer->watch.wanted, sizeof(viewer->watch.wanted), wanted);
    assert_int_equal(directory_watch(directory, &viewer->watch, "r1", 0), 0);
}

// Without any memory: nobody may be seen for want of it.
static void park(struct directory *directory, bool parked)
{
    struct message_park *message = message_alloc(MESSAGE_PARK, sizeof(*message));
    text_copy(message->room, sizeof(message->room), "r1");
    text_copy(message->participant, sizeof(message->participant), "booth");
    message->parked = parked;
    mem_fail_after(0);
    directory_park(directory, message, 0);
    assert_null(mem_zalloc(1)); // nothing was asked for before
}

static int open_directory(void **state)
{
    return directory_alloc((struct directory **)state);
}

static int close_directory(void **state)
{
    directory_free(*state);
    return 0;
}

static void test_consultation_shows_the_other_side(void **state)
{
    struct directory *directory = *state;
    struct viewer booth, lawyer;
    watch(directory, &booth, "booth", NULL);
    watch(directory, &lawyer, "lawyer", NULL);
    assert_null(booth.shown);
    struct publication *b = publish(directory, "booth", ROOMS_CAMERA);
    assert_null(booth.shown);
    assert_ptr_equal(lawyer.shown, b);
    struct publication *l = publish(directory, "lawyer", ROOMS_CAMERA);
    assert_ptr_equal(booth.shown, l);
    assert_ptr_equal(lawyer.shown, b);
    directory_unpublish(directory, b, 0);
    assert_null(lawyer.shown);
    assert_ptr_equal(booth.shown, l);
    directory_unpublish(directory, l, 0);
    directory_unwatch(directory, &booth.watch, 0);
    directory_unwatch(directory, &lawyer.watch, 0);
}

// Three in a room: each sees each other one by the name of what he publishes, whoever comes and
// goes.
static void test_three_see_each_other_by_name(void **state)
{
    struct directory *directory = *state;
    static const char *const people[] = {"booth", "lawyer", "guest"};
    char ids[3][ROOMS_ID_MAX];
    struct viewer viewers[3][3];
    struct publication *published[3];
    for (unsigned i = 0; i < 3; i++)
        rooms_publication_id("r1", people[i], ROOMS_CAMERA, ids[i]);
    for (unsigned i = 0; i < 3; i++)
        for (unsigned j = 0; j < 3; j++)
            watch(directory, &viewers[i][j], people[i], ids[j]);
    for (unsigned j = 0; j < 3; j++)
        published[j] = publish(directory, people[j], ROOMS_CAMERA);
    for (unsigned i = 0; i < 3; i++)
        for (unsigned j = 0; j < 3; j++)
            assert_ptr_equal(viewers[i][j].shown, published[j]);
    directory_unpublish(directory, published[2], 0);
    assert_null(viewers[0][2].shown);
    assert_ptr_equal(viewers[0][1].shown, published[1]);
    directory_unpublish(directory, published[1], 0);
    directory_unpublish(directory, published[0], 0);
    for (unsigned i = 0; i < 3; i++)
        for (unsigned j = 0; j < 3; j++)
            directory_unwatch(directory, &viewers[i][j].watch, 0);
}

// Whoever is parked neither sees nor is seen, by name or in the programme, also what he publishes
// or watches later; the others go on as they were.
static void test_parked_sees_nothing_and_is_not_seen(void **state)
{
    struct directory *directory = *state;
    struct viewer booth, lawyer, by_name, later;
    char id[ROOMS_ID_MAX];
    rooms_publication_id("r1", "booth", ROOMS_CAMERA, id);
    watch(directory, &booth, "booth", NULL);
    watch(directory, &lawyer, "lawyer", NULL);
    watch(directory, &by_name, "guest", id);
    struct publication *b = publish(directory, "booth", ROOMS_CAMERA);
    struct publication *l = publish(directory, "lawyer", ROOMS_CAMERA);
    assert_ptr_equal(by_name.shown, b);
    park(directory, true);
    park(directory, true); // told twice
    assert_null(booth.shown);
    assert_null(lawyer.shown);
    assert_null(by_name.shown);
    struct publication *screen = publish(directory, "booth", ROOMS_DOCUMENT);
    assert_null(lawyer.shown);
    watch(directory, &later, "booth", NULL);
    assert_null(later.shown);
    park(directory, false);
    assert_ptr_equal(booth.shown, l);
    assert_ptr_equal(later.shown, l);
    assert_ptr_equal(lawyer.shown, b);
    assert_ptr_equal(by_name.shown, b);
    directory_unpublish(directory, screen, 0);
    directory_unpublish(directory, b, 0);
    directory_unpublish(directory, l, 0);
    directory_unwatch(directory, &booth.watch, 0);
    directory_unwatch(directory, &lawyer.watch, 0);
    directory_unwatch(directory, &by_name.watch, 0);
    directory_unwatch(directory, &later.watch, 0);
    assert_null(directory_room(directory, "r1"));
}

// A page that was lost comes back parked; the end of the room ends it.
static void test_parked_stays_parked_while_nobody_is_there(void **state)
{
    struct directory *directory = *state;
    struct viewer booth;
    park(directory, true);
    struct publication *l = publish(directory, "lawyer", ROOMS_CAMERA);
    watch(directory, &booth, "booth", NULL);
    assert_null(booth.shown);
    directory_unwatch(directory, &booth.watch, 0);
    directory_unpublish(directory, l, 0);
    assert_null(directory_room(directory, "r1"));
    directory_unpark(directory, "r1");
    l = publish(directory, "lawyer", ROOMS_CAMERA);
    watch(directory, &booth, "booth", NULL);
    assert_ptr_equal(booth.shown, l);
    directory_unwatch(directory, &booth.watch, 0);
    directory_unpublish(directory, l, 0);
}

static void test_hall_comes_first_then_newest_camera(void **state)
{
    struct directory *directory = *state;
    struct viewer elder;
    watch(directory, &elder, "elder", NULL);
    struct publication *screen = publish(directory, "p1", ROOMS_SCREEN);
    assert_ptr_equal(elder.shown, screen);
    struct publication *camera = publish(directory, "p1", ROOMS_CAMERA);
    assert_ptr_equal(elder.shown, camera);
    struct publication *document = publish(directory, "p2", ROOMS_DOCUMENT);
    assert_ptr_equal(elder.shown, camera);
    struct publication *newer = publish(directory, "p2", ROOMS_CAMERA);
    assert_ptr_equal(elder.shown, newer);
    struct publication *hall = publish(directory, "hall", ROOMS_HALL);
    assert_ptr_equal(elder.shown, hall);
    struct publication *third = publish(directory, "p3", ROOMS_CAMERA);
    assert_ptr_equal(elder.shown, hall);
    directory_unpublish(directory, hall, 0);
    assert_ptr_equal(elder.shown, third);
    directory_unpublish(directory, third, 0);
    assert_ptr_equal(elder.shown, newer);
    unsigned before = elder.changes;
    directory_unpublish(directory, document, 0);
    assert_int_equal(elder.changes, before); // nothing changed for him
    directory_unpublish(directory, newer, 0);
    directory_unpublish(directory, camera, 0);
    directory_unpublish(directory, screen, 0);
    assert_null(elder.shown);
    directory_unwatch(directory, &elder.watch, 0);
}

static void test_one_publication_comes_back(void **state)
{
    struct directory *directory = *state;
    struct viewer lawyer;
    char id[ROOMS_ID_MAX];
    rooms_publication_id("r1", "booth", ROOMS_DOCUMENT, id);
    watch(directory, &lawyer, "lawyer", id);
    struct publication *camera = publish(directory, "booth", ROOMS_CAMERA);
    assert_null(lawyer.shown);
    struct publication *document = publish(directory, "booth", ROOMS_DOCUMENT);
    assert_string_equal(document->info.id, id);
    assert_ptr_equal(lawyer.shown, document);
    directory_unpublish(directory, document, 0);
    assert_null(lawyer.shown);
    document = publish(directory, "booth", ROOMS_DOCUMENT);
    assert_ptr_equal(lawyer.shown, document);
    directory_unpublish(directory, document, 0);
    directory_unpublish(directory, camera, 0);
    directory_unwatch(directory, &lawyer.watch, 0);
}

static void test_new_tracks_are_followed(void **state)
{
    struct directory *directory = *state;
    struct viewer elder;
    watch(directory, &elder, "elder", NULL);
    struct publication *hall = publish(directory, "hall", ROOMS_HALL);
    unsigned before = elder.changes;
    room_refresh(hall->room, 0);
    assert_int_equal(elder.changes, before);
    hall->generation++;
    room_refresh(hall->room, 0);
    assert_int_equal(elder.changes, before + 1);
    assert_ptr_equal(elder.shown, hall);
    directory_unwatch(directory, &elder.watch, 0);
    assert_null(elder.shown);
    directory_unpublish(directory, hall, 0);
}

static void test_a_room_is_bounded(void **state)
{
    struct directory *directory = *state;
    struct publication *all[ROOM_PUBLICATIONS_MAX];
    struct publication *more = NULL;
    char name[16];
    for (unsigned i = 0; i < ROOM_PUBLICATIONS_MAX; i++) {
        snprintf(name, sizeof(name), "p%u", i);
        all[i] = publish(directory, name, ROOMS_CAMERA);
    }
    struct rooms_publication info = {.id = "one more", .room = "r1", .participant = "late"};
    assert_int_equal(directory_publish(directory, &info, &more), EOVERFLOW);
    assert_int_equal(directory_publish(directory, &all[3]->info, &more), EEXIST);
    text_copy(info.room, sizeof(info.room), "r2");
    assert_int_equal(directory_publish(directory, &info, &more), 0);
    directory_unpublish(directory, more, 0);
    for (unsigned i = 0; i < ROOM_PUBLICATIONS_MAX; i++)
        directory_unpublish(directory, all[i], 0);
}

static void test_ids_differ_by_all_three(void **state)
{
    char a[ROOMS_ID_MAX], b[ROOMS_ID_MAX];
    (void)state;
    rooms_publication_id("r1", "booth", ROOMS_CAMERA, a);
    rooms_publication_id("r1", "booth", ROOMS_CAMERA, b);
    assert_string_equal(a, b);
    rooms_publication_id("r1", "booth", ROOMS_SCREEN, b);
    assert_string_not_equal(a, b);
    rooms_publication_id("r2", "booth", ROOMS_CAMERA, b);
    assert_string_not_equal(a, b);
    rooms_publication_id("r1", "lawyer", ROOMS_CAMERA, b);
    assert_string_not_equal(a, b);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    long live = mem_live();
    for (long nth = 0;; nth++) {
        struct directory *directory = NULL;
        struct publication *publication = NULL;
        struct viewer viewer = {.watch.follow = on_follow};
        struct rooms_publication info = {.id = "x", .room = "r1", .participant = "p"};
        mem_fail_after(nth);
        int err = directory_alloc(&directory);
        if (!err)
            err = directory_publish(directory, &info, &publication);
        if (!err)
            err = directory_watch(directory, &viewer.watch, "r2", 0);
        mem_fail_after(-1);
        if (directory)
            directory_unwatch(directory, &viewer.watch, 0);
        if (publication)
            directory_unpublish(directory, publication, 0);
        directory_free(directory);
        assert_int_equal(mem_live(), live);
        if (!err)
            return;
        assert_int_equal(err, ENOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_consultation_shows_the_other_side, open_directory,
                                        close_directory),
        cmocka_unit_test_setup_teardown(test_three_see_each_other_by_name, open_directory,
                                        close_directory),
        cmocka_unit_test_setup_teardown(test_parked_sees_nothing_and_is_not_seen, open_directory,
                                        close_directory),
        cmocka_unit_test_setup_teardown(test_parked_stays_parked_while_nobody_is_there,
                                        open_directory, close_directory),
        cmocka_unit_test_setup_teardown(test_hall_comes_first_then_newest_camera, open_directory,
                                        close_directory),
        cmocka_unit_test_setup_teardown(test_one_publication_comes_back, open_directory,
                                        close_directory),
        cmocka_unit_test_setup_teardown(test_new_tracks_are_followed, open_directory,
                                        close_directory),
        cmocka_unit_test_setup_teardown(test_a_room_is_bounded, open_directory, close_directory),
        cmocka_unit_test(test_ids_differ_by_all_three),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
