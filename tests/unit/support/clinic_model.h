#pragma once
// What the random clinic's database and media core would hold, kept beside the domain and compared
// with it. For test_consult_random.c alone.

#include "signaling/consult/party.h"
#include "signaling/consult/words.h"
#include "tests/unit/support/clinic.h"

#define BOOTHS   24
#define LAWYERS  7
#define ROWS_MAX 65536
#define MESSAGES 4000
#define PARTIES  30000
#define PARKED   8 // in one room

struct saved {
    struct consultation row;
    bool is_room_open;
    char parked[PARKED][CONSULT_ID_MAX]; // in the room; "" for nobody
    int64_t score;                       // 0: not rated
};

struct model {
    struct clinic clinic;
    uint64_t seed;
    unsigned asking;    // so many of the booths ask
    struct saved *rows; // what the database would hold, by the number in "c-N"
    unsigned row_count;
    struct consult_duty duties[LAWYERS];
    bool booth_here[BOOTHS], lawyer_here[LAWYERS];
    struct consult_alarm alarms[5 * (BOOTHS + LAWYERS)]; // the open ones
    unsigned last_met[BOOTHS]; // number of the newest meeting there that has ended; 0: none
    size_t booth_told[BOOTHS]; // position each booth was last told
    size_t waiting_told;
    unsigned ended[CONSULT_ENDS], crashes, refused, rated;
    int64_t alarms_raised, alarms_closed;
    struct consult_message messages[MESSAGES + 1]; // by id
    int64_t message_count, messages_answered;
    struct consult_party *parties; // by the number in "g-N"
    unsigned party_count, entered, handed, returned, joined;
};

static unsigned number_of(const char *id)
{
    unsigned number = 0;
    assert_int_equal(sscanf(id, "%*[^0-9]%u", &number), 1);
    return number;
}

// --- carrying out -------------------------------------------------------------------------------

// Whoever is asked to join is there, and free until now.
static void check_colleague(struct model *model, const struct consultation *before,
                            const struct consultation *row)
{
    model->joined += row->colleague_at && !before->colleague_at;
    model->handed += *row->handed_by && !*before->handed_by;
    model->returned += *before->handed_by && strcmp(before->handed_by, row->lawyer) == 0 &&
                       row->state == CONSULT_CONNECTED;
    if (*row->colleague && !*before->colleague) {
        assert_true(model->lawyer_here[number_of(row->colleague)]);
        assert_true(consult_duty(model->clinic.consult, row->colleague)->on_duty);
        assert_false(consult_list_has(row->conflicts, row->colleague));
    }
}

static void save(struct model *model, const struct consultation *row)
{
    struct saved *saved = &model->rows[number_of(row->id)];
    assert_int_not_equal(saved->row.state, CONSULT_CLOSED); // the closed never comes back
    assert_true(!saved->row.id[0] || saved->row.ticket_no == row->ticket_no);
    check_colleague(model, &saved->row, row);
    saved->row = *row;
    model->ended[row->end_reason] += row->state == CONSULT_CLOSED;
    if (row->state == CONSULT_CLOSED && row->connected_at)
        model->last_met[number_of(row->booth)] = number_of(row->id);
}

static void save_rating(struct model *model, const struct consult_rating *rating)
{
    struct saved *saved = &model->rows[number_of(rating->consultation)];
    assert_int_equal(saved->row.state, CONSULT_CLOSED);
    assert_true(saved->row.connected_at > 0);
    assert_true(rating->rated_at - saved->row.ended_at <= CONSULT_RATE_MS);
    assert_int_equal(saved->score, 0); // once
    assert_true(rating->score >= 1 && rating->score <= 5);
    saved->score = rating->score;
    model->rated++;
}

// The place of this alarm; a new one's when it is not among the open ones.
static struct consult_alarm *place_of(struct model *model, int64_t id)
{
    struct consult_alarm *place = NULL;
    for (size_t i = 0; i < sizeof(model->alarms) / sizeof(model->alarms[0]); i++) {
        if (model->alarms[i].id == id)
            return &model->alarms[i];
        if (!model->alarms[i].id)
            place = &model->alarms[i];
    }
    assert_non_null(place); // so many only
    return place;
}

static void save_alarm(struct model *model, const struct consult_alarm *alarm)
{
    struct consult_alarm *place = place_of(model, alarm->id);
    if (alarm->closed_at) {
        assert_int_equal(place->id, alarm->id);
        *place = (struct consult_alarm){0};
        model->alarms_closed++;
        return;
    }
    assert_int_equal(alarm->id, ++model->alarms_raised);
    assert_int_equal(alarm->raised_at, model->clinic.now);
    *place = *alarm;
}

static void check_new_offer(const struct model *model, const struct consultation *row)
{
    if (row->state != CONSULT_OFFERED || row->offered_at != model->clinic.now)
        return;
    unsigned lawyer = number_of(row->lawyer);
    assert_true(model->lawyer_here[lawyer]);
    assert_true(model->booth_here[number_of(row->booth)]);
    assert_true(consult_duty(model->clinic.consult, row->lawyer)->on_duty);
    assert_string_not_equal(row->lawyer, row->declined_by);
    assert_false(consult_list_has(row->conflicts, row->lawyer));
}

// Ids go up by one, and nothing answered comes back.
static void save_message(struct model *model, const struct consult_message *message)
{
    struct consult_message *row = &model->messages[message->id];
    assert_int_equal(message->id, message->answered_at ? row->id : ++model->message_count);
    assert_int_equal(row->answered_at, 0);
    model->messages_answered += message->answered_at != 0;
    *row = *message;
}

// What is over never comes back; nobody is inside whom the resident has not agreed to.
static void save_party(struct model *model, const struct consult_party *party)
{
    struct consult_party *saved = &model->parties[number_of(party->id)];
    assert_int_not_equal(saved->state, CONSULT_PARTY_CLOSED);
    assert_true(party->state != CONSULT_PARTY_INSIDE || party->answered_at);
    assert_int_equal(party->state == CONSULT_PARTY_CLOSED, party->end_reason != 0);
    model->entered += party->state == CONSULT_PARTY_INSIDE && saved->state != CONSULT_PARTY_INSIDE;
    *saved = *party;
}

// Where this participant is parked, or with "" where there is a place; NULL.
static char *parked_place(struct saved *saved, const char *participant)
{
    for (unsigned i = 0; i < PARKED; i++)
        if (strcmp(saved->parked[i], participant) == 0)
            return saved->parked[i];
    return NULL;
}

static void carry_out_media(struct saved *saved, const struct consult_effect *effect)
{
    char *place = parked_place(saved, effect->topic);
    switch (effect->kind) {
    case CONSULT_MEDIA_OPEN:
        assert_false(saved->is_room_open);
        saved->is_room_open = true;
        break;
    case CONSULT_MEDIA_CLOSE:
        saved->is_room_open = false;
        memset(saved->parked, 0, sizeof(saved->parked));
        break;
    case CONSULT_MEDIA_JOINT:
        assert_non_null(place);
        *place = '\0';
        break;
    case CONSULT_MEDIA_PARK:
        if (!place)
            snprintf(parked_place(saved, ""), CONSULT_ID_MAX, "%.39s", effect->topic);
        break;
    default:
        break;
    }
}

static void carry_out(struct model *model, const struct consult_effect *effect)
{
    const struct consultation *row = effect->consultation;
    switch (effect->kind) {
    case CONSULT_SAVE:
        save(model, row);
        check_new_offer(model, row);
        break;
    case CONSULT_SAVE_DUTY:
        model->duties[number_of(effect->duty->lawyer)] = *effect->duty;
        break;
    case CONSULT_SAVE_RATING:
        save_rating(model, effect->rating);
        break;
    case CONSULT_SAVE_MESSAGE:
        save_message(model, effect->message);
        break;
    case CONSULT_SAVE_ALARM:
        save_alarm(model, effect->alarm);
        break;
    case CONSULT_SAVE_PARTY:
        save_party(model, effect->party);
        break;
    case CONSULT_MEDIA_OPEN:
    case CONSULT_MEDIA_CLOSE:
    case CONSULT_MEDIA_OUT:
    case CONSULT_MEDIA_PARK:
    case CONSULT_MEDIA_JOINT:
        carry_out_media(&model->rows[number_of(row->id)], effect);
        break;
    case CONSULT_TELL:
        if (strncmp(effect->topic, "booth:", 6) == 0)
            model->booth_told[number_of(effect->topic)] = consult_position(model->clinic.consult,
                                                                           row);
        break;
    case CONSULT_TELL_NOW: // in no row
        if (strcmp(effect->event, "waiting") == 0)
            model->waiting_told = consult_waiting(model->clinic.consult);
        break;
    default:
        break;
    }
}

static int give(struct model *model, const struct consult_command *command)
{
    int err = clinic_do(&model->clinic, command);
    if (err) {
        assert_int_equal(model->clinic.effects->count, 0);
        assert_non_null(model->clinic.problem.slug);
        model->refused++;
    }
    for (size_t i = 0; i < model->clinic.effects->count; i++)
        carry_out(model, &model->clinic.effects->list[i]);
    return err;
}
