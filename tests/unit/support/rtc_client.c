#include "tests/unit/support/rtc_client.h"

#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <strings.h>
#include <stun/stunagent.h>
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
#include "tests/unit/support/rtc_sdp.h"
#include "tests/unit/support/rtc_stream.h"

#define OFFER_MAX        4096
#define CHECK_FIRST_US   50000
#define CHECK_CONSENT_US 2500000
#define DATAGRAM_MAX     2048
#define QUEUE_MAX        65536
#define PRIORITY         0x7e0000ffu

struct rtc_client {
    struct rtc_config config;
    char ufrag[9], pwd[25];
    char offer[OFFER_MAX];
    uint32_t audio_ssrc, video_ssrc, rtx_ssrc;
    struct rtc_sdp_answer answer;
    int fd;
    // ICE
    StunAgent stun;
    StunTransactionId last_id;
    bool has_last_id, checked, silent;
    uint64_t tie;
    int64_t check_us;
    // DTLS and SRTP
    SSL *ssl;
    struct datagram datagram;
    bool connected, closed;
    int64_t now_us;
    struct srtp_out *out;
    struct srtp_in *in;
    struct rtc_stream streams[RTC_STREAMS_MAX];
    // TCP
    struct tcp_frame frame;
    uint8_t queue[QUEUE_MAX];
    size_t queued;
    struct rtc_client_stats stats;
};

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

int rtc_client_alloc(struct rtc_client **clientp, const struct rtc_config *config)
{
    if (!clientp || !config || !config->identity)
        return EINVAL;
    struct rtc_client *client = mem_zalloc(sizeof(*client));
    if (!client)
        return ENOMEM;
    client->config = *config;
    client->fd = -1;
    client->tie = random_u64();
    random_text(client->ufrag, sizeof(client->ufrag) - 1);
    random_text(client->pwd, sizeof(client->pwd) - 1);
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
    mem_free(client);
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
    (void)rtc_client_send_raw(client, data, size);
}

static void take_stun(struct rtc_client *client, const uint8_t *data, size_t len)
{
    StunMessage message;
    struct sockaddr_storage mapped;
    socklen_t mapped_len = sizeof(mapped);
    if (stun_agent_validate(&client->stun, &message, data, len, NULL, NULL) !=
        STUN_VALIDATION_SUCCESS)
        return;
    if (stun_usage_ice_conncheck_process(&message, &mapped, &mapped_len,
                                         STUN_USAGE_ICE_COMPATIBILITY_RFC5245) !=
        STUN_USAGE_ICE_RETURN_SUCCESS)
        return;
    client->has_last_id = false;
    if (!client->checked)
        client->check_us = client->now_us + CHECK_CONSENT_US;
    client->checked = true;
}

// --- DTLS ---------------------------------------------------------------------------------------

static bool is_expected_server(const struct rtc_client *client)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    char text[97];
    unsigned len = 0;
    X509 *x509 = SSL_get1_peer_certificate(client->ssl);
    bool right = x509 && X509_digest(x509, EVP_sha256(), digest, &len) && len == 32;
    X509_free(x509);
    for (unsigned i = 0; right && i < len; i++)
        snprintf(text + 3 * i, 4, i + 1 < len ? "%02X:" : "%02X", digest[i]);
    return right && strcasecmp(text, client->answer.fingerprint) == 0;
}

static int take_keys(struct rtc_client *client)
{
    static const char label[] = "EXTRACTOR-dtls_srtp";
    uint8_t bytes[2 * (SRTP_KEY_MAX + SRTP_SALT_MAX)];
    const SRTP_PROTECTION_PROFILE *chosen = SSL_get_selected_srtp_profile(client->ssl);
    if (!chosen || !is_expected_server(client))
        return EPROTO;
    enum srtp_profile profile = (enum srtp_profile)chosen->id;
    size_t key = srtp_key_len(profile), salt = srtp_salt_len(profile);
    if (SSL_export_keying_material(client->ssl, bytes, 2 * (key + salt), label, strlen(label), NULL,
                                   0, 0) != 1)
        return EPROTO;
    int err = srtp_out_alloc(&client->out, profile, bytes, bytes + 2 * key);
    return err ? err : srtp_in_alloc(&client->in, profile, bytes + key, bytes + 2 * key + salt);
}

static void step_tls(struct rtc_client *client)
{
    uint8_t waste[DATAGRAM_MAX];
    ERR_clear_error();
    if (!client->connected) {
        DTLSv1_handle_timeout(client->ssl);
        int result = SSL_do_handshake(client->ssl);
        if (result == 1 && take_keys(client) == 0)
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

int rtc_client_receive(struct rtc_client *client, int64_t now_us)
{
    uint8_t data[16384];
    client->now_us = now_us;
    int err = client->config.tcp ? flush_queue(client) : 0;
    while (!err) {
        ssize_t got = recv(client->fd, data, sizeof(data), MSG_DONTWAIT);
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
    struct rtc_stream *stream = rtc_stream_of(client->streams, get_u32(packet + 8),
                                              get_u16(packet + 2));
    if (!stream)
        return EMSGSIZE;
    memcpy(out, packet, header_len);
    uint64_t index = rtc_stream_index(stream, get_u16(packet + 2));
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

// --- facts --------------------------------------------------------------------------------------

const char *rtc_client_offer(const struct rtc_client *client)
{
    return client->offer;
}

int rtc_client_fd(const struct rtc_client *client)
{
    return client->fd;
}

bool rtc_client_wants_write(const struct rtc_client *client)
{
    return client->queued > 0;
}

bool rtc_client_checked(const struct rtc_client *client)
{
    return client->checked;
}

bool rtc_client_connected(const struct rtc_client *client)
{
    return client->connected && !client->closed;
}

bool rtc_client_closed(const struct rtc_client *client)
{
    return client->closed;
}

uint32_t rtc_client_audio_ssrc(const struct rtc_client *client)
{
    return client->audio_ssrc;
}

uint32_t rtc_client_video_ssrc(const struct rtc_client *client)
{
    return client->video_ssrc;
}

uint32_t rtc_client_rtx_ssrc(const struct rtc_client *client)
{
    return client->rtx_ssrc;
}

struct rtc_client_stats rtc_client_stats(const struct rtc_client *client)
{
    return client->stats;
}
