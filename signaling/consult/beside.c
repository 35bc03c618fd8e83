#include <errno.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/recording.h"
#include "signaling/consult/words.h"

// What resident and lawyer give each other beside the call: only in memory, only while it is open.

static const struct problem unknown_identity = {422, "unknown-identity", "Unknown identity",
                                                "Send phone, name or none.", "identity"};
static const struct problem bad_phone = {422, "bad-phone", "Not a phone number",
                                         "Send 5 to 20 digits.", "text"};
static const struct problem bad_name = {422, "bad-name", "Not a name", "Send 1 to 95 bytes.",
                                        "text"};
static const struct problem bad_text = {422, "bad-text", "Not a text for the screen",
                                        "Send at most 399 bytes; an empty text ends it.", "text"};

static const struct problem unknown_age_band = {422, "unknown-age-band", "Unknown age band",
                                                "Send under_18, 18_59, 60_79, 80_plus or nothing.",
                                                "age_band"};
static const struct problem bad_adverse = {422, "bad-name", "Not a name", "Send at most 95 bytes.",
                                           "text"};

_Static_assert(CONSULT_NAME_MAX == 96 && CONSULT_SAID_MAX == 400, "the texts name the limits");

static int refuse(struct problem *problem, const struct problem *why)
{
    *problem = *why;
    return EINVAL;
}

bool consult_is_line(const char *text, size_t min, size_t max)
{
    size_t len = text ? strlen(text) : 0;
    if (!text || len < min || len > max)
        return false;
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 127)
            return false;
    return true;
}

bool consult_is_phone(const char *text)
{
    size_t len = text ? strlen(text) : 0;
    return len >= 5 && len <= 20 && strspn(text, "0123456789") == len;
}

// What was agreed to for another number does not hold for this one.
static void take_person(struct consultation *row, enum consult_identity identity, const char *text,
                        int64_t now_ms, struct consult_effects *effects)
{
    struct consult_beside *beside = &consult_slot(row)->beside;
    bool was_phone = row->identity == CONSULT_IDENTITY_PHONE;
    bool is_phone = identity == CONSULT_IDENTITY_PHONE;
    bool is_same = was_phone && is_phone && strcmp(beside->resident, text) == 0;
    row->identity = identity;
    explicit_bzero(beside->resident, sizeof(beside->resident));
    if (identity != CONSULT_IDENTITY_NONE)
        text_copy(beside->resident, sizeof(beside->resident), text);
    if (is_same || !(was_phone || is_phone))
        return;
    effect_save_person(effects, row);
    bool was_given = recording_withdraw(row, row->booth, CONSULT_CONSENT_EARLIER, now_ms, effects);
    consult_slot(row)->consents.asked[CONSULT_CONSENT_EARLIER] = was_given && is_phone;
}

int consult_identify(struct consultation *row, const struct consult_command *command,
                     int64_t now_ms, struct consult_effects *effects, struct problem *problem)
{
    enum consult_identity identity;
    const char *text = command->text ? command->text : "";
    if (!command->identity || consult_identity_parse(command->identity, &identity))
        return refuse(problem, &unknown_identity);
    if (identity == CONSULT_IDENTITY_PHONE && !consult_is_phone(text))
        return refuse(problem, &bad_phone);
    if (identity == CONSULT_IDENTITY_NAME && !consult_is_line(text, 1, CONSULT_NAME_MAX - 1))
        return refuse(problem, &bad_name);
    take_person(row, identity, text, now_ms, effects);
    effect_save(effects, row);
    effect_tell_booth(effects, row);
    if (consult_is_meeting(row)) // an offer names nobody
        effect_tell_lawyer_now(effects, "resident", row);
    return 0;
}

static bool is_age_band(const char *code)
{
    static const char *const bands[] = {"", "under_18", "18_59", "60_79", "80_plus"};
    for (size_t i = 0; i < sizeof(bands) / sizeof(bands[0]); i++)
        if (strcmp(bands[i], code) == 0)
            return true;
    return false;
}

int consult_about(struct consultation *row, const struct consult_command *command,
                  struct consult_effects *effects, struct problem *problem)
{
    struct consult_beside *beside = &consult_slot(row)->beside;
    if (command->age_band && !is_age_band(command->age_band))
        return refuse(problem, &unknown_age_band);
    if (command->text && !consult_is_line(command->text, 0, CONSULT_NAME_MAX - 1))
        return refuse(problem, &bad_adverse);
    if (command->age_band)
        text_copy(beside->age_band, sizeof(beside->age_band), command->age_band);
    if (command->text)
        text_copy(beside->adverse_party, sizeof(beside->adverse_party), command->text);
    effect_tell_booth_now(effects, "about", row);
    effect_tell_lawyer_now(effects, "about", row);
    return 0;
}

int consult_say(struct consultation *row, const struct consult_command *command,
                struct consult_effects *effects, struct problem *problem)
{
    if (!consult_is_line(command->text, 0, CONSULT_SAID_MAX - 1))
        return refuse(problem, &bad_text);
    struct consult_beside *beside = &consult_slot(row)->beside;
    text_copy(beside->said, sizeof(beside->said), command->text);
    effect_tell_booth_now(effects, "said", row);
    return 0;
}

void consult_wipe_beside(struct consultation *row)
{
    struct consult_beside *beside = &consult_slot(row)->beside;
    explicit_bzero(beside, sizeof(*beside));
}
