#include "core/congress/papers/upload.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/id.h"
#include "core/base/json.h"
#include "core/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static char *path_of(struct arena *arena, const char *folder, const char *id, const char *ending)
{
    return arena_printf(arena, "%s/uploads/%s.%s", folder, id, ending);
}

char *upload_path(struct arena *arena, const char *folder, const struct upload *upload)
{
    return path_of(arena, folder, upload->id, "part");
}

bool upload_is_whole(const struct upload *upload)
{
    return !upload->problem && upload->offset == upload->size;
}

static const char *keep(struct arena *arena, json_t *root, const char *key)
{
    const char *text = json_string_value(json_object_get(root, key));
    return text ? arena_strdup(arena, text) : NULL;
}

enum err upload_find(struct arena *arena, const char *folder, const char *id, struct upload *ret, struct fault *fault)
{
    char *data;
    size_t length;
    struct stat st;
    json_t *root = NULL;
    char own[UPLOAD_ID_SIZE]; /* `id` may be that of `ret` */
    if (!id_is_uuid(id)) return fault_set(fault, ERR_NOT_FOUND, "there is no such upload");
    (void)snprintf(own, sizeof own, "%s", id);
    char *meta = path_of(arena, folder, own, "json"), *part = path_of(arena, folder, own, "part");
    if (!meta || !part) return ERR_NOMEM;
    if (!file_exists(meta)) return fault_set(fault, ERR_NOT_FOUND, "there is no such upload");
    enum err e = file_read(arena, meta, 65536, &data, &length, fault);
    if (e == OK) e = json_read(data, length, &root, fault);
    if (e != OK) return e;
    *ret = (struct upload){.event = keep(arena, root, "event"), .document = keep(arena, root, "document"), .room = keep(arena, root, "room"),
                           .name = keep(arena, root, "name"),
                           .mark = keep(arena, root, "mark"), .actor = keep(arena, root, "actor"), .problem = keep(arena, root, "problem"),
                           .reason = keep(arena, root, "reason"), .detail = keep(arena, root, "detail"),
                           .size = json_integer_value(json_object_get(root, "size")), .begun_ms = json_integer_value(json_object_get(root, "begun_ms"))};
    json_decref(root);
    (void)snprintf(ret->id, sizeof ret->id, "%s", own);
    ret->touched_ms = ret->begun_ms;
    if (stat(part, &st) == 0) {
        ret->offset = st.st_size;
        ret->touched_ms = (int64_t)st.st_mtim.tv_sec * 1000;
    }
    if (!ret->event || !ret->name || !ret->mark || !ret->actor) return fault_set(fault, ERR_INPUT, "%s: is not what it was written as", meta);
    return OK;
}

static enum err write_meta(struct arena *arena, const char *folder, const struct upload *u, struct fault *fault)
{
    json_t *root = json_pack("{s:s, s:s*, s:s*, s:s, s:s, s:s, s:s*, s:s*, s:s*, s:I, s:I}", "event", u->event, "document", u->document, "room", u->room,
                             "name", u->name, "mark", u->mark,
                             "actor", u->actor, "problem", u->problem, "reason", u->reason, "detail", u->detail,
                             "size", (json_int_t)u->size, "begun_ms", (json_int_t)u->begun_ms);
    char *text = root ? json_text(arena, root) : NULL, *path = path_of(arena, folder, u->id, "json");
    json_decref(root);
    if (!text || !path) return ERR_NOMEM;
    return file_write_atomic(path, text, strlen(text), 0600, fault);
}

void upload_remove(const char *folder, const char *id)
{
    struct arena arena = {0};
    char *meta = id_is_uuid(id) ? path_of(&arena, folder, id, "json") : NULL, *part = meta ? path_of(&arena, folder, id, "part") : NULL;
    if (part) (void)unlink(meta); /* first: bytes without a description are nothing, and are swept up */
    if (part) (void)unlink(part);
    arena_release(&arena);
}

static int by_time(const void *a, const void *b)
{
    const struct upload *x = a, *y = b;
    if (x->begun_ms != y->begun_ms) return x->begun_ms < y->begun_ms ? -1 : 1;
    return strcmp(x->id, y->id);
}

/* Bytes without a description are never anything: the description comes first and goes first. Other remains are of a writing that was cut off. */
static void sweep(const char *directory, const char *name, int64_t now_ms)
{
    char path[4096], meta[4096];
    struct stat st;
    int stem = (int)strcspn(name, ".");
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    (void)snprintf(meta, sizeof meta, "%s/%.*s.json", directory, stem, name);
    bool ours = stat(path, &st) == 0 && S_ISREG(st.st_mode), part = strcmp(name + stem, ".part") == 0;
    if (ours && (part || (int64_t)st.st_mtim.tv_sec * 1000 + UPLOAD_KEEP_MS < now_ms) && !file_exists(meta)) (void)unlink(path);
}

enum err upload_list(struct arena *arena, const char *folder, const char *event, int64_t now_ms, struct upload **ret, size_t *ret_count)
{
    char *directory = arena_printf(arena, "%s/uploads", folder);
    struct upload *list = arena_array(arena, UPLOADS_MOST, sizeof *list);
    struct dirent *entry;
    size_t count = 0;
    if (!directory || !list) return ERR_NOMEM;
    DIR *dir = opendir(directory);
    *ret = list;
    *ret_count = 0;
    if (!dir) return errno == ENOENT ? OK : err_from_errno(errno);
    while (count < UPLOADS_MOST && (entry = readdir(dir))) {
        struct upload u;
        size_t n = strlen(entry->d_name);
        if (n != UPLOAD_ID_SIZE - 1 + 5 || strcmp(entry->d_name + n - 5, ".json") != 0) {
            sweep(directory, entry->d_name, now_ms);
            continue;
        }
        char *id = arena_strndup(arena, entry->d_name, n - 5);
        if (!id || upload_find(arena, folder, id, &u, NULL) != OK) continue;
        bool forgotten = !upload_is_whole(&u) && u.touched_ms + UPLOAD_KEEP_MS < now_ms;
        if (forgotten) upload_remove(folder, id);
        else if (!event || strcmp(u.event, event) == 0) list[count++] = u;
    }
    closedir(dir);
    qsort(list, count, sizeof *list, by_time);
    *ret_count = count;
    return OK;
}

static bool is_same(const struct upload *a, const struct upload *b)
{
    bool document = a->document && b->document ? strcmp(a->document, b->document) == 0 : !a->document && !b->document;
    bool room = a->room && b->room ? strcmp(a->room, b->room) == 0 : !a->room && !b->room;
    return document && room && a->size == b->size && strcmp(a->event, b->event) == 0 && strcmp(a->name, b->name) == 0 && strcmp(a->mark, b->mark) == 0 &&
           strcmp(a->actor, b->actor) == 0;
}

static enum err check_room(const char *folder, const struct upload *list, size_t count, const struct upload *wish, struct fault *fault)
{
    struct statvfs disk;
    int64_t declared = wish->size, coming = wish->size, most = wish->longest ? wish->longest : UPLOADS_BYTES_MOST;
    for (size_t i = 0; i < count; i++) {
        declared += list[i].size;
        if (!list[i].problem) coming += list[i].size - list[i].offset;
    }
    if (count >= UPLOADS_MOST || declared > most)
        return fault_because(fault, ERR_LIMIT, "upload_many", NULL, "too many files are on their way: finish or dismiss some first");
    if (statvfs(folder, &disk) != 0) return fault_set(fault, err_from_errno(errno), "the free space of the disk: %s", strerror(errno));
    /* Twice: it is copied into its place, where its pages are added. */
    if ((int64_t)disk.f_bavail * (int64_t)disk.f_frsize < 2 * coming + UPLOAD_SPARE)
        return fault_because(fault, ERR_FULL, "upload_no_room", NULL, "the disk has no room for this file");
    return OK;
}

enum err upload_begin(struct arena *arena, const char *folder, const struct upload *wish, int64_t now_ms, struct upload *ret, struct fault *fault)
{
    struct upload *list;
    size_t count;
    const char *name = wish->name ? text_tidy(arena, file_base_name(wish->name)) : NULL;
    if (!name || !*name || strlen(name) > 240 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return fault_because(fault, ERR_INPUT, "upload_name", NULL, "the file needs a name, of 240 bytes at most");
    if (!text_is_printable(name)) return fault_because(fault, ERR_INPUT, "upload_name", NULL, "the file's name has control characters; rename it");
    if (wish->size < 1) return fault_because(fault, ERR_INPUT, "paper_empty", NULL, "the file is empty");
    char megabytes[24];
    int64_t longest = wish->longest ? wish->longest : UPLOAD_BYTES_MOST;
    (void)snprintf(megabytes, sizeof megabytes, "%lld", (long long)(longest >> 20));
    if (wish->size > longest) return fault_because(fault, ERR_LIMIT, "paper_large", megabytes, "the file is larger than %s MB", megabytes);
    struct upload u = *wish;
    u.name = name;
    u.mark = wish->mark ? wish->mark : "";
    u.problem = u.reason = u.detail = NULL;
    u.offset = 0;
    u.begun_ms = u.touched_ms = now_ms;
    char *directory = arena_printf(arena, "%s/uploads", folder);
    enum err e = directory ? file_make_directories(directory, fault) : ERR_NOMEM;
    if (e == OK) e = upload_list(arena, folder, NULL, now_ms, &list, &count);
    for (size_t i = 0; e == OK && *u.mark && i < count; i++) {
        if (list[i].problem || !is_same(&list[i], &u)) continue;
        *ret = list[i];
        return OK;
    }
    if (e == OK) e = check_room(folder, list, count, &u, fault);
    if (e != OK) return e;
    id_uuid7(u.id);
    e = write_meta(arena, folder, &u, fault);
    if (e == OK) *ret = u;
    else upload_remove(folder, u.id);
    return e;
}

/* All of it and durable, or nothing of it. */
static enum err write_piece(int fd, int64_t offset, const void *data, size_t length, struct fault *fault)
{
    enum err e = lseek(fd, offset, SEEK_SET) < 0 ? err_from_errno(errno) : file_write_all(fd, data, length);
    if (e == OK && fdatasync(fd) != 0) e = err_from_errno(errno);
    if (e == OK) return OK;
    if (ftruncate(fd, offset) != 0) return fault_set(fault, ERR_IO, "a piece could not be written, nor cut away: %s", strerror(errno));
    return fault_because(fault, e, e == ERR_FULL ? "upload_no_room" : NULL, NULL, "a piece of the file could not be written: %s", err_name(e));
}

enum err upload_append(struct arena *arena, const char *folder, const char *id, int64_t offset, const void *data, size_t length, struct upload *ret,
                       struct fault *fault)
{
    struct stat st;
    enum err e = upload_find(arena, folder, id, ret, fault);
    char *path = e == OK ? upload_path(arena, folder, ret) : NULL;
    if (e != OK || !path) return e != OK ? e : ERR_NOMEM;
    if (ret->problem) return fault_set(fault, ERR_INPUT, "%s", ret->problem);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return fault_set(fault, err_from_errno(errno), "%s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) e = fault_set(fault, ERR_BUSY, "another piece of this file is being written");
    else if (fstat(fd, &st) != 0) e = fault_set(fault, err_from_errno(errno), "%s: %s", path, strerror(errno));
    if (e == OK) {
        ret->offset = st.st_size;
        if (offset != st.st_size) e = fault_set(fault, ERR_CONFLICT, "it goes on at %lld", (long long)st.st_size);
        else if (length == 0 || (int64_t)length > ret->size - offset) e = fault_set(fault, ERR_INPUT, "the piece is empty, or longer than the rest of the file");
    }
    if (e == OK) e = write_piece(fd, offset, data, length, fault);
    if (e == OK) ret->offset = offset + (int64_t)length;
    close(fd);
    return e;
}

enum err upload_refuse(struct arena *arena, const char *folder, const struct upload *upload, const struct fault *why, struct fault *fault)
{
    struct upload u = *upload;
    u.problem = why->text[0] ? why->text : err_name(why->code);
    u.reason = why->reason;
    u.detail = why->detail[0] ? why->detail : NULL;
    enum err e = write_meta(arena, folder, &u, fault);
    char *path = e == OK ? upload_path(arena, folder, &u) : NULL;
    if (path) (void)unlink(path);
    return e;
}
