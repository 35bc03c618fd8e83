#include "signaling/record/template.h"

#include <stddef.h>
#include <string.h>

// The first is the one of all others.
static const struct record_template templates[] = {
    {"other", {"people", "when", "papers", "done_so_far"}, {"civil"}, NULL},
    {"family", {"marriage", "children", "property", "violence", "agreement"}, {"civil"}, NULL},
    {"inheritance", {"death", "heirs", "will", "property"}, {"legacy", "civil"}, "not_a_will"},
    {"labour",
     {"employer", "labour_contract", "wages", "work_end", "work_injury"},
     {"labour", "work_injury", "labour_award"},
     NULL},
    {"debt", {"debtor", "sum", "due", "evidence", "reminders"}, {"civil", "enforcement"}, NULL},
    {"contract", {"parties", "signed", "breach", "evidence"}, {"civil", "revocation"}, NULL},
    {"housing", {"house", "papers", "payment", "other_side"}, {"civil"}, NULL},
    {"property_neighbour", {"house", "since", "evidence", "talks"}, {"civil"}, NULL},
    {"traffic", {"accident", "police_finding", "injury", "insurance"}, {"civil"}, NULL},
    {"injury", {"when", "injury", "other_side", "police_finding"}, {"civil"}, NULL},
    {"consumer", {"goods", "payment", "evidence", "complaint"}, {"civil", "revocation"}, NULL},
    {"fraud", {"sum", "way_of_payment", "police_report", "evidence"}, {"civil"}, "report_at_once"},
    {"land", {"land_contract", "borders", "other_side", "papers"}, {"land_arbitration"}, NULL},
    {"administrative",
     {"office", "decision", "received", "papers"},
     {"administrative_review", "administrative_suit", "review_decision"},
     NULL},
    {"criminal", {"person", "measure", "office", "lawyer_so_far"}, {"criminal_appeal"}, NULL},
};

const struct record_template *record_template(const char *category)
{
    for (size_t i = 1; i < sizeof(templates) / sizeof(templates[0]); i++)
        if (strcmp(templates[i].category, category) == 0)
            return &templates[i];
    return &templates[0];
}
