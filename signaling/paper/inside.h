#pragma once
#include "signaling/paper/paper.h"

// One reader a type: what is wrong, or NULL. No other folder includes this.
const char *paper_jpeg(const uint8_t *bytes, size_t len, struct paper_size *size);
const char *paper_png(const uint8_t *bytes, size_t len, struct paper_size *size);
const char *paper_pdf(const uint8_t *bytes, size_t len, struct paper_size *size);
