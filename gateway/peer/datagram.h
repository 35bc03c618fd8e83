#pragma once
#include <openssl/bio.h>
#include <stddef.h>
#include <stdint.h>

// An OpenSSL BIO whose reads and writes are whole datagrams: DTLS without a socket. A datagram lies
// ready until it is read once; each write goes out at once. One thread a BIO.

typedef void datagram_send(void *arg, const uint8_t *data, size_t len);

// Embedded in the owner of the BIO, who keeps it as long as the BIO.
struct datagram {
    const uint8_t *data; // to be read next; NULL for none
    size_t len;
    datagram_send *send;
    void *arg;
};

// The kind of BIO, shared by any number of them and threads; freed with BIO_meth_free(). NULL when
// memory is short.
BIO_METHOD *datagram_method_alloc(void);
// NULL when memory is short.
BIO *datagram_bio_alloc(const BIO_METHOD *method, struct datagram *datagram);
