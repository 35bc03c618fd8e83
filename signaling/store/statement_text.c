#include "signaling/store/statement.h"

// Every statement of the database, as it is prepared.

#define CENTRES_OF "coalesce((SELECT group_concat(centre) FROM user_centre WHERE user = u.id), '')"
#define USER_COLUMNS                                                                               \
    "u.id, u.name, u.password, u.role, u.display_name, u.law_firm, u.licence_no, u.skills,"        \
    " u.languages, u.must_change, u.needs_factor, u.factor, u.factor_step,"                        \
    " " CENTRES_OF ", u.disabled_at, u.district, u.street"
#define PLACES                                                                                     \
    " JOIN (SELECT id, name FROM booth UNION ALL SELECT id, name FROM room) p ON p.id = a.place"
#define KEPT                                                                                       \
    "(SELECT count(*) FROM appointment a WHERE a.lawyer = s.lawyer AND a.state = 'approved'"       \
    " AND a.starts_at >= s.starts_at AND a.ends_at <= s.ends_at"                                   \
    " AND a.ends_at > 1000 * CAST(strftime('%s', 'now') AS INTEGER)) AS appointments"
#define BOOTH_COLUMNS "b.id, b.name, c.name, b.generation"

#define OLD_MEETINGS "SELECT id FROM consultation WHERE state = 'closed' AND ended_at < ?"
#define OLD_CONSENTS                                                                               \
    "consultation IN (" OLD_MEETINGS ") AND consultation NOT IN (SELECT consultation FROM record)"
#define OLD_APPOINTMENTS                                                                           \
    "ends_at < ? AND state NOT IN ('requested', 'approved') AND name || phone || purpose <> ''"
#define OLD_GUESTS "name <> '' AND consultation IN (" OLD_MEETINGS ")"
#define OLD_QUEUE                                                                                  \
    "state = 'closed' AND ended_at < ? AND (key <> '' OR declined_by <> '' OR conflicts <> '')"

const char *const sql_texts[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_PUT_CONSULTATION] =
        "INSERT INTO consultation (id, day, ticket_no, booth, lawyer, declined_by, conflicts, key,"
        " category, language, consent, identity, state, end_reason, asked_at, offered_at,"
        " offer_expires_at, connected_at, suspended_at, ended_at, colleague, colleague_at,"
        " handed_by, wanted, transfer_until, parked)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET lawyer = excluded.lawyer,"
        " declined_by = excluded.declined_by, conflicts = excluded.conflicts,"
        " category = excluded.category, language = excluded.language,"
        " identity = excluded.identity, state = excluded.state,"
        " end_reason = excluded.end_reason, offered_at = excluded.offered_at,"
        " offer_expires_at = excluded.offer_expires_at, connected_at = excluded.connected_at,"
        " suspended_at = excluded.suspended_at, ended_at = excluded.ended_at,"
        " colleague = excluded.colleague, colleague_at = excluded.colleague_at,"
        " handed_by = excluded.handed_by, wanted = excluded.wanted,"
        " transfer_until = excluded.transfer_until, parked = excluded.parked",
    [SQL_PUT_PARTY] =
        "INSERT INTO third_party (id, consultation, role, name, state, end_reason, link_hash,"
        " asked_at, expires_at, answered_at, entered_at, ended_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET state = excluded.state, end_reason = excluded.end_reason,"
        " link_hash = excluded.link_hash, expires_at = excluded.expires_at,"
        " answered_at = excluded.answered_at, entered_at = excluded.entered_at,"
        " ended_at = excluded.ended_at",
    [SQL_PUT_DUTY] = "INSERT INTO duty (lawyer, on_duty, since, last_served_at)"
                     " VALUES (?, ?, ?, ?) ON CONFLICT (lawyer) DO UPDATE SET"
                     " on_duty = excluded.on_duty, since = excluded.since,"
                     " last_served_at = excluded.last_served_at",
    [SQL_ADD_RATING] = "INSERT INTO rating (consultation, score, rated_at) VALUES (?, ?, ?)",
    [SQL_PUT_ALARM] = "INSERT INTO alarm (id, kind, booth, lawyer, consultation, raised_at,"
                      " closed_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
                      " ON CONFLICT (id) DO UPDATE SET closed_at = excluded.closed_at",
    [SQL_PUT_CONSENT] =
        "INSERT INTO consent (consultation, n, party, kind, given, wording, at_ms, withdrawn_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (consultation, n) DO UPDATE SET withdrawn_at = excluded.withdrawn_at",
    [SQL_PUT_MESSAGE] =
        "INSERT INTO message (id, booth, category, phone, half_day, reason, asked_at, due_at,"
        " answered_at, answered_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, answered_at = "
        "excluded.answered_at,"
        " answered_by = excluded.answered_by",
    [SQL_PUT_APPOINTMENT] =
        "INSERT INTO appointment (id, kind, state, place, lawyer, category, name, phone, purpose,"
        " mark, reason, starts_at, ends_at, asked_at, decided_at, reminded_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET state = excluded.state, reason = excluded.reason,"
        " place = excluded.place, lawyer = excluded.lawyer, starts_at = excluded.starts_at,"
        " ends_at = excluded.ends_at, decided_at = excluded.decided_at,"
        " reminded_at = excluded.reminded_at",
    [SQL_CLEAR_APPOINTMENTS] = "SELECT id, name, phone, purpose FROM appointment"
                               " WHERE mark = '' AND name || phone || purpose <> '' LIMIT 1",
    [SQL_SEAL_APPOINTMENT] =
        "UPDATE appointment SET name = ?, phone = ?, purpose = ?, mark = ? WHERE id = ?",
    [SQL_PUT_LECTURE] = "UPDATE lecture SET state = ?, started_at = ?, ended_at = ? WHERE id = ?",
    [SQL_ADD_EVENT] = "INSERT INTO event (at_ms, topic, kind, body) VALUES (?, ?, ?, ?)",
    [SQL_PRUNE_EVENTS] = "DELETE FROM event WHERE n <= ?",
    [SQL_EVENT_BOUNDS] = "SELECT (SELECT min(n) FROM event),"
                         " (SELECT seq FROM sqlite_sequence WHERE name = 'event')",
    [SQL_EVENTS_OF_TOPIC] = "SELECT n, at_ms, topic, kind, body FROM event"
                            " WHERE topic = ? AND n > ? ORDER BY n LIMIT ?",
    [SQL_ADD_AUDIT] = "INSERT INTO audit (n, at_ms, actor, action, object, detail, hash)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?)",
    [SQL_LAST_AUDIT] = "SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1",
    [SQL_AUDIT_AT] = "SELECT hash FROM audit WHERE n = ?",
    [SQL_ALL_AUDIT] = "SELECT n, at_ms, actor, action, object, detail, hash FROM audit ORDER BY n",
    [SQL_USER_BY_NAME] = "SELECT " USER_COLUMNS
                         " FROM user u WHERE u.name = ? AND u.disabled_at = 0",
    [SQL_USER_BY_ID] = "SELECT " USER_COLUMNS " FROM user u WHERE u.id = ?",
    [SQL_USER_BY_SESSION] = "SELECT " USER_COLUMNS " FROM user u JOIN session s ON s.user = u.id"
                            " WHERE s.hash = ? AND s.used_at > ? AND u.disabled_at = 0",
    [SQL_BOOTH_BY_ID] = "SELECT " BOOTH_COLUMNS " FROM booth b JOIN centre c ON c.id = b.centre"
                        " WHERE b.id = ? AND b.closed_at = 0",
    [SQL_BOOTH_BY_CODE] = "SELECT " BOOTH_COLUMNS " FROM booth b JOIN centre c ON c.id = b.centre"
                          " WHERE b.code_hash = ? AND b.code_expires_at > ? AND b.closed_at = 0",
    [SQL_BOOTH_ENROLLED] =
        "UPDATE booth SET code_hash = NULL, generation = generation + 1 WHERE id = ?",
    [SQL_MEMBER_BY_LINK] = "SELECT m.id, m.name, l.lecture FROM link l"
                           " JOIN member m ON m.id = l.member WHERE l.hash = ?",
    [SQL_MEMBER_BY_ID] = "SELECT m.id, m.name, (SELECT l.lecture FROM link l"
                         " WHERE l.member = m.id ORDER BY l.rowid DESC LIMIT 1)"
                         " FROM member m WHERE m.id = ?",
    [SQL_ADD_SESSION] = "INSERT INTO session (hash, user, made_at, used_at, address)"
                        " VALUES (?, ?, ?, ?, ?)",
    [SQL_USE_FACTOR] = "UPDATE user SET factor_step = ?1 WHERE id = ?2 AND factor_step < ?1",
    [SQL_SET_FACTOR] = "UPDATE user SET factor = ?, factor_step = 0 WHERE id = ?",
    [SQL_SET_PASSWORD] = "UPDATE user SET password = ?, must_change = 0 WHERE id = ?",
    [SQL_TOUCH_SESSION] = "UPDATE session SET used_at = max(used_at, ?) WHERE hash = ?",
    [SQL_END_SESSION] = "DELETE FROM session WHERE hash = ?",
    [SQL_SWEEP_SESSIONS] = "DELETE FROM session WHERE used_at < ?",
    [SQL_LOAD_CENTRES] =
        "SELECT id, name, phone, address, district, street FROM centre ORDER BY id",
    [SQL_LOAD_BOOTHS] = "SELECT id, name, centre, closed_at FROM known_booth ORDER BY id",
    [SQL_LOAD_LAWYERS] =
        "SELECT u.id, u.display_name, u.law_firm, u.licence_no, u.skills, u.languages,"
        " " CENTRES_OF ", u.district, u.street,"
        " coalesce((SELECT version FROM photo WHERE user = u.id), '') FROM user u WHERE u.role = "
        "'lawyer' ORDER BY u.id",
    [SQL_LOAD_DUTIES] = "SELECT d.lawyer, d.on_duty, d.since, d.last_served_at FROM duty d"
                        " JOIN user u ON u.id = d.lawyer WHERE u.role = 'lawyer'",
    [SQL_LOAD_CONSULTATIONS] =
        "SELECT id, day, ticket_no, booth, lawyer, declined_by, conflicts, key, category, language,"
        " consent, state, asked_at, offered_at, offer_expires_at, connected_at, suspended_at,"
        " identity, colleague, colleague_at, handed_by, wanted, transfer_until, parked"
        " FROM consultation WHERE state <> 'closed' ORDER BY day, ticket_no",
    [SQL_LOAD_PARTIES] =
        "SELECT id, consultation, role, name, state, link_hash, asked_at, expires_at, answered_at,"
        " entered_at FROM third_party WHERE state <> 'closed' ORDER BY asked_at",
    [SQL_LOAD_UNRATED] =
        "SELECT c.id, c.booth, max(c.ended_at) FROM consultation c JOIN known_booth b ON b.id ="
        " c.booth WHERE c.connected_at > 0 AND c.state = 'closed' GROUP BY c.booth"
        " HAVING NOT EXISTS (SELECT 1 FROM rating r WHERE r.consultation = c.id)",
    [SQL_LOAD_MESSAGES] = "SELECT id, booth, category, phone, half_day, reason, asked_at, due_at"
                          " FROM message WHERE answered_at = 0 ORDER BY id",
    [SQL_LOAD_MESSAGE_ID] = "SELECT max(id) FROM message",
    [SQL_LOAD_LENGTHS] =
        "SELECT length FROM (SELECT ended_at, ended_at - connected_at AS length"
        " FROM consultation WHERE connected_at > 0 AND ended_at > 0 ORDER BY ended_at DESC"
        " LIMIT 8) ORDER BY ended_at",
    [SQL_LOAD_ALARMS] = "SELECT id, kind, booth, lawyer, consultation, raised_at FROM alarm"
                        " WHERE closed_at = 0 ORDER BY id",
    [SQL_LOAD_ALARM_ID] = "SELECT max(id) FROM alarm",
    [SQL_LOAD_CONSENTS] =
        "SELECT o.consultation, o.n, o.party, o.kind, o.given, o.wording, o.at_ms, o.withdrawn_at"
        " FROM consent o JOIN consultation c ON c.id = o.consultation WHERE c.state <> 'closed'"
        " ORDER BY o.consultation, o.n",
    [SQL_LOAD_SHIFTS] =
        "SELECT s.id, s.lawyer, s.starts_at, s.ends_at FROM shift s JOIN user u ON u.id = s.lawyer"
        " WHERE s.ends_at > 1000 * CAST(strftime('%s', 'now') AS INTEGER) AND u.role = 'lawyer'",
    [SQL_LOAD_MET] = "SELECT day, ticket_no, lawyer FROM (SELECT day, ticket_no, lawyer, ended_at"
                     " FROM consultation WHERE connected_at > 0 AND ended_at > 0"
                     " ORDER BY ended_at DESC LIMIT 1024) ORDER BY ended_at",
    [SQL_LOAD_ROOMS] = "SELECT id, name, coalesce(centre, '') FROM room ORDER BY id LIMIT 512",
    [SQL_LOAD_APPOINTMENTS] =
        "SELECT id, kind, state, place, lawyer, category, name, phone, purpose, reason, starts_at,"
        " ends_at, asked_at, decided_at, reminded_at, mark FROM appointment"
        " WHERE state IN ('requested', 'approved') ORDER BY id",
    [SQL_LOAD_APPOINTMENT_ID] = "SELECT max(id) FROM appointment",
    [SQL_LOAD_TICKET] = "SELECT day, ticket_no FROM consultation"
                        " ORDER BY day DESC, ticket_no DESC LIMIT 1",
    [SQL_LOAD_LECTURES] =
        "SELECT l.id, l.title, l.lecturer, c.name, c.phone, l.room, l.starts_at, l.started_at,"
        " l.ended_at, l.state FROM lecture l JOIN centre c ON c.id = l.centre"
        " ORDER BY l.starts_at, l.id",
    [SQL_RECORD] =
        "SELECT c.id, c.day, c.ticket_no, c.booth, b.name, e.name, e.phone, c.lawyer,"
        " u.display_name, u.law_firm, u.licence_no, c.category, c.language, c.state,"
        " c.connected_at, c.ended_at, r.state, r.key, r.key_id, v.n, v.at_ms, v.body,"
        " (SELECT a.detail FROM audit a WHERE a.object = c.id AND a.action = 'record_seal'"
        "  ORDER BY a.n LIMIT 1)"
        " FROM consultation c JOIN booth b ON b.id = c.booth JOIN centre e ON e.id = b.centre"
        " JOIN user u ON u.id = c.lawyer LEFT JOIN record r ON r.consultation = c.id"
        " LEFT JOIN record_rev v ON v.consultation = c.id AND v.n ="
        "  (SELECT max(n) FROM record_rev WHERE consultation = c.id)"
        " WHERE c.id = ?",
    [SQL_RECORDS_OF] =
        "SELECT c.id, c.day, c.ticket_no, b.name, c.category, c.connected_at, c.ended_at,"
        " coalesce(r.state, '') FROM consultation c JOIN booth b ON b.id = c.booth"
        " LEFT JOIN record r ON r.consultation = c.id"
        " WHERE c.lawyer = ? AND c.connected_at > 0 AND c.state <> 'offered'"
        " ORDER BY coalesce(r.state, '') = 'sealed', c.connected_at DESC LIMIT ?",
    [SQL_RECORD_KEY_ID] = "SELECT coalesce((SELECT key_id FROM record ORDER BY rowid DESC LIMIT 1),"
                          " (SELECT key_id FROM paper ORDER BY kept_at DESC LIMIT 1), '')",
    [SQL_PAPERS] = "SELECT p.id, p.kept_at, p.key, p.key_id, coalesce(d.about, p.about),"
                   " CASE WHEN p.id = ? THEN p.body END, c.lawyer, coalesce(d.key, p.key)"
                   " FROM paper p JOIN consultation c ON c.id = p.consultation"
                   " LEFT JOIN paper_drawn d ON d.paper = p.id WHERE p.consultation = ?"
                   " ORDER BY p.kept_at, p.id LIMIT ?",
    [SQL_KEEP_PAPER] = "INSERT INTO paper (id, consultation, kept_at, key, key_id, about, body)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                       " about = excluded.about, body = excluded.body, key = excluded.key,"
                       " key_id = excluded.key_id",
    [SQL_DRAW_PAPER] = "INSERT INTO paper_drawn (paper, key, about)"
                       " SELECT id, ?, ? FROM paper WHERE id = ? ON CONFLICT (paper) DO UPDATE SET"
                       " key = excluded.key, about = excluded.about",
    [SQL_CLEAR_MESSAGES] = "SELECT id, phone FROM message WHERE length(phone) BETWEEN 1 AND 24"
                           " ORDER BY id LIMIT 1",
    [SQL_SEAL_MESSAGE] = "UPDATE message SET phone = ? WHERE id = ?",
    [SQL_RECORDING] = "SELECT 1 FROM recording WHERE id = ?",
    [SQL_BEGIN_RECORD] = "INSERT INTO record (consultation, state, key, key_id)"
                         " VALUES (?, 'drafting', ?, ?) ON CONFLICT DO NOTHING",
    [SQL_ADD_RECORD_REV] = "INSERT INTO record_rev (consultation, n, at_ms, author, body)"
                           " VALUES (?, ?, ?, ?, ?)",
    [SQL_SET_RECORD_STATE] =
        "UPDATE record SET state = ? WHERE consultation = ? AND state <> 'sealed'",
    // Of a centre ("": all), from when, until when.
    [SQL_COUNT_VISITS] =
        "SELECT c.category, c.asked_at, c.connected_at, c.ended_at, coalesce(r.score, 0)"
        " FROM consultation c JOIN booth b ON b.id = c.booth"
        " LEFT JOIN rating r ON r.consultation = c.id"
        " WHERE ?1 IN ('', b.centre) AND c.asked_at >= ?2 AND c.asked_at < ?3",
    // Who left no number is somebody else each time.
    [SQL_COUNT_PERSONS] =
        "SELECT count(DISTINCT coalesce(p.hash, c.id)) FROM consultation c"
        " JOIN booth b ON b.id = c.booth LEFT JOIN person p ON p.consultation = c.id"
        " WHERE ?1 IN ('', b.centre) AND c.asked_at >= ?2 AND c.asked_at < ?3"
        " AND c.connected_at > 0",
    [SQL_COUNT_MESSAGES] = "SELECT m.half_day <> '', m.due_at, m.answered_at FROM message m"
                           " JOIN booth b ON b.id = m.booth"
                           " WHERE ?1 IN ('', b.centre) AND m.asked_at >= ?2 AND m.asked_at < ?3",
    [SQL_COUNT_FOLLOW_UPS] =
        "SELECT t.done_at > 0 FROM task t LEFT JOIN consultation c ON c.id = t.consultation"
        " LEFT JOIN booth b ON b.id = c.booth"
        " WHERE ?1 IN ('', b.centre) AND t.made_at >= ?2 AND t.made_at < ?3"
        " AND t.appointment IS NULL",
    [SQL_SEED_CENTRE] = "INSERT INTO centre (id, name, phone, address) VALUES (?, ?, ?, ?)"
                        " ON CONFLICT DO NOTHING",
    [SQL_SEED_BOOTH] = "INSERT INTO booth (id, name, centre) VALUES (?, ?, ?)"
                       " ON CONFLICT DO NOTHING",
    [SQL_SEED_USER] =
        "INSERT INTO user (id, name, password, role, display_name, law_firm, licence_no, skills,"
        " languages) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, password = excluded.password",
    [SQL_SEED_LECTURE] = "INSERT INTO lecture (id, title, lecturer, centre, room, starts_at, state)"
                         " VALUES (?, ?, ?, ?, ?, ?, 'planned') ON CONFLICT DO NOTHING",
    [SQL_SEED_MEMBER] = "INSERT INTO member (id, name, centre) VALUES (?, ?, ?)"
                        " ON CONFLICT DO NOTHING",
    [SQL_SEED_LINK] = "INSERT INTO link (hash, member, lecture) VALUES (?, ?, ?)"
                      " ON CONFLICT DO NOTHING",

    [SQL_LISTS + STORE_USERS] =
        "SELECT u.id, u.name, role, display_name, law_firm, licence_no, skills, languages,"
        " " CENTRES_OF " AS centres, district, street,"
        " disabled_at <> 0 AS 'disabled?', must_change AS 'must_change?',"
        " factor <> '' AS 'second_factor?', needs_factor AS 'needs_second_factor?',"
        " (SELECT version FROM photo WHERE user = u.id) AS photo FROM user u"
        " ORDER BY role, u.name LIMIT 2000",
    [SQL_LISTS + STORE_SESSIONS] =
        "SELECT substr(hash, 1, 16) AS id, made_at, used_at, address, hash = ?2 AS 'current?'"
        " FROM session WHERE user = ?1 ORDER BY used_at DESC LIMIT 200",
    [SQL_LISTS + STORE_BOOTHS] =
        "SELECT b.id, b.name, c.name AS centre, c.id AS centre_id, b.generation > 0 AS 'enrolled?'"
        " FROM booth b JOIN centre c ON c.id = b.centre WHERE b.closed_at = 0"
        " ORDER BY c.name, b.name LIMIT 256",
    [SQL_LISTS + STORE_START] =
        "SELECT EXISTS (SELECT 1 FROM user WHERE disabled_at = 0) AS 'account?',"
        " EXISTS (SELECT 1 FROM centre) AS 'centre?',"
        " EXISTS (SELECT 1 FROM booth WHERE closed_at = 0 AND generation > 0) AS 'booth?',"
        " EXISTS (SELECT 1 FROM user WHERE disabled_at = 0 AND role = 'lawyer') AS 'lawyer?',"
        " EXISTS (SELECT 1 FROM consultation WHERE connected_at > 0) AS 'consultation?'",
    [SQL_LISTS + STORE_AUDIT] = "SELECT n, at_ms, actor, action, object, detail FROM audit"
                                " ORDER BY n DESC LIMIT 500",
    [SQL_LISTS + STORE_SHIFTS] =
        "SELECT s.id, s.lawyer, u.display_name AS name, u.law_firm, s.centre, s.starts_at,"
        " s.ends_at, " KEPT " FROM shift s JOIN user u ON u.id = s.lawyer WHERE s.ends_at > ?"
        " ORDER BY s.starts_at, u.display_name LIMIT 2048",
    [SQL_LISTS + STORE_RECORDING] = "SELECT id, key, key_id FROM recording WHERE id = ?",
    [SQL_LISTS + STORE_RECORDINGS] =
        "SELECT r.id, r.consultation, r.participant, r.key, r.key_id, r.started_at,"
        " nullif(r.ended_at, 0) AS ended_at, coalesce(t.role, CASE r.participant"
        "  WHEN c.booth THEN 'resident' WHEN c.lawyer THEN 'lawyer' ELSE 'colleague' END) AS role,"
        " coalesce(t.name, u.display_name, '') AS name FROM recording r JOIN consultation c"
        " ON c.id = r.consultation LEFT JOIN third_party t ON t.id = r.participant"
        " LEFT JOIN user u ON u.id = r.participant WHERE r.consultation = ? AND c.lawyer = ?"
        " ORDER BY r.started_at LIMIT 500",
    [SQL_LISTS + STORE_EARLIER] =
        "SELECT c.id AS consultation, c.ticket_no, c.category, c.connected_at,"
        " u.display_name AS lawyer, u.law_firm, e.name AS centre,"
        " coalesce(r.state, '') = 'sealed' AS 'sealed?' FROM person m"
        " JOIN person o ON o.hash = m.hash AND o.consultation <> m.consultation"
        " JOIN consultation c ON c.id = o.consultation JOIN booth b ON b.id = c.booth"
        " JOIN centre e ON e.id = b.centre JOIN user u ON u.id = c.lawyer"
        " LEFT JOIN record r ON r.consultation = c.id"
        " WHERE m.consultation = ? AND c.state = 'closed' AND c.connected_at > 0"
        " ORDER BY c.connected_at DESC LIMIT 20",
    [SQL_LISTS + STORE_TASKS] =
        "SELECT t.id, t.kind, t.made_at, nullif(t.done_at, 0) AS done_at, u.display_name AS "
        "done_by,"
        " t.note, c.ticket_no, c.asked_at, coalesce(c.category, nullif(a.category, '')) AS "
        "category,"
        " coalesce(b.name, p.name) AS booth, b.centre, t.appointment, a.place, a.state, "
        "a.starts_at,"
        " a.name, a.phone, a.mark, nullif(t.due_at, 0) AS due_at,"
        " iif(t.kind = 'urgent_aid', l.display_name, al.display_name) AS lawyer FROM task t"
        " LEFT JOIN consultation c ON c.id = t.consultation LEFT JOIN booth b ON b.id = c.booth"
        " LEFT JOIN appointment a ON a.id = t.appointment LEFT" PLACES
        " LEFT JOIN user u ON u.id = t.done_by LEFT JOIN user l ON l.id = c.lawyer"
        " LEFT JOIN user al ON al.id = a.lawyer"
        " WHERE t.done_at > ?1"
        " OR (t.done_at = 0 AND t.due_at <= ?2 AND coalesce(a.starts_at > ?2, 1))"
        " ORDER BY t.done_at > 0, iif(t.done_at, NULL, a.starts_at), t.made_at DESC LIMIT 5000",

    // The mean is of five or more; no single rating leaves the database.
    [SQL_LISTS + STORE_WORKLOAD] =
        "SELECT c.day, c.ticket_no, b.name AS booth, e.name AS centre, c.category, c.language,"
        " c.connected_at, c.ended_at, CASE WHEN count(r.score) OVER () >= 5"
        " THEN CAST(round(10 * avg(r.score) OVER ()) AS INTEGER) END AS mean_tenths"
        " FROM consultation c JOIN booth b ON b.id = c.booth JOIN centre e ON e.id = b.centre"
        " LEFT JOIN rating r ON r.consultation = c.id"
        " WHERE c.lawyer = ?1 AND c.connected_at > 0 AND c.asked_at >= ?2 AND c.asked_at < ?3"
        " ORDER BY c.connected_at LIMIT 10000",
    [SQL_LISTS + STORE_APPOINTMENTS] =
        "SELECT a.id, a.kind, a.state, a.place, p.name AS place_name, a.lawyer,"
        " u.display_name AS lawyer_name, nullif(a.category, '') AS category, a.name, a.phone,"
        " nullif(a.purpose, '') AS purpose, a.mark, nullif(a.reason, '') AS reason, a.starts_at, "
        "a.ends_at,"
        " a.asked_at, nullif(a.reminded_at, 0) AS reminded_at,"
        " a.state IN ('refused', 'cancelled') AND a.reminded_at < a.decided_at AS 'to_tell?',"
        " a.lawyer IS NULL OR a.ends_at < a.asked_at OR EXISTS (SELECT 1 FROM shift s"
        "  WHERE s.lawyer = a.lawyer AND s.starts_at <= a.starts_at AND a.ends_at <= s.ends_at)"
        "  AS 'in_shift?',"
        " (SELECT count(*) FROM appointment o WHERE o.mark = a.mark AND o.mark <> '' AND o.state = "
        "'came') AS "
        "came,"
        " (SELECT count(*) FROM appointment o WHERE o.mark = a.mark AND o.mark <> '' AND o.state = "
        "'no_show')"
        "  AS no_shows FROM appointment a" PLACES " LEFT JOIN user u ON u.id = a.lawyer"
        " WHERE a.state IN ('requested', 'approved') OR a.starts_at > ?"
        " ORDER BY a.state NOT IN ('requested', 'approved'), a.starts_at LIMIT 1500",
    [SQL_LISTS + STORE_APPOINTMENTS_OF] = "SELECT a.id, a.state, p.name AS place_name, a.category, "
                                          "a.name, a.mark, a.starts_at, a.ends_at"
                                          " FROM appointment a" PLACES
                                          " WHERE a.lawyer = ? AND a.state IN ('approved', 'came')"
                                          " AND a.ends_at > ? ORDER BY a.starts_at LIMIT 200",
    [SQL_LISTS + STORE_PLACES] = "SELECT id, name, centre, 0 AS 'room?' FROM booth"
                                 " WHERE closed_at = 0"
                                 " UNION ALL SELECT id, name, centre, 1 FROM room"
                                 " ORDER BY 4, name LIMIT 768",

    [SQL_LISTS + STORE_SWAPS] =
        "SELECT w.id, w.shift, w.asked_by, a.display_name AS asked_by_name, w.asked,"
        " b.display_name AS asked_name, w.asked_at, nullif(w.answer, '') AS answer, s.starts_at,"
        " s.ends_at, " KEPT
        " FROM swap w JOIN shift s ON s.id = w.shift JOIN user a ON a.id = w.asked_by"
        " JOIN user b ON b.id = w.asked WHERE (?1 = '' OR w.asked_by = ?1 OR w.asked = ?1)"
        " AND s.ends_at > ?2 ORDER BY w.answered_at > 0, s.starts_at LIMIT 200",

    [SQL_WRITES +
        STORE_ADD_SWAP] = "INSERT INTO swap (shift, asked_by, asked, asked_at)"
                          " SELECT id, ?2, ?3, ?4 FROM shift WHERE id = ?1 AND lawyer = ?2",
    [SQL_WRITES + STORE_ANSWER_SWAP] =
        "UPDATE swap SET answer = ?, answered_at = ? WHERE id = ? AND shift = ? AND asked = ?"
        " AND answered_at = 0",
    [SQL_WRITES + STORE_HAND_OVER] = "UPDATE shift SET lawyer = ? WHERE id = ? AND lawyer = ?",
    [SQL_WRITES + STORE_HAND_APPOINTMENTS] =
        "UPDATE appointment SET lawyer = ?1, reminded_at = 0 WHERE lawyer = ?2"
        " AND state IN ('requested', 'approved') AND starts_at >= ?3 AND ends_at <= ?4"
        " AND ends_at > ?5",
    [SQL_WRITES + STORE_HAND_REMINDERS] =
        "INSERT INTO task (kind, appointment, made_at, due_at) SELECT 'remind', a.id, ?5,"
        " coalesce((SELECT max(t.due_at) FROM task t WHERE t.appointment = a.id), 0)"
        " FROM appointment a WHERE a.state = 'approved' AND a.lawyer = ?1"
        " AND a.starts_at >= ?3 AND a.ends_at <= ?4 AND a.ends_at > ?5"
        " AND NOT EXISTS (SELECT 1 FROM task t WHERE t.appointment = a.id AND t.done_at = 0)",
    [SQL_WRITES + STORE_PUT_REMINDER] =
        "INSERT INTO task (kind, appointment, made_at, due_at) SELECT 'remind', id, ?2, ?3"
        " FROM appointment WHERE id = ?1 AND state = 'approved' AND reminded_at = 0"
        " ON CONFLICT (appointment) WHERE done_at = 0 DO UPDATE SET due_at = excluded.due_at",
    [SQL_WRITES + STORE_END_REMINDER] =
        "UPDATE task SET done_at = ?1, done_by = (SELECT id FROM user WHERE id = ?2), note = ?3"
        " WHERE appointment = ?4 AND done_at = 0",
    [SQL_WRITES + STORE_ADD_ROOM] = "INSERT INTO room (id, name, centre) VALUES (?, ?, ?)",
    [SQL_WRITES + STORE_TOLD] = "UPDATE appointment SET reminded_at = ? WHERE id = ?"
                                " AND state IN ('refused', 'cancelled')"
                                " AND reminded_at < decided_at",
    [SQL_WRITES + STORE_ADD_SHIFT] = "INSERT INTO shift (id, lawyer, centre, starts_at, ends_at)"
                                     " VALUES (?, ?, nullif(?, ''), ?, ?)",
    [SQL_WRITES +
        STORE_BOOTH_CODE] = "UPDATE booth SET code_hash = ?, code_expires_at = ? WHERE id = ?",
    [SQL_WRITES + STORE_ADD_CENTRE] =
        "INSERT INTO centre (district, street, name, phone, address, id) VALUES (?, ?, ?, ?, ?, ?)",
    [SQL_WRITES + STORE_EDIT_CENTRE] = "UPDATE centre SET district = ?, street = ?, name = ?,"
                                       " phone = ?, address = ? WHERE id = ?",
    [SQL_WRITES + STORE_ADD_BOOTH] = "INSERT INTO booth (id, name, centre) VALUES (?, ?, ?)",
    [SQL_WRITES + STORE_NAME_BOOTH] = "UPDATE booth SET name = ? WHERE id = ? AND closed_at = 0",
    [SQL_WRITES + STORE_CLOSE_BOOTH] =
        "UPDATE booth SET closed_at = ?, code_hash = NULL, generation = generation + 1"
        " WHERE id = ? AND closed_at = 0",
    [SQL_WRITES + STORE_END_SHIFT] = "DELETE FROM shift WHERE id = ?",
    [SQL_WRITES + STORE_PUT_PERSON] = "INSERT INTO person (consultation, hash) VALUES (?, ?)"
                                      " ON CONFLICT DO UPDATE SET hash = excluded.hash",
    [SQL_WRITES + STORE_FORGET_PERSON] = "DELETE FROM person WHERE consultation = ?",
    [SQL_WRITES + STORE_ADD_TASK] = "INSERT INTO task (kind, consultation, made_at)"
                                    " VALUES (?, ?, ?)",
    [SQL_LISTS + STORE_PHOTO] = "SELECT type, version, body FROM photo WHERE user = ?",
    [SQL_WRITES + STORE_PUT_PHOTO] =
        "INSERT INTO photo (user, type, version, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (user) DO UPDATE SET type = excluded.type, version = excluded.version,"
        " body = excluded.body",
    [SQL_WRITES + STORE_DROP_PHOTO] = "DELETE FROM photo WHERE user = ?",
    [SQL_WRITES + STORE_DROP_PAPER] = "DELETE FROM paper WHERE id = ? AND consultation = ?",
    [SQL_WRITES + STORE_ADD_TASK_ONCE] =
        "INSERT INTO task (kind, consultation, made_at) SELECT ?1, ?2, ?3 WHERE NOT EXISTS"
        " (SELECT 1 FROM task WHERE kind = ?1 AND consultation = ?2)",
    [SQL_WRITES + STORE_ADD_RECORDING] =
        "INSERT INTO recording (id, consultation, participant, key, key_id, started_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
    [SQL_WRITES +
        STORE_END_RECORDING] = "UPDATE recording SET ended_at = ? WHERE id = ? AND ended_at = 0",
    [SQL_WRITES + STORE_DONE_TASK] = "UPDATE task SET done_at = ?, done_by = ?, note = ?"
                                     " WHERE id = ? AND done_at = 0",
    [SQL_WRITES + STORE_END_SESSIONS] = "DELETE FROM session WHERE user = ? AND hash <> ?",
    [SQL_WRITES + STORE_ADD_USER] =
        "INSERT INTO user (id, name, password, role, display_name, law_firm, licence_no,"
        " skills, languages, needs_factor, district, street, must_change)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
    [SQL_WRITES +
        STORE_EDIT_USER] = "UPDATE user SET display_name = ?, law_firm = ?, licence_no = ?,"
                           " skills = ?, languages = ?, district = ?, street = ? WHERE id = ?",
    [SQL_WRITES + STORE_DROP_CENTRES] = "DELETE FROM user_centre WHERE user = ?",
    [SQL_WRITES + STORE_ADD_CENTRE_OF] = "INSERT INTO user_centre (user, centre) VALUES (?, ?)",
    [SQL_WRITES + STORE_DISABLE_USER] = "UPDATE user SET disabled_at = ? WHERE id = ?",
    [SQL_WRITES + STORE_PASSWORD] = "UPDATE user SET password = ?, must_change = ? WHERE id = ?",
    [SQL_WRITES + STORE_FACTOR] = "UPDATE user SET factor = ?, factor_step = 0 WHERE id = ?",
    [SQL_WRITES +
        STORE_END_SESSION] = "DELETE FROM session WHERE user = ? AND substr(hash, 1, 16) = ?",

    [SQL_PURGED + STORE_CLASS_RECORDS] =
        "SELECT consultation FROM record WHERE consultation IN (" OLD_MEETINGS ") ORDER BY 1",
    [SQL_PURGE + STORE_CLASS_RECORDS] = "DELETE FROM record WHERE consultation IN (" OLD_MEETINGS
                                        ")",
    [SQL_PURGED + STORE_CLASS_PAPERS] = "SELECT id FROM paper WHERE consultation IN (" OLD_MEETINGS
                                        ") ORDER BY 1",
    [SQL_PURGE + STORE_CLASS_PAPERS] = "DELETE FROM paper WHERE consultation IN (" OLD_MEETINGS ")",
    [SQL_PURGED + STORE_CLASS_PERSONS] = "SELECT consultation FROM person WHERE consultation IN"
                                         " (" OLD_MEETINGS ") ORDER BY 1",
    [SQL_PURGE + STORE_CLASS_PERSONS] = "DELETE FROM person WHERE consultation IN (" OLD_MEETINGS
                                        ")",
    [SQL_PURGED +
        STORE_CLASS_RECORDINGS] = "SELECT id FROM recording WHERE started_at < ? ORDER BY 1",
    [SQL_PURGE + STORE_CLASS_RECORDINGS] = "DELETE FROM recording WHERE started_at < ?",
    [SQL_PURGED + STORE_CLASS_CONSENTS] = "SELECT consultation || ' ' || n FROM consent"
                                          " WHERE " OLD_CONSENTS " ORDER BY consultation, n",
    [SQL_PURGE + STORE_CLASS_CONSENTS] = "DELETE FROM consent WHERE " OLD_CONSENTS,
    [SQL_PURGED + STORE_CLASS_MESSAGES] =
        "SELECT id FROM message WHERE answered_at > 0 AND answered_at < ? ORDER BY 1",
    [SQL_PURGE +
        STORE_CLASS_MESSAGES] = "DELETE FROM message WHERE answered_at > 0 AND answered_at < ?",
    [SQL_PURGED + STORE_CLASS_APPOINTMENTS] = "SELECT id FROM appointment WHERE " OLD_APPOINTMENTS
                                              " ORDER BY 1",
    [SQL_PURGE + STORE_CLASS_APPOINTMENTS] = "UPDATE appointment SET name = '', phone = '', "
                                             "purpose = '', mark = '' WHERE " OLD_APPOINTMENTS,
    [SQL_PURGED + STORE_CLASS_QUEUE] = "SELECT id FROM consultation WHERE " OLD_QUEUE " ORDER BY 1",
    [SQL_PURGE + STORE_CLASS_QUEUE] =
        "UPDATE consultation SET key = '', declined_by = '', conflicts = '' WHERE " OLD_QUEUE,
    [SQL_PURGED + STORE_CLASS_GUESTS] = "SELECT id FROM third_party WHERE " OLD_GUESTS
                                        " ORDER BY 1",
    [SQL_PURGE + STORE_CLASS_GUESTS] = "UPDATE third_party SET name = '' WHERE " OLD_GUESTS,
    [SQL_PURGED +
        STORE_CLASS_TASKS] = "SELECT id FROM task WHERE done_at > 0 AND done_at < ? ORDER BY 1",
    [SQL_PURGE + STORE_CLASS_TASKS] = "DELETE FROM task WHERE done_at > 0 AND done_at < ?",
    [SQL_PURGED + STORE_CLASS_EVENTS] = "SELECT n FROM event WHERE at_ms < ? ORDER BY 1",
    [SQL_PURGE + STORE_CLASS_EVENTS] = "DELETE FROM event WHERE at_ms < ?",
};
