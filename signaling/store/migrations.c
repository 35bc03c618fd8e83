#include "signaling/store/migrations.h"

static const char first[] =
    "CREATE TABLE centre ("
    "  id TEXT PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL, address TEXT NOT NULL"
    ") STRICT;"

    "CREATE TABLE user ("
    "  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, password TEXT NOT NULL,"
    "  role TEXT NOT NULL, display_name TEXT NOT NULL, law_firm TEXT NOT NULL DEFAULT '',"
    "  licence_no TEXT NOT NULL DEFAULT '', skills TEXT NOT NULL DEFAULT '',"
    "  languages TEXT NOT NULL DEFAULT ''"
    ") STRICT;"

    "CREATE TABLE booth ("
    "  id TEXT PRIMARY KEY, name TEXT NOT NULL, centre TEXT NOT NULL REFERENCES centre,"
    "  code_hash TEXT UNIQUE, code_expires_at INTEGER NOT NULL DEFAULT 0,"
    "  generation INTEGER NOT NULL DEFAULT 0"
    ") STRICT;"

    "CREATE TABLE lecture ("
    "  id TEXT PRIMARY KEY, title TEXT NOT NULL, lecturer TEXT NOT NULL,"
    "  centre TEXT NOT NULL REFERENCES centre, room TEXT NOT NULL UNIQUE,"
    "  starts_at INTEGER NOT NULL, started_at INTEGER NOT NULL DEFAULT 0,"
    "  ended_at INTEGER NOT NULL DEFAULT 0,"
    "  state TEXT NOT NULL CHECK (state IN ('planned', 'open', 'live', 'ended'))"
    ") STRICT;"

    "CREATE TABLE member ("
    "  id TEXT PRIMARY KEY, name TEXT NOT NULL, centre TEXT NOT NULL REFERENCES centre"
    ") STRICT;"

    "CREATE TABLE link ("
    "  hash TEXT PRIMARY KEY, member TEXT NOT NULL REFERENCES member ON DELETE CASCADE,"
    "  lecture TEXT REFERENCES lecture ON DELETE SET NULL"
    ") STRICT;"
    "CREATE INDEX link_member ON link (member);"

    "CREATE TABLE session ("
    "  hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES user ON DELETE CASCADE,"
    "  made_at INTEGER NOT NULL, used_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX session_used ON session (used_at);"

    "CREATE TABLE consultation ("
    "  id TEXT PRIMARY KEY, day INTEGER NOT NULL, ticket_no INTEGER NOT NULL,"
    "  booth TEXT NOT NULL REFERENCES booth, lawyer TEXT REFERENCES user,"
    "  declined_by TEXT NOT NULL, conflicts TEXT NOT NULL, key TEXT NOT NULL,"
    "  category TEXT NOT NULL, language TEXT NOT NULL, consent TEXT NOT NULL,"
    "  state TEXT NOT NULL"
    "    CHECK (state IN ('waiting', 'offered', 'connected', 'suspended', 'closed')),"
    "  end_reason TEXT NOT NULL,"
    "  asked_at INTEGER NOT NULL, offered_at INTEGER NOT NULL,"
    "  offer_expires_at INTEGER NOT NULL, connected_at INTEGER NOT NULL,"
    "  suspended_at INTEGER NOT NULL, ended_at INTEGER NOT NULL,"
    "  UNIQUE (day, ticket_no)"
    ") STRICT;"
    "CREATE UNIQUE INDEX consultation_open ON consultation (booth) WHERE state <> 'closed';"

    "CREATE TABLE duty ("
    "  lawyer TEXT PRIMARY KEY REFERENCES user ON DELETE CASCADE,"
    "  on_duty INTEGER NOT NULL CHECK (on_duty IN (0, 1)),"
    "  since INTEGER NOT NULL, last_served_at INTEGER NOT NULL"
    ") STRICT;"

    "CREATE TABLE event ("
    "  n INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, topic TEXT NOT NULL,"
    "  kind TEXT NOT NULL, body TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX event_topic ON event (topic, n);"

    "CREATE TABLE audit ("
    "  n INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor TEXT NOT NULL,"
    "  action TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL"
    ") STRICT;"
    "CREATE TRIGGER audit_keep BEFORE UPDATE ON audit"
    "  BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;"
    "CREATE TRIGGER audit_stay BEFORE DELETE ON audit"
    "  BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;";

static const char ratings[] =
    "CREATE TABLE rating ("
    "  consultation TEXT PRIMARY KEY REFERENCES consultation ON DELETE CASCADE,"
    "  score INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5), rated_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX consultation_ended ON consultation (booth, ended_at);";

static const char alarms[] =
    "CREATE TABLE alarm ("
    "  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, booth TEXT REFERENCES booth,"
    "  lawyer TEXT REFERENCES user, consultation TEXT REFERENCES consultation ON DELETE SET NULL,"
    "  raised_at INTEGER NOT NULL, closed_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX alarm_open ON alarm (id) WHERE closed_at = 0;"
    "CREATE INDEX alarm_consultation ON alarm (consultation);";

// Bodies are sealed with their record's key, which is wrapped by one outside the database; `key_id`
// says by which. What an answer has promised stays: revisions are only added, and none behind a
// seal.
static const char records[] =
    "CREATE TABLE record ("
    "  consultation TEXT PRIMARY KEY REFERENCES consultation ON DELETE CASCADE,"
    "  state TEXT NOT NULL CHECK (state IN ('drafting', 'readback', 'sealed')),"
    "  key BLOB NOT NULL, key_id TEXT NOT NULL"
    ") STRICT;"
    "CREATE TABLE record_rev ("
    "  consultation TEXT NOT NULL REFERENCES record ON DELETE CASCADE, n INTEGER NOT NULL,"
    "  at_ms INTEGER NOT NULL, author TEXT NOT NULL, body BLOB NOT NULL,"
    "  PRIMARY KEY (consultation, n)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER record_rev_keep BEFORE UPDATE ON record_rev"
    "  BEGIN SELECT RAISE(ABORT, 'revisions are only added'); END;"
    "CREATE TRIGGER record_rev_last BEFORE INSERT ON record_rev WHEN EXISTS"
    "  (SELECT 1 FROM record WHERE consultation = NEW.consultation AND state = 'sealed')"
    "  BEGIN SELECT RAISE(ABORT, 'the record is sealed'); END;"
    "CREATE TRIGGER record_keep BEFORE UPDATE ON record WHEN OLD.state = 'sealed'"
    "  BEGIN SELECT RAISE(ABORT, 'the record is sealed'); END;"
    "CREATE INDEX audit_seal ON audit (object) WHERE action = 'record_seal';"
    "CREATE INDEX consultation_lawyer ON consultation (lawyer, connected_at);";

static const char accounts[] =
    "ALTER TABLE user ADD COLUMN centre TEXT REFERENCES centre;"
    "ALTER TABLE user ADD COLUMN disabled_at INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE user ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE user ADD COLUMN needs_factor INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE user ADD COLUMN factor TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE user ADD COLUMN factor_step INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';"
    "CREATE INDEX session_user ON session (user);";

static const char identities[] =
    "ALTER TABLE consultation ADD COLUMN identity TEXT NOT NULL DEFAULT 'none'"
    "  CHECK (identity IN ('none', 'phone', 'name'));";

static const char tasks[] =
    "CREATE TABLE task ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,"
    "  consultation TEXT REFERENCES consultation ON DELETE SET NULL, made_at INTEGER NOT NULL,"
    "  done_at INTEGER NOT NULL DEFAULT 0, done_by TEXT REFERENCES user,"
    "  note TEXT NOT NULL DEFAULT ''"
    ") STRICT;"
    "CREATE INDEX task_open ON task (done_at);"
    "CREATE INDEX task_consultation ON task (consultation);";

static const char messages[] =
    "CREATE TABLE message ("
    "  id INTEGER PRIMARY KEY, booth TEXT NOT NULL REFERENCES booth, category TEXT NOT NULL,"
    "  phone TEXT NOT NULL, half_day TEXT NOT NULL, asked_at INTEGER NOT NULL,"
    "  due_at INTEGER NOT NULL, answered_at INTEGER NOT NULL, answered_by TEXT REFERENCES user"
    ") STRICT;"
    "CREATE INDEX message_open ON message (id) WHERE answered_at = 0;"
    "CREATE INDEX consultation_length ON consultation (ended_at) WHERE connected_at > 0;";

static const char roster[] =
    "CREATE TABLE shift ("
    "  id TEXT PRIMARY KEY, lawyer TEXT NOT NULL REFERENCES user ON DELETE CASCADE,"
    "  centre TEXT REFERENCES centre, starts_at INTEGER NOT NULL,"
    "  ends_at INTEGER NOT NULL CHECK (ends_at > starts_at)"
    ") STRICT;"
    "CREATE INDEX shift_ends ON shift (ends_at);"
    "CREATE INDEX shift_lawyer ON shift (lawyer);";

// Kept beyond the consultation because its lawyer chose so; sealed each with a key of its own.
static const char papers[] =
    "CREATE TABLE paper ("
    "  id TEXT PRIMARY KEY, consultation TEXT NOT NULL REFERENCES consultation ON DELETE CASCADE,"
    "  kept_at INTEGER NOT NULL, key BLOB NOT NULL, key_id TEXT NOT NULL, about BLOB NOT NULL,"
    "  body BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX paper_consultation ON paper (consultation);";
// Of a link only the hash; the resident's answer stands in the row with its time.
static const char third_parties[] =
    "CREATE TABLE third_party ("
    "  id TEXT PRIMARY KEY,"
    "  consultation TEXT NOT NULL REFERENCES consultation ON DELETE CASCADE,"
    "  role TEXT NOT NULL, name TEXT NOT NULL,"
    "  state TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'inside', 'closed')),"
    "  end_reason TEXT NOT NULL, link_hash TEXT NOT NULL, asked_at INTEGER NOT NULL,"
    "  expires_at INTEGER NOT NULL, answered_at INTEGER NOT NULL, entered_at INTEGER NOT NULL,"
    "  ended_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX third_party_consultation ON third_party (consultation);"
    "CREATE INDEX third_party_open ON third_party (id) WHERE state <> 'closed';"
    "ALTER TABLE consultation ADD COLUMN colleague TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE consultation ADD COLUMN colleague_at INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE consultation ADD COLUMN handed_by TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE consultation ADD COLUMN wanted TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE consultation ADD COLUMN transfer_until INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE consultation ADD COLUMN parked TEXT NOT NULL DEFAULT '';";
// A district, its streets, their centres. An account of a centre is of that centre's street and
// district, so its own two stay empty. A closed booth is known as long as something of it is open.
static const char places[] =
    "ALTER TABLE centre ADD COLUMN district TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE centre ADD COLUMN street TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE booth ADD COLUMN closed_at INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE user ADD COLUMN district TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE user ADD COLUMN street TEXT NOT NULL DEFAULT '';"
    "CREATE VIEW known_booth AS SELECT id, name, centre, closed_at FROM booth b"
    "  WHERE closed_at = 0"
    "  OR EXISTS (SELECT 1 FROM consultation c WHERE c.booth = b.id AND c.state <> 'closed')"
    "  OR EXISTS (SELECT 1 FROM message m WHERE m.booth = b.id AND m.answered_at = 0)"
    "  OR EXISTS (SELECT 1 FROM appointment p WHERE p.place = b.id"
    "    AND p.state IN ('requested', 'approved'))"
    "  OR EXISTS (SELECT 1 FROM alarm a WHERE a.booth = b.id AND a.closed_at = 0);";

static const char appointments[] =
    "CREATE TABLE room (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE appointment ("
    "  id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('lawyer', 'room')),"
    "  state TEXT NOT NULL CHECK (state IN"
    "    ('requested', 'approved', 'refused', 'cancelled', 'came', 'no_show')),"
    "  place TEXT NOT NULL, lawyer TEXT REFERENCES user, category TEXT NOT NULL,"
    "  name TEXT NOT NULL, phone TEXT NOT NULL, purpose TEXT NOT NULL, reason TEXT NOT NULL,"
    "  starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),"
    "  asked_at INTEGER NOT NULL, decided_at INTEGER NOT NULL, reminded_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX appointment_open ON appointment (starts_at);"
    "CREATE INDEX appointment_lawyer ON appointment (lawyer, ends_at);"
    "CREATE INDEX appointment_phone ON appointment (phone, state);"
    // The domain sees to it; this is for whoever else writes here.
    "CREATE TRIGGER appointment_once BEFORE INSERT ON appointment WHEN NEW.state = 'approved' AND"
    "  EXISTS (SELECT 1 FROM appointment o WHERE o.state = 'approved' AND o.id <> NEW.id"
    "    AND (o.lawyer = NEW.lawyer OR o.place = NEW.place)"
    "    AND o.starts_at < NEW.ends_at AND NEW.starts_at < o.ends_at)"
    "  BEGIN SELECT RAISE(ABORT, 'this lawyer or place is taken then'); END;";

// Reports look for a span of time.
static const char reports[] = "CREATE INDEX consultation_asked ON consultation (asked_at);"
                              "CREATE INDEX message_asked ON message (asked_at);"
                              "CREATE INDEX task_made ON task (made_at);";

static const char swaps[] =
    "CREATE TABLE swap ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT, shift TEXT NOT NULL REFERENCES shift ON DELETE "
    "CASCADE,"
    "  asked_by TEXT NOT NULL REFERENCES user ON DELETE CASCADE,"
    "  asked TEXT NOT NULL REFERENCES user ON DELETE CASCADE, asked_at INTEGER NOT NULL,"
    "  answer TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'agreed', 'declined')),"
    "  answered_at INTEGER NOT NULL DEFAULT 0"
    ") STRICT;"
    "CREATE UNIQUE INDEX swap_open ON swap (shift) WHERE answered_at = 0;"
    "CREATE INDEX swap_shift ON swap (shift);";

// What somebody agreed to stays as it was; it may be withdrawn, once.
#define CONSENT_KEEP                                                                               \
    "CREATE TRIGGER consent_keep BEFORE UPDATE ON consent WHEN OLD.withdrawn_at <> 0"              \
    "  OR NEW.consultation <> OLD.consultation OR NEW.n <> OLD.n OR NEW.party <> OLD.party"        \
    "  OR NEW.kind <> OLD.kind OR NEW.given <> OLD.given OR NEW.wording <> OLD.wording"            \
    "  OR NEW.at_ms <> OLD.at_ms"                                                                  \
    "  BEGIN SELECT RAISE(ABORT, 'a consent is only withdrawn'); END;"
static const char consents[] =
    "CREATE TABLE consent ("
    "  consultation TEXT NOT NULL REFERENCES consultation ON DELETE CASCADE"
    "    DEFERRABLE INITIALLY DEFERRED, n INTEGER NOT NULL," // a command's rows are in any order
    "  party TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('notice', 'sensitive', "
    "'recording')),"
    "  given INTEGER NOT NULL CHECK (given IN (0, 1)), wording TEXT NOT NULL,"
    "  at_ms INTEGER NOT NULL, withdrawn_at INTEGER NOT NULL DEFAULT 0,"
    "  PRIMARY KEY (consultation, n)"
    ") STRICT, WITHOUT ROWID;" CONSENT_KEEP
    // The key of each is sealed by the one that wraps the records' keys, as key_id says.
    "CREATE TABLE recording ("
    "  id TEXT PRIMARY KEY, consultation TEXT NOT NULL REFERENCES consultation ON DELETE CASCADE,"
    "  participant TEXT NOT NULL, key TEXT NOT NULL, key_id TEXT NOT NULL,"
    "  started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL DEFAULT 0"
    ") STRICT;"
    "CREATE INDEX recording_consultation ON recording (consultation);"
    "CREATE INDEX recording_started ON recording (started_at);";

// Of a telephone number only a hash under a key that is not here. A fourth kind of consent needs
// the table to be made anew: a check cannot be changed.
static const char persons[] =
    "CREATE TABLE person ("
    "  consultation TEXT PRIMARY KEY REFERENCES consultation ON DELETE CASCADE,"
    "  hash TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX person_hash ON person (hash);"
    "DROP TRIGGER consent_keep;"
    "ALTER TABLE consent RENAME TO consent_of_three;"
    "CREATE TABLE consent ("
    "  consultation TEXT NOT NULL REFERENCES consultation ON DELETE CASCADE"
    "    DEFERRABLE INITIALLY DEFERRED, n INTEGER NOT NULL,"
    "  party TEXT NOT NULL, kind TEXT NOT NULL"
    "    CHECK (kind IN ('notice', 'sensitive', 'recording', 'earlier')),"
    "  given INTEGER NOT NULL CHECK (given IN (0, 1)), wording TEXT NOT NULL,"
    "  at_ms INTEGER NOT NULL, withdrawn_at INTEGER NOT NULL DEFAULT 0,"
    "  PRIMARY KEY (consultation, n)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO consent SELECT * FROM consent_of_three;"
    "DROP TABLE consent_of_three;" CONSENT_KEEP;

// Names, numbers and purposes are sealed at the next start; `mark` is a keyed hash of the number.
static const char sealed_appointments[] =
    "ALTER TABLE appointment ADD COLUMN mark TEXT NOT NULL DEFAULT '';"
    "DROP INDEX appointment_phone;"
    "CREATE INDEX appointment_mark ON appointment (mark, state);";

// A room is of a centre; those of before are the only one's, or else everybody's.
static const char rooms_of_centres[] =
    "CREATE TABLE room_of (id TEXT PRIMARY KEY, name TEXT NOT NULL,"
    "  centre TEXT REFERENCES centre, UNIQUE (centre, name)) STRICT;"
    "INSERT INTO room_of SELECT id, name,"
    "  (SELECT iif(count(*) = 1, min(id), NULL) FROM centre) FROM room;"
    "DROP TABLE room;"
    "ALTER TABLE room_of RENAME TO room;";

// A wish that cannot be stays open until somebody has told him why.
static const char refused_wishes[] =
    "ALTER TABLE message ADD COLUMN reason TEXT NOT NULL DEFAULT '';";

// A lawyer's photo, for booths: base64url of a JPEG or PNG. `version` begins its hash.
static const char photos[] = "CREATE TABLE photo ("
                             "  user TEXT PRIMARY KEY REFERENCES user ON DELETE CASCADE,"
                             "  type TEXT NOT NULL CHECK (type IN ('image/jpeg', 'image/png')),"
                             "  version TEXT NOT NULL, body TEXT NOT NULL"
                             ") STRICT, WITHOUT ROWID;";

// What a paper is since it was kept, and what is drawn on it by now, under a key of its own: so
// that a stroke does not write the picture again.
static const char paper_strokes[] = "CREATE TABLE paper_drawn ("
                                    "  paper TEXT PRIMARY KEY REFERENCES paper ON DELETE CASCADE,"
                                    "  key BLOB NOT NULL, about BLOB NOT NULL"
                                    ") STRICT;";

// Somebody is to be reminded of an appointment: one open task of each.
static const char reminders[] =
    "ALTER TABLE task ADD COLUMN appointment INTEGER REFERENCES appointment;"
    "ALTER TABLE task ADD COLUMN due_at INTEGER NOT NULL DEFAULT 0;"
    "CREATE UNIQUE INDEX task_reminder ON task (appointment) WHERE done_at = 0;"
    "CREATE INDEX task_appointment ON task (appointment);";

// An account may be of several centres, not only of one.
static const char chosen_centres[] =
    "CREATE TABLE user_centre ("
    "  user TEXT NOT NULL REFERENCES user ON DELETE CASCADE,"
    "  centre TEXT NOT NULL REFERENCES centre, PRIMARY KEY (user, centre)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO user_centre SELECT id, centre FROM user WHERE centre IS NOT NULL;"
    "ALTER TABLE user DROP COLUMN centre;";

const char *const store_migrations[] = {first,
                                        ratings,
                                        alarms,
                                        records,
                                        accounts,
                                        identities,
                                        tasks,
                                        messages,
                                        roster,
                                        appointments,
                                        reports,
                                        papers,
                                        swaps,
                                        third_parties,
                                        consents,
                                        places,
                                        persons,
                                        sealed_appointments,
                                        rooms_of_centres,
                                        refused_wishes,
                                        photos,
                                        paper_strokes,
                                        reminders,
                                        chosen_centres};
const size_t store_migration_count = sizeof(store_migrations) / sizeof(store_migrations[0]);
