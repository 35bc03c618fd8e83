#pragma once
#include <stdbool.h>

#include "gateway/rooms/rooms.h"
#include "signaling/store/purge.h"

// The control thread: people, plans and connections. It owns the server, the domains, the store,
// the pipelines' supervisor and the face of the media core, and carries messages between them.

struct control;

// Texts outlive the control.
struct control_config {
    const char *http_listen, *https_listen, *certificate, *key;
    const char *web_dir, *data_dir, *database_url, *admin_socket, *pipeline_program;
    const char *holidays_dir;     // official holidays, see holidays.h
    const char *limitations_file; // periods of law, see record/limitation.h
    const char *ice_servers, *turn_secret;
    const char *demo_lecture;    // media file, or ""
    const char *recording_rooms; // glob of the rooms to record, or ""
    const char *links_file;      // links to other servers to begin with, or ""
    const char *record_key_file; // made when it is not there and there are no records
    int64_t retention_days[STORE_CLASSES];
    bool demo_people;
    int64_t wait_offer_ms;       // see consult_set_wait_offer()
    int64_t appointment_lead_ms; // see consult_set_lead()
    int64_t hold_ms;             // see consult_set_hold()
    unsigned media_rate, per_address;
    struct rooms_config rooms;
};

// Makes what is missing in data_dir, opens the database, binds every listener, starts the threads.
// Errors are logged with the option at fault.
int control_alloc(struct control **controlp, const struct control_config *config);
// Serves until SIGTERM or SIGINT (drains: no new sessions, waits up to 10 s for recordings to be
// completed; a second signal ends at once). SIGHUP reads the certificate again.
void control_run(struct control *control);
void control_free(struct control *control);
