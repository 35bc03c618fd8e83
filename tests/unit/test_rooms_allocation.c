// While packets go through the core nothing asks the heap for memory: neither our code (mem.h) nor
// a library behind it. Every allocation of the process is seen, and those of the shards' threads
// count. Two kinds of viewers: with transport-wide numbers and RTX, and without. (Only checks, one
// in seconds from each session, are answered by a library that allocates; here nobody checks.)
#include <stdatomic.h>
#include <stdlib.h>

#include "tests/unit/support/rooms_world.h"

#define PACKETS 1500

static _Thread_local bool of_the_test; // this thread is not a shard's
static atomic_bool watched;
static atomic_uint allocations;

static void saw_one(void)
{
    if (atomic_load(&watched) && !of_the_test)
        atomic_fetch_add(&allocations, 1);
}

// --- seeing every allocation --------------------------------------------------------------------

#ifdef __has_feature
#define FEATURE(name) __has_feature(name)
#else
#define FEATURE(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || FEATURE(address_sanitizer) || \
    FEATURE(thread_sanitizer)
// The sanitizers' own; not every compiler has their header.
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
                                              void (*on_free)(const volatile void *));

static void on_malloc(const volatile void *block, size_t size)
{
    (void)block;
    (void)size;
    saw_one();
}

static void on_free(const volatile void *block)
{
    (void)block;
}

static void see_allocations(void)
{
    assert_true(__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free) > 0);
}

#else
// The C library's own, under which it can still be called when a program has others.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size)
{
    saw_one();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    saw_one();
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    saw_one();
    return __libc_realloc(block, size);
}

static void see_allocations(void)
{
}
#endif

// --- forwarding ---------------------------------------------------------------------------------

struct progress {
    uint32_t from[WORLD_PEOPLE_MAX];
    uint32_t packets;
};

static bool all_got_more(struct world *world, void *arg)
{
    const struct progress *progress = arg;
    for (unsigned i = 0; i < world->count; i++) {
        const struct person *person = &world->people[i];
        if (!person->publishes && person->got[1].packets < progress->from[i] + progress->packets)
            return false;
    }
    return true;
}

static void talk(struct world *world, uint32_t packets)
{
    struct progress progress = {.packets = packets};
    for (unsigned i = 0; i < world->count; i++)
        progress.from[i] = world->people[i].got[1].packets;
    assert_true(world_talk(world, &world->people[0], all_got_more, &progress));
}

static void enter(struct world *world, const char *name, bool watch, bool modern)
{
    const struct person_config config = {.session = name,
                                         .room = "r1",
                                         .participant = name,
                                         .watch = watch,
                                         .together = true,
                                         .rtx = modern,
                                         .twcc = modern};
    struct person *person = world_connect(world, &config);
    assert_non_null(person);
    rtc_client_fall_silent(person->client);
}

static void forwarding_allocates_nothing(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    enter(&world, "pub", false, true);
    enter(&world, "modern", true, true);
    enter(&world, "plain", true, false);
    talk(&world, PACKETS / 5); // what is made once, is made
    atomic_store(&allocations, 0);
    atomic_store(&watched, true);
    talk(&world, PACKETS);
    atomic_store(&watched, false);
    assert_int_equal(atomic_load(&allocations), 0);
    world_close(&world);
}

// The watching itself works: somebody who joins costs memory.
static void joining_does(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, NULL);
    enter(&world, "pub", false, true);
    atomic_store(&allocations, 0);
    atomic_store(&watched, true);
    enter(&world, "sub", true, true);
    atomic_store(&watched, false);
    assert_true(atomic_load(&allocations) > 10);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forwarding_allocates_nothing),
        cmocka_unit_test(joining_does),
    };
    of_the_test = true;
    see_allocations();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
