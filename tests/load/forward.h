#pragma once
#include <stdbool.h>

// The gateway's own way of a packet without network around it: protected packets of one publisher
// are decrypted, kept, and leave for every viewer into sockets nobody waits for, by traffic's own
// clock, so that every run does exactly the same. For `make instructions`.

struct forward_options {
    unsigned viewers, seconds;
    bool counted; // with transport-wide numbers
};

// Prints how many packets left as one line of JSON. ENOMEM, what sockets say.
int forward_run(const struct forward_options *options);
