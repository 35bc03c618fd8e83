#include "gateway/packet/sdp_parse.h"

// ICE and DTLS: ufrag, pwd, options, setup, fingerprint, candidate.

static struct sdp_ice *ice_of(struct sdp_parser *p)
{
    return p->media ? &p->media->ice : &p->sdp->ice;
}

int sdp_read_ufrag(struct sdp_parser *p, struct slice value)
{
    if (!sdp_is_ice(value, 4, 256))
        return sdp_bad(p, "must be 4 to 256 letters, digits, + or /");
    ice_of(p)->ufrag = value;
    return 0;
}

int sdp_read_pwd(struct sdp_parser *p, struct slice value)
{
    if (!sdp_is_ice(value, 22, 256))
        return sdp_bad(p, "must be 22 to 256 letters, digits, + or /");
    ice_of(p)->pwd = value;
    return 0;
}

int sdp_read_options(struct sdp_parser *p, struct slice value)
{
    if (!value.p)
        return sdp_bad(p, "must have a value");
    ice_of(p)->options = slice_trim(value);
    return 0;
}

int sdp_read_setup(struct sdp_parser *p, struct slice value)
{
    static const struct {
        const char *name;
        enum sdp_setup setup;
    } table[] = {{"actpass", SDP_SETUP_ACTPASS},
                 {"active", SDP_SETUP_ACTIVE},
                 {"passive", SDP_SETUP_PASSIVE},
                 {"holdconn", SDP_SETUP_HOLDCONN}};
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (!slice_is(value, table[i].name))
            continue;
        ice_of(p)->setup = table[i].setup;
        return 0;
    }
    return sdp_bad(p, "must be actpass, active, passive or holdconn");
}

// --- fingerprint, RFC 8122 section 5 ------------------------------------------------------------

// Bytes of a digest; 0 for a hash we do not know, which may have any length.
static size_t digest_len(struct slice hash)
{
    static const struct {
        const char *name;
        size_t len;
    } table[] = {{"sha-1", 20},   {"sha-224", 28}, {"sha-256", 32}, {"sha-384", 48},
                 {"sha-512", 64}, {"md5", 16},     {"md2", 16}};
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (slice_is_nocase(hash, table[i].name))
            return table[i].len;
    return 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex_byte(struct slice pair, uint8_t *byte)
{
    if (pair.len != 2)
        return false;
    int high = hex_digit(pair.p[0]);
    int low = hex_digit(pair.p[1]);
    if (high < 0 || low < 0)
        return false;
    *byte = (uint8_t)(high << 4 | low);
    return true;
}

static bool read_digest(struct sdp_fingerprint *to, struct slice text)
{
    size_t expected = digest_len(to->hash);
    while (text.p) {
        if (to->len == SDP_FINGERPRINT_LEN ||
            !read_hex_byte(slice_cut(&text, ':'), &to->bytes[to->len]))
            return false;
        to->len++;
    }
    return to->len > 0 && (expected == 0 || to->len == expected);
}

int sdp_read_fingerprint(struct sdp_parser *p, struct slice value)
{
    struct sdp_ice *ice = ice_of(p);
    struct sdp_fingerprint fingerprint = {.hash = slice_word(&value)};
    if (!fingerprint.hash.p || !read_digest(&fingerprint, slice_trim(value)))
        return sdp_bad(p, "must be a hash and its digest in hex, parted by colons");
    if (ice->fingerprint_count == SDP_FINGERPRINTS_MAX)
        return sdp_fail(&p->reader, EMSGSIZE, "more than 4 in one section");
    ice->fingerprints[ice->fingerprint_count++] = fingerprint;
    return 0;
}

// --- candidate, RFC 8839 section 5.1 ------------------------------------------------------------

static enum sdp_transport transport_of(struct slice text)
{
    if (slice_is_nocase(text, "udp"))
        return SDP_TRANSPORT_UDP;
    return slice_is_nocase(text, "tcp") ? SDP_TRANSPORT_TCP : SDP_TRANSPORT_OTHER;
}

static enum sdp_candidate_type type_of(struct slice text)
{
    static const char *const names[] = {"", "host", "srflx", "prflx", "relay"};
    for (unsigned i = SDP_CANDIDATE_HOST; i <= SDP_CANDIDATE_RELAY; i++)
        if (slice_is(text, names[i]))
            return (enum sdp_candidate_type)i;
    return SDP_CANDIDATE_OTHER;
}

static enum sdp_tcptype tcptype_of(struct slice text)
{
    static const char *const names[] = {"", "active", "passive", "so"};
    for (unsigned i = SDP_TCPTYPE_ACTIVE; i <= SDP_TCPTYPE_SO; i++)
        if (slice_is(text, names[i]))
            return (enum sdp_tcptype)i;
    return SDP_TCPTYPE_NONE;
}

// Name and value in turn behind the type: raddr, rport, tcptype, generation, ufrag, network-cost...
static const char *read_pairs(struct sdp_candidate *c, struct slice rest)
{
    struct slice name;
    uint64_t port;
    while ((name = slice_word(&rest)).p) {
        struct slice value = slice_word(&rest);
        if (!value.p)
            return "ends with a name that has no value";
        if (slice_is(name, "rport") && slice_number(value, 0, UINT16_MAX, &port))
            return "rport must be a number of 0 to 65535";
        if (slice_is(name, "tcptype"))
            c->tcptype = tcptype_of(value);
    }
    return NULL;
}

static const char *read_candidate(struct sdp_candidate *c, struct slice rest)
{
    uint64_t component;
    uint64_t priority;
    uint64_t port;
    c->foundation = slice_word(&rest);
    if (!sdp_is_ice(c->foundation, 1, 32))
        return "foundation must be 1 to 32 letters, digits, + or /";
    if (slice_number(slice_word(&rest), 1, 256, &component))
        return "component must be 1 to 256";
    struct slice transport = slice_word(&rest);
    if (slice_number(slice_word(&rest), 1, INT32_MAX, &priority))
        return "priority must be 1 to 2147483647";
    c->address = slice_word(&rest);
    if (!sdp_is_token(c->address))
        return "address must be a word";
    if (slice_number(slice_word(&rest), 0, UINT16_MAX, &port))
        return "port must be a number of 0 to 65535";
    if (!slice_is(slice_word(&rest), "typ"))
        return "must say typ after the port";
    struct slice type = slice_word(&rest);
    if (!type.p)
        return "must say its type";
    c->component = (uint16_t)component;
    c->transport = transport_of(transport);
    c->priority = (uint32_t)priority;
    c->port = (uint16_t)port;
    c->type = type_of(type);
    return read_pairs(c, rest);
}

int sdp_candidate_parse(struct sdp_candidate *candidate, struct slice value, const char **why)
{
    *candidate = (struct sdp_candidate){0};
    *why = read_candidate(candidate, value);
    return *why ? EBADMSG : 0;
}

int sdp_read_candidate(struct sdp_parser *p, struct slice value)
{
    struct sdp_media *media = p->media;
    struct sdp_candidate candidate;
    const char *why;
    if (sdp_candidate_parse(&candidate, value, &why))
        return sdp_bad(p, why);
    if (media->candidate_count < SDP_CANDIDATES_MAX)
        media->candidates[media->candidate_count++] = candidate;
    return 0;
}
