#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/option.h"

// Everything an operator can set. The table in options.c is the only list: reading, checking,
// printing and the documentation follow from it.

struct options {
    char *http_listen, *https_listen, *https_certificate, *https_key;
    char *media_address, *media_listen4, *media_listen6;
    char *media_ice, *media_stun, *media_turn;
    long media_port, media_shards, media_sessions_max;
    long limit_media_rate, limit_per_address;
    char *data_dir, *web_dir, *holidays_dir, *limitations_file, *database_url, *admin_socket,
        *pipeline_program;
    char *recording_rooms, *links_file, *record_key_file;
    long clinic_wait_offer_s;
    long clinic_appointment_lead_s;
    long clinic_hold_s;
    long retention_records, retention_consents, retention_recordings;
    long retention_messages, retention_queue, retention_persons, retention_events;
    char *ice_servers, *turn_secret;
    char *demo_lecture;
    bool demo_people;
    char *log_level;
};

extern const struct option options_table[];
extern const size_t options_count;

// Defaults, then the file (NULL: defaults alone), then what follows from data_dir for options that
// were left empty. Errors as option_load(). Release with options_release().
int options_read(struct options *options, const char *file, struct option_error *error);
void options_release(struct options *options);
