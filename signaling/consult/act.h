#pragma once
#include "signaling/consult/inside.h"

// One command as its handler sees it. Handlers check everything before they change anything.
struct act {
    struct consult *consult;
    const struct consult_command *command;
    struct booth *booth;   // who, for a booth's verbs
    struct lawyer *lawyer; // who, for a lawyer's verbs
    struct party *guest;   // who, for verbs of anybody in a meeting
    int64_t now_ms;
    struct consult_effects *effects;
    struct problem *problem;
};

// Fills the problem and gives back `err`.
int act_refuse(struct act *act, const struct problem *problem, int err);
// The lawyer's consultation when it is the one the command names, else NULL.
struct consultation *act_named(const struct act *act);
// The same when they meet and the lawyer is not a colleague who joined (do_party.c).
struct consultation *act_own(const struct act *act);
// The colleague who was asked accepts (transfer.c).
int act_join(struct act *act, struct consultation *row);

// The verbs' handlers: 0, or an errno with the problem filled and nothing changed.
// do_booth.c
int do_ask(struct act *act);
int do_cancel(struct act *act);
int do_leave(struct act *act);
int do_leave_word(struct act *act);
int do_identify(struct act *act);
int do_slower(struct act *act);
int do_rate(struct act *act);
// do_consent.c
int do_consent(struct act *act);
int do_ask_consent(struct act *act);
int do_withdraw(struct act *act);
// appointment.c
int do_book(struct act *act);
int do_decide(struct act *act);
int do_remind(struct act *act);
int do_move(struct act *act);
// The appointment to which somebody comes who says this number, or NULL.
const struct consult_appointment *consult_arrive(struct act *act, const char *number);
// do_lawyer.c
int do_on_duty(struct act *act);
int do_off_duty(struct act *act);
int do_accept(struct act *act);
int do_decline(struct act *act);
int do_end(struct act *act);
int do_say(struct act *act);
// do_party.c
int do_about(struct act *act);
int do_invite(struct act *act);
int do_agree(struct act *act);
int do_put_out(struct act *act);
int do_enter(struct act *act);
int do_guest_leave(struct act *act);
int do_park(struct act *act);
int do_joint(struct act *act);
// transfer.c
int do_transfer(struct act *act);
int do_hand_over(struct act *act);
int do_part(struct act *act);
