/* Files that an event file names: found beneath its folder, looked at, and copied into the blob store before anything is written. */
#include "core/base/file.h"
#include "core/congress/event_file/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char *real_path(struct arena *arena, const char *path)
{
    char *real = realpath(path, NULL), *copy = real ? arena_strdup(arena, real) : NULL;
    free(real);
    return copy;
}

enum err files_open(struct arena *arena, const char *event_file, const char *store_folder, struct files *ret, struct fault *fault)
{
    const char *folder = file_folder(arena, event_file);
    *ret = (struct files){.arena = arena, .base = folder ? real_path(arena, folder) : NULL, .store_folder = store_folder, .by_path = {.arena = arena}};
    return ret->base ? OK : fault_set(fault, ERR_IO, "%s: the folder of the file cannot be opened", event_file);
}

/* A path that stays beneath the folder also through symbolic links. */
static enum err resolve(const struct files *files, const char *path, const struct json_place *place, const char **ret, struct fault *fault)
{
    if (!file_is_safe_relative(path) || strchr(path, ':')) return json_fault(fault, place, "\"%.200s\" is not a path beneath the folder of the file", path);
    for (const char *p = path; *p; p++)
        if ((unsigned char)*p < ' ') return json_fault(fault, place, "has control characters");
    const char *whole = file_join(files->arena, files->base, path);
    const char *real = whole ? real_path(files->arena, whole) : NULL;
    if (!real) return json_fault(fault, place, "there is no file \"%.200s\"", path);
    size_t n = strlen(files->base);
    bool beneath = strncmp(real, files->base, n) == 0 && (real[n] == '/' || (n > 0 && files->base[n - 1] == '/'));
    if (!beneath) return json_fault(fault, place, "\"%.200s\" leads out of the folder of the file", path);
    *ret = real;
    return OK;
}

enum err files_get(struct files *files, const char *path, const struct json_place *place, const struct blob **ret, struct fault *fault)
{
    struct blob *blob = map_get(&files->by_path, path);
    if (blob) {
        *ret = blob;
        return OK;
    }
    const char *real = NULL;
    enum err e = resolve(files, path, place, &real, fault);
    if (e != OK) return e;
    blob = arena_alloc(files->arena, sizeof *blob);
    const char *key = arena_strdup(files->arena, path);
    if (!blob || !key) return fault_set(fault, ERR_NOMEM, "not enough memory");
    struct fault why = {0};
    if (files->store_folder) e = blob_put_file(files->store_folder, real, BLOB_LIMIT, blob, &why);
    else e = blob_probe_file(real, BLOB_LIMIT, blob, &why);
    if (e == ERR_INPUT || e == ERR_LIMIT || e == ERR_NOT_FOUND) return json_fault(fault, place, "\"%.200s\": %s", path, why.text);
    if (e != OK) return fault_set(fault, e, "%s", why.text);
    if (map_put(&files->by_path, key, blob) != 0) return fault_set(fault, ERR_NOMEM, "not enough memory");
    *ret = blob;
    return OK;
}

/* Mistakes in the file are left for the plan, which knows their place in order; trouble with the disk is not. */
static enum err collect_one(struct files *files, json_t *object, const char *key, struct fault *fault)
{
    const char *path = json_string_value(json_object_get(object, key));
    const struct blob *blob;
    enum err e = path ? files_get(files, path, NULL, &blob, fault) : OK;
    return e == ERR_INPUT ? OK : e;
}

static enum err collect_list(struct files *files, json_t *list, const char *key, struct fault *fault)
{
    size_t i;
    json_t *object;
    enum err e = OK;
    json_array_foreach(list, i, object)
        if (e == OK) e = collect_one(files, object, key, fault);
    return e;
}

enum err files_collect(struct files *files, json_t *root, struct fault *fault)
{
    enum err e = collect_one(files, json_object_get(root, "organization"), "logo", fault);
    if (e == OK) e = collect_list(files, json_object_get(root, "people"), "photo", fault);
    size_t i;
    json_t *event;
    json_array_foreach(json_object_get(root, "events"), i, event) {
        if (e == OK) e = collect_list(files, json_object_get(event, "documents"), "file", fault);
        if (e == OK) e = collect_list(files, json_object_get(event, "slides"), "file", fault);
        if (e == OK) e = collect_one(files, json_object_get(event, "wall_welcome"), "picture", fault);
    }
    return e;
}
