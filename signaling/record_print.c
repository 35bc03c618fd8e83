#include <errno.h>

#include "gateway/base/mem.h"
#include "signaling/print/print.h"
#include "signaling/records.h"

// Sheets are laid out on a work thread.

struct printing {
    struct print *print;
    record_pdf_h *done;
    void *arg;
    int err;
    uint8_t *bytes;
    size_t len;
};

static void run(void *arg)
{
    struct printing *printing = arg;
    printing->err = print_pdf(printing->print, &printing->bytes, &printing->len);
}

static void end(void *arg)
{
    struct printing *printing = arg;
    printing->done(printing->arg, printing->err, printing->bytes, printing->len);
    print_free(printing->print);
    mem_free(printing->bytes);
    mem_free(printing);
}

void records_lay_out(void *ops_arg, struct print *print, record_pdf_h *done, void *arg)
{
    struct control *control = ops_arg;
    struct printing *printing = mem_zalloc(sizeof(*printing));
    int err = ENOMEM;
    if (printing) {
        *printing = (struct printing){.print = print, .done = done, .arg = arg, .err = EAGAIN};
        err = work_do(control->work, run, end, printing);
    }
    if (!err)
        return;
    print_free(print);
    mem_free(printing);
    done(arg, err, NULL, 0);
}
