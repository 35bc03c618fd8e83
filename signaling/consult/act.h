#pragma once
#include "signaling/consult/inside.h"

// One command as its handler sees it. Handlers check everything before they change anything.
struct act {
    struct consult *consult;
    const struct consult_command *command;
    struct booth *booth;   // who, for a booth's verbs
    struct lawyer *lawyer; // who, for a lawyer's verbs
    int64_t now_ms;
    struct consult_effects *effects;
    struct problem *problem;
};

// Fills the problem and gives back `err`.
int act_refuse(struct act *act, const struct problem *problem, int err);
// The lawyer's consultation when it is the one the command names, else NULL.
struct consultation *act_named(const struct act *act);

// The verbs' handlers: 0, or an errno with the problem filled and nothing changed.
// do_booth.c
int do_ask(struct act *act);
int do_cancel(struct act *act);
int do_leave(struct act *act);
int do_leave_word(struct act *act);
int do_identify(struct act *act);
int do_slower(struct act *act);
int do_rate(struct act *act);
// appointment.c
int do_book(struct act *act);
int do_decide(struct act *act);
int do_remind(struct act *act);
// Who comes to his appointment: its lawyer, or NULL. The booth is about to ask.
const char *consult_arrive(struct act *act);
// do_lawyer.c
int do_on_duty(struct act *act);
int do_off_duty(struct act *act);
int do_accept(struct act *act);
int do_decline(struct act *act);
int do_end(struct act *act);
int do_say(struct act *act);
