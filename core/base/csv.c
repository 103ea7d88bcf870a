#include "core/base/csv.h"
#include "core/base/text.h"

#include <stdbool.h>
#include <string.h>

struct reading {
    struct arena *arena;
    const char *p, *end;
    char between;
    size_t line;
    bool unfinished; /* a quote was opened and never closed */
};

/* Whichever of the three stands most often outside of quotes in the first line. */
static char find_between(const char *p, const char *end)
{
    static const char marks[] = ",;\t";
    size_t counts[3] = {0};
    bool quoted = false;
    for (; p < end && (quoted || *p != '\n'); p++) {
        if (*p == '"') quoted = !quoted;
        const char *mark = quoted ? NULL : memchr(marks, *p, 3);
        if (mark) counts[mark - marks]++;
    }
    size_t best = 0;
    for (size_t i = 1; i < 3; i++)
        if (counts[i] > counts[best]) best = i;
    return marks[best];
}

static const char *trimmed(struct arena *arena, const char *from, size_t length)
{
    while (length && (*from == ' ' || *from == '\t')) from++, length--;
    while (length && (from[length - 1] == ' ' || from[length - 1] == '\t' || from[length - 1] == '\r')) length--;
    return arena_strndup(arena, from, length);
}

/* From behind the opening quote to the closing one, or to the end where there is none. */
static const char *find_closing(const char *p, const char *end)
{
    for (; p < end; p++) {
        if (*p != '"') continue;
        if (p + 1 == end || p[1] != '"') break;
        p++;
    }
    return p;
}

static const char *read_quoted(struct reading *r)
{
    const char *closing = find_closing(++r->p, r->end);
    char *out = arena_alloc(r->arena, (size_t)(closing - r->p) + 1); /* as long as the cell: programs quote every cell of a long list */
    size_t n = 0;
    if (!out) return NULL;
    for (; r->p < closing; r->p++) {
        if (*r->p == '"') r->p++;
        if (*r->p == '\n') r->line++;
        out[n++] = *r->p;
    }
    out[n] = '\0';
    r->unfinished = r->p == r->end;
    while (r->p < r->end && *r->p != r->between && *r->p != '\n') r->p++; /* what stands behind the closing quote */
    return trimmed(r->arena, out, n);
}

static const char *read_cell(struct reading *r)
{
    const char *from = r->p;
    while (from < r->end && *from == ' ') from++;
    if (from < r->end && *from == '"') {
        r->p = from;
        return read_quoted(r);
    }
    from = r->p;
    while (r->p < r->end && *r->p != r->between && *r->p != '\n') r->p++;
    return trimmed(r->arena, from, (size_t)(r->p - from));
}

static enum err read_row(struct reading *r, struct csv_row *ret, bool *ret_empty)
{
    size_t capacity = 0;
    *ret = (struct csv_row){.line = r->line};
    *ret_empty = true;
    for (;;) {
        const char *cell = read_cell(r);
        if (!cell || arena_grow(r->arena, &ret->cells, &capacity, ret->count, sizeof *ret->cells) != 0) return ERR_NOMEM;
        ret->cells[ret->count++] = cell;
        if (*cell) *ret_empty = false;
        if (r->p == r->end || *r->p == '\n') break;
        r->p++;
    }
    if (r->p < r->end) r->p++;
    r->line++;
    return OK;
}

enum err csv_read(struct arena *arena, const char *text, size_t length, struct csv_row **ret, size_t *ret_count, struct fault *fault)
{
    struct csv_row *rows = NULL;
    size_t count = 0, capacity = 0;
    if (!text_is_utf8(text, length)) return fault_set(fault, ERR_INPUT, "is not UTF-8: save it as \"CSV UTF-8\"");
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        length -= 3;
    }
    struct reading r = {.arena = arena, .p = text, .end = text + length, .line = 1, .between = find_between(text, text + length)};
    while (r.p < r.end) {
        bool empty;
        if (arena_grow(arena, &rows, &capacity, count, sizeof *rows) != 0) return fault_set(fault, ERR_NOMEM, "not enough memory");
        if (read_row(&r, &rows[count], &empty) != OK) return fault_set(fault, ERR_NOMEM, "not enough memory");
        if (r.unfinished) return fault_set(fault, ERR_INPUT, "line %zu: a quote is opened and never closed", rows[count].line);
        count += !empty;
    }
    *ret = rows;
    *ret_count = count;
    return OK;
}
