#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A DTLS client as a browser is one, without a socket: what it sends goes to a handler.

struct dtls_client;

struct dtls_client_options {
    const char *profiles; // of use_srtp; NULL for all three, AES-CM first; "" for none
    const char *ciphers;  // NULL for OpenSSL's
    int max_version;      // 0 for the newest
    bool server;          // the passive side, which asks for a certificate
    bool no_certificate;
    bool rsa;       // an RSA certificate: bigger than ECDSA's
    bool big_hello; // a ClientHello of more than 1200 bytes
    unsigned mtu;   // 0 for 1200
    void (*send)(void *arg, const uint8_t *data, size_t len);
    void *arg;
};

struct dtls_client *dtls_client_open(const struct dtls_client_options *options);
void dtls_client_close(struct dtls_client *client);

// Starts, or goes on with, the handshake; sends again what was lost when it is time.
void dtls_client_step(struct dtls_client *client);
void dtls_client_receive(struct dtls_client *client, const uint8_t *data, size_t len);
bool dtls_client_connected(const struct dtls_client *client);
// The other side said close_notify.
bool dtls_client_was_closed(const struct dtls_client *client);
// The last alert that came: its level and description in one number, 0 for none.
int dtls_client_alert(const struct dtls_client *client);
void dtls_client_shutdown(struct dtls_client *client);
void dtls_client_say(struct dtls_client *client, const char *text);
void dtls_client_renegotiate(struct dtls_client *client);

// Digest of its certificate by "sha-256", "sha-384", "sha-512"; returns the length.
size_t dtls_client_digest(const struct dtls_client *client, const char *hash, uint8_t *digest);
// RFC 5764 section 4.2: the keying material, and the profile's number (0 for none).
unsigned dtls_client_export(const struct dtls_client *client, uint8_t *material, size_t len);
const char *dtls_client_cipher(const struct dtls_client *client);
