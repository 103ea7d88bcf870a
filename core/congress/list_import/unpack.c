/* Files that come together in an archive. */
#include "core/base/file.h"
#include "core/congress/list_import/list_files.h"
#include "core/sheet/sheet_bundle.h"

#include <string.h>
#include <strings.h>

struct unpacking {
    struct list_files *files;
    struct arena *arena;
    const char *folder;
};

static enum err append(struct list_files *files, struct arena *arena, const char *path, const char *name, struct fault *fault)
{
    if (files->count >= LIST_FILES_MOST) return fault_because(fault, ERR_LIMIT, "list_too_many_files", NULL, "more than %d files at once", LIST_FILES_MOST);
    if (arena_grow(arena, &files->items, &files->capacity, files->count, sizeof *files->items) != 0) return fault_set(fault, ERR_NOMEM, "not enough memory");
    files->items[files->count++] = (struct list_import_file){.path = path, .name = name};
    return OK;
}

static enum err take(void *context, const char *name, const void *data, size_t length, struct fault *fault)
{
    struct unpacking *u = context;
    const char *path = arena_printf(u->arena, "%s/%zu", u->folder, u->files->count), *own = arena_strdup(u->arena, name);
    enum err e = path && own ? file_write_atomic(path, data, length, 0600, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    return e == OK ? append(u->files, u->arena, path, own, fault) : e;
}

static bool is_archive(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && strcasecmp(name + n - 4, ".zip") == 0;
}

enum err list_files_add(struct list_files *files, struct arena *arena, const char *folder, const char *path, const char *name, struct fault *fault)
{
    struct unpacking u = {files, arena, folder};
    enum err e = is_archive(name) ? sheet_bundle_read(path, take, &u, fault) : ERR_NOT_FOUND;
    if (e == ERR_NOT_FOUND) return append(files, arena, path, name, fault);
    if (e != OK && e != ERR_FULL && e != ERR_NOMEM) fault_prefix(fault, "%.80s", name);
    return e;
}
