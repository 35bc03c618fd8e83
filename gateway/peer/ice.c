#include "gateway/peer/ice.h"

#include <errno.h>
#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"

#define STUN_HEAD_LEN   20
#define BINDING_REQUEST 0x0001
#define USERNAME_MAX    512 // RFC 8489 section 14.3
#define INTEGRITY_LEN   20
#define ATTRIBUTE_HEAD  4
#define UNKNOWN_TIE     0 // of no use to a lite agent, which never changes its role

struct ice_agent {
    StunAgent stun;
    ice_lookup *lookup;
    void *arg;
};

int ice_agent_alloc(struct ice_agent **agentp, ice_lookup *lookup, void *arg)
{
    if (!agentp || !lookup)
        return EINVAL;
    struct ice_agent *agent = mem_zalloc(sizeof(*agent));
    if (!agent)
        return ENOMEM;
    agent->lookup = lookup;
    agent->arg = arg;
    stun_agent_init(&agent->stun, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    *agentp = agent;
    return 0;
}

void ice_agent_free(struct ice_agent *agent)
{
    mem_free(agent);
}

void ice_credentials_make(struct ice_credentials *credentials)
{
    random_text(credentials->ufrag, ICE_UFRAG_LEN);
    random_text(credentials->pwd, ICE_PWD_LEN);
}

static void set_ours(struct ice *ice, const struct ice_credentials *ours)
{
    memcpy(ice->ufrag, ours->ufrag, sizeof(ice->ufrag));
    memcpy(ice->pwd, ours->pwd, sizeof(ice->pwd));
}

void ice_init(struct ice *ice, int64_t now_us)
{
    struct ice_credentials ours;
    memset(ice, 0, sizeof(*ice));
    ice_credentials_make(&ours);
    set_ours(ice, &ours);
    ice->consent_us = now_us;
}

// --- restart ------------------------------------------------------------------------------------

static void forget_before(struct ice *ice)
{
    memset(&ice->before, 0, sizeof(ice->before));
}

void ice_restart(struct ice *ice, const struct ice_credentials *ours, struct slice remote_ufrag,
                 struct slice remote_pwd, int64_t now_us)
{
    if (!ice->before.ufrag[0]) {
        memcpy(ice->before.ufrag, ice->ufrag, sizeof(ice->ufrag));
        memcpy(ice->before.pwd, ice->pwd, sizeof(ice->pwd));
    }
    ice->before_until_us = now_us + ICE_SWITCH_US;
    memcpy(ice->remote_before, ice->remote_ufrag, sizeof(ice->remote_before));
    set_ours(ice, ours);
    (void)slice_copy(ice->remote_ufrag, sizeof(ice->remote_ufrag), remote_ufrag);
    (void)slice_copy(ice->remote_pwd, sizeof(ice->remote_pwd), remote_pwd);
}

// --- is it a check of ours ----------------------------------------------------------------------

static bool attribute_sound(uint16_t type, size_t len)
{
    if (type == STUN_ATTRIBUTE_MESSAGE_INTEGRITY)
        return len == INTEGRITY_LEN;
    return type != STUN_ATTRIBUTE_USERNAME || (len > 0 && len <= USERNAME_MAX);
}

// A Binding request whose attributes end where the message ends. The library takes the length of
// MESSAGE-INTEGRITY for granted, so it is looked at here.
static bool well_formed(const uint8_t *data, size_t len)
{
    if (len < STUN_HEAD_LEN || get_u16(data) != BINDING_REQUEST)
        return false;
    if ((size_t)get_u16(data + 2) + STUN_HEAD_LEN != len)
        return false;
    size_t at = STUN_HEAD_LEN;
    while (at < len) {
        if (len - at < ATTRIBUTE_HEAD)
            return false;
        size_t value_len = get_u16(data + at + 2);
        if (!attribute_sound(get_u16(data + at), value_len))
            return false;
        at += ATTRIBUTE_HEAD + (value_len + 3) / 4 * 4;
    }
    return at == len;
}

struct check {
    const struct ice_agent *agent;
    int64_t now_us;
    struct ice *ice;
    bool before; // with the credentials before a restart
};

// Our password for our ufrag, the present one or the one before.
static const char *password_of(struct check *check, const char *ufrag, size_t len)
{
    const struct ice *ice = check->ice;
    if (len == ICE_UFRAG_LEN && memcmp(ufrag, ice->ufrag, len) == 0)
        return ice->pwd;
    check->before = len == ICE_UFRAG_LEN && memcmp(ufrag, ice->before.ufrag, len) == 0 &&
                    check->now_us < ice->before_until_us;
    return check->before ? ice->before.pwd : NULL;
}

// Called by the library: USERNAME is "<our ufrag>:<theirs>"; hands out our password.
static bool find_password(StunAgent *stun, StunMessage *message, uint8_t *username,
                          uint16_t username_len, uint8_t **password, size_t *password_len,
                          void *arg)
{
    (void)stun;
    (void)message;
    struct check *check = arg;
    const uint8_t *colon = username ? memchr(username, ':', username_len) : NULL;
    if (!colon)
        return false;
    check->ice = check->agent->lookup(check->agent->arg, (const char *)username,
                                      (size_t)(colon - username));
    if (!check->ice || check->ice->revoked)
        return false;
    const char *pwd = password_of(check, (const char *)username, (size_t)(colon - username));
    if (!pwd)
        return false;
    *password = (uint8_t *)(uintptr_t)pwd;
    *password_len = ICE_PWD_LEN;
    return true;
}

static uint64_t path_hash(const struct path *path)
{
    return addr_hash(&path->remote) ^ (uint64_t)(uintptr_t)path->wire;
}

// Did this very check come before on another path? Otherwise notes it.
static bool replayed(struct ice *ice, const uint8_t *id, const struct path *path)
{
    uint64_t from = path_hash(path);
    for (size_t i = 0; i < ICE_SEEN_MAX; i++)
        if (ice->seen[i].from && memcmp(ice->seen[i].id, id, sizeof(ice->seen[i].id)) == 0)
            return ice->seen[i].from != from;
    struct ice_seen *seen = &ice->seen[ice->seen_next++ % ICE_SEEN_MAX];
    memcpy(seen->id, id, sizeof(seen->id));
    seen->from = from;
    return false;
}

// --- paths --------------------------------------------------------------------------------------

static size_t find_path(const struct ice *ice, const struct path *path)
{
    size_t i = 0;
    while (i < ice->valid_count && !path_equal(&ice->valid[i], path))
        i++;
    return i;
}

static bool is_selected(const struct ice *ice, const struct path *path)
{
    return ice->has_selected && path_equal(&ice->selected, path);
}

static void take_out(struct ice *ice, size_t i)
{
    size_t behind = --ice->valid_count - i;
    memmove(&ice->valid[i], &ice->valid[i + 1], behind * sizeof(ice->valid[0]));
    memmove(&ice->checked_us[i], &ice->checked_us[i + 1], behind * sizeof(ice->checked_us[0]));
}

// Puts the path in front; a full list loses its oldest that is not selected. True when it was not
// valid before.
static bool note_path(struct ice *ice, const struct path *path, int64_t now_us)
{
    bool known = ice_path_valid(ice, path, now_us);
    size_t i = find_path(ice, path);
    if (i == ICE_PATHS_MAX)
        i -= is_selected(ice, &ice->valid[ICE_PATHS_MAX - 1]) ? 2 : 1;
    if (i < ice->valid_count)
        take_out(ice, i);
    memmove(&ice->valid[1], &ice->valid[0], ice->valid_count * sizeof(ice->valid[0]));
    memmove(&ice->checked_us[1], &ice->checked_us[0],
            ice->valid_count * sizeof(ice->checked_us[0]));
    ice->valid_count++;
    ice->valid[0] = *path;
    ice->checked_us[0] = now_us;
    return !known;
}

static bool select_path(struct ice *ice, const struct path *path)
{
    bool moved = !is_selected(ice, path);
    ice->selected = *path;
    ice->has_selected = true;
    return moved;
}

void ice_delegate(struct ice *ice, const struct path *path)
{
    memset(ice->ufrag, 0, sizeof(ice->ufrag));
    memset(ice->pwd, 0, sizeof(ice->pwd));
    forget_before(ice);
    ice->delegated = true;
    ice->valid_count = 0;
    select_path(ice, path);
}

bool ice_path_valid(const struct ice *ice, const struct path *path, int64_t now_us)
{
    if (ice->delegated)
        return is_selected(ice, path);
    size_t i = find_path(ice, path);
    return i < ice->valid_count && now_us - ice->checked_us[i] < ICE_CONSENT_US;
}

int64_t ice_selected_until(const struct ice *ice)
{
    if (!ice->has_selected || ice->delegated)
        return INT64_MAX;
    size_t i = find_path(ice, &ice->selected);
    return i < ice->valid_count ? ice->checked_us[i] + ICE_CONSENT_US : 0;
}

bool ice_consent_expired(const struct ice *ice, int64_t now_us)
{
    return !ice->delegated && now_us - ice->consent_us >= ICE_CONSENT_US;
}

// Selects the newest valid path; false when there is none.
static bool select_newest(struct ice *ice, int64_t now_us)
{
    ice->has_selected = false;
    if (ice->valid_count == 0 || !ice_path_valid(ice, &ice->valid[0], now_us))
        return false;
    return select_path(ice, &ice->valid[0]);
}

bool ice_tick(struct ice *ice, int64_t now_us)
{
    if (ice->before.ufrag[0] && now_us >= ice->before_until_us)
        forget_before(ice);
    if (!ice->has_selected || ice_path_valid(ice, &ice->selected, now_us))
        return false;
    select_newest(ice, now_us);
    return true;
}

void ice_forget_wire(struct ice *ice, const struct wire *wire)
{
    for (size_t i = ice->valid_count; i-- > 0;)
        if (ice->valid[i].wire == wire)
            take_out(ice, i);
    if (ice->has_selected && ice->selected.wire == wire)
        select_newest(ice, ice->consent_us);
}

// --- answers ------------------------------------------------------------------------------------

static size_t write_conflict(struct ice_agent *agent, const StunMessage *request,
                             struct ice_reply *reply)
{
    StunMessage response;
    if (!stun_agent_init_error(&agent->stun, &response, reply->data, sizeof(reply->data), request,
                               STUN_ERROR_ROLE_CONFLICT))
        return 0;
    return stun_agent_finish_message(&agent->stun, &response, NULL, 0);
}

static size_t write_success(struct ice_agent *agent, StunMessage *request, const struct path *path,
                            struct ice_reply *reply)
{
    StunMessage response;
    struct sockaddr_storage to = {0};
    bool controlling = false;
    size_t len = sizeof(reply->data);
    memcpy(&to, &path->remote, sizeof(path->remote));
    if (stun_usage_ice_conncheck_create_reply(&agent->stun, request, &response, reply->data, &len,
                                              &to, addr_len(&path->remote), &controlling,
                                              UNKNOWN_TIE, STUN_USAGE_ICE_COMPATIBILITY_RFC5245) !=
        STUN_USAGE_ICE_RETURN_SUCCESS)
        return 0;
    return len;
}

// Has the other end left the selected path, or was none selected yet?
static bool is_deserted(const struct ice *ice, int64_t now_us)
{
    size_t i = ice->has_selected ? find_path(ice, &ice->selected) : ice->valid_count;
    return i >= ice->valid_count || now_us - ice->checked_us[i] >= ICE_SILENT_US;
}

// The check counts: its path is valid, and selected when the other side says so, when it is the
// first, or when no more checks come on the selected one. After a restart, too, media goes on where
// it went until the other side nominates (RFC 8445 section 12.1).
static void note_check(struct ice *ice, const StunMessage *request, const struct path *path,
                       int64_t now_us, struct ice_reply *reply)
{
    reply->new_path = note_path(ice, path, now_us);
    ice->consent_us = now_us;
    if (is_deserted(ice, now_us) || stun_usage_ice_conncheck_use_candidate(request))
        reply->selected_moved = select_path(ice, path);
}

static void answer(struct ice_agent *agent, StunMessage *request, const struct path *path,
                   int64_t now_us, struct ice_reply *reply)
{
    if (stun_message_has_attribute(request, STUN_ATTRIBUTE_ICE_CONTROLLED)) {
        reply->len = write_conflict(agent, request, reply);
        return;
    }
    reply->len = write_success(agent, request, path, reply);
    if (reply->len > 0)
        note_check(reply->ice, request, path, now_us, reply);
}

enum ice_result ice_receive(struct ice_agent *agent, const struct path *path, const uint8_t *data,
                            size_t len, int64_t now_us, struct ice_reply *reply)
{
    StunMessage request, response;
    struct check check = {.agent = agent, .now_us = now_us};
    struct path from = {.wire = path->wire};
    reply->ice = NULL;
    reply->new_path = reply->selected_moved = false;
    reply->len = 0;
    // An IPv4 address written as IPv6 would come back as IPv6 in the answer: ICE fails on that.
    if (!well_formed(data, len) ||
        addr_from(&from.remote, &path->remote.sa, addr_len(&path->remote)) != 0)
        return ICE_DROPPED;
    StunValidationStatus status = stun_agent_validate(&agent->stun, &request, data, len,
                                                      find_password, &check);
    if (status != STUN_VALIDATION_SUCCESS && status != STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE)
        return ICE_DROPPED;
    if (!check.ice || replayed(check.ice, data + 8, &from))
        return ICE_DROPPED;
    reply->ice = check.ice;
    if (!check.before) // the other side has the newer ones
        forget_before(check.ice);
    if (status == STUN_VALIDATION_SUCCESS)
        answer(agent, &request, &from, now_us, reply);
    else
        reply->len = stun_agent_build_unknown_attributes_error(&agent->stun, &response, reply->data,
                                                               sizeof(reply->data), &request);
    return reply->len > 0 ? ICE_ANSWERED : ICE_DROPPED;
}
