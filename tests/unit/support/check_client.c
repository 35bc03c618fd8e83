#include "tests/unit/support/check_client.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <stun/usages/ice.h>

void check_client_init(StunAgent *client)
{
    stun_agent_init(client, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
}

struct check check_make(StunAgent *client, const struct ice *ice, const struct check_wish *wish)
{
    struct check check;
    StunMessage message;
    char username[1200];
    const char *pwd = wish->pwd ? wish->pwd : ice->pwd;
    int len = snprintf(username, sizeof(username), "%s:%s", wish->ufrag ? wish->ufrag : ice->ufrag,
                       wish->their_ufrag ? wish->their_ufrag : "them");
    check.len = stun_usage_ice_conncheck_create(
        client, &message, check.data, sizeof(check.data), (uint8_t *)username, (size_t)len,
        (const uint8_t *)pwd, strlen(pwd), wish->use_candidate, !wish->controlled, 1853824767,
        0x1122334455667788u, NULL, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
    assert(check.len > 0);
    return check;
}

void check_forget(StunAgent *client, const struct check *check)
{
    StunTransactionId id;
    memcpy(id, check->data + 4, sizeof(id));
    stun_agent_forget_transaction(client, id);
}

struct check check_make_odd(StunAgent *client, const struct ice *ice, unsigned class_and_method,
                            uint16_t attribute, size_t copies)
{
    struct check check;
    StunTransactionId id = "\x21\x12\xa4\x42 a new one!";
    StunMessage message = {.agent = client, .buffer = check.data, .buffer_len = sizeof(check.data)};
    char username[64];
    int len = snprintf(username, sizeof(username), "%s:them", ice->ufrag);
    id[15] = (uint8_t)attribute;
    stun_message_init(&message, (StunClass)(class_and_method >> 16),
                      (StunMethod)(class_and_method & 0xffff), id);
    stun_message_append_bytes(&message, STUN_ATTRIBUTE_USERNAME, username, (size_t)len);
    for (size_t i = 0; i < copies; i++)
        stun_message_append_bytes(&message, (StunAttribute)attribute, "", 0);
    check.len = stun_agent_finish_message(client, &message, (const uint8_t *)ice->pwd,
                                          strlen(ice->pwd));
    assert(check.len > 0);
    return check;
}
