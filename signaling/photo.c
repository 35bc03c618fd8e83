#include <errno.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/accounts.h"
#include "signaling/auth/secret.h"

// A lawyer's photo: booths show whom one will talk with.

#define VERSION_CHARS 16

static const struct problem no_photo = {404, "no-photo", "Not found", "there is no photo", NULL};
static const struct errand_words photo_words = {NULL, &no_photo, NULL};

// As it is from now on, when the row is safe.
static void changed(struct control *control, void *about)
{
    const struct consult_lawyer *lawyer = about;
    const struct consult_lawyer *now = consult_lawyer(control->consult, lawyer->id);
    struct consult_lawyer with = now ? *now : *lawyer;
    text_copy(with.photo, sizeof(with.photo), lawyer->photo);
    account_lawyer_changed(control, &with);
}

// Another picture has another address, so that the one before may stay in every cache.
static void name_version(const char *photo, char *version)
{
    char hash[SECRET_HASH_MAX];
    secret_hash(photo, hash);
    hash[VERSION_CHARS] = '\0';
    text_copy(version, CONSULT_WORD_MAX, hash);
}

void account_photo(const struct account_request *request, struct errand *errand)
{
    struct consult_lawyer *lawyer = mem_zalloc(sizeof(*lawyer));
    if (!lawyer) {
        errand_refuse(errand, ENOMEM, NULL);
        return;
    }
    text_copy(lawyer->id, sizeof(lawyer->id), request->id);
    if (request->photo)
        name_version(request->photo, lawyer->photo);
    const struct store_value row[] = {{.text = request->id},
                                      {.text = request->photo_type},
                                      {.text = lawyer->photo},
                                      {.text = request->photo}};
    errand_write(errand, request->photo ? STORE_PUT_PHOTO : STORE_DROP_PHOTO, row,
                 request->photo ? 4 : 1);
    errand_note(errand, request->photo ? "photo_changed" : "photo_removed", request->id, "");
    errand_after(errand, changed, lawyer);
    errand_commit(errand, &photo_words);
}
