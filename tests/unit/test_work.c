// Slow jobs: done off the thread, answered on it, and all of them answered at the end.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "signaling/work.h"

struct piece {
    pthread_t ran_on, done_on;
    atomic_bool ran;
    bool done;
    atomic_bool *gate; // waits for it; NULL: does not
    atomic_uint *begun;
};

static void run(void *arg)
{
    struct piece *piece = arg;
    piece->ran_on = pthread_self();
    if (piece->begun)
        atomic_fetch_add(piece->begun, 1);
    while (piece->gate && !atomic_load(piece->gate))
        sched_yield();
    atomic_store(&piece->ran, true);
}

static void done(void *arg)
{
    struct piece *piece = arg;
    assert_false(piece->done);
    piece->done_on = pthread_self();
    piece->done = true;
}

static void test_runs_elsewhere_and_is_done_here(void **state)
{
    struct loop *loop;
    struct work *work;
    struct piece piece = {0};
    (void)state;
    long before = mem_live();
    assert_int_equal(loop_alloc(&loop), 0);
    assert_int_equal(work_alloc(&work, loop, 2), 0);
    assert_int_equal(work_do(work, run, done, &piece), 0);
    for (int64_t end_us = clock_us() + 10000000; !piece.done && clock_us() < end_us;)
        loop_step(loop, 10000);
    assert_true(piece.ran && piece.done);
    assert_false(pthread_equal(piece.ran_on, pthread_self()));
    assert_true(pthread_equal(piece.done_on, pthread_self()));
    work_free(work);
    loop_free(loop);
    assert_int_equal(mem_live(), before);
}

static void *open_gate(void *gate)
{
    atomic_store((atomic_bool *)gate, true);
    return NULL;
}

static void test_drain_answers_those_that_did_not_run_too(void **state)
{
    struct loop *loop;
    struct work *work;
    struct piece pieces[10] = {0}, late = {0};
    atomic_bool gate = false;
    atomic_uint begun = 0;
    pthread_t opener;
    (void)state;
    long before = mem_live();
    assert_int_equal(loop_alloc(&loop), 0);
    assert_int_equal(work_alloc(&work, loop, 1), 0);
    for (unsigned i = 0; i < 10; i++) {
        pieces[i].gate = &gate;
        pieces[i].begun = &begun;
        assert_int_equal(work_do(work, run, done, &pieces[i]), 0);
    }
    while (!atomic_load(&begun))
        sched_yield();
    assert_int_equal(pthread_create(&opener, NULL, open_gate, &gate), 0);
    work_drain(work);
    pthread_join(opener, NULL);
    assert_true(pieces[0].ran);
    for (unsigned i = 0; i < 10; i++)
        assert_true(pieces[i].done);
    assert_int_equal(work_do(work, run, done, &late), EAGAIN);
    assert_false(late.done);
    work_drain(work);
    work_drain(NULL);
    work_free(work);
    loop_free(loop);
    assert_int_equal(mem_live(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs_elsewhere_and_is_done_here),
        cmocka_unit_test(test_drain_answers_those_that_did_not_run_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
