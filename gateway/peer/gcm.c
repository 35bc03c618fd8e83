#include "gateway/peer/gcm.h"

#include <errno.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <string.h>

#include "gateway/base/mem.h"

struct gcm {
    EVP_CIPHER *cipher; // keeps the provider and its functions
    void *ctx;          // the provider's
    OSSL_FUNC_cipher_newctx_fn *newctx;
    OSSL_FUNC_cipher_freectx_fn *freectx;
    OSSL_FUNC_cipher_encrypt_init_fn *init; // or decrypt_init: of the same type
    OSSL_FUNC_cipher_cipher_fn *cipher_text;
    OSSL_FUNC_cipher_get_ctx_params_fn *get;
    OSSL_FUNC_cipher_set_ctx_params_fn *set;
};

static void take_function(struct gcm *gcm, const OSSL_DISPATCH *row, bool encrypt)
{
    switch (row->function_id) {
    case OSSL_FUNC_CIPHER_NEWCTX:
        gcm->newctx = OSSL_FUNC_cipher_newctx(row);
        break;
    case OSSL_FUNC_CIPHER_FREECTX:
        gcm->freectx = OSSL_FUNC_cipher_freectx(row);
        break;
    case OSSL_FUNC_CIPHER_ENCRYPT_INIT:
        if (encrypt)
            gcm->init = OSSL_FUNC_cipher_encrypt_init(row);
        break;
    case OSSL_FUNC_CIPHER_DECRYPT_INIT:
        if (!encrypt)
            gcm->init = OSSL_FUNC_cipher_decrypt_init(row);
        break;
    case OSSL_FUNC_CIPHER_CIPHER:
        gcm->cipher_text = OSSL_FUNC_cipher_cipher(row);
        break;
    case OSSL_FUNC_CIPHER_GET_CTX_PARAMS:
        gcm->get = OSSL_FUNC_cipher_get_ctx_params(row);
        break;
    case OSSL_FUNC_CIPHER_SET_CTX_PARAMS:
        gcm->set = OSSL_FUNC_cipher_set_ctx_params(row);
        break;
    default:
        break;
    }
}

// A provider's row may have several names: "AES-128-GCM:id-aes128-GCM:...".
static bool has_name(const OSSL_ALGORITHM *row, const EVP_CIPHER *cipher)
{
    const char *name = EVP_CIPHER_get0_name(cipher);
    size_t len = strlen(name);
    for (const char *at = row->algorithm_names; at; at = strchr(at, ':')) {
        at += *at == ':';
        if (strncasecmp(at, name, len) == 0 && (at[len] == ':' || at[len] == 0))
            return true;
    }
    return false;
}

static int find_functions(struct gcm *gcm, bool encrypt)
{
    const OSSL_PROVIDER *provider = EVP_CIPHER_get0_provider(gcm->cipher);
    int no_store = 0;
    const OSSL_ALGORITHM *rows = OSSL_PROVIDER_query_operation(provider, OSSL_OP_CIPHER, &no_store);
    for (const OSSL_ALGORITHM *row = rows; row && row->algorithm_names; row++)
        if (has_name(row, gcm->cipher)) {
            for (const OSSL_DISPATCH *at = row->implementation; at->function_id; at++)
                take_function(gcm, at, encrypt);
            break;
        }
    OSSL_PROVIDER_unquery_operation(provider, OSSL_OP_CIPHER, rows);
    bool all = gcm->newctx && gcm->freectx && gcm->init && gcm->cipher_text && gcm->get && gcm->set;
    return all ? 0 : ENOTSUP;
}

static int begin(struct gcm *gcm, const uint8_t *key, size_t key_len)
{
    const OSSL_PROVIDER *provider = EVP_CIPHER_get0_provider(gcm->cipher);
    gcm->ctx = gcm->newctx(OSSL_PROVIDER_get0_provider_ctx(provider));
    if (!gcm->ctx)
        return ENOMEM;
    return gcm->init(gcm->ctx, key, key_len, NULL, 0, NULL) == 1 ? 0 : ENOMEM;
}

int gcm_alloc(struct gcm **gcmp, const uint8_t *key, size_t key_len, bool encrypt)
{
    if (!gcmp || !key || (key_len != 16 && key_len != 32))
        return EINVAL;
    struct gcm *gcm = mem_zalloc(sizeof(*gcm));
    if (!gcm)
        return ENOMEM;
    gcm->cipher = EVP_CIPHER_fetch(NULL, key_len == 32 ? "AES-256-GCM" : "AES-128-GCM", NULL);
    int err = gcm->cipher ? find_functions(gcm, encrypt) : ENOTSUP;
    if (!err)
        err = begin(gcm, key, key_len);
    if (err)
        gcm_free(gcm);
    else
        *gcmp = gcm;
    return err;
}

void gcm_free(struct gcm *gcm)
{
    if (!gcm)
        return;
    if (gcm->ctx)
        gcm->freectx(gcm->ctx);
    EVP_CIPHER_free(gcm->cipher);
    mem_free(gcm);
}

// The provider reads `in` without `out` as what is only authenticated, neither of them as the end.
static bool run(const struct gcm *gcm, const struct gcm_text *text)
{
    size_t n;
    for (unsigned i = 0; i < 2; i++)
        if (text->clear_len[i] && gcm->cipher_text(gcm->ctx, NULL, &n, text->clear_len[i],
                                                   text->clear[i], text->clear_len[i]) != 1)
            return false;
    if (text->len && gcm->cipher_text(gcm->ctx, text->out, &n, text->len, text->in, text->len) != 1)
        return false;
    return gcm->cipher_text(gcm->ctx, NULL, &n, 0, NULL, 0) == 1;
}

bool gcm_seal(struct gcm *gcm, const uint8_t iv[GCM_IV_LEN], const struct gcm_text *text,
              uint8_t tag[GCM_TAG_LEN])
{
    OSSL_PARAM wanted[] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, GCM_TAG_LEN),
        OSSL_PARAM_construct_end(),
    };
    return gcm->init(gcm->ctx, NULL, 0, iv, GCM_IV_LEN, NULL) == 1 && run(gcm, text) &&
           gcm->get(gcm->ctx, wanted) == 1;
}

bool gcm_open(struct gcm *gcm, const uint8_t iv[GCM_IV_LEN], const struct gcm_text *text,
              const uint8_t tag[GCM_TAG_LEN])
{
    const OSSL_PARAM expected[] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, (void *)(uintptr_t)tag,
                                          GCM_TAG_LEN),
        OSSL_PARAM_construct_end(),
    };
    return gcm->init(gcm->ctx, NULL, 0, iv, GCM_IV_LEN, NULL) == 1 &&
           gcm->set(gcm->ctx, expected) == 1 && run(gcm, text);
}
