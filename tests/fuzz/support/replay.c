#include <dirent.h>
#include <stdio.h>

#include "tests/fuzz/support/input.h"

// Gives every file of the directories named to the target once: how `make test` goes through the
// corpora under the sanitizers, and how coverage is counted.

#define INPUT_MAX (1 << 20)

static void replay_file(const char *path)
{
    static uint8_t bytes[INPUT_MAX];
    FILE *file = fopen(path, "rbe");
    if (!file) {
        perror(path);
        exit(1);
    }
    size_t size = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    uint8_t *input = malloc(size ? size : 1); // of its very size: what is read behind it is found
    check(input != NULL);
    memcpy(input, bytes, size);
    LLVMFuzzerTestOneInput(input, size);
    free(input);
}

static unsigned replay_directory(const char *path)
{
    char name[1024];
    unsigned count = 0;
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        replay_file(name);
        count++;
    }
    if (dir)
        closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    for (int i = 1; i < argc; i++)
        count += replay_directory(argv[i]);
    printf("%s - %u inputs of %s\n", count ? "ok" : "not ok", count,
           argc > 1 ? argv[1] : "nothing");
    return count ? 0 : 1;
}
