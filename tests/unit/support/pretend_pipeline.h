#pragma once

// The process of a pipeline as a test wants it, in the place of banyan-pipeline: packets on
// descriptor 3, messages on 4. The file of its spec says what it does:
//
//   /good     ready or recording, sends packets back, ends when told to
//   /crash    fails
//   /ends     ready, and at its end
//   /noise    a message that is no event
//   /shouts   ready, then messages without an end
//
// Returns its exit code.
int pretend_pipeline(const char *kind);
