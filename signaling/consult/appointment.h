#pragma once
#include <stddef.h>
#include <stdint.h>

// Appointments: a lawyer at a booth in one of his shifts, or a room of the centre. Part of
// consult.h, which says what commands change them.

#define APPOINTMENT_ID_MAX      40 // as CONSULT_ID_MAX
#define APPOINTMENT_TEXT_MAX    160
#define APPOINTMENTS_MAX        1024 // that are not over
#define APPOINTMENT_ROOMS_MAX   512
#define APPOINTMENT_NOTICE_DAYS 3  // a room is asked for so many working days ahead
#define APPOINTMENT_AHEAD_DAYS  92 // and anything at most so far ahead
#define APPOINTMENT_LEAST_MS    600000
#define APPOINTMENT_TALK_MS     14400000 // the longest with a lawyer
#define APPOINTMENT_ROOM_MS     43200000 // the longest of a room
#define APPOINTMENT_EARLY_MS    3600000  // who comes so early or so late has come to it

enum appointment_kind { APPOINTMENT_LAWYER, APPOINTMENT_ROOM, APPOINTMENT_KINDS };

enum appointment_state {
    APPOINTMENT_REQUESTED,
    APPOINTMENT_APPROVED,
    APPOINTMENT_REFUSED,
    APPOINTMENT_CANCELLED,
    APPOINTMENT_CAME,
    APPOINTMENT_NO_SHOW,
    APPOINTMENT_STATES
};

// As it is stored. Only what is approved takes its time of lawyer and place.
struct consult_appointment {
    int64_t id; // 1, 2, 3...
    enum appointment_kind kind;
    enum appointment_state state;
    char place[APPOINTMENT_ID_MAX];     // a booth, or for a room also a room
    char lawyer[APPOINTMENT_ID_MAX];    // "" of a room
    char category[48];                  // "" of a room
    char name[96];                      // who comes; may be ""
    char phone[24];                     // to remind him
    char purpose[APPOINTMENT_TEXT_MAX]; // of a room, else ""
    char reason[APPOINTMENT_TEXT_MAX];  // why it was refused or called off, else ""
    int64_t starts_at;
    int64_t ends_at;
    int64_t asked_at;
    int64_t decided_at;  // 0 while it is only asked for
    int64_t reminded_at; // 0: nobody has
};

const char *appointment_kind_name(enum appointment_kind kind);
// ENOENT.
int appointment_kind_parse(const char *name, enum appointment_kind *kind);
const char *appointment_state_name(enum appointment_state state);
int appointment_state_parse(const char *name, enum appointment_state *state);
