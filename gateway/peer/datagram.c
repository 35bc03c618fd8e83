#include "gateway/peer/datagram.h"

#include <openssl/bio.h>
#include <string.h>

// Any number that OpenSSL itself does not use; nothing ever looks for it.
#define DATAGRAM_TYPE (BIO_TYPE_SOURCE_SINK | 255)

static int read_datagram(BIO *bio, char *to, int size)
{
    struct datagram *datagram = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (!datagram->data) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t len = datagram->len < (size_t)size ? datagram->len : (size_t)size;
    memcpy(to, datagram->data, len);
    datagram->data = NULL;
    return (int)len;
}

static int write_datagram(BIO *bio, const char *data, int len)
{
    struct datagram *datagram = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    datagram->send(datagram->arg, (const uint8_t *)data, (size_t)len);
    return len;
}

static long control(BIO *bio, int cmd, long num, void *ptr)
{
    (void)bio;
    (void)num;
    (void)ptr;
    return cmd == BIO_CTRL_FLUSH;
}

BIO_METHOD *datagram_method_alloc(void)
{
    BIO_METHOD *method = BIO_meth_new(DATAGRAM_TYPE, "datagram");
    if (!method)
        return NULL;
    BIO_meth_set_read(method, read_datagram);
    BIO_meth_set_write(method, write_datagram);
    BIO_meth_set_ctrl(method, control);
    return method;
}

BIO *datagram_bio_alloc(const BIO_METHOD *method, struct datagram *datagram)
{
    BIO *bio = BIO_new(method);
    if (!bio)
        return NULL;
    BIO_set_data(bio, datagram);
    BIO_set_init(bio, 1);
    return bio;
}
