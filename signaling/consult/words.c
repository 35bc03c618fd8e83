#include "signaling/consult/words.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const char *const state_names[CONSULT_STATES] = {
    [CONSULT_WAITING] = "waiting",     [CONSULT_OFFERED] = "offered",
    [CONSULT_CONNECTED] = "connected", [CONSULT_SUSPENDED] = "suspended",
    [CONSULT_CLOSED] = "closed",
};

static const char *const end_names[CONSULT_ENDS] = {
    [CONSULT_END_NONE] = "",
    [CONSULT_END_RESIDENT_LEFT] = "resident_left",
    [CONSULT_END_LAWYER_ENDED] = "lawyer_ended",
    [CONSULT_END_CANCELLED] = "cancelled",
    [CONSULT_END_NO_LAWYER] = "no_lawyer",
    [CONSULT_END_LOST] = "lost",
    [CONSULT_END_MESSAGE] = "message",
    [CONSULT_END_APPOINTMENT] = "appointment",
};

static const char *const alarm_names[CONSULT_ALARM_KINDS] = {
    [CONSULT_ALARM_DANGER] = "danger",   [CONSULT_ALARM_PANIC] = "panic",
    [CONSULT_ALARM_ABSENT] = "absent",   [CONSULT_ALARM_AWAY] = "away",
    [CONSULT_ALARM_WAITING] = "waiting",
};

static const char *const verb_names[CONSULT_VERBS] = {
    [CONSULT_ASK] = "ask",
    [CONSULT_CANCEL] = "cancel",
    [CONSULT_LEAVE] = "leave",
    [CONSULT_LEAVE_WORD] = "leave_word",
    [CONSULT_IDENTIFY] = "identify",
    [CONSULT_SLOWER] = "slower",
    [CONSULT_RATE] = "rate",
    [CONSULT_CONSENT] = "consent",
    [CONSULT_ASK_CONSENT] = "ask_consent",
    [CONSULT_WITHDRAW] = "withdraw",
    [CONSULT_ON_DUTY] = "on_duty",
    [CONSULT_OFF_DUTY] = "off_duty",
    [CONSULT_ACCEPT] = "accept",
    [CONSULT_DECLINE] = "decline",
    [CONSULT_END] = "end",
    [CONSULT_SAY] = "say",
    [CONSULT_ABOUT] = "about",
    [CONSULT_AGREE] = "agree",
    [CONSULT_INVITE] = "invite",
    [CONSULT_PUT_OUT] = "put_out",
    [CONSULT_PARK] = "park",
    [CONSULT_JOINT] = "joint",
    [CONSULT_TRANSFER] = "transfer",
    [CONSULT_HAND_OVER] = "hand_over",
    [CONSULT_PART] = "part",
    [CONSULT_ENTER] = "enter",
    [CONSULT_GUEST_LEAVE] = "guest_leave",
    [CONSULT_BOOTH_LOST] = "booth_lost",
    [CONSULT_BOOTH_BACK] = "booth_back",
    [CONSULT_LAWYER_LOST] = "lawyer_lost",
    [CONSULT_LAWYER_BACK] = "lawyer_back",
    [CONSULT_ANSWER] = "answer",
    [CONSULT_REFUSE_WISH] = "refuse_wish",
    [CONSULT_ALARM] = "alarm",
    [CONSULT_CLOSE_ALARM] = "close_alarm",
    [CONSULT_BOOK] = "appointment_made",
    [CONSULT_APPROVE] = "appointment_approved",
    [CONSULT_REFUSE] = "appointment_refused",
    [CONSULT_CALL_OFF] = "appointment_called_off",
    [CONSULT_MOVE] = "appointment_moved",
    [CONSULT_REMIND] = "appointment_reminded",
    [CONSULT_CAME] = "appointment_came",
    [CONSULT_NO_SHOW] = "appointment_no_show",
    [CONSULT_TICK] = "tick",
};

static const char *const categories[] = {
    "family",
    "inheritance",
    "labour",
    "debt",
    "contract",
    "housing",
    "property_neighbour",
    "traffic",
    "injury",
    "consumer",
    "fraud",
    "land",
    "administrative",
    "criminal",
    "other",
};

static const char *const identities[CONSULT_IDENTITIES] = {
    [CONSULT_IDENTITY_NONE] = "none",
    [CONSULT_IDENTITY_PHONE] = "phone",
    [CONSULT_IDENTITY_NAME] = "name",
};

static const char *const reasons[] = {
    "conflict_of_interest", "not_my_field", "language", "unwell", "other",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int find(const char *const *names, size_t count, const char *name, size_t *index)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) {
            *index = i;
            return 0;
        }
    return ENOENT;
}

const char *consult_verb_name(enum consult_verb verb)
{
    return verb_names[verb];
}

const char *consult_state_name(enum consult_state state)
{
    return state_names[state];
}

const char *consult_end_name(enum consult_end end)
{
    return end_names[end];
}

const char *consult_alarm_name(enum consult_alarm_kind kind)
{
    return alarm_names[kind];
}

int consult_alarm_parse(const char *name, enum consult_alarm_kind *kind)
{
    size_t index = 0;
    int err = find(alarm_names, CONSULT_ALARM_KINDS, name, &index);
    if (!err)
        *kind = (enum consult_alarm_kind)index;
    return err;
}

int consult_state_parse(const char *name, enum consult_state *state)
{
    size_t index = 0;
    int err = find(state_names, CONSULT_STATES, name, &index);
    if (!err)
        *state = (enum consult_state)index;
    return err;
}

const char *consult_identity_name(enum consult_identity identity)
{
    return identities[identity];
}

int consult_identity_parse(const char *name, enum consult_identity *identity)
{
    size_t index = 0;
    int err = find(identities, CONSULT_IDENTITIES, name, &index);
    if (!err)
        *identity = (enum consult_identity)index;
    return err;
}

bool consult_is_category(const char *code)
{
    size_t index;
    return code && find(categories, COUNT(categories), code, &index) == 0;
}

bool consult_is_reason(const char *reason)
{
    size_t index;
    return reason && find(reasons, COUNT(reasons), reason, &index) == 0;
}

bool consult_is_language(const char *tag)
{
    if (!tag)
        return false;
    size_t letters = strspn(tag, "abcdefghijklmnopqrstuvwxyz");
    if (letters < 2 || letters > 3 || strlen(tag) >= CONSULT_WORD_MAX)
        return false;
    for (const char *p = tag + letters; *p; p++)
        if (!(*p == '-' ? isalnum((unsigned char)p[1]) : isalnum((unsigned char)*p)))
            return false;
    return tag[letters] == 0 || tag[letters] == '-';
}

bool consult_is_code(const char *text)
{
    return text && *text && strlen(text) < CONSULT_WORD_MAX &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
               strlen(text);
}

bool consult_is_id(const char *id)
{
    if (!id || !*id || strlen(id) >= CONSULT_ID_MAX)
        return false;
    for (const char *p = id; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '-' && *p != '_')
            return false;
    return true;
}

bool consult_list_has(const char *list, const char *word)
{
    size_t len = strlen(word);
    while (len && *list) {
        size_t part = strcspn(list, ",");
        if (part == len && strncmp(list, word, len) == 0)
            return true;
        list += part + (list[part] == ',');
    }
    return false;
}
