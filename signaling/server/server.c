#include "signaling/server/server.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "signaling/server/conn.h"
#include "signaling/server/hosted.h"
#include "signaling/server/listener.h"
#include "signaling/server/statics.h"
#include "signaling/server/tls.h"

#define SWEEP_MS 250 // how exactly deadlines are kept

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len);

// rx_buffer_size limits one write, too.
static const struct lws_protocols protocols[] = {
    {.name = "banyan", .callback = on_event, .rx_buffer_size = WRITE_MAX},
    {.name = NULL},
};

static int on_certificates(struct lws *wsi, SSL_CTX *ctx)
{
    struct server *server = lws_context_user(lws_get_context(wsi));
    server->ssl = ctx;
    return tls_harden(ctx) || tls_load(server, ctx);
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len)
{
    struct conn *conn;
    switch (reason) {
    case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
        return on_certificates(wsi, user);
    case LWS_CALLBACK_RAW_RX:
        conn = lws_get_opaque_user_data(wsi);
        lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0); // deadlines are ours
        conn_receive(conn, in, len);
        return conn->state == CONN_DEAD ? -1 : 0;
    case LWS_CALLBACK_RAW_WRITEABLE:
        conn = lws_get_opaque_user_data(wsi);
        return conn_writable(conn) ? -1 : 0;
    case LWS_CALLBACK_RAW_CLOSE:
        conn = lws_get_opaque_user_data(wsi);
        if (conn && !conn->adopting)
            conn_free(conn);
        lws_set_opaque_user_data(wsi, NULL);
        return 0;
    default:
        return 0;
    }
}

static void bury_doomed(struct server *server)
{
    while (!list_empty(&server->doomed)) {
        struct conn *conn = container_of(server->doomed.next, struct conn, doomed);
        list_remove(&conn->doomed);
        lws_set_timeout(conn->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC); // frees it
    }
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct server *server = prepare->data;
    bury_doomed(server);
    hosted_arm(server->hosted);
}

static void on_sweep(uv_timer_t *timer)
{
    struct server *server = timer->data;
    struct list *pos, *tmp;
    int64_t now_us = clock_us();
    list_each(pos, tmp, &server->conns) conn_tick(container_of(pos, struct conn, link), now_us);
    listener_retry(server);
    tls_look(server, now_us);
}

static void set_defaults(struct server_config *c)
{
    c->body_max = c->body_max ? c->body_max : 1 << 20;
    c->message_max = c->message_max ? c->message_max : 64 << 10;
    c->send_queue_max = c->send_queue_max ? c->send_queue_max : 1 << 20;
    c->connections_max = c->connections_max ? c->connections_max : 20000;
    c->per_address_max = c->per_address_max ? c->per_address_max : 200;
    c->websockets_max = c->websockets_max ? c->websockets_max : 10000;
    c->head_s = c->head_s ? c->head_s : 10;
    c->body_s = c->body_s ? c->body_s : 20;
    c->idle_s = c->idle_s ? c->idle_s : 30;
    c->ping_s = c->ping_s ? c->ping_s : 20;
}

// The texts of the configuration are the caller's only during server_alloc().
static int copy_config(struct server *server, const struct server_config *config)
{
    struct server_config *own = &server->config;
    *own = *config;
    set_defaults(own);
    own->http_listen = own->https_listen = own->static_dir = own->own_dir = NULL;
    own->certificate_file = mem_strdup(config->certificate_file);
    own->key_file = mem_strdup(config->key_file);
    bool tls = config->https_listen && *config->https_listen;
    if (tls && (!config->certificate_file || !config->key_file)) {
        log_error("http", "https.listen needs https.certificate and https.key");
        return EINVAL;
    }
    return tls && (!own->certificate_file || !own->key_file) ? ENOMEM : 0;
}

static int start_lws(struct server *server)
{
    void *loops[] = {&server->uv};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .protocols = protocols,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
        .foreign_loops = loops,
        .user = server,
        .pt_serv_buf_size = READ_MAX,
        .timeout_secs = server->config.head_s,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
    };
    lws_set_log_level(0, NULL);
    server->lws = lws_create_context(&info);
    if (!server->lws) {
        log_error("http", "libwebsockets does not start (is libwebsockets-evlib-uv installed?)");
        return EINVAL;
    }
    return 0;
}

static int add_vhost(struct server *server, bool tls, struct lws_vhost **vhostp)
{
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .vhost_name = tls ? "tls" : "plain",
        .protocols = protocols,
        .alpn = "http/1.1",
        .options = tls ? LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX |
                             LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS |
                             LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT
                       : 0,
        .timeout_secs = server->config.head_s,
    };
    *vhostp = lws_create_vhost(server->lws, &info);
    return *vhostp ? 0 : EINVAL;
}

static int start_uv(struct server *server, struct loop *loop)
{
    if (uv_timer_init(&server->uv, &server->sweep) ||
        uv_prepare_init(&server->uv, &server->prepare))
        return EINVAL;
    server->sweep.data = server->prepare.data = server;
    uv_timer_start(&server->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    uv_prepare_start(&server->prepare, on_prepare);
    return loop ? hosted_alloc(&server->hosted, &server->uv, loop) : 0;
}

static int open_all(struct server *server, const struct server_config *config)
{
    bool tls = config->https_listen && *config->https_listen;
    int err = start_lws(server);
    if (!err)
        err = add_vhost(server, false, &server->plain);
    if (!err && tls)
        err = tls_load(server, NULL);
    if (!err && tls)
        err = add_vhost(server, true, &server->secure);
    if (!err)
        err = listener_open(server, config->http_listen, false);
    if (!err)
        err = listener_open(server, config->https_listen, true);
    return err;
}

// Most operators have no files of their own.
static int read_files(struct server *server, const struct server_config *config)
{
    int err = config->own_dir ? static_alloc(&server->own, config->own_dir) : ENOENT;
    if (err == ENOENT)
        err = static_alloc(&server->own, NULL);
    if (err)
        return err;
    err = config->static_dir ? static_alloc(&server->statics, config->static_dir) : 0;
    if (err)
        log_error("http", "web_dir: %s: %s", config->static_dir, strerror(err));
    return err;
}

int server_alloc(struct server **serverp, const struct server_config *config,
                 const struct server_handlers *handlers, void *arg, struct loop *loop)
{
    int err;
    if (!serverp || !config || !handlers)
        return EINVAL;
    struct server *server = mem_zalloc(sizeof(*server));
    if (!server)
        return ENOMEM;
    list_init(&server->conns);
    list_init(&server->doomed);
    server->handlers = handlers;
    server->arg = arg;
    if (uv_loop_init(&server->uv)) {
        mem_free(server);
        return ENOMEM;
    }
    err = start_uv(server, loop);
    if (!err)
        err = copy_config(server, config);
    if (!err)
        err = read_files(server, config);
    if (!err)
        err = open_all(server, config);
    if (err)
        server_free(server);
    else
        *serverp = server;
    return err;
}

int server_put_own(struct server *server, const char *path, const void *bytes, size_t len)
{
    if (bytes)
        return static_put(server->own, path, bytes, len);
    static_remove(server->own, path);
    return 0;
}

bool server_has_own(const struct server *server, const char *path)
{
    return static_find(server->own, path) != NULL;
}

void server_run(struct server *server)
{
    uv_run(&server->uv, UV_RUN_DEFAULT);
}

void server_stop(struct server *server)
{
    uv_stop(&server->uv);
}

static void say_goodbye(struct conn *conn)
{
    if (conn->state == CONN_WS) {
        ws_close(conn->ws, WS_CLOSE_GOING_AWAY, "stopping");
    }
    if (conn->queued)
        conn_flush(conn);
    conn_doom(conn);
}

void server_free(struct server *server)
{
    struct list *pos, *tmp;
    if (!server)
        return;
    server->ending = true;
    listener_close_all(server);
    list_each(pos, tmp, &server->conns) say_goodbye(container_of(pos, struct conn, link));
    bury_doomed(server);
    hosted_close(server->hosted);
    if (server->sweep.data) {
        uv_close((uv_handle_t *)&server->sweep, NULL);
        uv_close((uv_handle_t *)&server->prepare, NULL);
    }
    if (server->lws)
        lws_context_destroy(server->lws);
    uv_run(&server->uv, UV_RUN_DEFAULT);
    if (server->lws)
        lws_context_destroy(server->lws);
    uv_loop_close(&server->uv);
    map_free(server->peers);
    static_free(server->own);
    static_free(server->statics);
    mem_free((void *)(uintptr_t)server->config.certificate_file);
    mem_free((void *)(uintptr_t)server->config.key_file);
    mem_free(server);
}

unsigned server_http_port(const struct server *server)
{
    return server->ports[0];
}

unsigned server_https_port(const struct server *server)
{
    return server->ports[1];
}

struct server_counts server_counts(const struct server *server)
{
    return server->counts;
}
