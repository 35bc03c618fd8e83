#include "gateway/base/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/ice_server.h"
#include "gateway/base/mem.h"
#include "gateway/base/text.h"

#define AT(member) offsetof(struct options, member)

const struct option options_table[] = {
    {"http.listen", OPTION_ADDR, AT(http_listen), "127.0.0.1:8080",
     .help = "plain HTTP, for this machine only; empty: none"},
    {"https.listen", OPTION_ADDR, AT(https_listen), ":8443",
     .help = "pages, REST, WebSocket, WHIP, WHEP; empty: none"},
    {"https.certificate", OPTION_TEXT, AT(https_certificate), "", .max = 4096,
     .help = "PEM file, read again when it changes; empty: self-signed in data_dir"},
    {"https.key", OPTION_TEXT, AT(https_key), "", .max = 4096,
     .help = "PEM file of the certificate's key; empty: self-signed in data_dir"},
    {"media.port", OPTION_NUMBER, AT(media_port), "8801", .max = 65535,
     .help = "first UDP and TCP port of media, one a shard; 0: any"},
    {"media.address", OPTION_TEXT, AT(media_address), "", .max = 1024,
     .help = "addresses to advertise, with commas; empty: those of this machine"},
    {"media.listen", OPTION_TEXT, AT(media_listen4), "0.0.0.0", .max = 64,
     .help = "IPv4 address to bind for media; empty: none"},
    {"media.listen6", OPTION_TEXT, AT(media_listen6), "::", .max = 64,
     .help = "IPv6 address to bind for media; empty: none"},
    {"media.shards", OPTION_NUMBER, AT(media_shards), "0", .max = 64,
     .help = "media threads; 0: one a core"},
    {"media.sessions_max", OPTION_NUMBER, AT(media_sessions_max), "5000", .min = 1, .max = 100000,
     .help = "publishing and watching sessions at once; more get 503"},
    {"media.ice", OPTION_CHOICE, AT(media_ice), "lite", .choices = "lite|full",
     .help = "full: for a gateway behind a NAT whose ports nobody forwards; costs more a session"},
    {"media.stun", OPTION_TEXT, AT(media_stun), "", .max = 300,
     .help = "the gateway's own STUN server, such as stun:stun.example:3478, for media.ice: full "
             "and for links to other servers; empty: none"},
    {"media.turn", OPTION_TEXT, AT(media_turn), "", .max = 300,
     .help = "the gateway's own TURN server, such as turn:turn.example:3478?transport=udp, with "
             "turn.secret; empty: none"},
    {"turn.urls", OPTION_TEXT, AT(ice_servers), "", .max = 1024,
     .help = "stun:, turn: and turns: servers told to clients, with commas, such as "
             "turn:turn.example:3478?transport=udp; empty: none"},
    {"turn.secret", OPTION_TEXT, AT(turn_secret), "", .max = 256,
     .help = "shared with the TURN server (coturn: use-auth-secret, static-auth-secret)"},
    {"limits.media_rate", OPTION_NUMBER, AT(limit_media_rate), "200", .max = 100000,
     .help = "WHIP and WHEP requests a second from one address; 0: no limit"},
    {"limits.per_address", OPTION_NUMBER, AT(limit_per_address), "200", .min = 1, .max = 100000,
     .help = "HTTP connections at once from one address (this machine is free)"},
    {"data_dir", OPTION_TEXT, AT(data_dir), "var", .max = 1024,
     .help = "database, keys, certificate, recordings"},
    {"web_dir", OPTION_TEXT, AT(web_dir), "build/web", .max = 1024, .help = "the built pages"},
    {"holidays_dir", OPTION_TEXT, AT(holidays_dir), "configs/holidays", .max = 1024,
     .help = "official holidays and days worked for them, YYYY.txt each; read again by reload"},
    {"limitations_file", OPTION_TEXT, AT(limitations_file), "configs/limitations.txt", .max = 1024,
     .help = "when rights are lost: the law's periods; read again by reload"},
    {"database.url", OPTION_TEXT, AT(database_url), "", .max = 1024,
     .help = "sqlite:PATH; empty: banyan.db in data_dir"},
    {"admin.socket", OPTION_TEXT, AT(admin_socket), "", .max = 100,
     .help = "where banyanctl finds the gateway; empty: admin.sock in data_dir"},
    {"pipelines.program", OPTION_TEXT, AT(pipeline_program), "", .max = 1024,
     .help = "empty: banyan-pipeline beside the gateway"},
    {"links.file", OPTION_TEXT, AT(links_file), "", .max = 1024,
     .help =
         "JSON file of pulls from and pushes to other servers, made at every start; empty: none"},
    {"clinic.hold_s", OPTION_NUMBER, AT(clinic_hold_s), "180", .min = 10, .max = 900,
     .help = "a lawyer or a booth that is lost in a call is held so long, then the next is asked"},
    {"clinic.wait_offer_s", OPTION_NUMBER, AT(clinic_wait_offer_s), "300", .max = 14400,
     .help = "after this wait the booth offers to leave a message or wish for an appointment"},
    {"clinic.appointment_lead_s", OPTION_NUMBER, AT(clinic_appointment_lead_s), "900", .max = 7200,
     .help = "so long before an appointment its lawyer is offered nobody else, and so long after "
             "its beginning he waits for who is late; 0: he is offered everybody"},
    {"retention.records_days", OPTION_NUMBER, AT(retention_records), "1095", .min = 365,
     .max = 36500, .help = "bodies of consultations' records are kept so long after them"},
    {"retention.consents_days", OPTION_NUMBER, AT(retention_consents), "2190", .min = 365,
     .max = 36500,
     .help =
         "what was agreed to is kept so long after the consultation, and as long as its record"},
    {"retention.recordings_days", OPTION_NUMBER, AT(retention_recordings), "30", .min = 1,
     .max = 1095, .help = "recordings of consultations"},
    {"retention.messages_days", OPTION_NUMBER, AT(retention_messages), "180", .min = 30,
     .max = 1095,
     .help =
         "phone numbers left at booths, after somebody has called, and whose appointment it was, "
         "after it was over"},
    {"retention.queue_days", OPTION_NUMBER, AT(retention_queue), "180", .min = 30, .max = 1095,
     .help = "what is in the queue's rows beside what is counted; notes of tasks that are done"},
    {"retention.persons_days", OPTION_NUMBER, AT(retention_persons), "400", .min = 30, .max = 1095,
     .help = "by what somebody is known who comes again: a hash of his telephone number"},
    {"retention.events_days", OPTION_NUMBER, AT(retention_events), "30", .min = 1, .max = 180,
     .help = "what pages are told again when they come back"},
    {"recording.rooms", OPTION_TEXT, AT(recording_rooms), "", .max = 64,
     .help = "rooms to record into data_dir/recordings, a glob (lecture-*); empty: none. A "
             "consultation (c-...) is recorded only while everybody in it agrees"},
    {"records.key_file", OPTION_TEXT, AT(record_key_file), "", .max = 1024,
     .help = "wraps the keys of consultations' records, 32 bytes, nobody else's to read; empty: "
             "record.key in data_dir. Not in a backup: keep a copy elsewhere"},
    {"demo.lecture", OPTION_TEXT, AT(demo_lecture), "", .max = 1024,
     .help = "media file played in a loop into the room lecture-demo; empty: none"},
    {"demo.people", OPTION_BOOL, AT(demo_people), "false",
     .help = "make a demo centre with a booth, lawyers, a hall and a member"},
    {"log.level", OPTION_CHOICE, AT(log_level), "info", .choices = "error|warn|info|debug",
     .help = "how much is written to standard error"},
};
const size_t options_count = sizeof(options_table) / sizeof(options_table[0]);

// An option left empty gets a file in data_dir.
static int fill(char **value, const char *format, const char *data_dir)
{
    if (**value)
        return 0;
        // The formats are the constants below.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    char *text = mem_printf(format, data_dir);
#pragma GCC diagnostic pop
    if (!text)
        return ENOMEM;
    mem_free(*value);
    *value = text;
    return 0;
}

static int check_own_servers(const struct options *options, struct option_error *error)
{
    struct ice_server server;
    const char *wrong = NULL;
    if (ice_server_parse_stun(&server, options->media_stun))
        wrong = "media.stun: expected stun:HOST or stun:HOST:PORT";
    else if (ice_server_parse_turn(&server, options->media_turn))
        wrong = "media.turn: expected turn:HOST:PORT?transport=udp or tcp, or turns:HOST:PORT";
    else if (server.host[0] && !*options->turn_secret)
        wrong = "turn.secret: expected what media.turn has as static-auth-secret";
    if (wrong)
        text_copy(error->text, sizeof(error->text), wrong);
    return wrong ? EINVAL : 0;
}

// A browser makes no connection at all when one of the servers it is told is none.
static int check_servers(const struct options *options, struct option_error *error)
{
    static const char *const schemes[] = {"stun:", "stuns:", "turn:", "turns:"};
    for (const char *url = options->ice_servers; *(url += strspn(url, ", "));) {
        size_t i = 0, len = strcspn(url, ", ");
        while (i < 4 && strncmp(url, schemes[i], strlen(schemes[i])) != 0)
            i++;
        if (i == 4 || len == strlen(schemes[i])) {
            snprintf(error->text, sizeof(error->text),
                     "turn.urls: %.*s: expected stun:, stuns:, turn: or turns: and a host",
                     (int)len, url);
            return EINVAL;
        }
        if (schemes[i][0] == 't' && !*options->turn_secret) {
            text_copy(error->text, sizeof(error->text),
                      "turn.secret: expected what turn.urls' server has as static-auth-secret");
            return EINVAL;
        }
        url += len;
    }
    return 0;
}

int options_read(struct options *options, const char *file, struct option_error *error)
{
    memset(options, 0, sizeof(*options));
    int err = option_defaults(options_table, options_count, options);
    if (!err && file)
        err = option_load(options_table, options_count, options, file, error);
    if (!err)
        err = check_own_servers(options, error);
    if (!err)
        err = check_servers(options, error);
    if (!err)
        err = fill(&options->https_certificate, "%s/tls/certificate.pem", options->data_dir);
    if (!err)
        err = fill(&options->https_key, "%s/tls/key.pem", options->data_dir);
    if (!err)
        err = fill(&options->database_url, "sqlite:%s/banyan.db", options->data_dir);
    if (!err)
        err = fill(&options->admin_socket, "%s/admin.sock", options->data_dir);
    if (!err)
        err = fill(&options->record_key_file, "%s/record.key", options->data_dir);
    if (err == ENOMEM)
        text_copy(error->text, sizeof(error->text), "out of memory");
    if (err)
        options_release(options);
    return err;
}

void options_release(struct options *options)
{
    option_release(options_table, options_count, options);
}
