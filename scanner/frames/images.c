/* Picture files and folders. */
#include "scanner/frames/source.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/vision/image_read.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WATCH_MS 400
/* A picture that somebody is still writing would be read as broken. */
#define SETTLED_MS 500

struct images {
    struct arena arena; /* names */
    const char *const *paths;
    size_t path_count;
    bool watch;
    int stop_fd;
    char **todo;
    size_t todo_count, todo_capacity, done;
    char **seen; /* sorted; only when watching */
    size_t seen_count, seen_capacity;
};

/* Also those that we do not read: a folder of a phone's pictures must not look empty, each is named with what to do. */
static bool has_picture_name(const char *name)
{
    static const char *const endings[] = {".jpg", ".jpeg", ".jpe", ".png", ".pgm", ".heic", ".heif", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff"};
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t m = strlen(endings[i]);
        if (name[0] != '.' && n > m && text_equal_ignoring_case(name + n - m, endings[i])) return true;
    }
    return false;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Folders and pipes of such a name are no pictures: a pipe would hold up the door. */
static bool is_ready(const char *path, bool only_settled)
{
    struct stat st;
    if (stat(path, &st) != 0) return !only_settled; /* to be told */
    int64_t age = clock_now_ms() - ((int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000);
    return S_ISREG(st.st_mode) && (!only_settled || age >= SETTLED_MS || age < 0);
}

static enum err add(struct images *own, char ***list, size_t *capacity, size_t *count, char *path)
{
    if (!path || arena_grow(&own->arena, list, capacity, *count, sizeof **list) != 0) return ERR_NOMEM;
    (*list)[(*count)++] = path;
    return OK;
}

static enum err list_folder(struct images *own, const char *folder, bool only_settled, struct fault *fault)
{
    DIR *dir = opendir(folder);
    if (!dir) return fault_set(fault, err_from_errno(errno), "%s: %s", folder, strerror(errno));
    struct arena scratch = {0}; /* a watched folder is listed twice a second all day: only names that are new are kept */
    size_t first = own->todo_count;
    enum err e = OK;
    for (struct dirent *entry; e == OK && (entry = readdir(dir));) {
        if (!has_picture_name(entry->d_name)) continue;
        char *path = file_join(&scratch, folder, entry->d_name);
        if (path && !is_ready(path, only_settled)) continue;
        if (path && own->seen_count && bsearch(&path, own->seen, own->seen_count, sizeof *own->seen, by_name)) continue;
        e = add(own, &own->todo, &own->todo_capacity, &own->todo_count, arena_strdup(&own->arena, path));
    }
    closedir(dir);
    arena_release(&scratch);
    if (e != OK) return fault_set(fault, e, "%s: not enough memory", folder);
    if (own->todo_count > first) qsort(own->todo + first, own->todo_count - first, sizeof *own->todo, by_name);
    return OK;
}

static enum err list_all(struct images *own, struct fault *fault)
{
    for (size_t i = 0; i < own->path_count; i++) {
        enum err e = OK;
        if (file_is_directory(own->paths[i])) e = list_folder(own, own->paths[i], own->watch, fault);
        else if (own->watch && !file_exists(own->paths[i])) e = fault_set(fault, ERR_NOT_FOUND, "%s: there is no such file or folder", own->paths[i]);
        else e = add(own, &own->todo, &own->todo_capacity, &own->todo_count, arena_strdup(&own->arena, own->paths[i]));
        if (e != OK) return e;
    }
    return OK;
}

/* New pictures of the folders; waits until there is one. ERR_NOT_FOUND when told to stop. */
static enum err watch_folders(struct images *own, struct fault *fault)
{
    for (;;) {
        struct pollfd wait = {.fd = own->stop_fd, .events = POLLIN};
        if (poll(&wait, 1, WATCH_MS) > 0) return ERR_NOT_FOUND;
        own->todo_count = own->done = 0;
        for (size_t i = 0; i < own->path_count; i++) {
            if (!file_is_directory(own->paths[i])) continue;
            enum err e = list_folder(own, own->paths[i], true, fault);
            if (e != OK) return e;
        }
        if (own->todo_count) return OK;
    }
}

static bool asked_to_stop(const struct images *own)
{
    struct pollfd wait = {.fd = own->stop_fd, .events = POLLIN};
    return own->stop_fd >= 0 && poll(&wait, 1, 0) > 0;
}

static enum err images_next(struct source *source, struct arena *arena, struct frame *ret, struct fault *fault)
{
    struct images *own = source->own;
    if (asked_to_stop(own)) return ERR_NOT_FOUND;
    if (own->done == own->todo_count) {
        if (!own->watch) return ERR_NOT_FOUND;
        enum err e = watch_folders(own, fault);
        if (e != OK) return e;
    }
    char *path = own->todo[own->done++];
    if (own->watch) {
        enum err e = add(own, &own->seen, &own->seen_capacity, &own->seen_count, path);
        if (e != OK) return fault_set(fault, e, "%s: not enough memory", path);
        qsort(own->seen, own->seen_count, sizeof *own->seen, by_name);
    }
    char *data;
    size_t length;
    ret->name = path;
    source_stamp(source, ret);
    enum err e = file_read(arena, path, IMAGE_FILE_MOST, &data, &length, fault);
    if (e != OK) return e == ERR_NOMEM ? e : ERR_INPUT;
    if (source->keeps_encoded) {
        ret->encoded = data;
        ret->encoded_length = length;
        return OK;
    }
    e = image_read(arena, data, length, &ret->picture, fault);
    if (e == OK) return OK;
    fault_prefix(fault, "%s", path);
    return e == ERR_NOMEM ? e : ERR_INPUT;
}

static void images_close(struct source *source)
{
    struct images *own = source->own;
    if (own) arena_release(&own->arena);
    free(own);
}

enum err source_open_images(const char *const *paths, size_t count, bool watch, int stop_fd, struct source **ret, struct fault *fault)
{
    struct source *source = calloc(1, sizeof *source);
    struct images *own = calloc(1, sizeof *own);
    if (!source || !own) {
        free(source);
        free(own);
        return fault_set(fault, ERR_NOMEM, "not enough memory for the list of pictures");
    }
    *own = (struct images){.paths = paths, .path_count = count, .watch = watch, .stop_fd = stop_fd};
    reader_init(&source->reader, -1, stop_fd);
    source->own = own;
    source->next = images_next;
    source->close = images_close;
    enum err e = list_all(own, fault);
    if (e != OK) {
        source_close(source);
        return e;
    }
    *ret = source;
    return OK;
}
