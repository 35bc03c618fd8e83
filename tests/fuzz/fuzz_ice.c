#include "gateway/peer/ice.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "gateway/base/bytes.h"
#include "tests/fuzz/support/input.h"

// Datagrams for an ICE agent with one peer, some of them signed as the peer itself would: only what
// is signed with a password of the session is answered, and only it makes a path valid.
//
// The input is a list of turns: what to do (one byte), on which path (one), then a length and that
// many bytes of a message.

#define MESSAGE_MAX 600
#define HEAD_LEN    20
#define MAC_LEN     20

enum {
    TURN_SIGN = 1,   // with the present password
    TURN_OLD = 2,    // with the one before the restart
    TURN_NAME = 4,   // put a USERNAME in front
    TURN_HEAD = 8,   // make the head true: Binding request, length, cookie
    TURN_LATER = 16, // let time pass first
    TURN_RESTART = 32,
};

struct turn {
    unsigned flags;
    uint8_t message[MESSAGE_MAX + 64];
    size_t len;
};

static const struct ice_credentials before = {"beforeuf", "passwordbeforetherestart"};
static const struct ice_credentials present = {"presentu", "passwordafterthatrestart"};
static struct ice ice;
static int64_t now_us;

static struct ice *lookup(void *arg, const char *ufrag, size_t len)
{
    (void)arg;
    bool ours = len == 8 && (!memcmp(ufrag, ice.ufrag, 8) || !memcmp(ufrag, ice.before.ufrag, 8));
    return ours ? &ice : NULL;
}

static void mac_of(const uint8_t *message, size_t len, const char *pwd, uint8_t mac[MAC_LEN])
{
    static uint8_t copy[MESSAGE_MAX + 64];
    unsigned size = MAC_LEN;
    memcpy(copy, message, len);
    put_u16(copy + 2, (uint16_t)(len - HEAD_LEN + 4 + MAC_LEN));
    HMAC(EVP_sha1(), pwd, (int)strlen(pwd), copy, len, mac, &size);
}

// Is there a MESSAGE-INTEGRITY by this password? Read here anew, not with the code that is tried.
static bool signed_by(const struct turn *turn, const char *pwd)
{
    uint8_t mac[MAC_LEN];
    for (size_t at = HEAD_LEN; at + 4 + MAC_LEN <= turn->len;) {
        if (get_u16(turn->message + at) == 0x0008) {
            mac_of(turn->message, at, pwd, mac);
            return memcmp(mac, turn->message + at + 4, MAC_LEN) == 0;
        }
        at += 4 + (size_t)(get_u16(turn->message + at + 2) + 3) / 4 * 4;
    }
    return false;
}

// RFC 8489 section 14.7: the CRC-32 of everything in front of it, with a twist.
static void put_fingerprint(struct turn *turn)
{
    uint32_t crc = UINT32_MAX;
    put_u16(turn->message + 2, (uint16_t)(turn->len + 8 - HEAD_LEN));
    for (size_t i = 0; i < turn->len; i++) {
        crc ^= turn->message[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    put_u16(turn->message + turn->len, 0x8028);
    put_u16(turn->message + turn->len + 2, 4);
    put_u32(turn->message + turn->len + 4, ~crc ^ 0x5354554Eu);
    turn->len += 8;
}

static void put_name(struct turn *turn)
{
    static const uint8_t new_name[] = "\0\x06\0\x0dpresentu:peer\0\0";
    static const uint8_t old_name[] = "\0\x06\0\x0d"
                                      "beforeuf:peer\0\0";
    memcpy(turn->message + HEAD_LEN, turn->flags & TURN_OLD ? old_name : new_name, 20);
    turn->len = HEAD_LEN + 20;
}

static void take_message(struct input *in, struct turn *turn)
{
    size_t len, want = (size_t)input_number(in, 2) % (MESSAGE_MAX - 64);
    memset(turn, 0, sizeof(*turn));
    turn->flags = (unsigned)input_number(in, 1);
    const uint8_t *bytes = input_bytes(in, want, &len);
    if (turn->flags & TURN_HEAD)
        turn->len = HEAD_LEN;
    if (turn->flags & TURN_NAME)
        put_name(turn);
    memcpy(turn->message + turn->len, bytes, len);
    turn->len += len;
}

static void finish(struct turn *turn)
{
    const char *pwd = turn->flags & TURN_OLD ? before.pwd : present.pwd;
    if (turn->flags & TURN_HEAD) {
        put_u16(turn->message, 1);
        put_u32(turn->message + 4, 0x2112A442);
        memset(turn->message + 8, (int)turn->len, 12);
    }
    if (turn->flags & TURN_SIGN && turn->len >= HEAD_LEN && turn->len % 4 == 0) {
        mac_of(turn->message, turn->len, pwd, turn->message + turn->len + 4);
        put_u16(turn->message + turn->len, 0x0008);
        put_u16(turn->message + turn->len + 2, MAC_LEN);
        turn->len += 4 + MAC_LEN;
        put_fingerprint(turn);
    }
    if (turn->flags & TURN_HEAD)
        put_u16(turn->message + 2, (uint16_t)(turn->len - HEAD_LEN));
}

static struct path some_path(unsigned which)
{
    struct path path = {.wire = (struct wire *)(uintptr_t)(8 + which / 128 * 8)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(5000 + which))};
    to.sin_addr.s_addr = htonl(0xC0000201 + which % 16);
    check(addr_from(&path.remote, (const struct sockaddr *)&to, sizeof(to)) == 0);
    return path;
}

static void check_state(void)
{
    check(ice.valid_count <= ICE_PATHS_MAX);
    bool among = !ice.has_selected;
    for (size_t i = 0; i < ice.valid_count; i++)
        among |= path_equal(&ice.valid[i], &ice.selected);
    check(among);
}

static void receive(struct ice_agent *agent, const struct turn *turn, const struct path *path)
{
    static struct ice_reply reply;
    bool authentic = signed_by(turn, present.pwd) || signed_by(turn, before.pwd);
    size_t valid = ice.valid_count;
    uint8_t *exact = malloc(turn->len ? turn->len : 1); // what is read behind it is found
    check(exact != NULL);
    memcpy(exact, turn->message, turn->len);
    enum ice_result result = ice_receive(agent, path, exact, turn->len, now_us, &reply);
    free(exact);
    check(reply.len <= sizeof(reply.data) && (result == ICE_ANSWERED) == (reply.len > 0));
    check(authentic || (result == ICE_DROPPED && !reply.ice && ice.valid_count == valid));
    check(!reply.new_path || ice_path_valid(&ice, path, now_us));
}

static void begin(void)
{
    now_us = 1000000;
    ice_init(&ice, now_us);
    memcpy(ice.ufrag, before.ufrag, sizeof(ice.ufrag));
    memcpy(ice.pwd, before.pwd, sizeof(ice.pwd));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ice_agent *agent;
    static struct turn turn;
    struct input in = {data, size};
    if (!agent)
        check(ice_agent_alloc(&agent, lookup, NULL) == 0);
    begin();
    while (in.left) {
        struct path path = some_path((unsigned)input_number(&in, 1));
        take_message(&in, &turn);
        now_us += turn.flags & TURN_LATER ? 4000000 : 1000;
        if (turn.flags & TURN_RESTART)
            ice_restart(&ice, &present, slice_of("peer"), slice_of("theirpasswordtheirpass"),
                        now_us);
        finish(&turn);
        receive(agent, &turn, &path);
        check_state();
        ice_tick(&ice, now_us);
        if (turn.flags & TURN_LATER && turn.flags & TURN_RESTART)
            ice_forget_wire(&ice, path.wire);
        check_state();
    }
    return 0;
}
