#pragma once

// seccomp: the system calls no decoder needs answer EPERM from now on, for all threads: starting
// programs and processes, sockets, tracing and signalling others, mounting, kernel modules, keys.
// Returns an errno value.
int syscalls_enter(void);
