#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "signaling/consult/calendar.h"
#include "signaling/consult/inside.h"

// Who has been here finds his lawyer again by the number on his paper: the day and the ticket.

#define DATE_DIGITS 8 // 20261122

void consult_load_met(struct consult *consult, int64_t day, int64_t ticket_no, const char *lawyer)
{
    struct met *met = &consult->met[consult->met_count++ % MET_MAX];
    *met = (struct met){.day = day, .ticket_no = ticket_no};
    text_copy(met->lawyer, sizeof(met->lawyer), lawyer);
}

// "202611227": the seventh ticket of that day. A dash may stand between.
static bool read_number(const char *number, int64_t *day, int64_t *ticket_no)
{
    char date[sizeof("2026-11-22")];
    if (strlen(number) <= DATE_DIGITS || strspn(number, "0123456789-") != strlen(number))
        return false;
    memcpy(date, number, 4);
    date[4] = date[7] = '-';
    memcpy(date + 5, number + 4, 2);
    memcpy(date + 8, number + 6, 2);
    date[10] = 0;
    number += DATE_DIGITS;
    *day = calendar_day(date);
    *ticket_no = strtoll(number + (*number == '-'), NULL, 10);
    return *day >= 0 && *ticket_no > 0;
}

const char *consult_met_by(const struct consult *consult, const char *number)
{
    int64_t day, ticket_no;
    if (!read_number(number, &day, &ticket_no))
        return NULL;
    for (size_t i = 0; i < MET_MAX && i < consult->met_count; i++)
        if (consult->met[i].day == day && consult->met[i].ticket_no == ticket_no)
            return consult->met[i].lawyer;
    return NULL;
}
