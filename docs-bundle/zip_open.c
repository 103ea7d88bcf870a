/* The directory of an archive, and whether the archive is what its directory says. */
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/zip.h"
#include "docs-bundle/zip_read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define END_BYTES 22
#define END_SEARCH (65535 + END_BYTES)
#define END64_BYTES 56
#define LOCATOR_BYTES 20
#define LOCAL_BYTES 30
#define CENTRAL_BYTES 46
#define FLAG_ENCRYPTED 0x0001u
#define FLAG_SIZES_BEHIND 0x0008u
#define FLAG_STRONG 0x0040u
#define FLAG_UTF8 0x0800u
#define FLAG_MASKED 0x2000u
#define EXTRA_MOST 65536u
#define RATIO_MOST 200u
#define RATIO_FROM (UINT64_C(1) << 20)

struct opening {
    struct zip_reader *zip;
    const struct zip_caps *caps;
    struct fault *fault;
    uint64_t count, total;
    uint8_t *extra;       /* EXTRA_MOST bytes: one header's fields at a time */
    struct arena scratch; /* one name at a time */
};

static uint64_t get(const uint8_t *p, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++) value |= (uint64_t)p[i] << (8 * i);
    return value;
}

static enum err read_at(const struct opening *o, uint64_t at, void *out, size_t length)
{
    uint8_t *p = out;
    if (at > o->zip->length || length > o->zip->length - at) return fault_set(o->fault, ERR_INPUT, "byte %" PRIu64 ": the archive ends too early", at);
    while (length) {
        ssize_t n = pread(o->zip->fd, p, length, (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fault_set(o->fault, err_from_errno(errno), "the archive cannot be read: %s", strerror(errno));
        if (n == 0) return fault_set(o->fault, ERR_INPUT, "byte %" PRIu64 ": the archive ends too early", at);
        p += n;
        at += (uint64_t)n;
        length -= (size_t)n;
    }
    return OK;
}

static enum err wrong(const struct opening *o, uint64_t at, const char *sentence)
{
    return fault_set(o->fault, ERR_INPUT, "byte %" PRIu64 ": %s", at, sentence);
}

static enum err wrong_item(const struct opening *o, size_t index, const char *name, uint64_t at, const char *sentence)
{
    char shown[161];
    size_t n = 0;
    for (const char *p = name; *p && n < sizeof shown - 1; p++) shown[n++] = (unsigned char)*p < ' ' || *p == 0x7f ? '?' : *p;
    shown[n] = '\0';
    bool fine = text_is_utf8(shown, n);
    return fault_set(o->fault, ERR_INPUT, "entry %zu (“%s”), byte %" PRIu64 ": %s", index + 1, fine ? shown : "?", at, sentence);
}

/* --- the end ------------------------------------------------------------------------------------------------------------------------------ */

static enum err read_end64(struct opening *o, uint64_t end)
{
    uint8_t locator[LOCATOR_BYTES], r[END64_BYTES];
    enum err e = read_at(o, end - LOCATOR_BYTES, locator, sizeof locator);
    if (e != OK) return e;
    uint64_t at = get(locator + 8, 8);
    if (get(locator + 4, 4) != 0 || get(locator + 16, 4) > 1) return wrong(o, end - LOCATOR_BYTES, "an archive over several disks");
    e = read_at(o, at, r, sizeof r);
    if (e != OK) return e;
    if (get(r, 4) != 0x06064b50) return wrong(o, at, "the end of the archive (ZIP64) is damaged");
    if (get(r + 16, 4) || get(r + 20, 4) || get(r + 24, 8) != get(r + 32, 8)) return wrong(o, at, "an archive over several disks");
    o->count = get(r + 32, 8);
    o->zip->central_length = get(r + 40, 8);
    o->zip->central = get(r + 48, 8);
    if (o->zip->central > at || o->zip->central_length > at - o->zip->central) return wrong(o, at, "the directory does not lie where the archive says");
    return OK;
}

static enum err read_end(struct opening *o)
{
    struct zip_reader *z = o->zip;
    size_t span = z->length < END_SEARCH ? (size_t)z->length : END_SEARCH, at = 0;
    if (z->length < END_BYTES) return fault_set(o->fault, ERR_INPUT, "is no ZIP archive");
    uint8_t *tail = arena_alloc(z->arena, span);
    if (!tail) return fault_set(o->fault, ERR_NOMEM, "not enough memory");
    enum err e = read_at(o, z->length - span, tail, span);
    for (at = span - END_BYTES; e == OK; at--) {
        bool here = get(tail + at, 4) == 0x06054b50 && at + END_BYTES + get(tail + at + 20, 2) == span;
        if (here) break;
        if (at == 0) return fault_set(o->fault, ERR_INPUT, "is no ZIP archive, or its end is missing");
    }
    if (e != OK) return e;
    const uint8_t *r = tail + at;
    uint64_t place = z->length - span + at;
    o->count = get(r + 10, 2);
    z->central_length = get(r + 12, 4);
    z->central = get(r + 16, 4);
    if (get(r + 4, 2) || get(r + 6, 2) || get(r + 8, 2) != get(r + 10, 2)) return wrong(o, place, "an archive over several disks");
    bool large = o->count == 0xffff || z->central_length == 0xffffffff || z->central == 0xffffffff;
    if (large && at >= LOCATOR_BYTES && get(r - LOCATOR_BYTES, 4) == 0x07064b50) e = read_end64(o, place);
    else if (z->central > place || z->central_length > place - z->central) e = wrong(o, place, "the directory does not lie where the archive says");
    if (e != OK) return e;
    if (o->count > ZIP_ENTRIES_MOST) return fault_set(o->fault, ERR_INPUT, "byte %" PRIu64 ": %" PRIu64 " entries (at most %d)", place, o->count, ZIP_ENTRIES_MOST);
    if (z->central_length > (uint64_t)ZIP_CENTRAL_MOST || o->count * CENTRAL_BYTES > z->central_length) return wrong(o, place,
        "the directory's length and its number of entries cannot both be right");
    return OK;
}

/* --- the directory ------------------------------------------------------------------------------------------------------------------------ */

/* Sizes and offset that did not fit their 32 bits. */
static bool read_extra(const uint8_t *p, size_t length, struct zip_item *item, bool local)
{
    while (length >= 4) {
        size_t id = (size_t)get(p, 2), n = (size_t)get(p + 2, 2);
        if (n > length - 4) return false;
        if (id == 1) {
            const uint8_t *q = p + 4, *end = q + n;
            uint64_t *const fields[] = {&item->size, &item->packed, &item->offset};
            for (int i = 0; i < (local ? 2 : 3); i++) {
                if (*fields[i] != 0xffffffff) continue;
                if (end - q < 8) return false;
                *fields[i] = get(q, 8);
                q += 8;
            }
            return true;
        }
        p += 4 + n;
        length -= 4 + n;
    }
    return true;
}

static const char *judge_name(const char *name, size_t length)
{
    if (length == 0) return "has no name";
    if (length > ZIP_NAME_MOST) return "its name is too long";
    if (memchr(name, '\0', length)) return "its name holds a NUL";
    if (!text_is_utf8(name, length)) return "its name is no UTF-8 text";
    if (name[0] == '/' || strchr(name, '\\') || (length > 1 && name[1] == ':')) return "its name is an absolute path, or one of another system";
    if (!file_is_safe_relative(name)) return "its path leads out of the archive, or has empty parts";
    for (const char *p = name; *p; p++)
        if (*p == '\n' || *p == '\t') return "its name has control characters";
    return text_is_printable(name) ? NULL : "its name has control characters";
}

static const char *judge_item(const struct opening *o, const struct zip_item *item, const uint8_t *r)
{
    unsigned flags = (unsigned)get(r + 8, 2), system = (unsigned)get(r + 5, 1), mode = (unsigned)get(r + 40, 2);
    if (flags & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED)) return "is encrypted";
    if (item->method != 0 && item->method != 8) return "is packed in a way that is not taken (only stored and deflated are)";
    if (system == 3 && (mode & 0170000) != 0 && (mode & 0170000) != 0100000 && (mode & 0170000) != 0040000) return "is a link or a device, not a file";
    if (get(r + 34, 2) != 0) return "lies on another disk";
    if (item->folder && (item->size || item->packed)) return "is a folder with content";
    if (item->method == 0 && item->size != item->packed) return "is stored, but its two sizes differ";
    if (item->size > o->caps->each) return "is larger than a file of a bundle may be";
    if (item->size > RATIO_FROM && item->size / RATIO_MOST > item->packed) return "would grow more than 200-fold: a ZIP bomb";
    return NULL;
}

static enum err keep_item(struct opening *o, size_t index, uint64_t at)
{
    struct zip_reader *z = o->zip;
    struct zip_item *item = &z->items[index];
    arena_clear(&o->scratch); /* folding takes many times a name's length */
    const char *folded = text_caseless(&o->scratch, item->name), *plain = folded ? arena_strdup(z->arena, folded) : NULL;
    if (!plain) return fault_set(o->fault, ERR_NOMEM, "not enough memory");
    if (map_get(&z->by_name, item->name)) return wrong_item(o, index, item->name, at, "its name stands twice");
    if (map_get(&z->by_caseless, plain)) return wrong_item(o, index, item->name, at, "differs from another entry only in case or form of letters");
    if (map_put(&z->by_name, item->name, item) != 0 || map_put(&z->by_caseless, plain, item) != 0) return fault_set(o->fault, ERR_NOMEM, "not enough memory");
    o->total += item->size;
    if (o->total > o->caps->total) return wrong_item(o, index, item->name, at, "all entries together are larger than a bundle may be");
    return OK;
}

static enum err read_central(struct opening *o, const uint8_t *all)
{
    struct zip_reader *z = o->zip;
    uint64_t at = 0;
    for (size_t i = 0; i < o->count; i++) {
        const uint8_t *r = all + at;
        if (z->central_length - at < CENTRAL_BYTES || get(r, 4) != 0x02014b50) return wrong(o, z->central + at, "the directory is damaged");
        size_t name_length = (size_t)get(r + 28, 2), extra = (size_t)get(r + 30, 2), comment = (size_t)get(r + 32, 2);
        if (z->central_length - at - CENTRAL_BYTES < name_length + extra + comment) return wrong(o, z->central + at, "the directory is damaged");
        struct zip_item *item = &z->items[i];
        *item = (struct zip_item){.method = (unsigned)get(r + 10, 2), .crc = (uint32_t)get(r + 16, 4), .packed = get(r + 20, 4), .size = get(r + 24, 4),
            .offset = get(r + 42, 4)};
        char *name = arena_strndup(z->arena, (const char *)r + CENTRAL_BYTES, name_length);
        if (!name) return fault_set(o->fault, ERR_NOMEM, "not enough memory");
        bool whole = strlen(name) == name_length;
        item->folder = whole && name_length > 1 && name[name_length - 1] == '/';
        if (item->folder) name[--name_length] = '\0';
        item->name = name;
        const char *why = whole ? judge_name(name, name_length) : "its name holds a NUL";
        if (!why && !read_extra(r + CENTRAL_BYTES + strlen(name) + item->folder, extra, item, false)) why = "its ZIP64 field is damaged";
        if (!why) why = judge_item(o, item, r);
        if (why) return wrong_item(o, i, name, z->central + at, why);
        enum err e = keep_item(o, i, z->central + at);
        if (e != OK) return e;
        at += CENTRAL_BYTES + name_length + item->folder + extra + comment;
    }
    z->count = (size_t)o->count;
    return at == z->central_length ? OK : wrong(o, z->central + at, "the directory goes on behind its last entry");
}

/* --- the entries where they lie ----------------------------------------------------------------------------------------------------------- */

static const char *compare_local(const struct zip_item *item, const uint8_t *r, const struct zip_item *local, unsigned flags)
{
    bool behind = flags & FLAG_SIZES_BEHIND;
    if (get(r + 8, 2) != item->method) return "its own header names another method than the directory";
    if (behind && get(r + 14, 4) == 0 && local->size == 0 && local->packed == 0) return NULL; /* they stand behind the content; the directory's count */
    if ((uint32_t)get(r + 14, 4) != item->crc) return "its own header has another checksum than the directory";
    return local->size == item->size && local->packed == item->packed ? NULL : "its own header has other sizes than the directory";
}

static enum err check_local(struct opening *o, size_t index)
{
    struct zip_item *item = &o->zip->items[index];
    uint8_t r[LOCAL_BYTES], rest[ZIP_NAME_MOST + 2];
    enum err e = read_at(o, item->offset, r, sizeof r);
    if (e != OK) return e;
    if (get(r, 4) != 0x04034b50) return wrong_item(o, index, item->name, item->offset, "the directory points at no entry");
    size_t name_length = (size_t)get(r + 26, 2), extra = (size_t)get(r + 28, 2), wanted = strlen(item->name) + item->folder;
    if (get(r + 6, 2) & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED)) return wrong_item(o, index, item->name, item->offset, "is encrypted");
    if (name_length != wanted) return wrong_item(o, index, item->name, item->offset, "its own header has another name than the directory");
    e = read_at(o, item->offset + LOCAL_BYTES, rest, name_length);
    if (e != OK) return e;
    if (memcmp(rest, item->name, strlen(item->name)) != 0) return wrong_item(o, index, item->name, item->offset, "its own header has another name than the directory");
    e = read_at(o, item->offset + LOCAL_BYTES + name_length, o->extra, extra);
    if (e != OK) return e;
    struct zip_item local = {.packed = get(r + 18, 4), .size = get(r + 22, 4)};
    const char *why = read_extra(o->extra, extra, &local, true) ? compare_local(item, r, &local, (unsigned)get(r + 6, 2)) : "its own ZIP64 field is damaged";
    if (why) return wrong_item(o, index, item->name, item->offset, why);
    item->data = item->offset + LOCAL_BYTES + name_length + extra;
    if (item->data > o->zip->central || item->packed > o->zip->central - item->data) return wrong_item(o, index, item->name, item->offset,
        "reaches into the directory");
    return OK;
}

static int compare_places(const void *a, const void *b)
{
    const struct zip_item *x = *(const struct zip_item *const *)a, *y = *(const struct zip_item *const *)b;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* The same bytes unpacked many times are the cheapest bomb. */
static enum err check_overlaps(struct opening *o)
{
    struct zip_reader *z = o->zip;
    const struct zip_item **sorted = arena_array(z->arena, z->count + 1, sizeof *sorted);
    if (!sorted) return fault_set(o->fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; i < z->count; i++) sorted[i] = &z->items[i];
    if (z->count) qsort(sorted, z->count, sizeof *sorted, compare_places);
    for (size_t i = 1; i < z->count; i++)
        if (sorted[i]->offset < sorted[i - 1]->data + sorted[i - 1]->packed)
            return wrong_item(o, (size_t)(sorted[i] - z->items), sorted[i]->name, sorted[i]->offset, "lies within another entry");
    return OK;
}

static enum err open_all(struct opening *o)
{
    struct zip_reader *z = o->zip;
    enum err e = read_end(o);
    if (e != OK) return e;
    uint8_t *all = arena_alloc(z->arena, (size_t)z->central_length + 1);
    z->items = arena_array(z->arena, (size_t)o->count + 1, sizeof *z->items);
    o->extra = arena_alloc(z->arena, EXTRA_MOST);
    if (!all || !z->items || !o->extra) return fault_set(o->fault, ERR_NOMEM, "not enough memory");
    e = read_at(o, z->central, all, (size_t)z->central_length);
    if (e == OK) e = read_central(o, all);
    for (size_t i = 0; e == OK && i < z->count; i++) e = check_local(o, i);
    return e == OK ? check_overlaps(o) : e;
}

enum err zip_open_fd(struct arena *arena, int fd, const struct zip_caps *caps, struct zip_reader *ret, struct fault *fault)
{
    struct zip_reader zip = {.fd = fd, .arena = arena, .by_name = {.arena = arena}, .by_caseless = {.arena = arena}};
    struct opening o = {.zip = &zip, .caps = caps, .fault = fault};
    struct stat st;
    enum err e = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? OK : fault_set(fault, ERR_INPUT, "is not a file");
    zip.length = e == OK ? (uint64_t)st.st_size : 0;
    if (e == OK) e = open_all(&o);
    arena_release(&o.scratch);
    if (e != OK) close(fd);
    else *ret = zip;
    return e;
}

enum err zip_open(struct arena *arena, const char *path, const struct zip_caps *caps, struct zip_reader *ret, struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return fault_set(fault, err_from_errno(errno), "cannot be opened: %s", strerror(errno));
    return zip_open_fd(arena, fd, caps, ret, fault);
}

void zip_close(struct zip_reader *zip)
{
    if (zip->fd >= 0) close(zip->fd);
    zip->fd = -1;
}
