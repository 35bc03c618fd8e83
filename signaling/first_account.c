#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/admin/admin.h"
#include "signaling/auth/account_name.h"
#include "signaling/control_inside.h"

// banyanctl account: on an empty machine nobody can sign in, so whoever may open the admin socket
// makes the administrators, who make all other accounts. It is no way around them later: where
// there is such an administrator already, another one has to be asked for in so many words.

#define ACTOR "banyanctl"

struct order {
    struct control *control;
    struct admin_answer *answer;
    char name[ACCOUNT_NAME_MAX + 1];
    char display_name[CONSULT_NAME_MAX];
    enum role role;
    bool is_another;
};

static void answer(struct order *order, json_t *data, const char *error)
{
    admin_answer(order->answer, data, error);
    mem_free(order);
}

static void made(void *arg, int err, const struct problem *problem, json_t *result)
{
    struct order *order = arg;
    const char *password = json_string_value(json_object_get(result, "password"));
    if (err || !password) {
        answer(order, NULL, problem ? problem->detail : "it could not be saved; see the log");
        return;
    }
    answer(order,
           json_pack("{s:s, s:s, s:s, s:s}", "name", order->name, "role", role_name(order->role),
                     "password", password, "next",
                     "sign in at /admin; this password is good once, then a phone is enrolled"),
           NULL);
}

static bool is_there(const json_t *users, enum role role)
{
    size_t i;
    json_t *user;
    json_array_foreach(users, i, user)
    {
        const char *name = json_string_value(json_object_get(user, "role"));
        if (name && strcmp(name, role_name(role)) == 0 &&
            !json_is_true(json_object_get(user, "disabled")))
            return true;
    }
    return false;
}

static void got_users(void *arg, int err, json_t *users)
{
    struct order *order = arg;
    static const struct scope all;
    const struct account_request request = {.actor = ACTOR,
                                            .name = order->name,
                                            .role = order->role,
                                            .display_name = order->display_name,
                                            .place = &all};
    if (err)
        answer(order, NULL, "the accounts could not be read; see the log");
    else if (is_there(users, order->role) && !order->is_another)
        answer(order, NULL,
               "there is one already, who can make accounts and new passwords; with --another a "
               "second one is made");
    else
        control_account(order->control, ACCOUNT_ADD, &request, made, order);
}

// A sentence, or NULL when all is right.
static const char *read_order(const json_t *request, struct order *order)
{
    const char *name = json_string_value(json_object_get(request, "name"));
    const char *role = json_string_value(json_object_get(request, "role"));
    const char *display = json_string_value(json_object_get(request, "display-name"));
    order->is_another = json_is_true(json_object_get(request, "another"));
    if (!name || !account_is_name(name))
        return "--name is 2 to 40 of a-z 0-9 . _ -";
    if (role_parse(role ? role : "secadmin", &order->role) ||
        (order->role != ROLE_SECADMIN && order->role != ROLE_SYSADMIN))
        return "--role is secadmin (keeps the accounts) or sysadmin (keeps centres and booths)";
    text_copy(order->name, sizeof(order->name), name);
    if (!text_copy(order->display_name, sizeof(order->display_name),
                   display && *display ? display : name))
        return "--display-name is at most 95 bytes";
    return NULL;
}

void control_first_account(void *arg, const json_t *request, struct admin_answer *given)
{
    struct order *order = mem_zalloc(sizeof(*order));
    if (!order) {
        admin_answer(given, NULL, "memory is short");
        return;
    }
    order->control = arg;
    order->answer = given;
    const char *wrong = read_order(request, order);
    if (!wrong && store_list(order->control->store, STORE_USERS, NULL, 0, got_users, order) != 0)
        wrong = "the accounts could not be read; see the log";
    if (wrong)
        answer(order, NULL, wrong);
}
