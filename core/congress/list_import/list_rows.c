#include "core/congress/list_import/list_rows.h"
#include "core/base/file.h"
#include "core/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS_MOST (400u * 1024u * 1024u)
#define MAGIC UINT64_C(0x31776f72736e6c70)

struct mark {
    uint64_t offset;
    uint32_t length, kind;
};

struct tail {
    uint64_t magic, count; /* marks stand before it */
};

struct writing {
    FILE *file;
    struct arena arena;
    struct crypto_sha256_state state;
    struct mark *marks;
    size_t count, capacity;
    uint64_t offset;
    bool failed;
};

static bool write_line(void *context, enum list_row_kind kind, const char *text, size_t length)
{
    struct writing *w = context;
    w->failed = arena_grow(&w->arena, &w->marks, &w->capacity, w->count, sizeof *w->marks) != 0;
    if (w->failed) return false;
    w->marks[w->count++] = (struct mark){w->offset, (uint32_t)length, (uint32_t)kind};
    crypto_sha256_add(&w->state, text, length);
    w->offset += length + 1;
    return fwrite(text, 1, length, w->file) == length && fputc('\n', w->file) != EOF;
}

static enum err write_all(struct list_import *plan, struct writing *w)
{
    enum err e = list_import_rows_json(plan, write_line, w);
    const struct tail tail = {MAGIC, w->count};
    if (e != OK || w->failed) return e == OK ? ERR_NOMEM : e;
    if (w->offset > ROWS_MOST - sizeof tail || w->count > (ROWS_MOST - sizeof tail - w->offset) / sizeof *w->marks) return ERR_LIMIT; /* it could not be read again */
    errno = 0;
    bool good = fwrite(w->marks, sizeof *w->marks, w->count, w->file) == w->count && fwrite(&tail, sizeof tail, 1, w->file) == 1 && fflush(w->file) == 0 &&
                !ferror(w->file);
    return good ? OK : errno ? err_from_errno(errno) : ERR_FULL;
}

enum err list_rows_write(struct list_import *plan, const char *path, char ret_hex[CRYPTO_HASH_HEX], struct fault *fault)
{
    struct writing w = {0};
    const char *temporary = arena_printf(&w.arena, "%s.new", path);
    w.file = temporary ? fopen(temporary, "wb") : NULL;
    enum err e = w.file ? OK : temporary ? err_from_errno(errno) : ERR_NOMEM;
    crypto_sha256_start(&w.state);
    if (e == OK) e = write_all(plan, &w);
    crypto_sha256_end(&w.state, ret_hex);
    if (w.file && fclose(w.file) != 0 && e == OK) e = err_from_errno(errno);
    if (e == OK && rename(temporary, path) != 0) e = err_from_errno(errno);
    if (e != OK && temporary) (void)unlink(temporary);
    arena_release(&w.arena);
    return e == OK ? OK : fault_set(fault, e, "keep the dry run: %s", err_name(e));
}

/* --- and read --- */

/* Whether a value, as it stands in the line, has the words. */
static bool says(struct arena *arena, const char *from, const char *until, const char *fold)
{
    if (from >= until || *from != '"') return false; /* null */
    const char *value = arena_strndup(arena, from, (size_t)(until - from)), *folded = value ? text_fold(arena, value) : NULL;
    return folded && strstr(folded, fold);
}

/* In code and name, which stand in this order in front of the fields (list_import_rows_json): within a value every quote is escaped. The line itself would be found
 * by "nam", since each has a "name". */
static bool has_words(struct arena *arena, const char *line, size_t length, const char *fold)
{
    static const char code[] = ",\"code\":", name[] = ",\"name\":", note[] = ",\"note\":", fields[] = ",\"fields\":[";
    const char *end = line + length, *a = memmem(line, length, code, sizeof code - 1), *b = a ? memmem(a, (size_t)(end - a), name, sizeof name - 1) : NULL;
    if (b) end = memmem(b, (size_t)(end - b), fields, sizeof fields - 1);
    if (!b || !end) return false;
    const char *before = memmem(b, (size_t)(end - b), note, sizeof note - 1);
    arena_clear(arena);
    return says(arena, a + sizeof code - 1, b, fold) || says(arena, b + sizeof name - 1, before ? before : end, fold);
}

static enum err pick(const char *rows, const char *marks, size_t count, const struct list_work_filter *f, const char *fold, json_t *list, size_t *ret_total)
{
    struct arena scratch = {0};
    enum err e = OK;
    size_t total = 0, length = (size_t)(marks - rows);
    for (size_t i = 0; e == OK && i < count; i++) {
        struct mark mark;
        json_t *row = NULL;
        memcpy(&mark, marks + i * sizeof mark, sizeof mark);
        if (mark.offset > length || mark.length > length - mark.offset || (f->kinds && !(f->kinds & 1u << mark.kind))) continue;
        const char *line = rows + mark.offset;
        if (fold && !has_words(&scratch, line, mark.length, fold)) continue;
        if (total++ < f->from || json_array_size(list) >= f->most) continue;
        e = json_read(line, mark.length, &row, NULL);
        if (e == OK && json_array_append_new(list, row) != 0) e = ERR_NOMEM;
    }
    arena_release(&scratch);
    *ret_total = total;
    return e;
}

/* The marks; NULL: the file is torn. */
static const char *find_marks(const char *rows, size_t length, size_t *ret_count)
{
    struct tail tail;
    if (length < sizeof tail) return NULL;
    memcpy(&tail, rows + length - sizeof tail, sizeof tail);
    size_t room = (length - sizeof tail) / sizeof(struct mark);
    *ret_count = (size_t)tail.count;
    return tail.magic == MAGIC && tail.count <= room ? rows + length - sizeof tail - tail.count * sizeof(struct mark) : NULL;
}

enum err list_rows_read(const char *path, const struct list_work_filter *filter, json_t **ret, struct fault *fault)
{
    struct arena arena = {0};
    char *rows = NULL;
    const char *fold = filter->words && *filter->words ? text_fold(&arena, filter->words) : NULL, *marks = NULL;
    size_t length = 0, count = 0, total = 0;
    json_t *list = json_array();
    enum err e = list ? file_read(&arena, path, ROWS_MOST, &rows, &length, fault) : ERR_NOMEM;
    if (e == ERR_NOT_FOUND || e == ERR_LIMIT) fault_set(fault, e, "the dry run is not here: give the file once more");
    if (e == OK && !(marks = find_marks(rows, length, &count))) e = fault_set(fault, ERR_NOT_FOUND, "the dry run is torn: give the file once more");
    if (e == OK && (e = pick(rows, marks, count, filter, fold && *fold ? fold : NULL, list, &total)) != OK)
        fault_set(fault, e, "read the dry run: %s", err_name(e));
    arena_release(&arena);
    if (e == OK) *ret = json_pack("{s:o, s:I}", "rows", list, "total", (json_int_t)total);
    else json_decref(list);
    return e == OK && !*ret ? fault_set(fault, ERR_NOMEM, "not enough memory") : e;
}
