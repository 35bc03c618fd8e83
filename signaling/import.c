#include <errno.h>
#include <openssl/crypto.h>

#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "signaling/accounts.h"
#include "signaling/auth/password.h"

// Many accounts in one transaction. Their passwords are hashed one after the other on one work
// thread, so that signing in goes on beside it.

struct newcomer {
    struct store_user user;
    char password[ACCOUNT_ONE_TIME_CHARS + 1];
    char encoded[PASSWORD_ENCODED_MAX];
};

struct import {
    struct errand *errand;
    int err;
    size_t count;
    struct newcomer list[];
};

static void hash_all(void *arg)
{
    struct import *import = arg;
    import->err = 0;
    for (size_t i = 0; i < import->count && !import->err; i++)
        import->err = password_hash(import->list[i].password, import->list[i].encoded);
}

static void all_made(struct control *control, void *about)
{
    const struct import *import = about;
    for (size_t i = 0; i < import->count; i++)
        account_made(control, &import->list[i].user);
}

static json_t *told(const struct import *import)
{
    json_t *accounts = json_array();
    for (size_t i = 0; i < import->count; i++) {
        const struct newcomer *one = &import->list[i];
        json_array_append_new(accounts,
                              json_pack("{s:s, s:s, s:s}", "name", one->user.name, "display_name",
                                        one->user.display_name, "password", one->password));
    }
    return json_pack("{s:o}", "accounts", accounts);
}

static void all_hashed(void *arg)
{
    struct import *import = arg;
    struct errand *errand = import->errand;
    for (size_t i = 0; i < import->count && !import->err; i++)
        account_write_new(errand, &import->list[i].user, import->list[i].encoded);
    if (!import->err)
        errand_result(errand, told(import));
    for (size_t i = 0; i < import->count; i++)
        OPENSSL_cleanse(import->list[i].password, sizeof(import->list[i].password));
    errand_after(errand, all_made, import); // the errand's from now on
    if (import->err)
        errand_refuse(errand, import->err, NULL);
    else
        errand_commit(errand, &account_words);
}

void account_import(struct control *control, const struct account_request *request,
                    struct errand *errand)
{
    size_t count = request->all_count;
    struct import *import = mem_zalloc(sizeof(*import) + count * sizeof(import->list[0]));
    if (!import || !account_has_room(control, ROLE_LAWYER, count)) {
        errand_refuse(errand, import ? EOVERFLOW : ENOMEM, import ? &account_full : NULL);
        mem_free(import);
        return;
    }
    *import = (struct import){.errand = errand, .err = EAGAIN, .count = count};
    for (size_t i = 0; i < count; i++) {
        account_fill(&import->list[i].user, &request->all[i]);
        random_text(import->list[i].password, ACCOUNT_ONE_TIME_CHARS);
    }
    int err = work_do(control->work, hash_all, all_hashed, import);
    if (err) {
        mem_free(import);
        errand_refuse(errand, err, NULL);
    }
}
