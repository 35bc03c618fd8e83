#include <errno.h>

#include "signaling/store/papers.h"
#include "tests/unit/support/store_case.h"

// Papers that were kept: read with their octets only when asked, replaced, taken away, gone with
// their consultation.

static int keep(struct store_case *c, const char *consultation, const char *id, const char *body)
{
    struct store_batch *batch;
    struct store_paper paper = {.kept_at = T0,
                                .key_id = "0123456789abcdef",
                                .about = (uint8_t *)(uintptr_t) "about",
                                .about_len = 5,
                                .body = (uint8_t *)(uintptr_t)body,
                                .body_len = strlen(body)};
    strcpy(paper.consultation, consultation);
    strcpy(paper.id, id);
    memset(paper.key, 7, sizeof(paper.key));
    assert_int_equal(store_batch_alloc(&batch), 0);
    assert_int_equal(store_batch_paper(batch, &paper), 0);
    return store_case_commit(c, batch).err;
}

static int draw(struct store_case *c, const char *id, const char *about, uint8_t key)
{
    struct store_batch *batch;
    struct store_paper paper = {.about = (uint8_t *)(uintptr_t)about, .about_len = strlen(about)};
    strcpy(paper.id, id);
    memset(paper.key, key, sizeof(paper.key));
    assert_int_equal(store_batch_alloc(&batch), 0);
    assert_int_equal(store_batch_paper(batch, &paper), 0);
    return store_case_commit(c, batch).err;
}

struct got {
    bool done;
    int err;
    size_t count, with_body;
    char id[STORE_ID_MAX], lawyer[STORE_ID_MAX], body[64], about[64];
    uint8_t about_key;
};

static void on_papers(void *arg, int err, const struct store_papers *papers)
{
    struct got *got = arg;
    got->done = true;
    got->err = err;
    got->count = err ? 0 : papers->count;
    for (size_t i = 0; i < got->count; i++) {
        const struct store_paper *one = &papers->list[i];
        assert_int_equal(one->key[3], 7);
        memset(got->about, 0, sizeof(got->about));
        memcpy(got->about, one->about, one->about_len);
        got->about_key = one->about_key[3];
        strcpy(got->lawyer, one->lawyer);
        if (!one->body)
            continue;
        got->with_body++;
        strcpy(got->id, one->id);
        memcpy(got->body, one->body, one->body_len);
    }
}

static struct got look(struct store_case *c, const char *consultation, const char *id)
{
    struct got got = {0};
    assert_int_equal(store_papers(c->store, consultation, id, on_papers, &got), 0);
    store_case_wait(c, &got.done);
    assert_int_equal(got.err, 0);
    return got;
}

static void test_kept(void **state)
{
    struct store_case c;
    char key_id[STORE_KEY_ID_MAX];
    (void)state;
    store_case_new(&c);
    store_case_meeting(&c, "c-1", 1, "u-lawyer-1");
    assert_int_equal(keep(&c, "c-none", "p-0", "x"), EINVAL);
    assert_int_equal(keep(&c, "c-1", "p-1", "first"), 0);
    assert_int_equal(keep(&c, "c-1", "p-2", "second"), 0);
    assert_int_equal(keep(&c, "c-1", "p-1", "drawn on"), 0);
    assert_int_equal(look(&c, "c-none", "p-1").count, 0);
    struct got got = look(&c, "c-1", "");
    assert_int_equal(got.count, 2);
    assert_int_equal(got.with_body, 0);
    assert_string_equal(got.lawyer, "u-lawyer-1");
    store_case_close(&c); // and after a restart
    store_case_open(&c);
    assert_int_equal(store_record_key_id(c.store, key_id), 0);
    assert_string_equal(key_id, "0123456789abcdef"); // the key is needed though no record is there
    assert_int_equal(store_start(c.store), 0);
    got = look(&c, "c-1", "p-1");
    assert_int_equal(got.with_body, 1);
    assert_string_equal(got.body, "drawn on");
    store_case_end(&c);
}

// A stroke writes what is known of the paper, under a key of its own, and leaves the octets.
static void test_drawn_on(void **state)
{
    struct store_case c;
    (void)state;
    store_case_new(&c);
    store_case_meeting(&c, "c-1", 1, "u-lawyer-1");
    assert_int_equal(keep(&c, "c-1", "p-1", "octets"), 0);
    struct got got = look(&c, "c-1", "p-1");
    assert_string_equal(got.about, "about");
    assert_int_equal(got.about_key, 7);
    assert_int_equal(draw(&c, "p-1", "one stroke", 8), 0);
    assert_int_equal(draw(&c, "p-1", "two", 9), 0);
    got = look(&c, "c-1", "p-1");
    assert_string_equal(got.about, "two");
    assert_int_equal(got.about_key, 9);
    assert_string_equal(got.body, "octets");
    assert_int_equal(draw(&c, "p-gone", "late", 8), 0); // taken away meanwhile
    assert_int_equal(store_case_look(&c, "SELECT count(*) FROM paper_drawn"), 1);
    store_case_end(&c);
}

static void test_dropped(void **state)
{
    struct store_case c;
    struct store_batch *batch;
    const struct store_value values[] = {{.text = "p-1"}, {.text = "c-1"}};
    (void)state;
    store_case_new(&c);
    store_case_meeting(&c, "c-1", 1, "u-lawyer-1");
    assert_int_equal(keep(&c, "c-1", "p-1", "first"), 0);
    assert_int_equal(draw(&c, "p-1", "a stroke", 8), 0);
    assert_int_equal(store_batch_alloc(&batch), 0);
    assert_int_equal(store_batch_write(batch, STORE_DROP_PAPER, values, 2), 0);
    assert_int_equal(store_case_commit(&c, batch).err, 0);
    assert_int_equal(look(&c, "c-1", "").count, 0);
    assert_int_equal(store_case_look(&c, "SELECT count(*) FROM paper_drawn"), 0);
    store_case_end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_drawn_on),
        cmocka_unit_test(test_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
