#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipelines/spec.h"

// What a pipeline may be asked, and what it may say.

static void refuses_a_wrong_spec(void **state)
{
    static const struct pipeline_spec wrong[] = {
        {.kind = "cook", .file = "/a"},
        {.kind = NULL, .file = "/a"},
        {.kind = "play", .file = "a.mp4", .video = "VP8"},
        {.kind = "play", .file = NULL, .video = "VP8"},
        {.kind = "play", .file = "/a\xff", .video = "VP8"},
        {.kind = "play", .file = "/a", .video = "VP9"},
        {.kind = "play", .file = "/a", .video = "VP8|H264"},
        {.kind = "record", .file = "/a", .video = "auto"},
        {.kind = "record", .file = "/a", .audio = "PCMU"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(pipeline_spec_check(&wrong[i]), EINVAL);
    assert_int_equal(pipeline_spec_check(NULL), EINVAL);
}

static void ignores_noise_on_the_control_socket(void **state)
{
    static const char *const noise[] = {
        "", "{", "[]", "{\"event\":1}", "{\"event\":\"dance\"}", "{}", "\xff\xfe"};
    struct pipeline_event event;

    (void)state;
    for (size_t i = 0; i < sizeof(noise) / sizeof(noise[0]); i++)
        assert_int_equal(pipeline_event_parse(&event, noise[i], strlen(noise[i])), EBADMSG);
    const char *odd = "{\"event\":\"ready\",\"width\":-5,\"height\":1e9,\"video\":7}";
    assert_int_equal(pipeline_event_parse(&event, odd, strlen(odd)), 0);
    assert_int_equal(event.width, 0);
    assert_int_equal(event.height, 0);
    assert_string_equal(event.video, "");
    pipeline_event_release(&event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_a_wrong_spec),
        cmocka_unit_test(ignores_noise_on_the_control_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
