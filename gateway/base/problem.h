#pragma once

// What is wrong with a command, as RFC 9457 says it. All texts are constants of the program: nobody
// frees them, and nothing a stranger sent comes back in them.

struct problem {
    int status;         // HTTP status: 403, 404, 409, 422, 503
    const char *slug;   // stable: `type` is "/problems/<slug>"
    const char *title;  // short, the same for every case of the slug
    const char *detail; // this case: one sentence saying what to do
    const char *field;  // the member that is wrong, or NULL
};
