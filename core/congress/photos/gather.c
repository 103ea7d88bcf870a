#include "core/congress/photos/gather.h"

#include "core/base/file.h"
#include "core/congress/photos/photos.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define DEEPEST 12

static enum err gather_one(struct arena *arena, const char *path, const char *folder, unsigned depth, struct photo_files *files, struct fault *fault);

static bool is_left_behind(const char *name)
{
    return name[0] == '.' || strcasecmp(name, "Thumbs.db") == 0 || strcasecmp(name, "desktop.ini") == 0 || strcmp(name, "__MACOSX") == 0;
}

/* A folder beneath that nobody may read is told like a file that nobody may read. */
static enum err note_folder(struct arena *arena, const char *path, struct photo_files *files)
{
    const char *flaw = arena_strdup(arena, strerror(errno));
    if (!flaw || arena_grow(arena, &files->items, &files->capacity, files->count, sizeof *files->items) != 0) return ERR_NOMEM;
    files->items[files->count++] = (struct photo_file){.path = path, .name = file_base_name(path), .flaw = flaw};
    return OK;
}

static enum err gather_folder(struct arena *arena, const char *path, unsigned depth, struct photo_files *files, struct fault *fault)
{
    struct dirent **entries = NULL;
    if (depth > DEEPEST) return fault_set(fault, ERR_LIMIT, "%s: folders in folders, too deep", path);
    int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0 && depth > 0) return note_folder(arena, path, files);
    if (count < 0) return fault_set(fault, err_from_errno(errno), "%s: %s", path, strerror(errno));
    enum err e = OK;
    for (int i = 0; i < count; i++) {
        struct stat st;
        const char *name = entries[i]->d_name, *below = is_left_behind(name) ? NULL : file_join(arena, path, name);
        bool link_to_folder = below && lstat(below, &st) == 0 && S_ISLNK(st.st_mode) && file_is_directory(below);
        if (!is_left_behind(name) && !below) e = ERR_NOMEM;
        if (e == OK && below && !link_to_folder) e = gather_one(arena, below, file_base_name(path), depth + 1, files, fault);
        free(entries[i]);
    }
    free(entries);
    return e;
}

static enum err gather_one(struct arena *arena, const char *path, const char *folder, unsigned depth, struct photo_files *files, struct fault *fault)
{
    struct stat st = {0};
    const char *flaw = NULL;
    if (stat(path, &st) != 0) {
        if (depth == 0) return fault_set(fault, err_from_errno(errno), "%s: %s", path, strerror(errno));
        flaw = strerror(errno); /* a link to nothing in a folder of three hundred */
    } else if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)) flaw = "is no plain file";
    if (!flaw && S_ISDIR(st.st_mode)) return gather_folder(arena, path, depth, files, fault);
    if (files->count == PHOTO_FILES_MOST) return fault_set(fault, ERR_LIMIT, "more than %u files", PHOTO_FILES_MOST);
    if (arena_grow(arena, &files->items, &files->capacity, files->count, sizeof *files->items) != 0) return ERR_NOMEM;
    if (flaw && !(flaw = arena_strdup(arena, flaw))) return ERR_NOMEM;
    files->items[files->count++] = (struct photo_file){.path = path, .name = file_base_name(path), .folder = folder, .flaw = flaw,
                                                       .changed_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec};
    return OK;
}

enum err photo_files_gather(struct arena *arena, const char *const *paths, size_t count, struct photo_files *ret, struct fault *fault)
{
    struct photo_files files = {0};
    enum err e = OK;
    for (size_t i = 0; e == OK && i < count; i++) {
        char *path = arena_strdup(arena, paths[i]);
        if (!path) e = ERR_NOMEM;
        for (size_t n = path ? strlen(path) : 0; n > 1 && path[n - 1] == '/'; n--) path[n - 1] = '\0'; /* the folder's own name is told by its last part */
        if (e == OK) e = gather_one(arena, path, NULL, 0, &files, fault);
    }
    if (e == OK) *ret = files;
    return e == ERR_NOMEM ? fault_set(fault, e, "not enough memory") : e;
}
