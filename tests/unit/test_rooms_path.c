#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/relay/wire.h"
#include "gateway/rooms/session.h"

// To whom a path belongs, when more than one session had an authentic check on it.

#define SECOND 1000000LL

struct fixture {
    struct map *table;
    struct certificate *certificate;
    struct session *victim, *thief;
    struct path path;
    struct wire wire;
};

static void ignore_send(void *arg, const struct path *path, const uint8_t *data, size_t len)
{
    (void)arg;
    (void)path;
    (void)data;
    (void)len;
}

static void ignore_connected(void *arg)
{
    (void)arg;
}

static void ignore_ended(void *arg, enum peer_end why)
{
    (void)arg;
    (void)why;
}

static struct session *make_session(const struct certificate *certificate)
{
    struct session *session = test_calloc(1, sizeof(*session));
    struct peer_config config = {.certificate = certificate,
                                 .handlers = {ignore_send, ignore_connected, ignore_ended}};
    assert_int_equal(peer_alloc(&session->peer, &config, 0), 0);
    return session;
}

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof(*f));
    assert_int_equal(path_table_alloc(&f->table), 0);
    assert_int_equal(certificate_alloc(&f->certificate), 0);
    f->victim = make_session(f->certificate);
    f->thief = make_session(f->certificate);
    f->path.wire = &f->wire;
    assert_int_equal(addr_parse(&f->path.remote, "192.0.2.1:5000"), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    struct session *both[2] = {f->victim, f->thief};
    for (unsigned i = 0; i < 2; i++) {
        path_set_release(f->table, &both[i]->paths);
        peer_free(both[i]->peer);
        test_free(both[i]);
    }
    assert_int_equal(map_count(f->table), 0);
    map_free(f->table);
    certificate_free(f->certificate);
    test_free(f);
    return 0;
}

// As the agent notes an authentic check, and the shard claims the path then.
static bool check(struct fixture *f, struct session *session, const struct path *path,
                  int64_t now_us)
{
    struct ice *ice = peer_ice(session->peer);
    ice->valid[0] = *path;
    ice->checked_us[0] = now_us;
    ice->valid_count = 1;
    return path_claim(f->table, session, path, now_us);
}

static void test_a_path_cannot_be_taken_while_it_is_used(void **state)
{
    struct fixture *f = *state;
    assert_true(check(f, f->victim, &f->path, 100 * SECOND));
    assert_false(check(f, f->thief, &f->path, 101 * SECOND));
    assert_true(check(f, f->victim, &f->path, 105 * SECOND));
    assert_false(check(f, f->thief, &f->path, 114 * SECOND));
    assert_ptr_equal(path_table_find(f->table, &f->path), f->victim);
}

static void test_a_left_path_can_be_used_again(void **state)
{
    struct fixture *f = *state;
    assert_true(check(f, f->victim, &f->path, 100 * SECOND));
    assert_true(check(f, f->thief, &f->path, 111 * SECOND));
    assert_ptr_equal(path_table_find(f->table, &f->path), f->thief);
    path_set_release(f->table, &f->victim->paths);
    assert_ptr_equal(path_table_find(f->table, &f->path), f->thief);
}

static void test_paths_of_a_session_are_bounded(void **state)
{
    struct fixture *f = *state;
    struct path path = f->path;
    for (unsigned i = 0; i < 3 * ICE_PATHS_MAX; i++) {
        addr_set_port(&path.remote, (uint16_t)(6000 + i));
        assert_true(check(f, f->victim, &path, i * SECOND));
        assert_ptr_equal(path_table_find(f->table, &path), f->victim);
    }
    assert_int_equal(map_count(f->table), ICE_PATHS_MAX);
}

static void test_a_wire_goes(void **state)
{
    struct fixture *f = *state;
    struct wire tcp = {.kind = WIRE_TCP};
    struct path other = {.wire = &tcp, .remote = f->path.remote};
    assert_true(check(f, f->victim, &f->path, SECOND));
    assert_true(check(f, f->victim, &other, SECOND));
    path_set_forget_wire(f->table, &f->victim->paths, &tcp);
    assert_null(path_table_find(f->table, &other));
    assert_ptr_equal(path_table_find(f->table, &f->path), f->victim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_path_cannot_be_taken_while_it_is_used, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_left_path_can_be_used_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_paths_of_a_session_are_bounded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_wire_goes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
