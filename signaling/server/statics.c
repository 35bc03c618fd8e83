#include "signaling/server/statics.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/mem.h"
#include "gateway/base/text.h"
#include "signaling/server/fields.h"

#define FILES_MAX   4096
#define DEPTH_MAX   8
#define FILE_MAX    (64ul << 20)
#define TOGETHER    (256ul << 20)
#define PATH_SIZE   1024
#define ETAG_DIGEST 16

struct statics {
    struct static_file *files; // sorted by path after reading
    size_t count, cap;
    size_t bytes;
};

static const struct {
    const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".ttf", "font/ttf"},
    {".wasm", "application/wasm"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".wav", "audio/wav"},
    {".mp4", "video/mp4"},
    {".webm", "video/webm"},
    {".weba", "audio/webm"},
    {".vtt", "text/vtt; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".xml", "application/xml"},
};

static const char *type_of(const char *path)
{
    const char *ending = strrchr(path, '.');
    for (size_t i = 0; ending && i < sizeof(types) / sizeof(*types); i++)
        if (strcasecmp(ending, types[i].ending) == 0)
            return types[i].type;
    return "application/octet-stream";
}

// esbuild's "name-ABCDEFGH.js" (base32) and "name.0123abcd.js": the name changes with the content.
static bool name_has_hash(const char *path)
{
    const char *name = strrchr(path, '/') + 1;
    const char *ending = strrchr(name, '.');
    if (!ending || ending - name < 10)
        return false;
    const char *hash = ending - 8;
    if (hash[-1] != '-' && hash[-1] != '.')
        return false;
    if (strspn(hash, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == 8)
        return true;
    return strspn(hash, "0123456789abcdef") == 8 && strcspn(hash, "0123456789") < 8;
}

static int set_etag(struct static_file *file)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len;
    if (EVP_Digest(file->data, file->len, digest, &len, EVP_sha256(), NULL) != 1)
        return ENOMEM;
    file->etag[0] = '"';
    text_hex(digest, ETAG_DIGEST, file->etag + 1);
    memcpy(file->etag + 1 + 2 * (size_t)ETAG_DIGEST, "\"", 2);
    return 0;
}

static int read_all(int fd, char *to, size_t len)
{
    while (len) {
        ssize_t n = read(fd, to, len);
        if (n <= 0)
            return n < 0 ? errno : EIO; // it became shorter under us
        to += n;
        len -= (size_t)n;
    }
    return 0;
}

static int make_room(struct statics *statics)
{
    if (statics->count < statics->cap)
        return 0;
    if (statics->cap >= FILES_MAX)
        return EFBIG;
    size_t cap = statics->cap ? statics->cap * 2 : 64;
    struct static_file *files = mem_resize(statics->files, cap * sizeof(*files));
    if (!files)
        return ENOMEM;
    statics->files = files;
    statics->cap = cap;
    return 0;
}

// A place for `len` bytes, and all that is known of the file but what the bytes say.
static int prepare_file(struct statics *statics, size_t len, const char *path,
                        struct static_file *file)
{
    if (len > FILE_MAX || statics->bytes + len > TOGETHER)
        return EFBIG;
    int err = make_room(statics);
    if (err)
        return err;
    *file = (struct static_file){
        .path = mem_strdup(path), .data = mem_zalloc(len + 1), .len = len, .type = type_of(path)};
    file->cache = name_has_hash(path) ? "public, max-age=31536000, immutable" : "no-cache";
    return file->path && file->data ? 0 : ENOMEM;
}

static void free_file(const struct static_file *file)
{
    mem_free((void *)(uintptr_t)file->path);
    mem_free((void *)(uintptr_t)file->data);
}

// Takes the file over; `err`: of what was done with it before.
static int add_file(struct statics *statics, struct static_file *file, int err)
{
    if (!err)
        err = set_etag(file);
    if (err) {
        free_file(file);
        return err;
    }
    statics->bytes += file->len;
    statics->files[statics->count++] = *file;
    return 0;
}

static int read_file(struct statics *statics, int fd, size_t len, const char *path)
{
    struct static_file file = {0};
    int err = prepare_file(statics, len, path, &file);
    if (!err)
        err = read_all(fd, (char *)(uintptr_t)file.data, len);
    return add_file(statics, &file, err);
}

static int read_dir(struct statics *statics, int fd, char *path, unsigned depth);

static int read_entry(struct statics *statics, int dir, const char *name, char *path,
                      unsigned depth)
{
    struct stat st;
    size_t base = strlen(path);
    if (base + strlen(name) + 2 > PATH_SIZE)
        return ENAMETOOLONG;
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ELOOP || errno == ENXIO ? 0 : errno;
    strcat(strcat(path, "/"), name);
    int err = fstat(fd, &st) ? errno : 0;
    if (!err && S_ISREG(st.st_mode))
        err = read_file(statics, fd, (size_t)st.st_size, path);
    if (!err && S_ISDIR(st.st_mode))
        err = read_dir(statics, fd, path, depth + 1);
    path[base] = '\0';
    close(fd);
    return err;
}

static int read_dir(struct statics *statics, int fd, char *path, unsigned depth)
{
    struct dirent *entry;
    int err = 0, copy = depth > DEPTH_MAX ? -1 : dup(fd);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    if (!dir) {
        err = depth > DEPTH_MAX ? EFBIG : errno;
        if (copy >= 0)
            close(copy);
        return err;
    }
    while (!err && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            err = read_entry(statics, fd, entry->d_name, path, depth);
    closedir(dir);
    return err;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct static_file *)a)->path, ((const struct static_file *)b)->path);
}

static void sort(struct statics *statics)
{
    if (statics->count)
        qsort(statics->files, statics->count, sizeof(*statics->files), by_path);
}

static int read_tree(struct statics *statics, const char *dir)
{
    char path[PATH_SIZE] = "";
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int err = read_dir(statics, fd, path, 0);
    close(fd);
    sort(statics);
    return err;
}

int static_alloc(struct statics **staticsp, const char *dir)
{
    struct statics *statics = mem_zalloc(sizeof(*statics));
    int err = !statics ? ENOMEM : dir ? read_tree(statics, dir) : 0;
    if (err) {
        static_free(statics);
        return err;
    }
    *staticsp = statics;
    return 0;
}

void static_free(struct statics *statics)
{
    if (!statics)
        return;
    for (size_t i = 0; i < statics->count; i++)
        free_file(&statics->files[i]);
    mem_free(statics->files);
    mem_free(statics);
}

static struct static_file *find_exact(const struct statics *statics, const char *path)
{
    struct static_file key = {.path = path};
    return statics->count ? bsearch(&key, statics->files, statics->count, sizeof(key), by_path)
                          : NULL;
}

static void take_out(struct statics *statics, struct static_file *file)
{
    statics->bytes -= file->len;
    free_file(file);
    *file = statics->files[--statics->count];
}

int static_put(struct statics *statics, const char *path, const void *bytes, size_t len)
{
    struct static_file file = {0};
    int err = prepare_file(statics, len, path, &file);
    if (!err)
        memcpy((char *)(uintptr_t)file.data, bytes, len);
    struct static_file *before = find_exact(statics, path);
    err = add_file(statics, &file, err);
    if (!err && before)
        take_out(statics, before);
    sort(statics);
    return err;
}

void static_remove(struct statics *statics, const char *path)
{
    struct static_file *file = find_exact(statics, path);
    if (!file)
        return;
    take_out(statics, file);
    sort(statics);
}

const struct static_file *static_find(const struct statics *statics, const char *path)
{
    static const char *const endings[] = {"", ".html", "/index.html", ".weba", ".ogg"};
    char name[PATH_SIZE];
    size_t len = strlen(path);
    if (!statics || *path != '/' || len + 16 > sizeof(name))
        return NULL;
    while (len && path[len - 1] == '/')
        len--;
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        memcpy(name, path, len);
        strcpy(name + len, endings[i]);
        const struct static_file *file = find_exact(statics, name);
        if (file)
            return file;
    }
    return NULL;
}

bool static_matches(const struct static_file *file, const char *known)
{
    const char *at;
    size_t len;
    while ((at = field_next(&known, &len)) != NULL) {
        if (len == 1 && *at == '*')
            return true;
        if (len > 2 && strncmp(at, "W/", 2) == 0) {
            at += 2;
            len -= 2;
        }
        if (len == strlen(file->etag) && memcmp(at, file->etag, len) == 0)
            return true;
    }
    return false;
}
