#pragma once
#include <stdarg.h>

// One line an event on standard error: time, level, area, text. Control characters are escaped, a
// line ends after 1 KiB, and one place in the code writes at most 10 lines a second (the rest is
// counted and told in the next line), so neither a hostile peer nor a full disk is helped.
// Never log content, tokens, SDP, names or telephone numbers: ids only. Any thread.

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

struct log_site {
    _Atomic long second;
    _Atomic unsigned lines;
};

// Sets the level for the process. Called once at start and at reload.
void log_set_level(enum log_level level);

// Sets *level from "error", "warn", "info" or "debug"; EINVAL for anything else.
int log_level_parse(const char *text, enum log_level *level);

void log_write(struct log_site *site, enum log_level level, const char *area, const char *format,
               ...) __attribute__((format(printf, 4, 5)));

#define LOG_AT(level, area, ...)                                                                   \
    do {                                                                                           \
        static struct log_site log_site_;                                                          \
        log_write(&log_site_, level, area, __VA_ARGS__);                                           \
    } while (0)

// `area` is the module's name: log_info("ice", "session %s connected", id).
#define log_error(area, ...) LOG_AT(LOG_LEVEL_ERROR, area, __VA_ARGS__)
#define log_warn(area, ...)  LOG_AT(LOG_LEVEL_WARN, area, __VA_ARGS__)
#define log_info(area, ...)  LOG_AT(LOG_LEVEL_INFO, area, __VA_ARGS__)
#define log_debug(area, ...) LOG_AT(LOG_LEVEL_DEBUG, area, __VA_ARGS__)
