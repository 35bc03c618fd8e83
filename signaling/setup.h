#pragma once
// What a first start finds missing and makes: the data directory, the server's secret, a
// self-signed certificate. Existing files are never touched. Before any thread is started.

// Makes `dir` and its parents, mode 0700. Returns errno.
int setup_directory(const char *dir);
// Makes an ECDSA P-256 key and a certificate for this machine's names and addresses (825 days) when
// neither file exists. EPROTO when OpenSSL refuses.
int setup_certificate(const char *certificate_file, const char *key_file);
