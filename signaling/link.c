#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/random.h"
#include "gateway/base/text.h"
#include "signaling/link_inside.h"

// The life of one link.

#define ANY SM_TO(LINK_WAITING) | SM_TO(LINK_ENDING)

static const struct sm_state states[LINK_STATES] = {
    [LINK_WAITING] = {"waiting", SM_TO(LINK_DIALING) | ANY},
    [LINK_DIALING] = {"dialing", SM_TO(LINK_ASKING) | ANY},
    [LINK_ASKING] = {"asking", SM_TO(LINK_CONNECTING) | SM_TO(LINK_REFUSED) | ANY},
    [LINK_CONNECTING] = {"connecting", SM_TO(LINK_UP) | ANY},
    [LINK_UP] = {"up", ANY},
    [LINK_REFUSED] = {"refused", SM_TO(LINK_ENDING)},
    [LINK_ENDING] = {"ending", 0},
};

static void on_timer(struct loop_timer *timer, void *arg, int64_t now_us);

static void move(struct link *link, enum link_state to)
{
    if (sm_move(&link->sm, to) != 0)
        return;
    link->since_us = clock_us();
    link->since_ms = clock_wall_ms();
}

static bool is_ending(const struct link *link)
{
    return link->sm.state == LINK_ENDING;
}

static void free_when_done(struct link *link)
{
    if (!is_ending(link) || link->pending || link->session[0])
        return;
    list_remove(&link->of_links);
    link->links->count--;
    OPENSSL_cleanse(link->token, sizeof(link->token));
    mem_free(link);
}

// --- telling the other server that it is over ---------------------------------------------------

struct farewell {
    struct links *links;
    struct link_http *http;
};

static void run_farewell(void *arg)
{
    link_http_delete(((struct farewell *)arg)->http);
}

static void end_farewell(void *arg)
{
    struct farewell *farewell = arg;
    farewell->links->jobs--;
    link_http_free(farewell->http);
    mem_free(farewell);
}

static struct link_http *new_http(const struct link *link, const char *url)
{
    struct link_http *http = mem_zalloc(sizeof(*http));
    if (!http)
        return NULL;
    text_copy(http->url, sizeof(http->url), url);
    text_copy(http->token, sizeof(http->token), link->token);
    http->insecure = link->insecure;
    http->stop = &link->links->stop;
    return http;
}

// Without memory it finds out by itself: its checks are not answered any more.
static void say_goodbye_to(struct link *link, const char *location)
{
    struct links *links = link->links;
    if (!location[0])
        return;
    struct farewell *farewell = mem_zalloc(sizeof(*farewell));
    struct link_http *http = new_http(link, location);
    if (farewell && http) {
        *farewell = (struct farewell){.links = links, .http = http};
        if (work_do(links->work, run_farewell, end_farewell, farewell) == 0) {
            links->jobs++;
            return;
        }
    }
    link_http_free(http);
    mem_free(farewell);
}

static void say_goodbye(struct link *link)
{
    say_goodbye_to(link, link->location);
    link->location[0] = 0;
}

// --- trying again -------------------------------------------------------------------------------

// 1, 2, 4... 60 s, a quarter more or less, so that not all come back at once.
static int64_t backoff_us(struct link *link)
{
    int64_t us = 1000000LL << (link->attempts < 6 ? link->attempts : 6);
    link->attempts++;
    if (us > LINK_BACKOFF_US)
        us = LINK_BACKOFF_US;
    return us - us / 4 + (int64_t)(random_u32() % (uint32_t)(us / 2));
}

static void wait_us(struct link *link, int64_t us)
{
    move(link, LINK_WAITING);
    loop_timer_start(link->links->control->loop, &link->timer, clock_us() + us, on_timer, link);
}

static void end_our_session(struct link *link)
{
    if (link->session[0])
        rooms_end_session(link->links->control->rooms, link->session, NULL, NULL);
}

static void fail_after(struct link *link, const char *why, unsigned retry_after_s)
{
    int64_t us = backoff_us(link);
    if (us < retry_after_s * 1000000LL)
        us = retry_after_s * 1000000LL;
    if (strcmp(link->error, why) != 0)
        log_warn("link", "%s of room %s: %s; again in %lld s", link->push ? "push" : "pull",
                 link->room, why, (long long)((us + 999999) / 1000000));
    text_copy(link->error, sizeof(link->error), why);
    say_goodbye(link);
    end_our_session(link);
    link->session[0] = 0; // what is still told of it is not about the next one
    wait_us(link, us);
}

static void fail(struct link *link, const char *why)
{
    fail_after(link, why, 0);
}

// --- our offer, their answer --------------------------------------------------------------------

struct question {
    struct link *link;
    struct link_http *http;
    char session[LINK_SESSION + 1];
};

static void on_concluded(void *arg, const struct rooms_outcome *outcome)
{
    struct link *link = arg;
    char why[LINK_ERROR_MAX];
    link->pending--;
    if (link->sm.state == LINK_CONNECTING && outcome->result != ROOMS_OK) {
        snprintf(why, sizeof(why), "the answer is of no use: %s%s%s",
                 outcome->field ? outcome->field : "", outcome->field ? ": " : "", outcome->detail);
        fail(link, why);
    }
    free_when_done(link);
}

static void run_question(void *arg)
{
    link_http_offer(((struct question *)arg)->http);
}

static void take_answer(struct link *link, const struct link_http *http)
{
    const struct rooms_patch answer = {
        .session = link->session, .fragment = http->answer, .len = http->answer_len};
    move(link, LINK_CONNECTING);
    link->pending++;
    rooms_conclude(link->links->control->rooms, &answer, on_concluded, link);
}

// The other server would have us take something else than we offered, which is all we can take.
static void be_refused(struct link *link)
{
    text_copy(link->error, sizeof(link->error),
              "the other server cannot show this room in any codec this gateway takes (406)");
    log_warn("link", "%s of room %s: %s; it is not tried again", link->push ? "push" : "pull",
             link->room, link->error);
    end_our_session(link);
    link->session[0] = 0;
    move(link, LINK_REFUSED);
}

static void end_question(void *arg)
{
    struct question *question = arg;
    struct link *link = question->link;
    struct link_http *http = question->http;
    bool ours = strcmp(question->session, link->session) == 0; // not given up meanwhile
    link->pending--;
    link->links->jobs--;
    if (is_ending(link) || !ours) {
        say_goodbye_to(link, http->location);
    } else if (http->error[0]) {
        say_goodbye_to(link, http->location); // a session without an answer of use
        if (http->status == 406)
            be_refused(link);
        else
            fail_after(link, http->error, http->retry_after);
    } else {
        text_copy(link->location, sizeof(link->location), http->location);
        take_answer(link, http);
    }
    link_http_free(http);
    mem_free(question);
    free_when_done(link);
}

static int ask(struct link *link, const char *offer)
{
    struct question *question = mem_zalloc(sizeof(*question));
    struct link_http *http = new_http(link, link->url);
    int err = question && http ? 0 : ENOMEM;
    if (!err) {
        http->offer = mem_strdup(offer);
        *question = (struct question){.link = link, .http = http};
        text_copy(question->session, sizeof(question->session), link->session);
        err = http->offer ? work_do(link->links->work, run_question, end_question, question)
                          : ENOMEM;
    }
    if (err) {
        link_http_free(http);
        mem_free(question);
        return err;
    }
    link->pending++;
    link->links->jobs++;
    move(link, LINK_ASKING);
    return 0;
}

static void on_offer(void *arg, const struct rooms_answer *offer)
{
    struct link *link = arg;
    link->pending--;
    if (offer->status != 201)
        link->session[0] = 0;
    if (is_ending(link))
        end_our_session(link);
    else if (offer->status != 201)
        fail_after(link, offer->detail ? offer->detail : "no offer", offer->retry_after);
    else if (link->session[0] && ask(link, offer->sdp) != 0)
        fail(link, "too many requests wait, or memory is short");
    free_when_done(link);
}

static void count(void *arg, const struct rooms_publication *publication)
{
    (void)publication;
    ++*(unsigned *)arg;
}

// A push without anything to send would only agree on the wrong codec.
static bool has_something(const struct link *link)
{
    unsigned publications = 0;
    if (!link->push)
        return true;
    rooms_publications(link->links->control->rooms, link->room, count, &publications);
    return publications > 0;
}

void link_start(struct link *link)
{
    char participant[ROOMS_ID_MAX];
    if (!link->sm.table)
        sm_init(&link->sm, states, LINK_WAITING);
    if (!has_something(link)) {
        text_copy(link->error, sizeof(link->error), "nobody publishes in the room");
        wait_us(link, LINK_QUIET_US);
        return;
    }
    snprintf(participant, sizeof(participant), "link-%s", link->id);
    random_text(link->session, LINK_SESSION);
    move(link, LINK_DIALING);
    link->pending++;
    rooms_dial(link->links->control->rooms,
               &(const struct rooms_dial){.session = link->session,
                                          .room = link->room,
                                          .participant = participant,
                                          .publish = !link->push,
                                          .source = link->source,
                                          .no_audio = link->no_audio,
                                          .no_video = link->no_video},
               on_offer, link);
}

static void on_timer(struct loop_timer *timer, void *arg, int64_t now_us)
{
    struct link *link = arg;
    (void)timer;
    (void)now_us;
    if (link->sm.state == LINK_WAITING)
        link_start(link);
}

// --- what the media core tells ------------------------------------------------------------------

void link_connected(struct link *link)
{
    if (link->sm.state != LINK_CONNECTING)
        return;
    move(link, LINK_UP);
    link->error[0] = 0;
    log_info("link", "%s of room %s is up", link->push ? "push" : "pull", link->room);
}

void link_lost(struct link *link, const char *why)
{
    char text[LINK_ERROR_MAX];
    link->session[0] = 0;
    if (is_ending(link)) {
        free_when_done(link);
        return;
    }
    if (link->sm.state == LINK_UP && clock_us() - link->since_us >= LINK_STABLE_US)
        link->attempts = 0;
    snprintf(text, sizeof(text), "the session ended: %s", why);
    fail(link, text);
}

void link_published(struct link *link)
{
    bool quiet = link->push && link->sm.state == LINK_WAITING && !link->attempts;
    if (!quiet)
        return;
    loop_timer_stop(link->links->control->loop, &link->timer);
    link_start(link);
}

void link_end(struct link *link)
{
    if (is_ending(link))
        return;
    loop_timer_stop(link->links->control->loop, &link->timer);
    move(link, LINK_ENDING);
    say_goodbye(link);
    end_our_session(link);
    free_when_done(link);
}
