#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/loop.h"
#include "gateway/rooms/rooms.h"
#include "tests/unit/support/rtc_client.h"

// A gateway's rooms on loopback, and people with real clients around it. Everything is driven by
// world_step() on the test's thread; only the shards have threads of their own.
//
// Media sent by a person can be told: every packet carries who sent it and its number, so a watcher
// sees order, gaps and strangers.

#define WORLD_PEOPLE_MAX 16
#define WORLD_EVENTS_MAX 256

struct person {
    struct world *world;
    struct rtc_client *client;
    char session[ROOMS_ID_MAX];
    bool publishes;
    uint32_t tag; // in every packet of this person
    // The answer:
    bool answered;
    int status;
    char etag[ROOMS_ID_MAX], field[64], detail[256];
    unsigned retry_after;
    // As a publisher:
    uint16_t audio_seq, video_seq;
    uint32_t audio_sent, video_sent;
    unsigned plis, nacks, reports; // RTCP that came
    uint16_t nacked;               // the newest number asked for
    unsigned rembs;                // he was told how much he may send
    uint64_t remb;                 // the newest of these
    // As a watcher, of each kind (0: sound, 1: pictures):
    struct {
        uint32_t packets, gaps, disorder, foreign; // foreign: payload is not what was sent
        uint32_t tag, number, ts;                  // of the newest packet
        uint32_t leaps;                            // of the timestamps
        uint16_t seq;
        bool started_with_key;
    } got[2];
    unsigned sender_reports;
    unsigned repairs;  // packets by RTX
    uint16_t repaired; // which number the newest of them had
    unsigned counted;  // packets with a transport-wide number
    unsigned skipped;  // such numbers that did not follow the one before
    uint16_t transport_seq;
};

struct world {
    struct loop *loop;
    struct rooms *rooms;
    struct rtc_identity *identity;
    struct person people[WORLD_PEOPLE_MAX];
    unsigned count;
    char events[WORLD_EVENTS_MAX]
               [160]; // "ended ID WHY", "added ID ROOM PARTICIPANT SOURCE CODEC"...
    unsigned event_count;
    unsigned results;
    enum rooms_result result;
    long live; // mem_live() before
};

// `config` may leave everything 0: then one shard on 127.0.0.1, any port.
void world_open(struct world *world, const struct rooms_config *config);
// Frees all, and checks that nothing is left.
void world_close(struct world *world);

// One round of everything, waiting at most a few milliseconds.
void world_step(struct world *world);
// Steps until `done` says true or some seconds have gone; false then.
bool world_until(struct world *world, bool (*done)(struct world *world, void *arg), void *arg);

// Waits until an event starts like this.
bool world_wait_event(struct world *world, const char *start);
// Done when this person (struct person *) has watched a little sound and pictures.
bool world_some_media(struct world *world, void *person);

struct person_config {
    const char *session, *room, *participant;
    enum rooms_source source;
    const char *publication; // watch one
    bool watch, tcp, together;
    bool no_video, rtx, twcc, simulcast;
};

// Sends the offer and waits for the answer.
struct person *world_enter(struct world *world, const struct person_config *config);
// And waits until connected.
struct person *world_connect(struct world *world, const struct person_config *config);
// A client goes without a word.
void person_vanish(struct person *person);

// One packet as people send them, plain.
#define WORLD_PICTURE_LEN 612
#define WORLD_SOUND_LEN   80

struct world_media {
    bool video, key;  // key: of a keyframe
    bool first, last; // of its frame
    uint16_t seq;
    uint32_t ts, ssrc, tag, number;
};

// Writes at most WORLD_PICTURE_LEN bytes and returns how many.
size_t world_write(uint8_t *packet, const struct world_media *media);

// Sends a frame of pictures of `packets` packets and a packet of sound.
void person_send(struct person *person, unsigned packets, bool key);
// Asks for a packet of pictures again.
void person_send_nack(struct person *person, uint16_t seq);
// Sends a picture loss indication about the server's stream.
void person_send_pli(struct person *person);
// Sends frames every few milliseconds, and sender reports, until `done`.
bool world_talk(struct world *world, struct person *speaker,
                bool (*done)(struct world *world, void *arg), void *arg);

// How often an event starts like this.
unsigned world_count(const struct world *world, const char *start);
// The number behind the line that starts like this on /metrics.
unsigned long long world_metric(struct world *world, const char *line);
