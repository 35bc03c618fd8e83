#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "signaling/consult/settings.h"
#include "signaling/control_inside.h"
#include "signaling/holidays.h"
#include "signaling/table_text.h"

// What operators keep as tables beside the options.

static int read_holidays(struct control *control, char *wrong, size_t size)
{
    int err = holidays_read(control->config.holidays_dir, &control->calendar, wrong, size);
    if (!err)
        consult_set_calendar(control->consult, &control->calendar);
    return err;
}

static int read_limitations(struct control *control, char *wrong, size_t size)
{
    char text[TABLE_TEXT_MAX];
    const char *path = control->config.limitations_file, *what = NULL;
    unsigned line = 0;
    int err = table_text_read(path, text);
    if (err) {
        snprintf(wrong, size, "%s: %s", path, strerror(err));
        return err;
    }
    err = limitations_read(&control->limitations, text, &line, &what);
    if (err == ENOENT)
        snprintf(wrong, size, "%s: kind: %s has no row", path, what);
    else if (err)
        snprintf(wrong, size, "%s: line %u: %s", path, line, what);
    return err;
}

static int read_one(struct control *control, const char *option,
                    int (*read)(struct control *control, char *wrong, size_t size))
{
    char wrong[sizeof(control->tables_wrong)];
    int err = read(control, wrong, sizeof(wrong));
    if (!err)
        return 0;
    memcpy(control->tables_wrong, wrong, sizeof(wrong));
    log_error("clinic", "%s: %s", option, wrong);
    return err;
}

int control_read_tables(struct control *control)
{
    int limitations = read_one(control, "limitations_file", read_limitations);
    int holidays = read_one(control, "holidays_dir", read_holidays);
    return holidays ? holidays : limitations;
}
