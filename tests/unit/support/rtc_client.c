#include "tests/unit/support/rtc_client.h"

#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <stun/usages/ice.h>
#include <unistd.h>

#include "gateway/base/bytes.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/packet/demux.h"
#include "gateway/peer/datagram.h"
#include "gateway/peer/srtp.h"
#include "gateway/rooms/tcp_frame.h"
#include "tests/unit/support/rtc_identity.h"
#include "tests/unit/support/rtc_inside.h"

#define CHECK_FIRST_US   50000
#define CHECK_CONSENT_US 2500000
#define DATAGRAM_MAX     2048
#define PRIORITY         0x7e0000ffu

// --- the socket ---------------------------------------------------------------------------------

static int flush_queue(struct rtc_client *client)
{
    while (client->queued) {
        ssize_t sent = send(client->fd, client->queue, client->queued, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0)
            return errno == EAGAIN || errno == ENOTCONN || errno == EINPROGRESS ? 0 : errno;
        client->queued -= (size_t)sent;
        memmove(client->queue, client->queue + sent, client->queued);
    }
    return 0;
}

int rtc_client_send_raw(struct rtc_client *client, const uint8_t *data, size_t len)
{
    if (client->fd < 0)
        return ENOTCONN;
    if (!client->config.tcp)
        return send(client->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? errno : 0;
    if (client->queued + 2 + len > QUEUE_MAX)
        return EAGAIN;
    put_u16(client->queue + client->queued, (uint16_t)len);
    memcpy(client->queue + client->queued + 2, data, len);
    client->queued += 2 + len;
    return flush_queue(client);
}

static void send_datagram(void *arg, const uint8_t *data, size_t len)
{
    (void)rtc_client_send_raw(arg, data, len);
}

static int open_socket(struct rtc_client *client)
{
    bool tcp = client->config.tcp;
    if (tcp ? !client->answer.has_tcp : !client->answer.has_udp)
        return EBADMSG;
    struct addr to = tcp ? client->answer.tcp : client->answer.udp;
    if (client->config.server_host) {
        uint16_t port = addr_port(&to);
        if (addr_parse(&to, client->config.server_host))
            return EINVAL;
        addr_set_port(&to, port);
    }
    int type = (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
    client->fd = socket(to.sa.sa_family, type, 0);
    if (client->fd < 0)
        return errno;
    int size = 4 << 20;
    setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    if (connect(client->fd, &to.sa, addr_len(&to)) < 0 && errno != EINPROGRESS)
        return errno;
    return 0;
}

// --- birth and death ----------------------------------------------------------------------------

static int write_offer(struct rtc_client *client)
{
    struct rtc_sdp_offer offer = {
        .ufrag = client->ufrag,
        .pwd = client->pwd,
        .fingerprint = client->config.identity->fingerprint,
        .send = client->config.role == RTC_PUBLISH,
        .audio = client->config.audio,
        .video = client->config.video,
        .audio_ssrc = client->audio_ssrc,
        .video_ssrc = client->video_ssrc,
        .rtx = client->config.rtx,
        .rtx_ssrc = client->rtx_ssrc,
        .twcc = client->config.twcc,
        .simulcast = client->config.simulcast,
    };
    return rtc_sdp_write(&offer, client->offer, sizeof(client->offer));
}

static int start_tls(struct rtc_client *client)
{
    client->ssl = SSL_new(client->config.identity->context);
    client->datagram.send = send_datagram;
    client->datagram.arg = client;
    BIO *bio = datagram_bio_alloc(client->config.identity->datagrams, &client->datagram);
    if (!client->ssl || !bio) {
        BIO_free(bio);
        return ENOMEM;
    }
    SSL_set_bio(client->ssl, bio, bio);
    SSL_set_mtu(client->ssl, 1200);
    SSL_set_connect_state(client->ssl);
    return 0;
}

static void make_credentials(struct rtc_client *client)
{
    random_text(client->ufrag, sizeof(client->ufrag) - 1);
    random_text(client->pwd, sizeof(client->pwd) - 1);
}

int rtc_client_alloc(struct rtc_client **clientp, const struct rtc_config *config)
{
    if (!clientp || !config || !config->identity)
        return EINVAL;
    struct rtc_client *client = mem_zalloc(sizeof(*client));
    if (!client)
        return ENOMEM;
    client->config = *config;
    client->fd = client->other_fd = -1;
    client->tie = random_u64();
    make_credentials(client);
    if (config->role == RTC_PUBLISH) {
        client->audio_ssrc = config->audio ? random_u32() | 1 : 0;
        client->video_ssrc = config->video ? (random_u32() & ~1u) | 2 : 0;
        client->rtx_ssrc = config->rtx ? client->video_ssrc ^ 4 : 0;
    }
    stun_agent_init(&client->stun, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    int err = write_offer(client);
    if (!err)
        err = start_tls(client);
    if (err)
        rtc_client_free(client);
    else
        *clientp = client;
    return err;
}

void rtc_client_free(struct rtc_client *client)
{
    if (!client)
        return;
    SSL_free(client->ssl);
    srtp_out_free(client->out);
    srtp_in_free(client->in);
    if (client->fd >= 0)
        close(client->fd);
    rtc_client_leave(client);
    mem_free(client);
}

void rtc_client_leave(struct rtc_client *client)
{
    if (client->other_fd >= 0)
        close(client->other_fd);
    client->other_fd = -1;
}

int rtc_client_answer(struct rtc_client *client, const char *sdp, size_t len, int64_t now_us)
{
    int err = rtc_sdp_read(&client->answer, sdp, len);
    if (err)
        return err;
    if (client->config.role == RTC_WATCH) {
        client->audio_ssrc = client->answer.audio_ssrc;
        client->video_ssrc = client->answer.video_ssrc;
        client->rtx_ssrc = client->answer.rtx_ssrc;
    }
    client->check_us = now_us;
    return open_socket(client);
}

// --- ICE ----------------------------------------------------------------------------------------

int rtc_client_restart(struct rtc_client *client, char *fragment, size_t size)
{
    make_credentials(client);
    return rtc_sdp_write_fragment(client->ufrag, client->pwd, fragment, size);
}

static void swap_sockets(struct rtc_client *client, bool wanted)
{
    int fd = client->fd;
    if (!wanted)
        return;
    client->fd = client->other_fd;
    client->other_fd = fd;
}

int rtc_client_restarted(struct rtc_client *client, const char *fragment, bool move, int64_t now_us)
{
    int err = rtc_sdp_read_fragment(&client->answer, fragment, strlen(fragment));
    if (err)
        return err;
    if (client->has_last_id)
        stun_agent_forget_transaction(&client->stun, client->last_id);
    client->has_last_id = client->checked = false;
    client->check_us = now_us;
    swap_sockets(client, move);
    err = move ? open_socket(client) : 0;
    swap_sockets(client, move);
    client->moving = move && !err;
    return err;
}

static void send_check(struct rtc_client *client)
{
    uint8_t data[1280];
    char username[sizeof(client->answer.ufrag) + sizeof(client->ufrag) + 1];
    StunMessage message;
    int len = snprintf(username, sizeof(username), "%s:%s", client->answer.ufrag, client->ufrag);
    if (client->has_last_id)
        stun_agent_forget_transaction(&client->stun, client->last_id);
    size_t size = stun_usage_ice_conncheck_create(
        &client->stun, &message, data, sizeof(data), (const uint8_t *)username, (size_t)len,
        (const uint8_t *)client->answer.pwd, strlen(client->answer.pwd), true, true, PRIORITY,
        client->tie, NULL, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
    if (!size)
        return;
    stun_message_id(&message, client->last_id);
    client->has_last_id = true;
    swap_sockets(client, client->moving);
    (void)rtc_client_send_raw(client, data, size);
    swap_sockets(client, client->moving);
}

// Our password, for checks of a server with full ICE.
static bool own_password(StunAgent *agent, StunMessage *message, uint8_t *username,
                         uint16_t username_len, uint8_t **password, size_t *len, void *arg)
{
    struct rtc_client *client = arg;
    (void)agent, (void)message, (void)username, (void)username_len;
    *password = (uint8_t *)client->pwd;
    *len = strlen(client->pwd);
    return true;
}

static void answer_check(struct rtc_client *client, StunMessage *request)
{
    uint8_t data[1280];
    size_t size = sizeof(data);
    bool control = true;
    StunMessage reply;
    struct sockaddr_storage from;
    socklen_t from_len = sizeof(from);
    if (getpeername(client->fd, (struct sockaddr *)&from, &from_len) < 0)
        return;
    if (stun_usage_ice_conncheck_create_reply(
            &client->stun, request, &reply, data, &size, &from, from_len, &control, client->tie,
            STUN_USAGE_ICE_COMPATIBILITY_RFC5245) == STUN_USAGE_ICE_RETURN_SUCCESS)
        (void)rtc_client_send_raw(client, data, size);
}

static void take_stun(struct rtc_client *client, const uint8_t *data, size_t len)
{
    StunMessage message;
    struct sockaddr_storage mapped;
    socklen_t mapped_len = sizeof(mapped);
    if (stun_agent_validate(&client->stun, &message, data, len, own_password, client) !=
        STUN_VALIDATION_SUCCESS)
        return;
    if (stun_message_get_class(&message) == STUN_REQUEST) {
        answer_check(client, &message);
        return;
    }
    if (stun_usage_ice_conncheck_process(&message, &mapped, &mapped_len,
                                         STUN_USAGE_ICE_COMPATIBILITY_RFC5245) !=
        STUN_USAGE_ICE_RETURN_SUCCESS)
        return;
    client->has_last_id = false;
    if (!client->checked)
        client->check_us = client->now_us + CHECK_CONSENT_US;
    client->checked = true;
    swap_sockets(client, client->moving);
    client->moving = false;
}

// --- DTLS ---------------------------------------------------------------------------------------

static void step_tls(struct rtc_client *client)
{
    uint8_t waste[DATAGRAM_MAX];
    ERR_clear_error();
    if (!client->connected) {
        DTLSv1_handle_timeout(client->ssl);
        int result = SSL_do_handshake(client->ssl);
        if (result == 1 && rtc_identity_keys(client->ssl, client->answer.fingerprint, &client->out,
                                             &client->in) == 0)
            client->connected = true;
        else if (result == 1 || SSL_get_error(client->ssl, result) != SSL_ERROR_WANT_READ)
            client->closed = true;
    }
    while (client->connected && SSL_read(client->ssl, waste, sizeof(waste)) > 0)
        continue;
    if (SSL_get_shutdown(client->ssl) & SSL_RECEIVED_SHUTDOWN)
        client->closed = true;
}

// --- what comes in ------------------------------------------------------------------------------

static void take_media(struct rtc_client *client, const uint8_t *data, size_t len, bool rtcp)
{
    uint8_t packet[DATAGRAM_MAX];
    const struct rtc_handlers *handlers = &client->config.handlers;
    if (!client->in || len > sizeof(packet)) {
        client->stats.refused++;
        return;
    }
    memcpy(packet, data, len);
    int err = rtcp ? srtcp_unprotect(client->in, packet, &len)
                   : srtp_unprotect(client->in, packet, &len);
    if (err) {
        client->stats.refused++;
        return;
    }
    (*(rtcp ? &client->stats.rtcp : &client->stats.rtp))++;
    if (rtcp && handlers->rtcp)
        handlers->rtcp(client->config.arg, packet, len, client->now_us);
    if (!rtcp && handlers->rtp)
        handlers->rtp(client->config.arg, packet, len, client->now_us);
}

static int take_datagram(void *arg, const uint8_t *data, size_t len)
{
    struct rtc_client *client = arg;
    enum packet_kind kind = packet_kind(data, len);
    client->stats.datagrams++;
    client->stats.bytes += len;
    if (kind == PACKET_STUN) {
        take_stun(client, data, len);
    } else if (kind == PACKET_DTLS) {
        client->datagram.data = data;
        client->datagram.len = len;
        step_tls(client);
        client->datagram.data = NULL;
    } else if (kind != PACKET_OTHER) {
        take_media(client, data, len, kind == PACKET_RTCP);
    }
    return 0;
}

void rtc_client_take(struct rtc_client *client, const uint8_t *data, size_t len, int64_t now_us)
{
    client->now_us = now_us;
    (void)take_datagram(client, data, len);
}

static int drain(struct rtc_client *client, int fd)
{
    uint8_t data[16384];
    int err = 0;
    while (!err) {
        ssize_t got = recv(fd, data, sizeof(data), MSG_DONTWAIT);
        if (got < 0)
            return errno == EAGAIN || errno == ENOTCONN || errno == ECONNREFUSED ? 0 : errno;
        if (!client->config.tcp)
            err = take_datagram(client, data, (size_t)got);
        else
            err = got ? tcp_frame_feed(&client->frame, data, (size_t)got, take_datagram, client)
                      : EPIPE;
    }
    return err;
}

int rtc_client_receive(struct rtc_client *client, int64_t now_us)
{
    int first = client->moving ? client->fd : client->other_fd; // the older one
    int second = client->moving ? client->other_fd : client->fd;
    client->now_us = now_us;
    int err = client->config.tcp ? flush_queue(client) : 0;
    if (!err && first >= 0)
        err = drain(client, first);
    return err ? err : drain(client, second);
}

// --- time ---------------------------------------------------------------------------------------

void rtc_client_tick(struct rtc_client *client, int64_t now_us)
{
    client->now_us = now_us;
    if (client->fd < 0)
        return;
    if (!client->silent && now_us >= client->check_us) {
        send_check(client);
        client->check_us = now_us + (client->checked ? CHECK_CONSENT_US : CHECK_FIRST_US);
    }
    if (client->checked && !client->connected && !client->closed)
        step_tls(client);
}

int64_t rtc_client_deadline(const struct rtc_client *client)
{
    struct timeval left;
    int64_t deadline = client->silent ? INT64_MAX : client->check_us;
    if (client->fd < 0)
        return INT64_MAX;
    if (client->checked && !client->connected && SSL_in_before(client->ssl))
        return client->now_us; // the handshake begins with the next tick
    if (!client->connected && DTLSv1_get_timeout(client->ssl, &left) == 1) {
        int64_t dtls_us = client->now_us + (int64_t)left.tv_sec * 1000000 + left.tv_usec;
        deadline = dtls_us < deadline ? dtls_us : deadline;
    }
    return deadline;
}

// --- what goes out ------------------------------------------------------------------------------

int rtc_client_send_rtp(struct rtc_client *client, const uint8_t *packet, size_t len,
                        size_t header_len)
{
    uint8_t out[DATAGRAM_MAX];
    if (!client->connected)
        return ENOTCONN;
    if (len + SRTP_OVERHEAD > sizeof(out) || header_len > len || header_len < 12)
        return EMSGSIZE;
    uint64_t index;
    if (rtc_rollover_index(&client->rollover, get_u32(packet + 8), get_u16(packet + 2), &index))
        return EMSGSIZE;
    memcpy(out, packet, header_len);
    size_t size = srtp_protect(client->out, index, out, header_len, packet + header_len,
                               len - header_len);
    return size ? rtc_client_send_raw(client, out, size) : EPROTO;
}

int rtc_client_send_rtcp(struct rtc_client *client, const uint8_t *packet, size_t len)
{
    uint8_t out[DATAGRAM_MAX];
    if (!client->connected)
        return ENOTCONN;
    if (len + SRTCP_OVERHEAD > sizeof(out))
        return EMSGSIZE;
    memcpy(out, packet, len);
    size_t size = srtcp_protect(client->out, out, len);
    return size ? rtc_client_send_raw(client, out, size) : EPROTO;
}

void rtc_client_fall_silent(struct rtc_client *client)
{
    client->silent = true;
}

void rtc_client_close(struct rtc_client *client)
{
    if (client->connected)
        SSL_shutdown(client->ssl);
}
