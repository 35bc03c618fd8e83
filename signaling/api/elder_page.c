#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/mem.h"
#include "gateway/base/writer.h"
#include "signaling/api/inside.h"

// The personal link's page: title, time and the centre's telephone stand there in large text before
// any script has run. The template is the web client's elder-link.html with {{names}} in it.

#define PAGE_MAX (64 * 1024)

struct facts {
    const struct lecture *lecture; // NULL: no lecture, or the link is not valid
    const char *centre, *phone;    // whom to telephone; "" for nobody in particular
    const struct caller *member;
};

static void escaped(struct writer *w, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            writer_text(w, "&amp;");
            break;
        case '<':
            writer_text(w, "&lt;");
            break;
        case '>':
            writer_text(w, "&gt;");
            break;
        case '"':
            writer_text(w, "&quot;");
            break;
        case '\'':
            writer_text(w, "&#39;");
            break;
        default:
            writer_u8(w, (uint8_t)*text);
        }
}

// "11月22日 星期日 下午3:00" in China's time, as a person says it.
static void spoken_time(struct writer *w, int64_t at_ms)
{
    static const char *const days[] = {"日", "一", "二", "三", "四", "五", "六"};
    time_t seconds = (time_t)(at_ms / 1000) + 8 * 3600;
    struct tm tm;
    gmtime_r(&seconds, &tm);
    const char *part = tm.tm_hour < 12 ? "上午" : "下午";
    int hour = tm.tm_hour > 12 ? tm.tm_hour - 12 : tm.tm_hour;
    writer_printf(w, "%d月%d日 星期%s %s%d:%02d", tm.tm_mon + 1, tm.tm_mday, days[tm.tm_wday], part,
                  hour, tm.tm_min);
}

static bool name_is(const char *name, size_t len, const char *text)
{
    return strlen(text) == len && memcmp(name, text, len) == 0;
}

static void fill_in(struct writer *w, const char *name, size_t len, const struct facts *facts)
{
    const struct lecture *lecture = facts->lecture;
    if (name_is(name, len, "time") && lecture)
        spoken_time(w, lecture->starts_at);
    else if (name_is(name, len, "title"))
        escaped(w, lecture ? lecture->title : "");
    else if (name_is(name, len, "lecturer"))
        escaped(w, lecture ? lecture->lecturer : "");
    else if (name_is(name, len, "lecture_id"))
        escaped(w, lecture ? lecture->id : "");
    else if (name_is(name, len, "state"))
        escaped(w, lecture ? lecture_state_name(lecture->state) : "");
    else if (name_is(name, len, "member"))
        escaped(w, facts->member ? facts->member->name : "");
    else if (name_is(name, len, "centre"))
        escaped(w, facts->centre);
    else if (name_is(name, len, "phone"))
        escaped(w, facts->phone);
}

static void render(struct writer *w, const char *template, const struct facts *facts)
{
    for (;;) {
        const char *open = strstr(template, "{{");
        const char *close = open ? strstr(open, "}}") : NULL;
        if (!close)
            break;
        writer_bytes(w, template, (size_t)(open - template));
        fill_in(w, open + 2, (size_t)(close - open - 2), facts);
        template = close + 2;
    }
    writer_text(w, template);
}

// A lecture's own centre; without one the only centre there is.
static struct facts facts_of(const struct consult *clinic, const struct lectures *lectures,
                             const struct caller *member)
{
    const struct lecture *lecture = member ? lecture_find(lectures, member->lecture) : NULL;
    const struct consult_centre *centre = consult_only_centre(clinic);
    return (struct facts){.lecture = lecture,
                          .member = member,
                          .centre = lecture  ? lecture->centre_name
                                    : centre ? centre->name
                                             : "",
                          .phone = lecture  ? lecture->centre_phone
                                   : centre ? centre->phone
                                            : ""};
}

static void link_known(void *arg, int err, const struct caller *member)
{
    struct call *call = arg;
    const struct people_ops *people = call->api->config.people;
    void *ops_arg = call->api->config.ops_arg;
    char *page = mem_zalloc(PAGE_MAX);
    if (!page || err == EAGAIN) {
        mem_free(page);
        call_try_later(call);
        return;
    }
    struct facts facts = facts_of(people->clinic(ops_arg), people->lectures(ops_arg), member);
    struct writer w = writer_of(page, PAGE_MAX);
    render(&w, call->api->elder_page, &facts);
    // A link that is not valid gets the same page without a lecture: it says whom to telephone.
    http_reply(call->req, member ? 200 : 404, "text/html; charset=utf-8", page, w.len);
    mem_free(page);
}

void elder_page_get(struct call *call)
{
    if (!call->api->elder_page) {
        call_refuse(call, 503, "no-pages", "the pages are not built", NULL);
        return;
    }
    call->api->config.people->member_by_link(call->api->config.ops_arg,
                                             route_param(&call->match, "link"), link_known, call);
}
