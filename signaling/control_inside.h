#pragma once
#include "gateway/base/loop.h"
#include "pipelines/supervisor.h"
#include "signaling/admin/admin.h"
#include "signaling/api/api.h"
#include "signaling/control.h"
#include "signaling/record/limitation.h"
#include "signaling/recording.h"
#include "signaling/store/records.h"
#include "signaling/store/store.h"
#include "signaling/work.h"

// What the files of this folder share. Everything here lives on the control thread.

struct errand;

// A recording that the operator opens, see recording_read.h.
struct glass {
    json_int_t job;
    bool running;
    char id[AUDIT_TEXT_MAX], reason[AUDIT_TEXT_MAX];
    json_t *result; // with its key: given once
};

struct control {
    struct control_config config;
    uint8_t secret[TOKEN_SECRET_LEN];
    uint8_t record_key[VAULT_KEY_LEN]; // wraps the records' keys
    char record_key_id[STORE_KEY_ID_MAX];
    struct loop *loop;
    struct store *store;
    struct work *work;
    struct rooms *rooms;
    struct supervisor *supervisor;
    struct api *api;
    struct server *server;
    struct admin *admin;
    struct consult *consult;
    struct calendar calendar; // of the clinic, also after a reload of the rows
    struct limitations limitations;
    char tables_wrong[1400];
    struct consult_effects *consult_effects;
    struct loop_timer consult_timer;
    struct lectures *lectures;
    struct lecture_effects *lecture_effects;
    struct loop_timer lecture_timer;
    struct loop_timer stop_timer;
    struct loop_timer reload_timer;
    struct demo *demo;
    struct recordings *recordings;
    struct viewings *viewings;
    struct purges *purges;
    struct glass glass;
    struct links *links;
    int64_t stop_by_us; // 0 until the first signal to end
    int64_t last_event;
    int64_t started_us;
    int signal_fd;
    bool draining, stopping;
    bool keeping_prompt;    // one file of prompts.c is being written
    bool reloading;         // see reload.c
    int64_t reload_wait_us; // before the next reload; 0: the last commit succeeded
};

// carry.c: domain commands and what follows from them.
void carry_consult(void *ops_arg, const struct consult_command *command, people_result_h *done,
                   void *arg);
void carry_lecture(void *ops_arg, const struct lecture_command *command, people_result_h *done,
                   void *arg);
// The clinic after a restart: opens rooms, tells nobody (nobody listens yet).
void carry_resume(struct control *control);

// reload.c: reads the domains from the rows again after a commit failed.
void control_reload(struct control *control);

// media.c, people.c: the api's two tables.
extern const struct media_ops control_media;
extern const struct people_ops control_people;
extern const struct rooms_handlers control_rooms_handlers;
bool control_is_consultation(const char *room);

// sign_in.c, accounts.c, desk.c: parts of the people table.
void control_sign_in(void *ops_arg, const struct people_sign_in *request, people_sign_in_h *done,
                     void *arg);
void control_enrol_factor(void *ops_arg, const char *name, const char *password,
                          people_result_h *done, void *arg);
void control_account(void *ops_arg, enum account_verb verb, const struct account_request *request,
                     people_result_h *done, void *arg);
void control_desk(void *ops_arg, enum desk_verb verb, const struct desk_request *request,
                  people_result_h *done, void *arg);

// reports.c
void control_report(void *ops_arg, enum people_report report, const struct people_span *span,
                    people_result_h *done, void *arg);
// places.c
void control_place(void *ops_arg, enum place_verb verb, const struct place_request *request,
                   people_result_h *done, void *arg);
// prompts.c
void control_prompt(void *ops_arg, const struct prompt_request *request, people_result_h *done,
                    void *arg);
bool control_has_own_prompt(void *ops_arg, const char *language, const char *name);
// sign_in.c
void control_unlock(void *ops_arg, const char *account, const char *password, people_result_h *done,
                    void *arg);

// tables.c: reads the official holidays and the periods of law again. EINVAL and others:
// `tables_wrong` says what is wrong, and what was read before stays of that table.
int control_read_tables(struct control *control);

// swap.c: two of the desk's verbs, which are lawyers' own.
void control_swap_ask(const struct desk_request *request, struct errand *errand);
void control_swap_answer(const struct desk_request *request, struct errand *errand);

// metrics.c
size_t control_metrics(void *ops_arg, char *text, size_t size);

// demo.c
int demo_seed(struct control *control);
int demo_start(struct control *control);
void demo_free(struct demo *demo);

// first_account.c: banyanctl account.
struct admin_answer;
void control_first_account(void *arg, const json_t *request, struct admin_answer *answer);

// commands.c, link_commands.c: what banyanctl may ask.
extern const struct admin_command control_commands[];
extern const size_t control_commands_count;
json_t *control_pull(void *arg, const json_t *request, const char **error);
json_t *control_push(void *arg, const json_t *request, const char **error);
json_t *control_unlink(void *arg, const json_t *request, const char **error);
json_t *control_show_links(void *arg, const json_t *request, const char **error);
// No new sessions; watching clients are told to go to `to` ("https://other:8443"; NULL: this
// gateway, once it is back).
void control_drain(struct control *control, const char *to);
