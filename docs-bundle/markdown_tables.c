#include "docs-bundle/markdown_tables.h"

#include <string.h>

static const char *line_end(const char *line)
{
    return line + strcspn(line, "\n");
}

static const char *line_next(const char *line)
{
    const char *end = line_end(line);
    return *end ? end + 1 : end;
}

static size_t indent_of(const char *line)
{
    return strspn(line, " ");
}

static bool is_blank(const char *line)
{
    size_t white = strspn(line, " \t\r");
    return line[white] == '\n' || line[white] == '\0';
}

/* How many cells, without storing them; 0: a line without a bar, or with too many. */
static size_t split(const char *line, struct markdown_cell *cells)
{
    const char *p = line + strspn(line, " \t"), *end = line_end(line);
    size_t count = 0;
    bool bar = false;
    while (end > p && strchr(" \t\r", end[-1])) end--;
    if (p < end && *p == '|') p++, bar = true;
    while (p < end) {
        const char *q = p;
        while (q < end && *q != '|') q += *q == '\\' && q + 1 < end ? 2 : 1;
        const char *last = q;
        p += strspn(p, " \t");
        while (last > p && strchr(" \t", last[-1])) last--;
        if (count == MARKDOWN_CELLS_MOST) return 0;
        if (cells) cells[count] = (struct markdown_cell){p < q ? p : q, p < last ? (size_t)(last - p) : 0};
        count++;
        bar = bar || q < end;
        p = q < end ? q + 1 : end;
    }
    return bar ? count : 0;
}

static bool read_align(const struct markdown_cell *cell, enum markdown_align *ret)
{
    size_t from = cell->length && cell->text[0] == ':', to = cell->length;
    bool right = to > from && cell->text[to - 1] == ':';
    if (right) to--;
    if (to <= from) return false;
    for (size_t i = from; i < to; i++)
        if (cell->text[i] != '-') return false;
    *ret = from && right ? MARKDOWN_CENTER : right ? MARKDOWN_END : MARKDOWN_START;
    return true;
}

static bool read_head(const char *line, struct markdown_table *ret)
{
    struct markdown_cell rule[MARKDOWN_CELLS_MOST];
    const char *second = line_next(line);
    if (indent_of(line) > 3 || indent_of(second) > 3) return false;
    size_t cells = split(line, NULL);
    if (!cells || split(second, rule) != cells) return false;
    for (size_t i = 0; i < cells; i++)
        if (!read_align(&rule[i], &ret->aligns[i])) return false;
    ret->cells = cells;
    return true;
}

bool markdown_table_find(const char *from, struct markdown_table *ret)
{
    char fence = '\0';
    size_t long_ = 0;
    for (const char *line = from; *line; line = line_next(line)) {
        const char *p = line + indent_of(line);
        size_t marks = *p == '`' || *p == '~' ? strspn(p, *p == '`' ? "`" : "~") : 0;
        if (fence) {
            if (*p == fence && marks >= long_) fence = '\0';
            continue;
        }
        if (marks >= 3 && indent_of(line) <= 3) {
            fence = *p;
            long_ = marks;
            continue;
        }
        struct markdown_table table = {.begin = line};
        if (!read_head(line, &table)) continue;
        table.rows = line_next(line_next(line));
        for (table.end = table.rows; *table.end && !is_blank(table.end);) table.end = line_next(table.end);
        *ret = table;
        return true;
    }
    return false;
}

const char *markdown_table_row(const struct markdown_table *table, const char *line, struct markdown_cell cells[MARKDOWN_CELLS_MOST])
{
    struct markdown_cell all[MARKDOWN_CELLS_MOST];
    const char *end = line_end(line);
    size_t count = split(line, all);
    if (!count) { /* a line of words: its first cell, as it stands */
        const char *p = line + strspn(line, " \t");
        while (end > p && strchr(" \t\r", end[-1])) end--;
        all[0] = (struct markdown_cell){p, (size_t)(end - p)};
        count = 1;
    }
    for (size_t i = 0; i < table->cells; i++) cells[i] = i < count ? all[i] : (struct markdown_cell){line, 0};
    return line_next(line);
}
