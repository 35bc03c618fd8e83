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
    struct consult_centre row = {0};
    sql_read(stmt, "tttttt", TO(row.id), TO(row.name), TO(row.phone), TO(row.address),
             TO(row.district), TO(row.street));
    return consult_load_centre(load->consult, &row);
}

static int load_booth(sqlite3_stmt *stmt, struct load *load)
{
    struct consult_booth row = {0};
    sql_read(stmt, "tttf", TO(row.id), TO(row.name), TO(row.centre), &row.is_closed);
    return consult_load_booth(load->consult, &row);
}

static int load_lawyer(sqlite3_stmt *stmt, struct load *load)
{
    char centres[SCOPE_LIST_MAX];
    struct consult_lawyer row = {0};
    sql_read(stmt, "tttttttttt", TO(row.id), TO(row.name), TO(row.law_firm), TO(row.licence_no),
             TO(row.skills), TO(row.languages), TO(centres), TO(row.place.district),
             TO(row.place.street), TO(row.photo));
    scope_read_centres(&row.place, centres);
    return consult_load_lawyer(load->consult, &row);
}

static int load_duty(sqlite3_stmt *stmt, struct load *load)
{
    struct consult_duty row = {0};
    sql_read(stmt, "tfii", TO(row.lawyer), &row.on_duty, &row.since, &row.last_served_at);
    return consult_load_duty(load->consult, &row);
}

static int load_consultation(sqlite3_stmt *stmt, struct load *load)
{
    char state[16], identity[16];
    struct consultation row = {0};
    sql_read(stmt, "tiitttttttttiiiiittittit", TO(row.id), &row.day, &row.ticket_no, TO(row.booth),
             TO(row.lawyer), TO(row.declined_by), TO(row.conflicts), TO(row.key), TO(row.category),
             TO(row.language), TO(row.consent), TO(state), &row.asked_at, &row.offered_at,
             &row.offer_expires_at, &row.connected_at, &row.suspended_at, TO(identity),
             TO(row.colleague), &row.colleague_at, TO(row.handed_by), TO(row.wanted),
             &row.transfer_until, TO(row.parked));
    int err = consult_identity_parse(identity, &row.identity);
    if (!err)
        err = consult_state_parse(state, &row.state);
    return err ? err : consult_load_consultation(load->consult, &row);
}

static int load_party(sqlite3_stmt *stmt, struct load *load)
{
    char role[24], state[16];
    struct consult_party row = {0};
    sql_read(stmt, "ttttttiiii", TO(row.id), TO(row.consultation), TO(role), TO(row.name),
             TO(state), TO(row.link_hash), &row.asked_at, &row.expires_at, &row.answered_at,
             &row.entered_at);
    int err = consult_role_parse(role, &row.role);
    if (!err)
        err = consult_party_state_parse(state, &row.state);
    return err ? err : consult_load_party(load->consult, &row);
}

static int load_unrated(sqlite3_stmt *stmt, struct load *load)
{
    char id[CONSULT_ID_MAX], booth[CONSULT_ID_MAX];
    int64_t ended_at;
    sql_read(stmt, "tti", TO(id), TO(booth), &ended_at);
    return consult_load_unrated(load->consult, booth, id, ended_at);
}

static int load_message(sqlite3_stmt *stmt, struct load *load)
{
    char phone[STORE_TEXT_MAX];
    struct consult_message row = {0};
    sql_read(stmt, "itttttii", &row.id, TO(row.booth), TO(row.category), TO(phone),
             TO(row.half_day), TO(row.reason), &row.asked_at, &row.due_at);
    db_open_phone(load->db, row.id, phone, row.phone, sizeof(row.phone));
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
    struct consult_alarm row = {0};
    sql_read(stmt, "itttti", &row.id, TO(kind), TO(row.booth), TO(row.lawyer), TO(row.consultation),
             &row.raised_at);
    int err = consult_alarm_parse(kind, &row.kind);
    return err ? err : consult_load_alarm(load->consult, &row);
}

static int load_consent(sqlite3_stmt *stmt, struct load *load)
{
    char kind[16];
    struct consult_consent row = {0};
    sql_read(stmt, "tittftii", TO(row.consultation), &row.n, TO(row.party), TO(kind), &row.is_given,
             TO(row.wording), &row.at, &row.withdrawn_at);
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
    struct consult_shift row = {0};
    sql_read(stmt, "ttii", TO(row.id), TO(row.lawyer), &row.starts_at, &row.ends_at);
    int err = consult_load_shift(load->consult, &row);
    return err == EEXIST || err == EOVERFLOW ? 0 : err; // two at once made them: the first stays
}

static int load_met(sqlite3_stmt *stmt, struct load *load)
{
    int64_t day, ticket_no;
    char lawyer[CONSULT_ID_MAX];
    sql_read(stmt, "iit", &day, &ticket_no, TO(lawyer));
    consult_load_met(load->consult, day, ticket_no, lawyer);
    return 0;
}

static int load_room(sqlite3_stmt *stmt, struct load *load)
{
    struct consult_booth row = {0};
    sql_read(stmt, "ttt", TO(row.id), TO(row.name), TO(row.centre));
    return consult_load_room(load->consult, &row);
}

static int load_appointment(sqlite3_stmt *stmt, struct load *load)
{
    char kind[16], state[16], mark[STORE_TEXT_MAX];
    char name[STORE_TEXT_MAX], phone[STORE_TEXT_MAX], purpose[STORE_TEXT_MAX];
    struct consult_appointment row = {0};
    sql_read(stmt, "itttttttttiiiiit", &row.id, TO(kind), TO(state), TO(row.place), TO(row.lawyer),
             TO(row.category), TO(name), TO(phone), TO(purpose), TO(row.reason), &row.starts_at,
             &row.ends_at, &row.asked_at, &row.decided_at, &row.reminded_at, TO(mark));
    db_open_appointment(load->db, row.id, "name", mark, name, TO(row.name));
    db_open_appointment(load->db, row.id, "phone", mark, phone, TO(row.phone));
    db_open_appointment(load->db, row.id, "purpose", mark, purpose, TO(row.purpose));
    int err = appointment_kind_parse(kind, &row.kind);
    if (!err)
        err = appointment_state_parse(state, &row.state);
    return err ? err : consult_load_appointment(load->consult, &row);
}

static int load_appointment_id(sqlite3_stmt *stmt, struct load *load)
{
    consult_load_appointment_id(load->consult, sqlite3_column_int64(stmt, 0));
    return 0;
}

static int load_ticket(sqlite3_stmt *stmt, struct load *load)
{
    int64_t day, ticket_no;
    sql_read(stmt, "ii", &day, &ticket_no);
    consult_load_ticket(load->consult, day, ticket_no);
    return 0;
}

static int load_lecture(sqlite3_stmt *stmt, struct load *load)
{
    char state[16];
    struct lecture row = {0};
    sql_read(stmt, "ttttttiiit", TO(row.id), TO(row.title), TO(row.lecturer), TO(row.centre_name),
             TO(row.centre_phone), TO(row.room), &row.starts_at, &row.started_at, &row.ended_at,
             TO(state));
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
