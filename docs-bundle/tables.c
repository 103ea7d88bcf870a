#include "docs-bundle/tables.h"
#include "core/base/buf.h"
#include "core/base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MOST 20000 /* a page with more is a drawing */
#define COLUMNS_MOST 40
#define TABLES_MOST 63
#define ROWS_LEAST 3     /* rows with figures */
#define BLANK 0.06       /* of a word's height: from here on two words, not one in two fonts */
#define COLUMN 0.35      /* from here on a gap may part columns */
#define STRONG 1.0       /* from here on it surely does */
#define CLOSE 1.35       /* rows closer than that are lines of one cell */
#define APART 4.0        /* rows further away are another thing */

struct word {
    double left, right, middle, height;
    const char *text; /* not terminated */
    size_t length, place;  /* place: in the order of reading */
    unsigned flow, line;
    size_t row;
};

struct row {
    struct word **words; /* from the left */
    size_t count;
    double middle, height;
    bool gapped, figures; /* has a strong gap; and a piece that is a figure */
    size_t table;         /* 1 and up; 0: none */
};

struct page {
    struct arena *arena;
    struct word *words;
    size_t word_count;
    struct row *rows;
    size_t row_count;
};

struct table {
    size_t first, last;          /* rows */
    double edges[COLUMNS_MOST];  /* where a column ends and the next begins */
    size_t edge_count;
};

/* --- words ---------------------------------------------------------------------------------------------------------------------------------- */

static bool is_from_the_right(const char *text, size_t length)
{
    for (const char *p = text; p < text + length;) {
        int32_t c = text_next(&p);
        if ((c >= 0x590 && c < 0x900) || (c >= 0xfb1d && c < 0xfe00) || (c >= 0xfe70 && c < 0xff00)) return true;
    }
    return false;
}

/* One line: level page flow block line word left top width height conf text. False: not a word. */
static bool read_word(const char *p, size_t length, struct word *word, size_t *ret_page)
{
    double fields[11];
    const char *end = p + length;
    for (int i = 0; i < 11; i++) {
        char *after;
        fields[i] = strtod(p, &after);
        if (after == p || after >= end || *after != '\t') return false;
        p = after + 1;
    }
    if ((int)fields[0] != 5 || p == end || !(fields[1] >= 1 && fields[1] < 1e6) || !(fields[9] > 0 && fields[9] < 1e5)) return false; /* also not a number */
    if (!(fields[6] > -1e5 && fields[6] < 1e5) || !(fields[7] > -1e5 && fields[7] < 1e5) || !(fields[8] >= 0 && fields[8] < 1e5)) return false;
    *ret_page = (size_t)fields[1];
    *word = (struct word){.left = fields[6], .right = fields[6] + fields[8], .middle = fields[7] + fields[9] / 2, .height = fields[9]};
    word->text = p;
    word->length = (size_t)(end - p);
    word->flow = (unsigned)fields[2] * 65536u + (unsigned)fields[3];
    word->line = (unsigned)fields[4];
    return true;
}

static int by_middle(const void *a, const void *b)
{
    const struct word *x = *(struct word *const *)a, *y = *(struct word *const *)b;
    if (x->middle != y->middle) return x->middle < y->middle ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static int by_left(const void *a, const void *b)
{
    const struct word *x = *(struct word *const *)a, *y = *(struct word *const *)b;
    if (x->left != y->left) return x->left < y->left ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* "12", "1,250.5%", "(3)", "7:30", "A12": a few letters, a digit at least. */
static bool is_figure(struct word *const *words, size_t count)
{
    size_t digits = 0, letters = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < words[i]->length; k++) {
            unsigned char c = (unsigned char)words[i]->text[k];
            digits += isdigit(c) != 0;
            letters += isalpha(c) || (c & 0xC0) == 0xC0;
        }
    return digits > 0 && letters <= 2 + digits / 4;
}

static double gap_behind(const struct row *row, size_t i)
{
    return row->words[i + 1]->left - row->words[i]->right;
}

static void judge_row(struct row *row)
{
    for (size_t from = 0, i = 0; i < row->count; i++) {
        bool ends = i + 1 == row->count || gap_behind(row, i) > STRONG * row->height;
        if (!ends) continue;
        if (is_figure(row->words + from, i + 1 - from)) row->figures = true;
        if (i + 1 < row->count) row->gapped = true;
        from = i + 1;
    }
    row->figures = row->figures && row->gapped;
}

static bool make_rows(struct page *page)
{
    struct word **sorted = arena_array(page->arena, page->word_count, sizeof *sorted);
    page->rows = arena_array(page->arena, page->word_count, sizeof *page->rows);
    if (!sorted || !page->rows) return false;
    for (size_t i = 0; i < page->word_count; i++) sorted[i] = &page->words[i];
    qsort(sorted, page->word_count, sizeof *sorted, by_middle);
    for (size_t i = 0; i < page->word_count; i++) {
        struct row *row = page->row_count ? &page->rows[page->row_count - 1] : NULL;
        if (!row || sorted[i]->middle - row->middle > 0.4 * (sorted[i]->height < row->height ? sorted[i]->height : row->height)) {
            row = &page->rows[page->row_count++];
            *row = (struct row){.words = sorted + i, .middle = sorted[i]->middle, .height = sorted[i]->height};
        }
        sorted[i]->row = page->row_count - 1;
        row->count++;
    }
    for (size_t i = 0; i < page->row_count; i++) {
        qsort(page->rows[i].words, page->rows[i].count, sizeof *sorted, by_left);
        judge_row(&page->rows[i]);
    }
    return true;
}

/* --- columns -------------------------------------------------------------------------------------------------------------------------------- */

static size_t column_of(const struct table *table, double x)
{
    size_t column = 0;
    while (column < table->edge_count && x > table->edges[column]) column++;
    return column;
}

/* Columns are parted where no row with figures has ink. False: too many, or none. */
static bool find_edges(const struct page *page, struct table *table, struct word **scratch)
{
    size_t count = 0;
    double height = page->rows[table->first].height;
    for (size_t i = table->first; i <= table->last; i++)
        for (size_t k = 0; page->rows[i].figures && k < page->rows[i].count; k++) scratch[count++] = page->rows[i].words[k];
    qsort(scratch, count, sizeof *scratch, by_left);
    table->edge_count = 0;
    double right = count ? scratch[0]->right : 0;
    for (size_t i = 1; i < count; i++) {
        if (scratch[i]->left - right >= COLUMN * height) {
            if (table->edge_count == COLUMNS_MOST - 1) return false;
            table->edges[table->edge_count++] = (right + scratch[i]->left) / 2;
        }
        if (scratch[i]->right > right) right = scratch[i]->right;
    }
    return table->edge_count > 0;
}

/* A line of prose between tables: one piece without gaps that goes over an edge. */
static bool is_prose(const struct table *table, const struct row *row)
{
    if (row->gapped) return false;
    return column_of(table, row->words[0]->left) != column_of(table, row->words[row->count - 1]->right) && row->count > 3;
}

/* The words of a row from `from` that stand in one cell; gives its column. In rows with figures each word stands where it stands. In others the words of a
 * piece stay together, so that a heading is not cut: it belongs where its middle is. */
static size_t take_cell(const struct table *table, const struct row *row, size_t from, size_t *ret_column)
{
    const struct word *first = row->words[from];
    size_t end = from + 1;
    if (row->figures) {
        *ret_column = column_of(table, (first->left + first->right) / 2);
        while (end < row->count && column_of(table, (row->words[end]->left + row->words[end]->right) / 2) == *ret_column) end++;
        return end;
    }
    while (end < row->count && gap_behind(row, end - 1) < COLUMN * row->height) end++;
    *ret_column = column_of(table, (first->left + row->words[end - 1]->right) / 2);
    return end;
}

static bool is_time(const struct word *word)
{
    for (size_t i = 1; i + 1 < word->length; i++)
        if (strchr(":/h", word->text[i]) && isdigit((unsigned char)word->text[i - 1]) && isdigit((unsigned char)word->text[i + 1])) return true;
    return false;
}

/* Whether it is a table: a column of figures, and not one that only numbers paragraphs ("1.", "2."). */
static bool is_table(const struct page *page, const struct table *table)
{
    size_t cells[COLUMNS_MOST] = {0}, figures[COLUMNS_MOST] = {0}, times = 0, rows = 0, column;
    for (size_t i = table->first; i <= table->last; i++) {
        const struct row *row = &page->rows[i];
        if (!row->figures) continue;
        rows++;
        for (size_t from = 0, end; from < row->count; from = end) {
            end = take_cell(table, row, from, &column);
            bool figure = is_figure(row->words + from, end - from);
            cells[column]++;
            figures[column] += figure;
            times += column == 0 && figure && is_time(row->words[from]);
        }
    }
    if (rows < ROWS_LEAST) return false;
    for (size_t i = 0; i <= table->edge_count; i++) {
        if (figures[i] < ROWS_LEAST || figures[i] * 5 < cells[i] * 3) continue;
        if (i > 0 || table->edge_count > 1 || times * 5 >= cells[0] * 3) return true;
    }
    return false;
}

static bool is_near(const struct page *page, size_t row)
{
    const struct row *here = &page->rows[row], *before = here - 1;
    return here->middle - before->middle < APART * before->height;
}

/* The rows from `first` (gapped) that may be one table: up to three lines without a gap may stand between two with one. */
static size_t last_row(const struct page *page, size_t first)
{
    size_t last = first;
    for (size_t i = first + 1; i < page->row_count && i - last <= 4 && is_near(page, i); i++)
        if (page->rows[i].gapped) last = i;
    return last;
}

/* What goes on of the last row's cells: lines close below, each within one column. */
static void take_rest(const struct page *page, struct table *table)
{
    for (int i = 0; i < 4 && table->last + 1 < page->row_count; i++) {
        const struct row *last = &page->rows[table->last], *next = last + 1;
        bool close = next->middle - last->middle < CLOSE * last->height;
        if (!close || next->gapped || column_of(table, next->words[0]->left) != column_of(table, next->words[next->count - 1]->right)) return;
        table->last++;
    }
}

static size_t find_tables(struct page *page, struct table *tables, size_t most, struct word **scratch)
{
    size_t count = 0;
    for (size_t i = 0; i < page->row_count && count < most; i++) {
        if (!page->rows[i].gapped) continue;
        struct table table = {.first = i, .last = last_row(page, i)};
        if (!find_edges(page, &table, scratch)) continue;
        size_t last = table.first;
        while (last < table.last && !is_prose(&table, &page->rows[last + 1])) last++;
        table.last = last;
        if (!find_edges(page, &table, scratch) || !is_table(page, &table)) continue;
        take_rest(page, &table);
        tables[count++] = table;
        for (size_t k = table.first; k <= table.last; k++) page->rows[k].table = count;
        i = table.last;
    }
    return count;
}

/* --- text ------------------------------------------------------------------------------------------------------------------------------------ */

static void put_words(struct buf *out, struct word *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i && words[i]->left - words[i - 1]->right > BLANK * words[i]->height) buf_putc(out, ' ');
        buf_add(out, words[i]->text, words[i]->length);
    }
}

static void put_table(struct buf *out, const struct page *page, const struct table *table)
{
    buf_putc(out, '\n');
    for (size_t i = table->first; i <= table->last; i++) {
        const struct row *row = &page->rows[i];
        size_t written = 0, column;
        for (size_t from = 0, end; from < row->count; from = end) {
            end = take_cell(table, row, from, &column);
            if (column < written && !row->figures && written <= table->edge_count) column = written; /* a heading keeps a cell of its own */
            else if (column < written) buf_putc(out, ' ');
            for (; written <= column; written++) buf_putc(out, '\t');
            put_words(out, row->words + from, end - from);
        }
        for (; written <= table->edge_count; written++) buf_putc(out, '\t');
        buf_putc(out, '\n');
    }
    buf_putc(out, '\n');
}

/* What stands between two words of prose: a line that is far below the last one, or above it, begins something new. */
static void put_space(struct buf *out, const struct word *before, const struct word *word)
{
    double down = word->middle - before->middle;
    if (before->flow == word->flow && before->line == word->line) buf_puts(out, word->left - before->right > BLANK * word->height ? " " : "");
    else buf_puts(out, down > 1.5 * word->height || down < -0.5 * word->height ? "\n\n" : "\n");
}

static const char *put_page(const struct page *page, const struct table *tables, struct arena *arena)
{
    struct buf out;
    const struct word *before = NULL; /* the last one outside of tables, unless a table has just ended the line */
    bool written[TABLES_MOST + 1] = {false}; /* a table comes where its first word is read, once */
    buf_init(&out, BUF_LIMIT_BODY);
    for (size_t i = 0; i < page->word_count; i++) {
        const struct word *word = &page->words[i];
        size_t table = page->rows[word->row].table;
        if (!table) {
            if (before) put_space(&out, before, word);
            buf_add(&out, word->text, word->length);
            before = word;
        } else if (!written[table]) {
            put_table(&out, page, &tables[table - 1]);
            written[table] = true;
            before = NULL;
        }
    }
    const char *text = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return text;
}

static bool judge_page(struct arena *arena, struct page *page, const char **ret)
{
    struct table tables[TABLES_MOST];
    struct word **scratch = arena_array(page->arena, page->word_count, sizeof *scratch);
    for (size_t i = 0; i < page->word_count; i++)
        if (is_from_the_right(page->words[i].text, page->words[i].length)) return true;
    if (!scratch || !make_rows(page)) return false;
    size_t count = find_tables(page, tables, TABLES_MOST, scratch);
    if (!count) return true;
    *ret = put_page(page, tables, arena);
    return *ret != NULL;
}

bool tables_find(struct arena *arena, const char *tsv, const char **texts, size_t count)
{
    struct arena scratch = {0};
    struct page page = {.arena = &scratch};
    size_t capacity = 0, number = 0, at;
    bool good = true;
    for (size_t i = 0; i < count; i++) texts[i] = NULL;
    while (good) {
        size_t length = strcspn(tsv, "\n");
        struct word word;
        bool is_word = *tsv && read_word(tsv, length, &word, &at);
        if (page.word_count && (!*tsv || (is_word && at != number))) { /* the page is whole */
            if (number >= 1 && number <= count && page.word_count < WORDS_MOST) good = judge_page(arena, &page, &texts[number - 1]);
            arena_clear(&scratch);
            page = (struct page){.arena = &scratch};
            capacity = 0;
        }
        if (!*tsv) break;
        if (is_word && page.word_count < WORDS_MOST) {
            good = good && arena_grow(&scratch, &page.words, &capacity, page.word_count, sizeof word) == 0;
            word.place = page.word_count;
            number = at;
            if (good) page.words[page.word_count++] = word;
        }
        tsv += length + (tsv[length] == '\n');
    }
    arena_release(&scratch);
    return good;
}
