#include "badges/layout/layout_folder.h"

#include "badges/layout/layout.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOCK_PATIENCE_MS 3000

bool layout_name_is_good(const char *name)
{
    size_t n = strlen(name);
    return n >= 1 && n <= LAYOUT_NAME_MOST && name[0] != '-' && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

bool layout_name_is_ready(const char *name)
{
    size_t length;
    return badges_layout_source(name, &length) != NULL;
}

static const char *path_of(struct arena *arena, const char *folder, const char *name)
{
    return arena_printf(arena, "%s/layouts/%s.json", folder, name);
}

/* --- listing -------------------------------------------------------------------------------------------------------------------------- */

static enum err fill_entry(struct arena *arena, const char *folder, struct layout_entry *entry)
{
    const struct badge_layout *layout;
    struct fault why = {0};
    enum err e = badges_layout_find(arena, entry->own ? folder : NULL, entry->name, &layout, &why);
    if (e == ERR_NOMEM) return e;
    if (e != OK) return entry->flaw = arena_strdup(arena, why.text), entry->flaw ? OK : ERR_NOMEM;
    entry->about = layout->about;
    entry->width = layout->width;
    entry->height = layout->height;
    entry->has_back = layout->back.count > 0;
    return OK;
}

static int by_name(const void *one, const void *two)
{
    const struct layout_entry *a = one, *b = two;
    return strcmp(a->name, b->name);
}

/* "mine.json" as a good name; NULL for anything else. */
static const char *own_name(struct arena *arena, const char *file)
{
    size_t n = strlen(file);
    char *name = n > 5 && strcmp(file + n - 5, ".json") == 0 ? arena_strndup(arena, file, n - 5) : NULL;
    return name && layout_name_is_good(name) ? name : NULL;
}

static size_t count_ready(void)
{
    size_t n = 0;
    while (badges_layout_name(n)) n++;
    return n;
}

enum err layout_folder_list(struct arena *arena, const char *folder, struct layout_entry **ret, size_t *ret_count, struct fault *fault)
{
    size_t ready = count_ready(), count = ready, capacity = ready + LAYOUTS_OWN_MOST + 1;
    struct layout_entry *list = arena_array(arena, capacity, sizeof *list);
    const char *own = file_join(arena, folder, "layouts");
    if (!list || !own) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; i < ready; i++) list[i] = (struct layout_entry){.name = badges_layout_name(i), .ready = true};
    DIR *dir = opendir(own);
    for (struct dirent *item; dir && count + 1 < capacity && (item = readdir(dir));) {
        const char *name = own_name(arena, item->d_name);
        size_t i = 0;
        if (!name || !file_is_plain(arena_printf(arena, "%s/%s", own, item->d_name))) continue;
        while (i < ready && strcmp(list[i].name, name) != 0) i++;
        if (i == count || i == ready) i = count++;
        list[i].name = name;
        list[i].own = true;
    }
    if (dir) closedir(dir);
    qsort(list + ready, count - ready, sizeof *list, by_name);
    for (size_t i = 0; i < count; i++)
        if (fill_entry(arena, folder, &list[i]) != OK) return fault_set(fault, ERR_NOMEM, "not enough memory");
    *ret = list;
    *ret_count = count;
    return OK;
}

/* --- one ------------------------------------------------------------------------------------------------------------------------------ */

static enum err read_own(struct arena *arena, const char *folder, const char *name, char **ret, size_t *ret_length, struct fault *fault)
{
    const char *path = path_of(arena, folder, name);
    if (!path) return fault_set(fault, ERR_NOMEM, "not enough memory");
    return file_is_plain(path) ? file_read(arena, path, LAYOUT_BYTES_MOST, ret, ret_length, fault) : ERR_NOT_FOUND;
}

enum err layout_folder_read(struct arena *arena, const char *folder, const char *name, const char **ret_text, size_t *ret_length, bool *ret_own,
                            char tag[LAYOUT_TAG_SIZE], struct fault *fault)
{
    char *own = NULL;
    size_t length = 0;
    if (!layout_name_is_good(name)) return fault_set(fault, ERR_NOT_FOUND, "no layout is called that");
    enum err e = read_own(arena, folder, name, &own, &length, fault);
    const char *text = e == OK ? own : badges_layout_source(name, &length);
    if (e != OK && e != ERR_NOT_FOUND) return e;
    if (!text) return fault_set(fault, ERR_NOT_FOUND, "no layout is called \"%.40s\"", name);
    crypto_sha256_hex(text, length, tag);
    *ret_text = text;
    *ret_length = length;
    *ret_own = e == OK;
    return OK;
}

/* --- changing: one at a time ------------------------------------------------------------------------------------------------------------ */

static enum err lock_folder(struct arena *arena, const char *folder, int *ret, struct fault *fault)
{
    const char *own = file_join(arena, folder, "layouts"), *lock = own ? file_join(arena, own, ".lock") : NULL;
    if (!lock) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = file_make_directories(own, fault);
    int64_t until_ms = clock_steady_ms() + LOCK_PATIENCE_MS;
    while (e == OK && (e = file_lock(lock, ret, fault)) == ERR_BUSY && clock_steady_ms() < until_ms) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
        e = OK;
    }
    return e;
}

/* Is what stands there what the editor saw? */
static enum err check_seen(struct arena *arena, const char *folder, const char *name, const char *seen, struct fault *fault)
{
    char *text = NULL, tag[LAYOUT_TAG_SIZE];
    size_t length = 0;
    enum err e = read_own(arena, folder, name, &text, &length, fault);
    if (e == ERR_NOT_FOUND) return seen && strcmp(seen, "*") != 0 ? fault_set(fault, ERR_CONFLICT, "\"%.40s\" was deleted meanwhile", name) : OK;
    if (seen && strcmp(seen, "*") == 0) return OK;
    if (e == ERR_LIMIT) return fault_set(fault, ERR_CONFLICT, "\"%.40s\" is there already and too large", name);
    if (e != OK) return e;
    if (!seen) return fault_set(fault, ERR_CONFLICT, "there is a layout \"%.40s\" already", name);
    crypto_sha256_hex(text, length, tag);
    return strcmp(tag, seen) == 0 ? OK : fault_set(fault, ERR_CONFLICT, "somebody else has changed \"%.40s\" meanwhile", name);
}

/* A new one needs room among the others. */
static enum err check_room(struct arena *arena, const char *folder, const char *name, struct fault *fault)
{
    struct layout_entry *list;
    size_t count, own = 0;
    const char *path = path_of(arena, folder, name);
    if (!path || file_exists(path)) return path ? OK : ERR_NOMEM;
    enum err e = layout_folder_list(arena, folder, &list, &count, fault);
    for (size_t i = 0; e == OK && i < count; i++) own += list[i].own;
    return e == OK && own >= LAYOUTS_OWN_MOST ? fault_set(fault, ERR_LIMIT, "there are %d own layouts already", LAYOUTS_OWN_MOST) : e;
}

enum err layout_folder_save(const char *folder, const char *name, const char *text, size_t length, const char *seen, char tag[LAYOUT_TAG_SIZE],
                            struct fault *fault)
{
    struct arena arena = {0};
    const struct badge_layout *layout;
    int lock = -1;
    enum err e = OK;
    if (!layout_name_is_good(name)) e = fault_set(fault, ERR_DENIED, "a name has small letters a-z, digits and hyphens, %d at most", LAYOUT_NAME_MOST);
    else if (layout_name_is_ready(name)) e = fault_set(fault, ERR_DENIED, "\"%s\" is a ready layout: save under another name", name);
    else e = badges_layout_read(&arena, name, text, length, &layout, fault);
    if (e == OK) e = lock_folder(&arena, folder, &lock, fault);
    if (e == OK) e = check_seen(&arena, folder, name, seen, fault);
    if (e == OK) e = check_room(&arena, folder, name, fault);
    const char *path = path_of(&arena, folder, name);
    if (e == OK && !path) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) e = file_write_atomic(path, text, length, 0600, fault);
    if (e == OK) crypto_sha256_hex(text, length, tag);
    file_unlock(lock);
    arena_release(&arena);
    return e;
}

enum err layout_folder_delete(const char *folder, const char *name, const char *seen, struct fault *fault)
{
    struct arena arena = {0};
    int lock = -1;
    enum err e = layout_name_is_good(name) ? OK : fault_set(fault, ERR_NOT_FOUND, "no layout is called that");
    const char *path = e == OK ? path_of(&arena, folder, name) : NULL, *own = file_join(&arena, folder, "layouts");
    if (e == OK && (!path || !own)) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK && !file_exists(path)) e = fault_set(fault, ERR_NOT_FOUND, "no own layout is called \"%s\"", name);
    if (e == OK) e = lock_folder(&arena, folder, &lock, fault);
    if (e == OK) e = check_seen(&arena, folder, name, seen ? seen : "*", fault);
    if (e == OK && unlink(path) != 0) e = fault_set(fault, err_from_errno(errno), "%s: %s", path, strerror(errno));
    if (e == OK) e = file_sync_directory(own);
    file_unlock(lock);
    arena_release(&arena);
    return e;
}
