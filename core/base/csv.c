#include "core/base/csv.h"
#include "core/base/text.h"

#include <stdint.h>
#include <string.h>

#define LOOK_ROWS 200 /* by which the separator is found */
#define LOOK_BYTES (256u * 1024u)
#define LOOK_CELLS 256

static bool is_end(const struct csv_reader *r, const char *p)
{
    return p == r->end || *p == '\n' || *p == '\r';
}

static bool is_separator(const struct csv_reader *r, char c)
{
    return r->separator && c == r->separator;
}

/* Behind a line end of any kind. */
static const char *skip_end(const struct csv_reader *r, const char *p)
{
    if (p < r->end && *p == '\r') p++, p += p < r->end && *p == '\n';
    else if (p < r->end) p++;
    return p;
}

static size_t count_lines(const char *from, const char *to)
{
    size_t n = 0;
    for (; from < to; from++) n += *from == '\n' || (*from == '\r' && !(from + 1 < to && from[1] == '\n'));
    return n;
}

/* From behind the opening quote to the closing one, or to the end where there is none. */
static const char *find_closing(const char *p, const char *end)
{
    while ((p = memchr(p, '"', (size_t)(end - p))) != NULL) {
        if (p + 1 == end || p[1] != '"') return p;
        p += 2;
    }
    return end;
}

/* Blanks may stand before a separator or a line end. */
static bool closes_well(const struct csv_reader *r, const char *closing)
{
    const char *p = closing + 1;
    while (p < r->end && *p == ' ') p++;
    return is_end(r, p) || is_separator(r, *p);
}

static enum err make_room(struct csv_reader *r, size_t size)
{
    if (size <= r->room_size) return OK;
    char *room = arena_alloc(r->arena, size * 2);
    if (!room) return ERR_NOMEM;
    r->room = room;
    r->room_size = size * 2;
    return OK;
}

/* Undoes doubled quotes between `from` and `closing`, and adds what stands behind, up to `to`. The room of this row must not move: cells point into it. */
static void undo_quotes(char *out, const char *from, const char *closing, const char *to, size_t *ret_length)
{
    size_t n = 0;
    for (; from < closing; from++) {
        out[n++] = *from;
        if (*from == '"') from++;
    }
    for (from = closing + 1; from < to; from++) out[n++] = *from;
    while (n && to > closing + 1 && out[n - 1] == ' ') n--;
    *ret_length = n;
}

/* The end of a cell without quotes. */
static const char *plain_end(const struct csv_reader *r, const char *p)
{
    while (!is_end(r, p) && !is_separator(r, *p)) p++;
    return p;
}

/* One cell at r->p, which moves behind it; `out` has room for it. */
static size_t take_cell(struct csv_reader *r, char *out, struct csv_cell *ret)
{
    const char *from = r->p, *p = from;
    while (p < r->end && *p == ' ') p++;
    if (p < r->end && *p == '"') {
        const char *closing = find_closing(p + 1, r->end);
        size_t lines = count_lines(p, closing);
        bool meant = closing == r->end || lines == 0 || closes_well(r, closing);
        if (meant) {
            if (closing == r->end) r->unfinished = true;
            const char *to = closing == r->end ? closing : plain_end(r, closing + 1);
            ret->text = out;
            if (closing == r->end) {
                ret->text = p + 1;
                ret->length = (size_t)(closing - p - 1);
            } else {
                undo_quotes(out, p + 1, closing, to, &ret->length);
            }
            r->line += lines;
            r->p = to;
            return ret->text == out ? ret->length : 0;
        }
    }
    r->p = plain_end(r, from);
    *ret = (struct csv_cell){.text = from, .length = (size_t)(r->p - from)};
    return 0;
}

/* Bytes to the end of the row, quotes respected: never less than what its cells need. */
static size_t row_length(const struct csv_reader *r)
{
    struct csv_reader look = *r;
    size_t quotes = 0;
    for (const char *p = r->p; p < r->end; p++) {
        if (*p == '"') quotes++;
        if ((*p == '\n' || *p == '\r') && quotes == 0) return (size_t)(p - r->p);
        if (quotes) break;
    }
    if (quotes == 0) return (size_t)(r->end - r->p);
    for (;;) { /* cell by cell, without keeping anything */
        const char *p = look.p;
        while (p < look.end && *p == ' ') p++;
        const char *closing = p < look.end && *p == '"' ? find_closing(p + 1, look.end) : NULL;
        bool meant = closing && (closing == look.end || !count_lines(p, closing) || closes_well(&look, closing));
        look.p = !meant ? plain_end(&look, look.p) : closing == look.end ? closing : plain_end(&look, closing + 1);
        if (is_end(&look, look.p)) return (size_t)(look.p - r->p);
        look.p++;
    }
}

enum err csv_next(struct csv_reader *r, struct csv_cell **ret, size_t *ret_count, size_t *ret_line)
{
    size_t count = 0, used = 0;
    if (r->p >= r->end) return ERR_NOT_FOUND;
    r->unfinished = false;
    size_t line = r->line;
    if (make_room(r, row_length(r) + 1) != OK) return ERR_NOMEM;
    for (;;) {
        if (arena_grow(r->arena, &r->cells, &r->capacity, count, sizeof *r->cells) != 0) return ERR_NOMEM;
        used += take_cell(r, r->room + used, &r->cells[count++]);
        if (is_end(r, r->p)) break;
        r->p++;
    }
    r->p = skip_end(r, r->p);
    r->line++;
    *ret = r->cells;
    *ret_count = count;
    *ret_line = line;
    return OK;
}

/* --- which separator ------------------------------------------------------------------------------------------------------------------ */

struct division {
    size_t rows;  /* with anything in them */
    size_t often; /* of those, divided into the most usual number of cells above one */
    size_t cells; /* that number, less one */
    size_t first; /* the first row that is divided so */
    size_t some;  /* divided at all */
    size_t marks, prose; /* separators, and those that look like punctuation within a text: a space behind, or a comma between digits */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void look_at_marks(const struct csv_cell *cells, size_t count, char separator, struct division *d)
{
    for (size_t i = 0; i + 1 < count; i++) {
        const struct csv_cell *a = &cells[i], *b = &cells[i + 1];
        bool spaced = b->length && b->text[0] == ' ' && a->length && a->text[a->length - 1] != ' ';
        bool decimal = separator == ',' && a->length && b->length && is_digit(a->text[a->length - 1]) && is_digit(b->text[0]);
        d->marks++;
        d->prose += spaced || decimal;
    }
}

static struct division divide(struct arena *arena, const char *text, size_t length, char separator)
{
    size_t counts[LOOK_CELLS] = {0}, firsts[LOOK_CELLS] = {0}, count, line;
    struct csv_cell *cells;
    struct division d = {0};
    struct csv_reader r = {.arena = arena, .p = text, .end = text + length, .separator = separator, .line = 1};
    for (int i = 0; i < LOOK_ROWS && csv_next(&r, &cells, &count, &line) == OK;) {
        if (count == 1 && cells[0].length == 0) continue;
        if (r.unfinished && d.rows) break; /* the look ended within a cell */
        if (count > 1 && count <= LOOK_CELLS && !counts[count - 1]++) firsts[count - 1] = d.rows;
        d.rows++;
        i++;
        d.some += count > 1;
        look_at_marks(cells, count, separator, &d);
    }
    for (size_t k = 1; k < LOOK_CELLS; k++)
        if (counts[k] && counts[k] >= d.often) d.often = counts[k], d.cells = k, d.first = firsts[k];
    return d;
}

/* How much a division looks like the one that was meant. The right one cuts the headings too, as often as the rows beneath, and is no punctuation of texts:
 * "a@x.org; b@x.org", "1,5", "Silva, Ana". */
static long score_of(const struct division *d, size_t first)
{
    long score = (long)(d->often * 1000 / d->rows) + 40 * (long)(d->cells < 10 ? d->cells : 10);
    if (d->first == first) score += 150;
    if (d->prose * 5 > d->marks * 4) score -= 400;
    return score;
}

char csv_find_separator(const char *text, size_t length)
{
    static const char marks[4] = {'\t', '|', ';', ','}; /* of equal ones the first */
    struct division found[4];
    struct arena arena = {0};
    size_t best = 4, most = 4, first = SIZE_MAX;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3, length -= 3;
    if (length > LOOK_BYTES) length = LOOK_BYTES;
    for (size_t i = 0; i < 4; i++) {
        found[i] = divide(&arena, text, length, marks[i]);
        if (found[i].often * 2 >= found[i].rows && found[i].often && found[i].first < first) first = found[i].first;
    }
    arena_release(&arena);
    for (size_t i = 0; i < 4; i++) {
        bool steady = found[i].often * 2 >= found[i].rows && found[i].often;
        if (steady && (best == 4 || score_of(&found[i], first) > score_of(&found[best], first))) best = i;
        if (found[i].some && (most == 4 || found[i].some > found[most].some)) most = i;
    }
    if (best < 4) return marks[best];
    return most < 4 && found[most].some * 4 >= found[most].rows ? marks[most] : '\0';
}

/* --- all rows ------------------------------------------------------------------------------------------------------------------------- */

static const char *trimmed(struct arena *arena, const struct csv_cell *cell)
{
    const char *from = cell->text;
    size_t length = cell->length;
    while (length && (*from == ' ' || *from == '\t')) from++, length--;
    while (length && (from[length - 1] == ' ' || from[length - 1] == '\t' || from[length - 1] == '\r')) length--;
    return arena_strndup(arena, from, length);
}

static enum err keep_row(struct arena *arena, const struct csv_cell *cells, size_t count, size_t line, struct csv_row *ret, bool *ret_empty)
{
    *ret = (struct csv_row){.line = line, .cells = arena_array(arena, count, sizeof *ret->cells), .count = count};
    *ret_empty = true;
    for (size_t i = 0; i < count; i++) {
        if (!ret->cells || !(ret->cells[i] = trimmed(arena, &cells[i]))) return ERR_NOMEM;
        if (*ret->cells[i]) *ret_empty = false;
    }
    return OK;
}

enum err csv_read(struct arena *arena, const char *text, size_t length, struct csv_row **ret, size_t *ret_count, struct fault *fault)
{
    struct csv_row *rows = NULL;
    struct csv_cell *cells;
    size_t count = 0, capacity = 0, n, line;
    if (!text_is_utf8(text, length)) return fault_set(fault, ERR_INPUT, "is not UTF-8: save it as \"CSV UTF-8\"");
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        length -= 3;
    }
    struct csv_reader r = {.arena = arena, .p = text, .end = text + length, .line = 1, .separator = csv_find_separator(text, length)};
    enum err e;
    while ((e = csv_next(&r, &cells, &n, &line)) == OK) {
        bool empty = true;
        if (r.unfinished) return fault_set(fault, ERR_INPUT, "line %zu: a quote is opened and never closed", line);
        if (arena_grow(arena, &rows, &capacity, count, sizeof *rows) != 0) return fault_set(fault, ERR_NOMEM, "not enough memory");
        if (keep_row(arena, cells, n, line, &rows[count], &empty) != OK) return fault_set(fault, ERR_NOMEM, "not enough memory");
        count += !empty;
    }
    if (e != ERR_NOT_FOUND) return fault_set(fault, e, "not enough memory");
    *ret = rows;
    *ret_count = count;
    return OK;
}
