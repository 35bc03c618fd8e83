#include "tests/unit/support/pretend_pipeline.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pipelines/spec.h"

static void say(const char *text)
{
    if (send(4, text, strlen(text), MSG_NOSIGNAL) < 0)
        _exit(9);
}

// Sends packets back until there is a command.
static void echo(void)
{
    struct pollfd fds[] = {{.fd = 3, .events = POLLIN}, {.fd = 4, .events = POLLIN}};
    char packet[64];

    while (poll(fds, 2, -1) > 0 && !fds[1].revents) {
        ssize_t len = recv(3, packet, sizeof(packet), 0);
        if (len <= 0)
            return;
        (void)send(3, packet, (size_t)len, MSG_NOSIGNAL);
    }
}

static int act_play(const char *spec)
{
    char command[256] = "";

    if (strstr(spec, "/crash")) {
        say("{\"event\":\"failed\",\"reason\":\"broken file\"}");
        return 1;
    }
    if (strstr(spec, "/noise"))
        say("noise that is no event");
    say("{\"event\":\"ready\",\"video\":\"VP8\",\"audio\":\"OPUS\",\"width\":640,\"height\":360}");
    if (strstr(spec, "/ends")) {
        say("{\"event\":\"ended\"}");
        return 0;
    }
    while (strstr(spec, "/shouts"))
        say("{\"event\":\"alive\"}");
    echo();
    ssize_t len = recv(4, command, sizeof(command) - 1, 0);
    return len <= 0 || strstr(command, "stop") ? 0 : 3;
}

static int act_record(const char *spec)
{
    char command[256] = "";

    if (strstr(spec, "\"finish\":true")) {
        say("{\"event\":\"done\",\"file\":\"/left.webm\",\"duration_ms\":9}");
        return 0;
    }
    if (strstr(spec, "/crash"))
        abort();
    say("{\"event\":\"recording\",\"file\":\"/good.mkv.part\"}");
    (void)!recv(4, command, sizeof(command) - 1, 0);
    say("{\"event\":\"alive\"}");
    say("{\"event\":\"done\",\"file\":\"/good.webm\",\"duration_ms\":1234}");
    return 0;
}

int pretend_pipeline(const char *kind)
{
    char spec[PIPELINE_MESSAGE_MAX] = "";

    if (fcntl(5, F_GETFD) >= 0) // nothing else was inherited
        return 7;
    if (recv(4, spec, sizeof(spec) - 1, 0) <= 0)
        return 8;
    return strcmp(kind, "record") == 0 ? act_record(spec) : act_play(spec);
}
