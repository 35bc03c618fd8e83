// Options: defaults, a whole file, and errors that name file, line, key and what was expected.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/base/option.h"
#include "gateway/base/options.h"

struct sample {
    char *listen, *level, *dir;
    long port;
    bool demo;
};

static const struct option table[] = {
    {"http.listen", OPTION_ADDR, offsetof(struct sample, listen), "127.0.0.1:8080", .help = "a"},
    {"media.port", OPTION_NUMBER, offsetof(struct sample, port), "8801", 1, 65535, .help = "b"},
    {"log.level", OPTION_CHOICE, offsetof(struct sample, level), "info",
     .choices = "error|warn|info|debug", .help = "c"},
    {"data_dir", OPTION_TEXT, offsetof(struct sample, dir), "var", .max = 20, .help = "d"},
    {"demo.enabled", OPTION_BOOL, offsetof(struct sample, demo), "false", .help = "e"},
};
enum { ROWS = sizeof(table) / sizeof(table[0]) };

static void save(const char *yaml, char *file)
{
    int fd = mkstemp(file);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, yaml, strlen(yaml)), (ssize_t)strlen(yaml));
    close(fd);
}

static int load(const char *yaml, struct sample *sample, struct option_error *error)
{
    char file[] = "/tmp/banyan-option-XXXXXX";
    save(yaml, file);
    int err = option_load(table, ROWS, sample, file, error);
    unlink(file);
    return err;
}

static void test_defaults_and_file(void **state)
{
    (void)state;
    struct sample sample = {0};
    struct option_error error;
    assert_int_equal(option_defaults(table, ROWS, &sample), 0);
    assert_string_equal(sample.listen, "127.0.0.1:8080");
    assert_int_equal(sample.port, 8801);
    assert_int_equal(load("media:\n    port: 9000\nlog: {level: debug}\ndemo:\n    enabled: true\n",
                          &sample, &error),
                     0);
    assert_int_equal(sample.port, 9000);
    assert_string_equal(sample.level, "debug");
    assert_true(sample.demo);
    assert_int_equal(load("", &sample, &error), 0);
    option_release(table, ROWS, &sample);
}

static void test_errors_name_line_key_and_expectation(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *says[3];
    } cases[] = {
        {"media:\n    port: abc\n", {":2:", "media.port", "a number from 1 to 65535"}},
        {"media:\n    port: 0\n", {":2:", "media.port", "found \"0\""}},
        {"log:\n\n    level: loud\n", {":3:", "log.level", "error|warn|info|debug"}},
        {"http:\n    listen: nowhere\n", {":2:", "http.listen", "127.0.0.1:8080"}},
        {"htpp:\n    listen: ':80'\n", {":2:", "htpp.listen", "no such option"}},
        {"demo:\n    enabled: yes please\n", {":2:", "demo.enabled", "true or false"}},
        {"data_dir: 123456789012345678901\n", {":1:", "data_dir", "at most 20 bytes"}},
        {"media: [1, 2]\n", {":1:", "media", "name: value"}},
        {"a: b: c\n", {":1:", "", ""}},
        {"just text\n", {":1:", "file", "name: value"}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sample sample = {0};
        struct option_error error = {{0}};
        assert_int_equal(option_defaults(table, ROWS, &sample), 0);
        assert_int_equal(load(cases[i].yaml, &sample, &error), EINVAL);
        for (int j = 0; j < 3; j++)
            assert_non_null(strstr(error.text, cases[i].says[j]));
        assert_int_equal(sample.port, 8801);
        option_release(table, ROWS, &sample);
    }
}

static void test_error_late_in_the_file_changes_nothing(void **state)
{
    (void)state;
    struct sample sample = {0};
    struct option_error error;
    assert_int_equal(option_defaults(table, ROWS, &sample), 0);
    assert_int_equal(load("media: {port: 9000}\nlog: {level: loud}\n", &sample, &error), EINVAL);
    assert_int_equal(sample.port, 8801);
    option_release(table, ROWS, &sample);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    long before = mem_live();
    for (long nth = 0; nth < 8; nth++) {
        struct sample sample = {0};
        struct option_error error;
        mem_fail_after(nth);
        int err = option_defaults(table, ROWS, &sample);
        if (!err)
            err = load("log: {level: debug}\n", &sample, &error);
        mem_fail_after(-1);
        assert_true(err == 0 || err == ENOMEM);
        option_release(table, ROWS, &sample);
        assert_int_equal(mem_live(), before);
    }
}

// What a browser would choke on is said at the start, not at the first call.
static void test_servers(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *says; // NULL: good
    } cases[] = {
        {"turn: {urls: 'stun:a.example, stuns:b.example'}", NULL},
        {"turn: {urls: 'turn:a.example:3478?transport=udp,turns:a.example:443', secret: s}", NULL},
        {"turn: {urls: ''}", NULL},
        {"turn: {urls: 'turn:a.example'}", "turn.secret"},
        {"turn: {urls: 'stun:a.example a.example:3478'}", "turn.urls: a.example:3478"},
        {"turn: {urls: 'https://a.example'}", "turn.urls"},
        {"turn: {urls: 'turn:', secret: s}", "turn.urls"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char file[] = "/tmp/banyan-option-XXXXXX";
        struct options options;
        struct option_error error = {{0}};
        save(cases[i].yaml, file);
        int err = options_read(&options, file, &error);
        unlink(file);
        assert_int_equal(err, cases[i].says ? EINVAL : 0);
        if (cases[i].says)
            assert_non_null(strstr(error.text, cases[i].says));
        else
            options_release(&options);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_and_file),
        cmocka_unit_test(test_errors_name_line_key_and_expectation),
        cmocka_unit_test(test_error_late_in_the_file_changes_nothing),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_servers),
    };
    return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
