#pragma once
#include <stdbool.h>
#include <stddef.h>

// Small readers for what stands inside HTTP fields and queries. Pure.

// Is `text` one token (RFC 9110 section 5.6.2)?
bool field_is_token(const char *text);
// Has `text` only what a field value may have (no control character but tab)?
bool field_is_value(const char *text);
// Cuts blanks and tabs at both ends, in place.
char *field_trim(char *text);
// Is `token` (any case) an element of the comma list? Parameters after ';' do not count.
bool field_has_token(const char *list, const char *token);
// Next element of a comma list without blanks; moves *list on; NULL at the end.
const char *field_next(const char **list, size_t *len);

// Decodes %XX (and '+' as blank when `plus`) of `len` bytes into `out` (len + 1 bytes are enough).
// EINVAL: bad escape, control character or not UTF-8. EOVERFLOW.
int percent_decode(const char *text, size_t len, bool plus, char *out, size_t size);

// Finds the raw value of a query parameter. ENOENT.
int query_find(const char *query, const char *name, const char **value, size_t *len);
// Finds a cookie's value in a Cookie header. ENOENT.
int cookie_find(const char *cookies, const char *name, const char **value, size_t *len);

// Is `origin` ("https://host:port") the same host and port as the Host header?
bool origin_is_host(const char *origin, const char *host);
