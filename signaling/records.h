#pragma once
#include "signaling/control_inside.h"

// Records of consultations between the API and the store: opened and sealed here, on the control
// thread, so that what they say is nowhere else.

// Reads the key that wraps the records' keys, or makes it when there are no records yet. ENOENT
// when there are records and no key. Before the store's thread starts.
int records_prepare(struct control *control);

extern const struct record_ops control_records;

// record_print.c: of that table.
void records_lay_out(void *ops_arg, struct print *print, record_pdf_h *done, void *arg);
