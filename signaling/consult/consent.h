#pragma once
#include "signaling/consult/consult.h"

// What people of a consultation agree to, and the recording that hangs on it. Part of the domain:
// pure, its thread is consult.h's.

#define CONSULT_CONSENTS_MAX 32 // of one consultation, refusals included

enum consult_consent_kind {
    CONSULT_CONSENT_NOTICE,    // the five lines before everything
    CONSULT_CONSENT_SENSITIVE, // health, children, money, faces: asked apart
    CONSULT_CONSENT_RECORDING,
    CONSULT_CONSENT_EARLIER, // this lawyer may see what others wrote for the same number
    CONSULT_CONSENT_KINDS
};

// One answer, as it is stored: never changed but for its withdrawal.
struct consult_consent {
    char consultation[CONSULT_ID_MAX];
    int64_t n;                  // 1, 2, 3... in its consultation
    char party[CONSULT_ID_MAX]; // who: the booth's, the lawyer's or a guest's id
    enum consult_consent_kind kind;
    bool is_given;                  // which button: yes or no
    char wording[CONSULT_WORD_MAX]; // version of the text that was shown and read aloud
    int64_t at;
    int64_t withdrawn_at; // 0: it stands
};

enum consult_recording_state {
    CONSULT_RECORDING_OFF,
    CONSULT_RECORDING_ASKED,   // not everybody has answered
    CONSULT_RECORDING_RUNNING, // everybody who is there has agreed
    CONSULT_RECORDING_PAUSED,  // somebody came who has not been asked before
    CONSULT_RECORDING_STATES
};

const char *consult_consent_name(enum consult_consent_kind kind);
int consult_consent_parse(const char *name, enum consult_consent_kind *kind); // ENOENT
const char *consult_recording_name(enum consult_recording_state state);

// An answer of an open consultation, at start, in the order of their numbers. What is asked after a
// restart is asked anew: no recording goes on by itself. ENOENT, EOVERFLOW.
int consult_load_consent(struct consult *consult, const struct consult_consent *consent);

// Looking. OFF, too, when there is no such open consultation.
enum consult_recording_state consult_recording(const struct consult *consult,
                                               const char *consultation);
// When it came to that state; 0 when it is off.
int64_t consult_recording_since(const struct consultation *row);
// The newest answer of this kind, NULL: none.
const struct consult_consent *consult_consent_of(const struct consultation *row, const char *party,
                                                 enum consult_consent_kind kind);
// Does this party's consent to the recording that is asked for or runs stand?
bool consult_recording_agreed(const struct consultation *row, const char *party);
// Has the lawyer asked the booth for this consent (not a recording's), and nobody has answered
// since?
bool consult_consent_asked(const struct consultation *row, enum consult_consent_kind kind);
// May its lawyer see earlier consultations of the same number now?
bool consult_earlier_allowed(const struct consultation *row);
