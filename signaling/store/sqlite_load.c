#include <errno.h>
#include <string.h>

#include "gateway/base/log.h"
#include "signaling/consult/words.h"
#include "signaling/store/sqlite.h"

struct load {
    const struct db *db;
    struct consult *consult;
    struct lectures *lectures;
};

typedef int load_row_h(sqlite3_stmt *stmt, struct load *load);

static int load_centre(sqlite3_stmt *stmt, struct load *load)
{
    struct consult_centre centre = {0};
    sql_text(stmt, 0, centre.id, sizeof(centre.id));
    sql_text(stmt, 1, centre.name, sizeof(centre.name));
    sql_text(stmt, 2, centre.phone, sizeof(centre.phone));
    sql_text(stmt, 3, centre.address, sizeof(centre.address));
    sql_text(stmt, 4, centre.district, sizeof(centre.district));
    sql_text(stmt, 5, centre.street, sizeof(centre.street));
    return consult_load_centre(load->consult, &centre);
}

static int load_booth(sqlite3_stmt *stmt, struct load *load)
{
    struct consult_booth booth = {0};
    sql_text(stmt, 0, booth.id, sizeof(booth.id));
    sql_text(stmt, 1, booth.name, sizeof(booth.name));
    sql_text(stmt, 2, booth.centre, sizeof(booth.centre));
    booth.is_closed = sqlite3_column_int64(stmt, 3) != 0;
    return consult_load_booth(load->consult, &booth);
}

static int load_lawyer(sqlite3_stmt *stmt, struct load *load)
{
    struct consult_lawyer lawyer = {0};
    sql_text(stmt, 0, lawyer.id, sizeof(lawyer.id));
    sql_text(stmt, 1, lawyer.name, sizeof(lawyer.name));
    sql_text(stmt, 2, lawyer.law_firm, sizeof(lawyer.law_firm));
    sql_text(stmt, 3, lawyer.licence_no, sizeof(lawyer.licence_no));
    sql_text(stmt, 4, lawyer.skills, sizeof(lawyer.skills));
    sql_text(stmt, 5, lawyer.languages, sizeof(lawyer.languages));
    sql_text(stmt, 6, lawyer.centre, sizeof(lawyer.centre));
    sql_text(stmt, 7, lawyer.district, sizeof(lawyer.district));
    sql_text(stmt, 8, lawyer.street, sizeof(lawyer.street));
    return consult_load_lawyer(load->consult, &lawyer);
}

static int load_duty(sqlite3_stmt *stmt, struct load *load)
{
    struct consult_duty duty = {.on_duty = sqlite3_column_int(stmt, 1) != 0,
                                .since = sqlite3_column_int64(stmt, 2),
                                .last_served_at = sqlite3_column_int64(stmt, 3)};
    sql_text(stmt, 0, duty.lawyer, sizeof(duty.lawyer));
    return consult_load_duty(load->consult, &duty);
}

static int read_consultation(sqlite3_stmt *stmt, struct consultation *row)
{
    char state[16], identity[16];
    sql_text(stmt, 0, row->id, sizeof(row->id));
    row->day = sqlite3_column_int64(stmt, 1);
    row->ticket_no = sqlite3_column_int64(stmt, 2);
    sql_text(stmt, 3, row->booth, sizeof(row->booth));
    sql_text(stmt, 4, row->lawyer, sizeof(row->lawyer));
    sql_text(stmt, 5, row->declined_by, sizeof(row->declined_by));
    sql_text(stmt, 6, row->conflicts, sizeof(row->conflicts));
    sql_text(stmt, 7, row->key, sizeof(row->key));
    sql_text(stmt, 8, row->category, sizeof(row->category));
    sql_text(stmt, 9, row->language, sizeof(row->language));
    sql_text(stmt, 10, row->consent, sizeof(row->consent));
    sql_text(stmt, 11, state, sizeof(state));
    row->asked_at = sqlite3_column_int64(stmt, 12);
    row->offered_at = sqlite3_column_int64(stmt, 13);
    row->offer_expires_at = sqlite3_column_int64(stmt, 14);
    row->connected_at = sqlite3_column_int64(stmt, 15);
    row->suspended_at = sqlite3_column_int64(stmt, 16);
    sql_text(stmt, 17, identity, sizeof(identity));
    sql_text(stmt, 18, row->colleague, sizeof(row->colleague));
    row->colleague_at = sqlite3_column_int64(stmt, 19);
    sql_text(stmt, 20, row->handed_by, sizeof(row->handed_by));
    sql_text(stmt, 21, row->wanted, sizeof(row->wanted));
    row->transfer_until = sqlite3_column_int64(stmt, 22);
    sql_text(stmt, 23, row->parked, sizeof(row->parked));
    int err = consult_identity_parse(identity, &row->identity);
    return err ? err : consult_state_parse(state, &row->state);
}

static int load_consultation(sqlite3_stmt *stmt, struct load *load)
{
    struct consultation row = {0};
    int err = read_consultation(stmt, &row);
    return err ? err : consult_load_consultation(load->consult, &row);
}

static int load_party(sqlite3_stmt *stmt, struct load *load)
{
    char role[24], state[16];
    struct consult_party row = {.asked_at = sqlite3_column_int64(stmt, 6),
                                .expires_at = sqlite3_column_int64(stmt, 7),
                                .answered_at = sqlite3_column_int64(stmt, 8),
                                .entered_at = sqlite3_column_int64(stmt, 9)};
    sql_text(stmt, 0, row.id, sizeof(row.id));
    sql_text(stmt, 1, row.consultation, sizeof(row.consultation));
    sql_text(stmt, 2, role, sizeof(role));
    sql_text(stmt, 3, row.name, sizeof(row.name));
    sql_text(stmt, 4, state, sizeof(state));
    sql_text(stmt, 5, row.link_hash, sizeof(row.link_hash));
    int err = consult_role_parse(role, &row.role);
    if (!err)
        err = consult_party_state_parse(state, &row.state);
    return err ? err : consult_load_party(load->consult, &row);
}

static int load_unrated(sqlite3_stmt *stmt, struct load *load)
{
    char id[CONSULT_ID_MAX], booth[CONSULT_ID_MAX];
    sql_text(stmt, 0, id, sizeof(id));
    sql_text(stmt, 1, booth, sizeof(booth));
    return consult_load_unrated(load->consult, booth, id, sqlite3_column_int64(stmt, 2));
}

static int load_message(sqlite3_stmt *stmt, struct load *load)
{
    char phone[STORE_TEXT_MAX];
    struct consult_message row = {.id = sqlite3_column_int64(stmt, 0),
                                  .asked_at = sqlite3_column_int64(stmt, 5),
                                  .due_at = sqlite3_column_int64(stmt, 6)};
    sql_text(stmt, 1, row.booth, sizeof(row.booth));
    sql_text(stmt, 2, row.category, sizeof(row.category));
    sql_text(stmt, 3, phone, sizeof(phone));
    db_open_phone(load->db, row.id, phone, row.phone, sizeof(row.phone));
    sql_text(stmt, 4, row.half_day, sizeof(row.half_day));
    return consult_load_message(load->consult, &row);
}

static int load_message_id(sqlite3_stmt *stmt, struct load *load)
{
    consult_load_message_id(load->consult, sqlite3_column_int64(stmt, 0));
    return 0;
}

static int load_length(sqlite3_stmt *stmt, struct load *load)
{
    consult_load_length(load->consult, sqlite3_column_int64(stmt, 0));
    return 0;
}

static int load_alarm(sqlite3_stmt *stmt, struct load *load)
{
    char kind[16];
    struct consult_alarm row = {.id = sqlite3_column_int64(stmt, 0),
                                .raised_at = sqlite3_column_int64(stmt, 5)};
    sql_text(stmt, 1, kind, sizeof(kind));
    sql_text(stmt, 2, row.booth, sizeof(row.booth));
    sql_text(stmt, 3, row.lawyer, sizeof(row.lawyer));
    sql_text(stmt, 4, row.consultation, sizeof(row.consultation));
    int err = consult_alarm_parse(kind, &row.kind);
    return err ? err : consult_load_alarm(load->consult, &row);
}

static int load_consent(sqlite3_stmt *stmt, struct load *load)
{
    char kind[16];
    struct consult_consent row = {.n = sqlite3_column_int64(stmt, 1),
                                  .is_given = sqlite3_column_int(stmt, 4) != 0,
                                  .at = sqlite3_column_int64(stmt, 6),
                                  .withdrawn_at = sqlite3_column_int64(stmt, 7)};
    sql_text(stmt, 0, row.consultation, sizeof(row.consultation));
    sql_text(stmt, 2, row.party, sizeof(row.party));
    sql_text(stmt, 3, kind, sizeof(kind));
    sql_text(stmt, 5, row.wording, sizeof(row.wording));
    int err = consult_consent_parse(kind, &row.kind);
    return err ? err : consult_load_consent(load->consult, &row);
}

static int load_alarm_id(sqlite3_stmt *stmt, struct load *load)
{
    consult_load_alarm_id(load->consult, sqlite3_column_int64(stmt, 0));
    return 0;
}

static int load_shift(sqlite3_stmt *stmt, struct load *load)
{
    struct consult_shift row = {.starts_at = sqlite3_column_int64(stmt, 2),
                                .ends_at = sqlite3_column_int64(stmt, 3)};
    sql_text(stmt, 0, row.id, sizeof(row.id));
    sql_text(stmt, 1, row.lawyer, sizeof(row.lawyer));
    int err = consult_load_shift(load->consult, &row);
    return err == EEXIST || err == EOVERFLOW ? 0 : err; // two at once made them: the first stays
}

static int load_met(sqlite3_stmt *stmt, struct load *load)
{
    char lawyer[CONSULT_ID_MAX];
    sql_text(stmt, 2, lawyer, sizeof(lawyer));
    consult_load_met(load->consult, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1),
                     lawyer);
    return 0;
}

static int load_room(sqlite3_stmt *stmt, struct load *load)
{
    struct consult_booth room = {0};
    sql_text(stmt, 0, room.id, sizeof(room.id));
    sql_text(stmt, 1, room.name, sizeof(room.name));
    return consult_load_room(load->consult, &room);
}

static int read_appointment(sqlite3_stmt *stmt, struct consult_appointment *row)
{
    char kind[16], state[16];
    sql_text(stmt, 1, kind, sizeof(kind));
    sql_text(stmt, 2, state, sizeof(state));
    sql_text(stmt, 3, row->place, sizeof(row->place));
    sql_text(stmt, 4, row->lawyer, sizeof(row->lawyer));
    sql_text(stmt, 5, row->category, sizeof(row->category));
    sql_text(stmt, 6, row->name, sizeof(row->name));
    sql_text(stmt, 7, row->phone, sizeof(row->phone));
    sql_text(stmt, 8, row->purpose, sizeof(row->purpose));
    sql_text(stmt, 9, row->reason, sizeof(row->reason));
    row->starts_at = sqlite3_column_int64(stmt, 10);
    row->ends_at = sqlite3_column_int64(stmt, 11);
    row->asked_at = sqlite3_column_int64(stmt, 12);
    row->decided_at = sqlite3_column_int64(stmt, 13);
    row->reminded_at = sqlite3_column_int64(stmt, 14);
    int err = appointment_kind_parse(kind, &row->kind);
    return err ? err : appointment_state_parse(state, &row->state);
}

static int load_appointment(sqlite3_stmt *stmt, struct load *load)
{
    struct consult_appointment row = {.id = sqlite3_column_int64(stmt, 0)};
    int err = read_appointment(stmt, &row);
    return err ? err : consult_load_appointment(load->consult, &row);
}

static int load_appointment_id(sqlite3_stmt *stmt, struct load *load)
{
    consult_load_appointment_id(load->consult, sqlite3_column_int64(stmt, 0));
    return 0;
}

static int load_ticket(sqlite3_stmt *stmt, struct load *load)
{
    consult_load_ticket(load->consult, sqlite3_column_int64(stmt, 0),
                        sqlite3_column_int64(stmt, 1));
    return 0;
}

static int load_lecture(sqlite3_stmt *stmt, struct load *load)
{
    char state[16];
    struct lecture row = {.starts_at = sqlite3_column_int64(stmt, 6),
                          .started_at = sqlite3_column_int64(stmt, 7),
                          .ended_at = sqlite3_column_int64(stmt, 8)};
    sql_text(stmt, 0, row.id, sizeof(row.id));
    sql_text(stmt, 1, row.title, sizeof(row.title));
    sql_text(stmt, 2, row.lecturer, sizeof(row.lecturer));
    sql_text(stmt, 3, row.centre_name, sizeof(row.centre_name));
    sql_text(stmt, 4, row.centre_phone, sizeof(row.centre_phone));
    sql_text(stmt, 5, row.room, sizeof(row.room));
    sql_text(stmt, 9, state, sizeof(state));
    int err = lecture_state_parse(state, &row.state);
    return err ? err : lectures_load(load->lectures, &row);
}

static const struct {
    enum sql sql;
    load_row_h *handler;
    const char *what;
} parts[] = {
    {SQL_LOAD_CENTRES, load_centre, "centre"},
    {SQL_LOAD_BOOTHS, load_booth, "booth"},
    {SQL_LOAD_LAWYERS, load_lawyer, "lawyer"},
    {SQL_LOAD_DUTIES, load_duty, "duty"},
    {SQL_LOAD_CONSULTATIONS, load_consultation, "consultation"},
    {SQL_LOAD_PARTIES, load_party, "third party"},
    {SQL_LOAD_UNRATED, load_unrated, "rating"},
    {SQL_LOAD_MESSAGES, load_message, "message"},
    {SQL_LOAD_MESSAGE_ID, load_message_id, "message"},
    {SQL_LOAD_LENGTHS, load_length, "length of a meeting"},
    {SQL_LOAD_ALARMS, load_alarm, "alarm"},
    {SQL_LOAD_ALARM_ID, load_alarm_id, "alarm"},
    {SQL_LOAD_CONSENTS, load_consent, "consent"},
    {SQL_LOAD_SHIFTS, load_shift, "shift"},
    {SQL_LOAD_MET, load_met, "meeting"},
    {SQL_LOAD_ROOMS, load_room, "room"},
    {SQL_LOAD_APPOINTMENTS, load_appointment, "appointment"},
    {SQL_LOAD_APPOINTMENT_ID, load_appointment_id, "appointment"},
    {SQL_LOAD_TICKET, load_ticket, "ticket"},
    {SQL_LOAD_LECTURES, load_lecture, "lecture"},
};

static int load_part(struct db *db, size_t part, struct load *load)
{
    sqlite3_stmt *stmt;
    int row_err = 0, err = sql_start(db, parts[part].sql, &stmt, "");
    if (err)
        return err;
    while (!row_err && !(err = sql_next(stmt))) {
        row_err = parts[part].handler(stmt, load);
        if (row_err)
            log_error("store", "%s %s cannot be loaded: %s", parts[part].what,
                      (const char *)sqlite3_column_text(stmt, 0), strerror(row_err));
    }
    sql_end(stmt);
    if (row_err)
        return EBADMSG;
    return err == ENOENT ? 0 : err;
}

int db_load(void *arg, struct consult *consult, struct lectures *lectures, int64_t *last_event)
{
    struct load load = {arg, consult, lectures};
    int err = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && !err; i++)
        err = load_part(arg, i, &load);
    return err ? err : db_last_event(arg, last_event);
}

int db_reload(struct db *db, struct job *job)
{
    int err = consult_alloc(&job->consult);
    if (!err)
        err = lectures_alloc(&job->lectures);
    return err ? err : db_load(db, job->consult, job->lectures, &job->number);
}
