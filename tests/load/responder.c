#include "tests/load/responder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <sys/socket.h>

#include "gateway/base/mem.h"

struct responder {
    StunAgent stun;
    char password[257];
};

int responder_alloc(struct responder **responderp, const char *offer)
{
    const char *line = strstr(offer, "a=ice-pwd:");
    struct responder *responder = mem_zalloc(sizeof(*responder));
    if (!responder)
        return ENOMEM;
    stun_agent_init(&responder->stun, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    if (!line || sscanf(line, "a=ice-pwd:%256[^\r\n]", responder->password) != 1) {
        mem_free(responder);
        return EBADMSG;
    }
    *responderp = responder;
    return 0;
}

void responder_free(struct responder *responder)
{
    mem_free(responder);
}

static bool give_password(StunAgent *stun, StunMessage *message, uint8_t *username,
                          uint16_t username_len, uint8_t **password, size_t *password_len,
                          void *arg)
{
    struct responder *responder = arg;
    (void)stun;
    (void)message;
    (void)username;
    (void)username_len;
    *password = (uint8_t *)responder->password;
    *password_len = strlen(responder->password);
    return true;
}

size_t responder_reply(struct responder *responder, int fd, const uint8_t *data, size_t len,
                       uint8_t *reply, size_t size)
{
    StunMessage request, response;
    struct sockaddr_storage from;
    socklen_t from_len = sizeof(from);
    bool controlling = true;
    if (stun_agent_validate(&responder->stun, &request, data, len, give_password, responder) !=
            STUN_VALIDATION_SUCCESS ||
        stun_message_get_class(&request) != STUN_REQUEST ||
        getpeername(fd, (struct sockaddr *)&from, &from_len) < 0)
        return 0;
    return stun_usage_ice_conncheck_create_reply(
               &responder->stun, &request, &response, reply, &size, &from, from_len, &controlling,
               UINT64_MAX, STUN_USAGE_ICE_COMPATIBILITY_RFC5245) == STUN_USAGE_ICE_RETURN_SUCCESS
               ? size
               : 0;
}
