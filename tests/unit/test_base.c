// The ground: map, timers, inbox, writer, pool, addresses, text, histogram.
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/addr.h"
#include "gateway/base/clock.h"
#include "gateway/base/counter.h"
#include "gateway/base/inbox.h"
#include "gateway/base/list.h"
#include "gateway/base/loop.h"
#include "gateway/base/map.h"
#include "gateway/base/mem.h"
#include "gateway/base/pool.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "gateway/base/timers.h"
#include "gateway/base/writer.h"

struct entry {
    struct map_node node;
    uint32_t key;
};

static bool entry_match(const struct map_node *node, const void *key)
{
    return container_of(node, const struct entry, node)->key == *(const uint32_t *)key;
}

static void test_map(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    struct map *map;
    struct entry *entries = mem_array(COUNT, sizeof(*entries));
    assert_int_equal(map_alloc(&map, entry_match), 0);
    for (uint32_t i = 0; i < COUNT; i++) {
        entries[i].key = i;
        map_insert(map, &entries[i].node, map_hash(&i, sizeof(i)));
    }
    for (uint32_t i = 0; i < COUNT; i += 2)
        map_remove(map, &entries[i].node);
    map_remove(map, &entries[0].node); // twice is harmless
    assert_int_equal(map_count(map), COUNT / 2);
    for (uint32_t i = 0; i < COUNT; i++) {
        struct map_node *found = map_find(map, map_hash(&i, sizeof(i)), &i);
        assert_true(i % 2 ? found == &entries[i].node : found == NULL);
    }
    map_free(map);
    mem_free(entries);
}

static void test_timers_come_in_order(void **state)
{
    (void)state;
    struct timers timers = {0};
    struct loop_timer all[300] = {0};
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < 300; i++)
            assert_int_equal(timers_put(&timers, &all[i], random_u32() % 1000), 0);
    for (size_t i = 0; i < 300; i += 3)
        timers_take(&timers, &all[i]);
    int64_t last = -1;
    size_t count = 0;
    for (struct loop_timer *first; (first = timers_first(&timers)); count++) {
        assert_true(first->at_us >= last);
        last = first->at_us;
        timers_take(&timers, first);
        assert_false(loop_timer_running(first));
    }
    assert_int_equal(count, 200);
    timers_release(&timers);
}

static void stop_handler(struct loop_timer *timer, void *arg, int64_t now_us)
{
    (void)now_us;
    assert_false(loop_timer_running(timer));
    loop_stop(arg);
}

static void count_handler(void *arg, uint32_t events, int64_t now_us)
{
    (void)events, (void)now_us;
    struct {
        struct loop *loop;
        struct inbox *inbox;
        int last, count;
    } *reader = arg;
    for (struct msg *msg = inbox_take(reader->inbox), *next; msg; msg = next) {
        next = msg->next;
        reader->count++;
        mem_free(msg);
    }
    if (reader->count == 40000)
        loop_stop(reader->loop);
}

static void *sender(void *arg)
{
    for (int i = 0; i < 10000; i++) {
        struct msg *msg = mem_zalloc(sizeof(*msg));
        msg->kind = i;
        inbox_push(arg, msg);
    }
    return NULL;
}

static void test_inbox_loses_nothing(void **state)
{
    (void)state;
    struct {
        struct loop *loop;
        struct inbox *inbox;
        int last, count;
    } reader = {0};
    pthread_t threads[4];
    assert_int_equal(loop_alloc(&reader.loop), 0);
    assert_int_equal(inbox_alloc(&reader.inbox), 0);
    assert_int_equal(
        loop_fd_add(reader.loop, inbox_fd(reader.inbox), EPOLLIN, count_handler, &reader), 0);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, sender, reader.inbox);
    loop_run(reader.loop);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(reader.count, 40000);
    inbox_free(reader.inbox);
    loop_free(reader.loop);
}

static void test_inbox_keeps_order(void **state)
{
    (void)state;
    struct inbox *inbox;
    struct msg messages[5] = {0};
    assert_int_equal(inbox_alloc(&inbox), 0);
    for (int i = 0; i < 5; i++) {
        messages[i].kind = i;
        inbox_push(inbox, &messages[i]);
    }
    int expect = 0;
    for (struct msg *msg = inbox_take(inbox); msg; msg = msg->next)
        assert_int_equal(msg->kind, expect++);
    assert_int_equal(expect, 5);
    assert_null(inbox_take(inbox));
    inbox_free(inbox);
}

static void test_loop_timer_and_nesting(void **state)
{
    (void)state;
    struct loop *loop;
    struct loop_timer timer = {0};
    assert_int_equal(loop_alloc(&loop), 0);
    int64_t start = clock_us();
    assert_int_equal(loop_timer_start(loop, &timer, start + 20000, stop_handler, loop), 0);
    assert_int_equal(loop_deadline(loop), start + 20000);
    loop_run(loop);
    assert_true(clock_us() - start >= 20000);
    assert_int_equal(loop_deadline(loop), -1);
    loop_free(loop);
}

// What was due long before the clock began is due now, not never.
static void test_loop_timer_long_due(void **state)
{
    (void)state;
    struct loop *loop;
    struct loop_timer timer = {0};
    assert_int_equal(loop_alloc(&loop), 0);
    assert_int_equal(loop_timer_start(loop, &timer, INT64_MIN, stop_handler, loop), 0);
    assert_int_equal(loop_deadline(loop), 0);
    loop_step(loop, 5000000);
    assert_int_equal(loop_deadline(loop), -1);
    loop_free(loop);
}

static void test_writer_never_overflows(void **state)
{
    (void)state;
    uint8_t buffer[10];
    struct writer w = writer_of(buffer, sizeof(buffer));
    writer_u32(&w, 0x01020304);
    writer_u24(&w, 0x050607);
    writer_u16(&w, 0x0809);
    assert_false(w.full);
    assert_memory_equal(buffer, "\1\2\3\4\5\6\7\10\11", 9);
    writer_u16(&w, 1);
    assert_true(w.full);
    assert_int_equal(w.len, 9);
    w = writer_of(buffer, sizeof(buffer));
    writer_printf(&w, "%s", "0123456789");
    assert_true(w.full);
    assert_null(writer_string(&w));
    w = writer_of(buffer, sizeof(buffer));
    writer_text(&w, "012345678");
    assert_string_equal(writer_string(&w), "012345678");
}

static void test_pool(void **state)
{
    (void)state;
    struct pool *pool;
    void *blocks[3];
    assert_int_equal(pool_alloc(&pool, 100, 3), 0);
    for (int i = 0; i < 3; i++)
        assert_non_null(blocks[i] = pool_take(pool));
    assert_null(pool_take(pool));
    pool_give(pool, blocks[1]);
    assert_ptr_equal(pool_take(pool), blocks[1]);
    pool_free(pool);
}

static void test_pool_gives_memory_back(void **state)
{
    (void)state;
    static void *blocks[4000];
    struct pool *pool;
    assert_int_equal(pool_alloc(&pool, 1000, 4000), 0);
    assert_int_equal(pool_held(pool), 0);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 4000; i++) {
            assert_non_null(blocks[i] = pool_take(pool));
            memset(blocks[i], (int)i, 1000);
        }
        assert_true(pool_held(pool) >= 4000 * 1000);
        for (unsigned i = 0; i < 4000; i++) {
            assert_int_equal(((uint8_t *)blocks[i])[999], i & 0xff);
            pool_give(pool, blocks[i]);
        }
        assert_true(pool_held(pool) < 600 * 1000); // a little is kept for what comes next
        assert_int_equal(pool_left(pool), 4000);
    }
    pool_free(pool);
}

static void test_addr(void **state)
{
    (void)state;
    static const struct {
        const char *text, *back;
    } good[] = {{"192.0.2.1:80", "192.0.2.1:80"},           {":8443", "0.0.0.0:8443"},
                {"[2001:db8::1]:443", "[2001:db8::1]:443"}, {"[::]:1", "[::]:1"},
                {"2001:db8::1", "[2001:db8::1]:0"},         {"127.0.0.1", "127.0.0.1:0"}};
    static const char *const bad[] = {"a:1",      "1.2.3.4:70000", "[::1", "[::1]x",
                                      "1.2.3.4:", "1.2.3",         "host", "1.2.3.4:-1"};
    struct addr addr;
    char text[ADDR_TEXT_MAX];
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(addr_parse(&addr, good[i].text), 0);
        assert_string_equal(addr_text(&addr, text), good[i].back);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(addr_parse(&addr, bad[i]), EINVAL);
}

static void test_addr_is_never_mapped(void **state)
{
    (void)state;
    struct addr mapped, plain, addr;
    assert_int_equal(addr_parse(&mapped, "[::ffff:192.0.2.7]:99"), 0);
    assert_int_equal(addr_from(&addr, &mapped.sa, sizeof(mapped.v6)), 0);
    assert_int_equal(addr_parse(&plain, "192.0.2.7:99"), 0);
    assert_true(addr_equal(&addr, &plain));
    assert_int_equal(addr_hash(&addr), addr_hash(&plain));
}

static void test_text(void **state)
{
    (void)state;
    long value;
    assert_true(text_is_utf8("党课 🌳", strlen("党课 🌳")));
    assert_false(text_is_utf8("\xc0\x80", 2));         // overlong
    assert_false(text_is_utf8("\xed\xa0\x80", 3));     // surrogate
    assert_false(text_is_utf8("\xf4\x90\x80\x80", 4)); // above U+10FFFF
    assert_false(text_is_utf8("\xe5\x85", 2));         // cut short
    assert_true(text_glob("r*", "room-1"));
    assert_true(text_glob("*-d?mo", "lecture-demo"));
    assert_false(text_glob("r*x", "room"));
    assert_false(text_glob("", "room"));
    assert_true(text_glob("**", ""));
    assert_int_equal(text_number("42", 0, 100, &value), 0);
    assert_int_equal(value, 42);
    assert_int_equal(text_number("4 2", 0, 100, &value), EINVAL);
    assert_int_equal(text_number(" 42", 0, 100, &value), EINVAL);
    assert_int_equal(text_number("101", 0, 100, &value), ERANGE);
    assert_int_equal(text_number("99999999999999999999", 0, 100, &value), ERANGE);
}

static void test_histogram(void **state)
{
    (void)state;
    static struct histogram h, sum;
    for (int64_t us = 1; us <= 100000; us++)
        histogram_add(&h, us);
    histogram_merge(&sum, &h);
    int64_t p50 = histogram_quantile(&sum, 0.5), p99 = histogram_quantile(&sum, 0.99);
    assert_in_range(p50, 47000, 57000);
    assert_in_range(p99, 93000, 112000);
    histogram_add(&h, INT64_MAX);
    histogram_add(&h, -5);
    for (unsigned i = 1; i < HISTOGRAM_BUCKETS; i++)
        assert_true(histogram_edge(i) > histogram_edge(i - 1));
}

static void test_out_of_memory(void **state)
{
    (void)state;
    long before = mem_live();
    for (long nth = 0; nth < 4; nth++) {
        struct loop *loop = NULL;
        struct inbox *inbox = NULL;
        struct pool *pool = NULL;
        struct map *map = NULL;
        mem_fail_after(nth);
        int errs[] = {loop_alloc(&loop), inbox_alloc(&inbox), pool_alloc(&pool, 64, 4),
                      map_alloc(&map, entry_match)};
        mem_fail_after(-1);
        for (size_t i = 0; i < 4; i++)
            assert_true(errs[i] == 0 || errs[i] == ENOMEM);
        loop_free(loop);
        inbox_free(inbox);
        pool_free(pool);
        map_free(map);
        assert_int_equal(mem_live(), before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map),
        cmocka_unit_test(test_timers_come_in_order),
        cmocka_unit_test(test_inbox_loses_nothing),
        cmocka_unit_test(test_inbox_keeps_order),
        cmocka_unit_test(test_loop_timer_and_nesting),
        cmocka_unit_test(test_loop_timer_long_due),
        cmocka_unit_test(test_writer_never_overflows),
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_pool_gives_memory_back),
        cmocka_unit_test(test_addr),
        cmocka_unit_test(test_addr_is_never_mapped),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_histogram),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
