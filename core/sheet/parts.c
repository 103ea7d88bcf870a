#include "core/sheet/parts.h"
#include "core/sheet/refusal.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#define SMALL (UINT64_C(4) << 20) /* a part up to here may be any number of times larger than its packed form */
#define NAME_MOST 512

/* "xl\Workbook.xml" is "xl/workbook.xml": names of parts do not differ by case, and one known program writes its own separator. */
static const char *plain_name(struct arena *arena, const char *name)
{
    while (*name == '/' || *name == '\\') name++;
    char *plain = strlen(name) <= NAME_MOST ? arena_strdup(arena, name) : NULL;
    for (char *p = plain; p && *p; p++) {
        if (*p == '\\') *p = '/';
        else if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
    }
    return plain;
}

const char *parts_resolve(struct arena *arena, const char *base, const char *target)
{
    const char *folder_end = strrchr(base, '/');
    char *room = arena_alloc(arena, strlen(base) + strlen(target) + 2);
    if (!room) return NULL;
    size_t n = 0;
    if (*target != '/' && *target != '\\' && folder_end) {
        n = (size_t)(folder_end - base) + 1;
        memcpy(room, base, n);
    }
    for (const char *p = target; *p;) {
        size_t length = strcspn(p, "/\\");
        if (length == 2 && p[0] == '.' && p[1] == '.') {
            if (n == 0) return NULL;
            for (n--; n && room[n - 1] != '/';) n--;
        } else if (length && !(length == 1 && *p == '.')) {
            memcpy(room + n, p, length);
            n += length;
            if (p[length]) room[n++] = '/';
        }
        p += length + (p[length] != '\0');
    }
    room[n] = '\0';
    return room;
}

static enum err open_archive(const struct parts *parts, struct archive **ret, struct fault *fault)
{
    struct archive *a = archive_read_new();
    if (!a) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (archive_read_support_format_zip_seekable(a) != ARCHIVE_OK || archive_read_open_memory(a, parts->data, parts->length) != ARCHIVE_OK) {
        archive_read_free(a);
        return refuse_damaged(fault, "ZIP", "the file is cut off or damaged: it has no directory of a ZIP archive");
    }
    *ret = a;
    return OK;
}

static enum err next_entry(struct archive *a, struct archive_entry **ret, struct fault *fault)
{
    int code = archive_read_next_header(a, ret);
    if (code == ARCHIVE_EOF) return ERR_NOT_FOUND;
    if (code == ARCHIVE_OK || code == ARCHIVE_WARN) return OK;
    return refuse_damaged(fault, "ZIP", "the archive is damaged: %s", archive_error_string(a) ? archive_error_string(a) : "its directory cannot be read");
}

/* As UTF-8 where the archive says so; else the bytes that stand there. */
static const char *name_of(struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry);
    return name ? name : archive_entry_pathname(entry);
}

static enum err add_entry(struct parts *parts, struct archive_entry *entry, struct fault *fault)
{
    const char *name = name_of(entry);
    if (!name || !*name || strlen(name) > NAME_MOST || archive_entry_filetype(entry) == AE_IFDIR) return OK; /* nothing that we ask for has such a name */
    if (archive_entry_is_encrypted(entry)) return refuse(fault, REFUSAL_ENCRYPTED, NULL);
    const char *key = plain_name(parts->arena, name), *kept = arena_strdup(parts->arena, name);
    if (!key || !kept) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (map_get(&parts->names, key)) return refuse_damaged(fault, key, "the archive holds \"%.200s\" twice", key);
    union { const char *from; void *to; } value = {.from = kept};
    return map_put(&parts->names, key, value.to) == 0 ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
}

enum err parts_open(struct arena *arena, const void *data, size_t length, const struct sheet_limits *limits, struct parts *ret, struct fault *fault)
{
    struct parts parts = {.arena = arena, .data = data, .length = length, .limits = limits, .names = {.arena = arena}};
    struct archive *a = NULL;
    struct archive_entry *entry;
    enum err e = open_archive(&parts, &a, fault);
    if (e != OK) return e;
    for (uint32_t count = 0; (e = next_entry(a, &entry, fault)) == OK; count++) {
        e = count < limits->parts ? add_entry(&parts, entry, fault) : refuse_large(fault, "parts", limits->parts);
        if (e != OK) break;
    }
    archive_read_free(a);
    if (e != ERR_NOT_FOUND) return e;
    *ret = parts;
    return OK;
}

static const char *find(const struct parts *parts, const char *name)
{
    struct arena scratch = {0};
    const char *key = plain_name(&scratch, name), *found = key ? map_get(&parts->names, key) : NULL;
    arena_release(&scratch);
    return found;
}

bool parts_has(const struct parts *parts, const char *name)
{
    return find(parts, name) != NULL;
}

static enum err count_bytes(struct parts *parts, uint64_t made, size_t more, struct fault *fault)
{
    const struct sheet_limits *most = parts->limits;
    parts->unpacked += more;
    if (made > most->part_bytes) return refuse_large(fault, "MB", most->part_bytes >> 20);
    if (parts->unpacked > most->total_bytes) return refuse_large(fault, "MB", most->total_bytes >> 20);
    if (made > SMALL && made / parts->length >= most->ratio) return refuse_large(fault, "MB", (parts->length * most->ratio) >> 20);
    return OK;
}

static enum err read_content(struct parts *parts, struct archive *a, const char *name, enum err (*take)(void *, const void *, size_t, struct fault *), void *context,
    struct fault *fault)
{
    uint64_t made = 0;
    for (;;) {
        const void *piece;
        size_t length;
        la_int64_t at;
        int code = archive_read_data_block(a, &piece, &length, &at);
        if (code == ARCHIVE_EOF) return OK;
        const char *said = code == ARCHIVE_OK ? NULL : archive_error_string(a);
        if (code != ARCHIVE_OK) return refuse_damaged(fault, name, "\"%.200s\" in the archive is damaged: %s", name, said ? said : "");
        if (length == 0) continue;
        made += length;
        enum err e = count_bytes(parts, made, length, fault);
        if (e == OK) e = take(context, piece, length, fault);
        if (e != OK) return e;
    }
}

enum err parts_read(struct parts *parts, const char *name, enum err (*take)(void *context, const void *piece, size_t length, struct fault *fault), void *context,
    struct fault *fault)
{
    const char *wanted = find(parts, name);
    struct archive *a = NULL;
    struct archive_entry *entry;
    if (!wanted) return refuse_damaged(fault, name, "\"%.200s\" is missing in the file", name);
    enum err e = open_archive(parts, &a, fault);
    while (e == OK && (e = next_entry(a, &entry, fault)) == OK) {
        const char *here = name_of(entry);
        if (!here || strcmp(here, wanted) != 0 || archive_entry_filetype(entry) == AE_IFDIR) continue;
        e = read_content(parts, a, name, take, context, fault);
        break;
    }
    if (a) archive_read_free(a);
    return e == ERR_NOT_FOUND ? refuse_damaged(fault, name, "\"%.200s\" is missing in the file", name) : e;
}
