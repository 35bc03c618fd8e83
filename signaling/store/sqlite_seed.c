#include <errno.h>
#include <string.h>

#include "signaling/auth/password.h"
#include "signaling/auth/secret.h"
#include "signaling/store/sqlite.h"

#define CENTRE       "ct-demo"
#define CODE_GOOD_MS (7 * 86400000ll)

struct person {
    const char *id, *role, *display_name, *law_firm, *licence_no, *skills, *languages;
};

static const struct person lawyers[STORE_SEED_LAWYERS] = {
    {"u-lawyer-1", "lawyer", "刘志远", "槐园律师事务所", "11501202010000001",
     "family,inheritance,labour,housing,property_neighbour,other", "zh-CN"},
    {"u-lawyer-2", "lawyer", "陈敏", "明理律师事务所", "11501202010000002",
     "debt,contract,consumer,fraud,traffic,injury,other", "zh-CN,yue"},
};
static const struct person hall = {"u-hall", "hall", "会场值班员", "", "", "", ""};

static const struct person staff[] = {
    {"u-desk", "staff", "小周", "", "", "", ""},
    {"u-sysadmin", "sysadmin", "系统管理员", "", "", "", ""},
    {"u-secadmin", "secadmin", "安全管理员", "", "", "", ""},
    {"u-auditor", "auditor", "审计员", "", "", "", ""},
};

static int put_person(struct db *db, const struct person *person, const char *name,
                      const char *encoded)
{
    return sql_run(db, SQL_SEED_USER, "ttttttttt", person->id, name, encoded, person->role,
                   person->display_name, person->law_firm, person->licence_no, person->skills,
                   person->languages);
}

static int seed_person(struct db *db, const struct person *person, const char *name,
                       const char *password)
{
    char encoded[PASSWORD_ENCODED_MAX];
    int err = password_hash_drawn(password, encoded);
    return err ? err : put_person(db, person, name, encoded);
}

// One password for all of them; their ids are their names behind "u-".
static int seed_staff(struct db *db, const char *password)
{
    char encoded[PASSWORD_ENCODED_MAX];
    int err = password_hash_drawn(password, encoded);
    for (size_t i = 0; i < sizeof(staff) / sizeof(staff[0]) && !err; i++)
        err = put_person(db, &staff[i], staff[i].id + 2, encoded);
    return err;
}

static int seed_people(struct db *db, const struct store_seed *seed)
{
    int err = 0;
    for (size_t i = 0; i < STORE_SEED_LAWYERS && !err; i++)
        err = seed_person(db, &lawyers[i], seed->lawyer_name[i], seed->lawyer_password[i]);
    if (!err)
        err = seed_person(db, &hall, seed->hall_name, seed->hall_password);
    return err ? err : seed_staff(db, seed->staff_password);
}

static int seed_booth(struct db *db, const struct store_seed *seed)
{
    char hash[SECRET_HASH_MAX];
    int err = sql_run(db, SQL_SEED_CENTRE, "tttt", CENTRE, "槐园社区党群服务中心", "023-6210 0001",
                      "槐园路 1 号");
    if (err)
        return err;
    err = sql_run(db, SQL_SEED_BOOTH, "ttt", "b-demo", "法律咨询室 1", CENTRE);
    if (err)
        return err;
    secret_hash(seed->enrol_code, hash);
    return sql_run(db, (enum sql)(SQL_WRITES + STORE_BOOTH_CODE), "tit", hash,
                   seed->now_ms + CODE_GOOD_MS, "b-demo");
}

static int seed_lecture(struct db *db, const struct store_seed *seed)
{
    char hash[SECRET_HASH_MAX];
    int err = sql_run(db, SQL_SEED_LECTURE, "ttttti", "l-demo", "身边的法律课", "王老师", CENTRE,
                      "lecture-demo", seed->now_ms);
    if (err)
        return err;
    err = sql_run(db, SQL_SEED_MEMBER, "ttt", "m-demo", "李奶奶", CENTRE);
    if (err)
        return err;
    secret_hash(seed->link, hash);
    return sql_run(db, SQL_SEED_LINK, "ttt", hash, "m-demo", "l-demo");
}

static int seed_all(struct db *db, const struct store_seed *seed)
{
    int err = seed_booth(db, seed);
    if (!err)
        err = seed_people(db, seed);
    return err ? err : seed_lecture(db, seed);
}

int db_seed(void *arg, const struct store_seed *seed)
{
    struct db *db = arg;
    int err = db_begin(db);
    return err ? err : db_end(db, seed_all(db, seed));
}
