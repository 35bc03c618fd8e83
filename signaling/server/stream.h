#pragma once
#include "signaling/server/request.h"

// The connection of a streaming request is gone: tells its owner and frees it.
void stream_gone(struct http_request *req);
