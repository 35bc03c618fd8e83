#pragma once
// For tests of the clinic: a clinic with booths b0.. and lawyers l0.., short ways to give commands,
// and a seeded generator.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "signaling/consult/consult.h"

#define T0 1780000000000ll // some day in 2026

struct clinic {
    struct consult *consult;
    struct consult_effects *effects;
    struct problem problem;
    int64_t now;
    unsigned asked;
};

static inline uint32_t clinic_random(uint64_t *seed, uint32_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)((*seed >> 16) % below);
}

static inline void clinic_people(struct consult *consult, unsigned booths, unsigned lawyers)
{
    struct consult_centre centre = {
        .id = "ct", .name = "槐园社区党群服务中心", .phone = "023-1", .address = "槐园路 1 号"};
    assert_int_equal(consult_load_centre(consult, &centre), 0);
    for (unsigned i = 0; i < booths; i++) {
        struct consult_booth booth = {.centre = "ct"};
        snprintf(booth.id, sizeof(booth.id), "b%u", i);
        snprintf(booth.name, sizeof(booth.name), "咨询室 %u", i);
        assert_int_equal(consult_load_booth(consult, &booth), 0);
    }
    for (unsigned i = 0; i < lawyers; i++) {
        struct consult_lawyer lawyer = {.law_firm = "槐园律师事务所", .licence_no = "1150"};
        snprintf(lawyer.id, sizeof(lawyer.id), "l%u", i);
        snprintf(lawyer.name, sizeof(lawyer.name), "律师 %u", i);
        assert_int_equal(consult_load_lawyer(consult, &lawyer), 0);
    }
}

static inline struct clinic clinic_new(unsigned booths, unsigned lawyers)
{
    struct clinic clinic = {.now = T0};
    assert_int_equal(consult_alloc(&clinic.consult), 0);
    clinic.effects = mem_zalloc(sizeof(*clinic.effects));
    assert_non_null(clinic.effects);
    clinic_people(clinic.consult, booths, lawyers);
    return clinic;
}

static inline void clinic_end(struct clinic *clinic)
{
    consult_free(clinic->consult);
    mem_free(clinic->effects);
}

static inline int clinic_do(struct clinic *clinic, const struct consult_command *command)
{
    memset(&clinic->problem, 0, sizeof(clinic->problem));
    return consult_do(clinic->consult, command, clinic->now, clinic->effects, &clinic->problem);
}

// A command that names only who gives it.
static inline int clinic_say(struct clinic *clinic, enum consult_verb verb, const char *who)
{
    return clinic_do(clinic, &(struct consult_command){.verb = verb, .who = who});
}

// The same with the consultation it is about.
static inline int clinic_about(struct clinic *clinic, enum consult_verb verb, const char *who,
                               const char *id)
{
    return clinic_do(clinic, &(struct consult_command){
                                 .verb = verb, .who = who, .consultation = id, .reason = "other"});
}

// Asks in zh-CN about family, as consultation c-1, c-2, ...
static inline int clinic_ask(struct clinic *clinic, const char *booth)
{
    char id[CONSULT_ID_MAX];
    snprintf(id, sizeof(id), "c-%u", ++clinic->asked);
    return clinic_do(clinic, &(struct consult_command){.verb = CONSULT_ASK,
                                                       .who = booth,
                                                       .consultation = id,
                                                       .category = "family",
                                                       .language = "zh-CN",
                                                       .consent = "2026-11"});
}

static inline void clinic_booth_here(struct clinic *clinic, const char *booth)
{
    assert_int_equal(clinic_say(clinic, CONSULT_BOOTH_BACK, booth), 0);
}

static inline void clinic_on_duty(struct clinic *clinic, const char *lawyer)
{
    assert_int_equal(clinic_say(clinic, CONSULT_LAWYER_BACK, lawyer), 0);
    assert_int_equal(clinic_say(clinic, CONSULT_ON_DUTY, lawyer), 0);
}

static inline const struct consult_effect *clinic_find(const struct clinic *clinic,
                                                       enum consult_effect_kind kind,
                                                       const char *topic, const char *event)
{
    for (size_t i = 0; i < clinic->effects->count; i++) {
        const struct consult_effect *effect = &clinic->effects->list[i];
        if (effect->kind == kind && strcmp(effect->topic, topic) == 0 &&
            strcmp(effect->event, event) == 0)
            return effect;
    }
    return NULL;
}

static inline const struct consult_effect *clinic_told(const struct clinic *clinic,
                                                       const char *topic, const char *event)
{
    return clinic_find(clinic, CONSULT_TELL, topic, event);
}

// What is never stored.
static inline const struct consult_effect *clinic_told_now(const struct clinic *clinic,
                                                           const char *topic, const char *event)
{
    return clinic_find(clinic, CONSULT_TELL_NOW, topic, event);
}

static inline size_t clinic_count(const struct clinic *clinic, enum consult_effect_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < clinic->effects->count; i++)
        count += clinic->effects->list[i].kind == kind;
    return count;
}
