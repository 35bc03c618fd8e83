#pragma once
#include <stddef.h>

#include "signaling/server/http.h"

// What every reply says of itself.

// "OK", "Not Found", ...; "Status" for a number without a name here.
const char *status_text(int status);

// The headers that are added unless a reply has them: content security policy and its kin. `tls`:
// Strict-Transport-Security too. Returns a static table and its size.
const struct http_header *security_headers(bool tls, size_t *count);
