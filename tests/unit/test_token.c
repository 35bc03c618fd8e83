#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/auth/base64url.h"
#include "signaling/auth/token.h"

#define NOW 1780000000000ll

static const uint8_t secret[TOKEN_SECRET_LEN] = "a secret of just thirty-two byte";
static const struct token room_token = {.purpose = TOKEN_ROOM,
                                        .subject = "b-demo",
                                        .room = "c-7*",
                                        .rights = TOKEN_VIEW,
                                        .generation = 77,
                                        .expires_at_ms = NOW + 60000};

static void test_there_and_back(void **state)
{
    (void)state;
    char text[TOKEN_TEXT_MAX];
    struct token token;
    assert_int_equal(token_make(secret, &room_token, text), 0);
    assert_int_equal(
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        strlen(text));
    assert_int_equal(token_check(secret, text, TOKEN_ROOM, NOW, &token), 0);
    assert_string_equal(token.subject, "b-demo");
    assert_int_equal(token.generation, 77);
    assert_true(token_allows(&token, "c-7Kp", TOKEN_VIEW));
    assert_false(token_allows(&token, "c-8Kp", TOKEN_VIEW));
    assert_false(token_allows(&token, "c-7Kp", TOKEN_PUBLISH));
}

static void test_time_and_purpose(void **state)
{
    (void)state;
    char text[TOKEN_TEXT_MAX];
    struct token token = room_token;
    assert_int_equal(token_make(secret, &token, text), 0);
    assert_int_equal(token_check(secret, text, TOKEN_ROOM, NOW + 59999, &token), 0);
    assert_int_equal(token_check(secret, text, TOKEN_ROOM, NOW + 60000, &token), ETIMEDOUT);
    assert_int_equal(token_check(secret, text, TOKEN_BOOTH, NOW, &token), EPROTO);
    token = (struct token){.purpose = TOKEN_BOOTH, .subject = "b-demo"};
    assert_int_equal(token_make(secret, &token, text), 0);
    assert_int_equal(token_check(secret, text, TOKEN_BOOTH, INT64_MAX, &token), 0); // no end
    assert_false(token_allows(&token, "", TOKEN_VIEW));                             // opens no room
}

static void test_every_change_shows(void **state)
{
    (void)state;
    char good[TOKEN_TEXT_MAX], bad[TOKEN_TEXT_MAX];
    uint8_t other[TOKEN_SECRET_LEN];
    struct token token;
    assert_int_equal(token_make(secret, &room_token, good), 0);
    for (size_t i = 0; i < strlen(good); i++)
        for (unsigned c = 1; c < 256; c += 7) {
            strcpy(bad, good);
            if (bad[i] == (char)c)
                continue;
            bad[i] = (char)c;
            assert_int_equal(token_check(secret, bad, TOKEN_ROOM, NOW, &token), EBADMSG);
        }
    for (size_t len = 0; len < strlen(good); len++) {
        memcpy(bad, good, len);
        bad[len] = 0;
        assert_int_equal(token_check(secret, bad, TOKEN_ROOM, NOW, &token), EBADMSG);
    }
    strcpy(bad, good);
    strcat(bad, "A");
    assert_int_equal(token_check(secret, bad, TOKEN_ROOM, NOW, &token), EBADMSG);
    assert_int_equal(token_check(secret, NULL, TOKEN_ROOM, NOW, &token), EBADMSG);
    memcpy(other, secret, sizeof(other));
    other[31] ^= 1;
    assert_int_equal(token_check(other, good, TOKEN_ROOM, NOW, &token), EBADMSG);
    char huge[4096];
    memset(huge, 'A', sizeof(huge));
    huge[sizeof(huge) - 1] = 0;
    assert_int_equal(token_check(secret, huge, TOKEN_ROOM, NOW, &token), EBADMSG);
}

static void test_longest_and_impossible(void **state)
{
    (void)state;
    char text[TOKEN_TEXT_MAX];
    struct token token = room_token, back;
    memset(token.subject, 's', sizeof(token.subject) - 1);
    memset(token.room, 'r', sizeof(token.room) - 1);
    assert_int_equal(token_make(secret, &token, text), 0);
    assert_int_equal(token_check(secret, text, TOKEN_ROOM, NOW, &back), 0);
    assert_string_equal(back.room, token.room);
    token.room[sizeof(token.room) - 1] = 'r';
    assert_int_equal(token_make(secret, &token, text), EINVAL);
    token = room_token;
    token.rights = 4;
    assert_int_equal(token_make(secret, &token, text), EINVAL);
    token = room_token;
    token.purpose = TOKEN_PURPOSES;
    assert_int_equal(token_make(secret, &token, text), EINVAL);
}

static void test_base64url(void **state)
{
    (void)state;
    static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const coded[] = {"",       "Zg",      "Zm8",     "Zm9v",
                                        "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"}; // RFC 4648 section 10
    char text[16];
    uint8_t bytes[16];
    size_t len;
    for (size_t i = 0; i < 7; i++) {
        base64url_write((const uint8_t *)plain[i], strlen(plain[i]), text);
        assert_string_equal(text, coded[i]);
        assert_int_equal(base64url_read(coded[i], bytes, sizeof(bytes), &len), 0);
        assert_int_equal(len, strlen(plain[i]));
        assert_memory_equal(bytes, plain[i], len);
    }
    base64url_write((const uint8_t *)"\xff\xfe\xfb", 3, text);
    assert_string_equal(text, "__77");
    static const char *const bad[] = {"Z", "Zh", "Zm9", "Zg==", "Zm 9", "Zm+v", "Zm/v"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(base64url_read(bad[i], bytes, sizeof(bytes), &len), EBADMSG);
    assert_int_equal(base64url_read("Zm9vYmFy", bytes, 5, &len), EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),     cmocka_unit_test(test_time_and_purpose),
        cmocka_unit_test(test_every_change_shows), cmocka_unit_test(test_longest_and_impossible),
        cmocka_unit_test(test_base64url),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
