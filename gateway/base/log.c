#include "gateway/base/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES   1024
#define LINES_PER_SECOND 10

static const char *const level_names[] = {"error", "warn", "info", "debug"};

// Process-wide on purpose: one standard error, one level.
static _Atomic int current_level = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
    current_level = level;
}

int log_level_parse(const char *text, enum log_level *level)
{
    for (unsigned i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++)
        if (strcmp(text, level_names[i]) == 0) {
            *level = (enum log_level)i;
            return 0;
        }
    return EINVAL;
}

// How many lines of this place were held back, or -1 when this one must be held back too.
static int throttle(struct log_site *site, long second)
{
    long before = atomic_exchange(&site->second, second);
    if (before != second) {
        unsigned lines = atomic_exchange(&site->lines, 1);
        return lines > LINES_PER_SECOND ? (int)(lines - LINES_PER_SECOND) : 0;
    }
    return atomic_fetch_add(&site->lines, 1) >= LINES_PER_SECOND ? -1 : 0;
}

// Line breaks and other control characters in peers' text must not forge log lines.
static void blank_controls(char *text)
{
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
}

void log_write(struct log_site *site, enum log_level level, const char *area, const char *format,
               ...)
{
    if ((int)level > current_level)
        return;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int held = throttle(site, now.tv_sec);
    if (held < 0)
        return;

    struct tm utc;
    gmtime_r(&now.tv_sec, &utc);
    char line[LINE_MAX_BYTES + 64];
    size_t len = strftime(line, sizeof(line), "%Y-%m-%dT%H:%M:%S", &utc);
    len += (size_t)snprintf(line + len, sizeof(line) - len,
                            ".%03ldZ %-5s %s: ", now.tv_nsec / 1000000, level_names[level], area);
    char *text = line + len;
    va_list args;
    va_start(args, format);
    vsnprintf(text, LINE_MAX_BYTES - len, format, args);
    va_end(args);
    blank_controls(text);
    len = strlen(line);
    if (held > 0)
        len += (size_t)snprintf(line + len, sizeof(line) - len, " (%d more held back)", held);
    line[len++] = '\n';
    // A full or closed log must never stop the work.
    ssize_t written = write(STDERR_FILENO, line, len);
    (void)written;
}
