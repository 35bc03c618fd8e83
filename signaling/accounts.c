#include "signaling/accounts.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/auth/password.h"

// Accounts as those who keep them make and change them. A lawyer's account is also a lawyer of the
// clinic, which learns of it at once.

static const struct problem name_taken = {409, "name-taken", "Not now",
                                          "somebody signs in with this name already", "name"};
static const struct problem no_user = {404, "no-user", "Not found", "there is no such account",
                                       "user"};
static const struct problem no_session = {404, "no-session", "Not found",
                                          "this session is over already", "session"};
static const struct problem no_centre = {422, "unknown-centre", "Not acceptable",
                                         "there is no such centre", "centre"};
static const struct problem not_yourself = {
    409, "not-yourself", "Not now", "another administrator has to do this with your account",
    "user"};
const struct problem account_full = {409, "too-many-lawyers", "Not now",
                                     "the clinic has as many lawyers as it can hold", "role"};

const struct errand_words account_words = {&name_taken, &no_user, &no_centre};
static const struct errand_words words_for_session = {NULL, &no_session, NULL};

// --- what follows --------------------------------------------------------------------------------

static void fill_lawyer(struct consult_lawyer *lawyer, const struct store_user *user)
{
    text_copy(lawyer->id, sizeof(lawyer->id), user->id);
    text_copy(lawyer->name, sizeof(lawyer->name), user->display_name);
    text_copy(lawyer->law_firm, sizeof(lawyer->law_firm), user->law_firm);
    text_copy(lawyer->licence_no, sizeof(lawyer->licence_no), user->licence_no);
    text_copy(lawyer->skills, sizeof(lawyer->skills), user->skills);
    text_copy(lawyer->languages, sizeof(lawyer->languages), user->languages);
    lawyer->place = user->scope;
}

static void noted(void *arg, int err, const struct problem *problem, json_t *result)
{
    (void)arg, (void)result;
    if (err)
        log_warn("accounts", "%s: %s", strerror(err), problem ? problem->slug : "");
}

void account_lawyer_changed(struct control *control, const struct consult_lawyer *lawyer)
{
    if (consult_load_lawyer(control->consult, lawyer) != 0)
        log_error("accounts", "%s: the clinic takes no more lawyers", lawyer->id);
    carry_consult(control, &(const struct consult_command){.verb = CONSULT_TICK}, noted, NULL);
}

void account_made(struct control *control, const struct store_user *user)
{
    const struct consult_lawyer *before = consult_lawyer(control->consult, user->id);
    struct consult_lawyer lawyer = before ? *before : (struct consult_lawyer){0}; // with his photo
    fill_lawyer(&lawyer, user);
    if (user->role == ROLE_LAWYER)
        account_lawyer_changed(control, &lawyer);
}

static void made(struct control *control, void *about)
{
    account_made(control, about);
}

static void signed_out(struct control *control, void *about)
{
    const struct store_user *user = about;
    api_end_user(control->api, user->id);
}

static void edited(struct control *control, void *about)
{
    const struct store_user *user = about;
    made(control, about);
    if (!user->is_disabled) {
        if (user->role != ROLE_LAWYER) // what the page may show can be another
            api_renew_user(control->api, user->id);
        return;
    }
    signed_out(control, about);
    const struct consult_command off = {.verb = CONSULT_OFF_DUTY, .who = user->id};
    if (user->role == ROLE_LAWYER)
        carry_consult(control, &off, noted, NULL);
}

// A lawyer's page looks again, too: the messages of his place are others.
static void moved(struct control *control, void *about)
{
    const struct store_user *user = about;
    edited(control, about);
    if (user->role == ROLE_LAWYER && !user->is_disabled)
        api_renew_user(control->api, user->id);
}

static void session_ended(struct control *control, void *about)
{
    api_end_hash(control->api, about);
}

// --- making, and new passwords -------------------------------------------------------------------

struct hashing {
    struct errand *errand;
    struct store_user *user;
    char password[ACCOUNT_ONE_TIME_CHARS + 1];
    char encoded[PASSWORD_ENCODED_MAX];
    bool is_new;
    int err;
};

static void hash_password(void *arg)
{
    struct hashing *hashing = arg;
    hashing->err = password_hash(hashing->password, hashing->encoded);
}

static void end_sessions(struct errand *errand, const char *id)
{
    const struct store_value sessions[] = {{.text = id}, {.text = ""}};
    errand_write(errand, STORE_END_SESSIONS, sessions, 2);
}

// A centre's district and street are the centre's, not the account's.
static const char *own_part(const struct store_user *user, const char *name)
{
    return user->scope.centre_count ? "" : name;
}

static void tell_place(const struct scope *place, char where[SCOPE_LIST_MAX])
{
    if (place->centre_count)
        scope_list_centres(place, where);
    else if (scope_is_all(place))
        text_copy(where, SCOPE_LIST_MAX, "all");
    else
        snprintf(where, SCOPE_LIST_MAX, "%s%s%s", place->district, *place->street ? " " : "",
                 place->street);
}

// The centres that were chosen for him, and for the audit log where he belongs now.
static void write_place(struct errand *errand, const struct store_user *user)
{
    char where[SCOPE_LIST_MAX];
    const struct scope *place = &user->scope;
    for (size_t i = 0; i < place->centre_count; i++) {
        const struct store_value row[] = {{.text = user->id}, {.text = place->centres[i]}};
        errand_write(errand, STORE_ADD_CENTRE_OF, row, 2);
    }
    tell_place(place, where);
    errand_note(errand, "account_place", user->id, where);
}

void account_write_new(struct errand *errand, const struct store_user *user, const char *encoded)
{
    const struct store_value row[] = {{.text = user->id},
                                      {.text = user->name},
                                      {.text = encoded},
                                      {.text = role_name(user->role)},
                                      {.text = user->display_name},
                                      {.text = user->law_firm},
                                      {.text = user->licence_no},
                                      {.text = user->skills},
                                      {.text = user->languages},
                                      {.number = role_needs_factor(user->role)},
                                      {.text = own_part(user, user->scope.district)},
                                      {.text = own_part(user, user->scope.street)}};
    errand_write(errand, STORE_ADD_USER, row, 12);
    errand_note(errand, "account_made", user->id, role_name(user->role));
    if (!scope_is_all(&user->scope))
        write_place(errand, user);
}

static void write_password(struct hashing *hashing)
{
    const char *id = hashing->user->id;
    const struct store_value row[] = {{.text = hashing->encoded}, {.number = 1}, {.text = id}};
    errand_write(hashing->errand, STORE_PASSWORD, row, 3);
    end_sessions(hashing->errand, id);
    errand_note(hashing->errand, "password_reset", id, "");
}

static void hashed(void *arg)
{
    struct hashing *hashing = arg;
    struct errand *errand = hashing->errand;
    if (hashing->err) {
        errand_refuse(errand, hashing->err, NULL);
    } else {
        if (hashing->is_new)
            account_write_new(errand, hashing->user, hashing->encoded);
        else
            write_password(hashing);
        errand_result(errand, json_pack("{s:{s:s}, s:s}", "user", "id", hashing->user->id,
                                        "password", hashing->password));
        errand_commit(errand, &account_words);
    }
    OPENSSL_cleanse(hashing, sizeof(*hashing));
    mem_free(hashing);
}

// The errand has `user` already.
static void new_password(struct control *control, struct errand *errand, struct store_user *user,
                         bool is_new)
{
    struct hashing *hashing = mem_zalloc(sizeof(*hashing));
    int err = hashing ? 0 : ENOMEM;
    if (hashing) {
        *hashing = (struct hashing){
            .errand = errand, .user = user, .is_new = is_new, .err = EAGAIN};
        random_text(hashing->password, ACCOUNT_ONE_TIME_CHARS);
        err = work_do(control->work, hash_password, hashed, hashing);
    }
    if (err) {
        mem_free(hashing);
        errand_refuse(errand, err, NULL);
    }
}

static void take(char *to, size_t size, const char *text)
{
    if (text)
        text_copy(to, size, text);
}

static void take_fields(struct store_user *user, const struct account_request *request)
{
    take(user->display_name, sizeof(user->display_name), request->display_name);
    if (request->place)
        user->scope = *request->place;
    take(user->law_firm, sizeof(user->law_firm), request->law_firm);
    take(user->licence_no, sizeof(user->licence_no), request->licence_no);
    take(user->skills, sizeof(user->skills), request->skills);
    take(user->languages, sizeof(user->languages), request->languages);
    if (request->disabled)
        user->is_disabled = *request->disabled;
}

static void count_lawyer(const struct consult_lawyer *lawyer, const struct consult_duty *duty,
                         void *arg)
{
    (void)lawyer, (void)duty;
    ++*(unsigned *)arg;
}

bool account_has_room(const struct control *control, enum role role, size_t more)
{
    unsigned count = 0;
    consult_each_lawyer(control->consult, count_lawyer, &count);
    return role != ROLE_LAWYER || count + more <= CONSULT_LAWYERS_MAX;
}

void account_fill(struct store_user *user, const struct account_request *request)
{
    text_copy(user->id, sizeof(user->id), "u-");
    random_text(user->id + 2, 16);
    text_copy(user->name, sizeof(user->name), request->name);
    user->role = request->role;
    take_fields(user, request);
}

static void add(struct control *control, const struct account_request *request,
                struct errand *errand)
{
    struct store_user *user = mem_zalloc(sizeof(*user));
    if (!user || !account_has_room(control, request->role, 1)) {
        errand_refuse(errand, user ? EOVERFLOW : ENOMEM, user ? &account_full : NULL);
        mem_free(user);
        return;
    }
    errand_after(errand, made, user);
    account_fill(user, request);
    new_password(control, errand, user, true);
}

// --- those that are there ------------------------------------------------------------------------

struct change {
    struct errand *errand;
    struct control *control;
    enum account_verb verb;
    struct store_user wanted; // what is in `has` only
    bool has_disabled;
    struct {
        bool display_name, place, law_firm, licence_no, skills, languages;
    } has;
};

static void merge(const struct change *change, struct store_user *user)
{
    const struct store_user *wanted = &change->wanted;
    const struct account_request request = {
        .display_name = change->has.display_name ? wanted->display_name : NULL,
        .place = change->has.place ? &wanted->scope : NULL,
        .law_firm = change->has.law_firm ? wanted->law_firm : NULL,
        .licence_no = change->has.licence_no ? wanted->licence_no : NULL,
        .skills = change->has.skills ? wanted->skills : NULL,
        .languages = change->has.languages ? wanted->languages : NULL,
        .disabled = change->has_disabled ? &wanted->is_disabled : NULL};
    take_fields(user, &request);
}

static bool is_same(const struct scope *a, const struct scope *b)
{
    return scope_covers(a, b) && scope_covers(b, a);
}

static void write_row(struct errand *errand, const struct store_user *user)
{
    const struct store_value row[] = {{.text = user->display_name},
                                      {.text = user->law_firm},
                                      {.text = user->licence_no},
                                      {.text = user->skills},
                                      {.text = user->languages},
                                      {.text = own_part(user, user->scope.district)},
                                      {.text = own_part(user, user->scope.street)},
                                      {.text = user->id}};
    errand_write(errand, STORE_EDIT_USER, row, 8);
}

static void edit(const struct change *change, struct store_user *user)
{
    struct errand *errand = change->errand;
    const struct scope before = user->scope;
    bool was_disabled = user->is_disabled;
    merge(change, user);
    bool has_moved = !is_same(&before, &user->scope);
    const struct store_value state[] = {{.number = user->is_disabled ? clock_wall_ms() : 0},
                                        {.text = user->id}};
    write_row(errand, user);
    if (has_moved) {
        errand_write(errand, STORE_DROP_CENTRES, &state[1], 1);
        write_place(errand, user);
    }
    if (user->is_disabled != was_disabled) {
        errand_write(errand, STORE_DISABLE_USER, state, 2);
        errand_note(errand, user->is_disabled ? "account_disabled" : "account_enabled", user->id,
                    "");
    } else {
        errand_note(errand, "account_changed", user->id, "");
    }
    if (user->is_disabled)
        end_sessions(errand, user->id);
    errand_after(errand, has_moved ? moved : edited, user);
    errand_commit(errand, &account_words);
}

static void forget_factor(const struct change *change, struct store_user *user)
{
    const struct store_value row[] = {{.text = ""}, {.text = user->id}};
    errand_write(change->errand, STORE_FACTOR, row, 2);
    end_sessions(change->errand, user->id);
    errand_note(change->errand, "second_factor_reset", user->id, "");
    errand_commit(change->errand, &account_words);
}

static void found(void *arg, int err, const struct store_user *user)
{
    struct change *change = arg;
    struct store_user *own = err ? NULL : mem_zalloc(sizeof(*own));
    if (!own) {
        errand_refuse(change->errand, err ? err : ENOMEM, err == ENOENT ? &no_user : NULL);
        mem_free(change);
        return;
    }
    *own = *user;
    errand_after(change->errand, signed_out, own);
    if (change->verb == ACCOUNT_PASSWORD)
        new_password(change->control, change->errand, own, false);
    else if (change->verb == ACCOUNT_FACTOR)
        forget_factor(change, own);
    else
        edit(change, own);
    mem_free(change);
}

static void fill_change(struct change *change, const struct account_request *request)
{
    take_fields(&change->wanted, request);
    change->has.display_name = request->display_name;
    change->has.place = request->place;
    change->has.law_firm = request->law_firm;
    change->has.licence_no = request->licence_no;
    change->has.skills = request->skills;
    change->has.languages = request->languages;
    change->has_disabled = request->disabled;
}

// One's own account is safe from oneself: the last administrator must not lock everybody out.
static bool is_own_end(enum account_verb verb, const struct account_request *request)
{
    return strcmp(request->id, request->actor) == 0 &&
           (verb != ACCOUNT_EDIT || (request->disabled && *request->disabled));
}

static void look_and_change(struct control *control, enum account_verb verb,
                            const struct account_request *request, struct errand *errand)
{
    if (is_own_end(verb, request)) {
        errand_refuse(errand, EPERM, &not_yourself);
        return;
    }
    struct change *change = mem_zalloc(sizeof(*change));
    int err = change ? 0 : ENOMEM;
    if (change) {
        change->errand = errand;
        change->control = control;
        change->verb = verb;
        fill_change(change, request);
        err = store_user_by_id(control->store, request->id, found, change);
    }
    if (err) {
        mem_free(change);
        errand_refuse(errand, err, NULL);
    }
}

static void end_session(const struct account_request *request, struct errand *errand)
{
    char *about = mem_strdup(request->session);
    const struct store_value row[] = {{.text = request->id}, {.text = request->session}};
    errand_write(errand, STORE_END_SESSION, row, 2);
    errand_note(errand, "session_ended", request->id, request->session);
    errand_after(errand, session_ended, about);
    errand_commit(errand, &words_for_session);
}

void control_account(void *ops_arg, enum account_verb verb, const struct account_request *request,
                     people_result_h *done, void *arg)
{
    struct errand *errand = errand_new(ops_arg, request->actor, done, arg);
    if (!errand)
        return;
    if (verb == ACCOUNT_ADD)
        add(ops_arg, request, errand);
    else if (verb == ACCOUNT_IMPORT)
        account_import(ops_arg, request, errand);
    else if (verb == ACCOUNT_END)
        end_session(request, errand);
    else if (verb == ACCOUNT_PHOTO)
        account_photo(request, errand);
    else
        look_and_change(ops_arg, verb, request, errand);
}
