/* Where in a sheet the table is. */
#include "core/base/text.h"
#include "core/base/text_words.h"
#include "core/congress/list/list_look.h"

#include <string.h>

#define KNOWN_ENOUGH 70
#define KNOWN_SURELY 85
#define HEADING_MOST 160    /* bytes; longer ones are sentences */
#define WIDE 80             /* columns */
#define NEAR_MOST 2048      /* merges of a few rows of 200 columns, with room */

/* Merges that some rows lie in: of a sheet with a hundred thousand of them only these are looked at again and again. */
struct near {
    const struct sheet_merge **merges;
    size_t count;
};

struct top {
    const struct list_known *known;
    struct arena *scratch;
    const struct sheet *sheet;
    size_t rows_most; /* that are looked at */
    struct near near; /* of the rows around the header */
};

static const struct sheet_row *row_at(const struct top *t, size_t i) { return i < t->sheet->count ? &t->sheet->rows[i] : NULL; }

static size_t index_of(const struct sheet *sheet, uint32_t number)
{
    size_t low = 0, high = sheet->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sheet->rows[middle].number < number) low = middle + 1;
        else high = middle;
    }
    return low;
}

static enum err find_near(struct arena *arena, const struct sheet *sheet, uint32_t first, uint32_t last, struct near *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < sheet->merge_count; i++) count += sheet->merges[i].last_row >= first && sheet->merges[i].first_row <= last;
    if (count > NEAR_MOST) count = NEAR_MOST;
    *ret = (struct near){.merges = arena_array(arena, count + 1, sizeof *ret->merges)};
    if (!ret->merges) return ERR_NOMEM;
    for (size_t i = 0; ret->count < count; i++)
        if (sheet->merges[i].last_row >= first && sheet->merges[i].first_row <= last) ret->merges[ret->count++] = &sheet->merges[i];
    return OK;
}

/* The merge that a cell lies in; NULL: none. */
static const struct sheet_merge *merge_of(const struct near *near, uint32_t row, uint32_t column)
{
    for (size_t i = 0; i < near->count; i++) {
        const struct sheet_merge *m = near->merges[i];
        if (row >= m->first_row && row <= m->last_row && column >= m->first_column && column <= m->last_column) return m;
    }
    return NULL;
}

/* What is shown in a cell: of merged ones what stands in the first. NULL: nothing. */
static const char *shown(const struct sheet *sheet, const struct near *near, uint32_t row, uint32_t column)
{
    const struct sheet_merge *m = merge_of(near, row, column);
    if (m) row = m->first_row, column = m->first_column;
    const struct sheet_row *r = sheet_find_row(sheet, row);
    const struct sheet_cell *cell = r ? sheet_row_cell(r, column) : NULL;
    return cell && !list_text_is_blank(cell->text) ? cell->text : NULL;
}

static bool is_sub_word(const struct top *t, const char *plain, const char *text)
{
    if (list_word_sex_heading(plain) || list_word_day_part(plain, text)) return true;
    if (list_word_enum("mandate", plain) || list_word_enum("status", plain)) return true;
    for (size_t i = 0; i < t->known->vocabulary->attribute_count; i++)
        if (map_get(&t->known->choices[i].plain, plain)) return true;
    return map_get(&t->known->categories.plain, plain) != NULL;
}

/* How much a row looks like headings. */
static enum err row_score(const struct top *t, const struct sheet_row *row, int *ret_score, size_t *ret_hits)
{
    int score = 0;
    size_t hits = 0;
    for (size_t i = 0; i < row->count && i < LIST_COLUMNS_MOST; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        if (list_text_is_blank(cell->text)) continue;
        if (cell->kind != SHEET_TEXT || strlen(cell->text) > HEADING_MOST) {
            score -= 12;
            continue;
        }
        const char *plain = list_heading_plain(t->scratch, cell->text);
        if (!plain) return ERR_NOMEM;
        unsigned known = list_heading_known(t->known, plain);
        if (known >= KNOWN_ENOUGH) {
            score += (int)known - 50;
            hits++;
        } else if (list_word_sex_heading(plain)) {
            score += 3;
        } else if (strchr(cell->text, '@') || text_digit((unsigned char)cell->text[0]) >= 0) {
            score -= 10;
        }
    }
    *ret_score = score;
    *ret_hits = hits;
    return OK;
}

/* Headings in words that we do not know: texts all along, with as full a row beneath. */
static bool is_like_header(const struct top *t, size_t at)
{
    const struct sheet_row *row = row_at(t, at), *next = row_at(t, at + 1);
    size_t texts = 0;
    if (!next || row->count < 3 || next->count * 2 < row->count) return false;
    for (size_t i = 0; i < row->count; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        if (cell->kind != SHEET_TEXT || strlen(cell->text) > 60 || strchr(cell->text, '@') || text_digit((unsigned char)cell->text[0]) >= 0) return false;
        texts += !list_text_is_blank(cell->text);
    }
    bool below_differs = false;
    for (size_t i = 0; i < next->count; i++) below_differs = below_differs || next->cells[i].kind != SHEET_TEXT ||
        text_digit((unsigned char)next->cells[i].text[0]) >= 0;
    return texts == row->count && texts * 5 >= t->sheet->columns * 3 && below_differs;
}

static enum err find_row(const struct top *t, size_t *ret_index, struct list_header *ret)
{
    int best = 0;
    size_t best_hits = 0, best_at = SIZE_MAX, like = SIZE_MAX;
    for (size_t i = 0; i < t->sheet->count && i < t->rows_most; i++) {
        int score;
        size_t hits;
        if (row_score(t, row_at(t, i), &score, &hits) != OK) return ERR_NOMEM;
        bool enough = hits >= 2 || (hits == 1 && score >= 40 && row_at(t, i)->count <= 2 && t->sheet->columns <= 3);
        if (enough && score > best + 8) best = score, best_at = i, best_hits = hits;
        if (like == SIZE_MAX && is_like_header(t, i)) like = i;
        if (i % 16 == 15) arena_clear(t->scratch);
    }
    *ret = (struct list_header){.hits = best_hits};
    *ret_index = best_at;
    if (best_at == SIZE_MAX && like != SIZE_MAX) {
        *ret_index = like;
        ret->score = 35;
        return OK;
    }
    ret->score = best_hits >= 4 ? 95 : best_hits == 3 ? 85 : best_hits == 2 ? 70 : best_hits ? 50 : 0;
    return OK;
}

/* Whether the row above belongs to the header: it spans some of its columns, or reaches down into it. */
static enum err belongs_above(const struct top *t, const struct sheet_row *above, const struct sheet_row *header, bool *ret)
{
    size_t hits = 0, cells = 0;
    bool reaches = false;
    *ret = false;
    for (size_t i = 0; i < above->count && i < LIST_COLUMNS_MOST; i++) {
        const struct sheet_cell *cell = &above->cells[i];
        if (list_text_is_blank(cell->text)) continue;
        cells++;
        if (cell->kind != SHEET_TEXT || strlen(cell->text) > HEADING_MOST) return OK;
        const struct sheet_merge *m = merge_of(&t->near, above->number, cell->column);
        const char *plain = list_heading_plain(t->scratch, cell->text);
        if (!plain) return ERR_NOMEM;
        hits += list_heading_known(t->known, plain) >= KNOWN_SURELY;
        reaches = reaches || (m && m->last_row >= header->number && m->first_row <= above->number);
        if (m && (m->last_column - m->first_column + 1) * 5 >= t->sheet->columns * 4 && t->sheet->columns > 2) return OK; /* a title over all */
    }
    *ret = cells && (reaches || hits >= 2 || (hits == 1 && cells <= 3 && header->number == above->number + 1));
    return OK;
}

/* Whether the row beneath belongs to it: headings reach down into it, or it has nothing but parts of headings. */
static enum err belongs_below(const struct top *t, const struct sheet_row *header, const struct sheet_row *below, bool *ret)
{
    size_t subs = 0, joined = 0, cells = 0, strange = 0, spanned = 0;
    bool reaches = false;
    for (size_t i = 0; i < header->count && i < LIST_COLUMNS_MOST; i++) {
        const struct sheet_merge *m = merge_of(&t->near, header->number, header->cells[i].column);
        reaches = reaches || (m && m->last_row >= below->number && m->last_row > header->number);
        spanned += m ? m->last_column - m->first_column + 1 : 1;
    }
    for (size_t i = 0; i < below->count && i < LIST_COLUMNS_MOST; i++) {
        const struct sheet_cell *cell = &below->cells[i];
        if (list_text_is_blank(cell->text)) continue;
        cells++;
        if (cell->kind != SHEET_TEXT || strlen(cell->text) > 60) {
            strange++;
            continue;
        }
        const struct sheet_cell *over = sheet_row_cell(header, cell->column);
        const char *plain = list_heading_plain(t->scratch, cell->text), *up = over ? list_heading_plain(t->scratch, over->text) : "", *both;
        if (!plain || !up) return ERR_NOMEM;
        both = *up ? arena_printf(t->scratch, "%s %s", up, plain) : plain;
        if (!both) return ERR_NOMEM;
        if (is_sub_word(t, plain, cell->text) || strcmp(plain, "ho") == 0 || strcmp(plain, "ten") == 0) subs++;
        else if (list_heading_known(t->known, plain) >= KNOWN_SURELY) joined++;
        else if (*up && list_heading_known(t->known, both) == 100 && list_heading_known(t->known, up) < 100) joined++;
        else strange++;
    }
    if (reaches) *ret = cells == 0 || strange * 2 <= cells || subs > 0;
    else *ret = cells && strange == 0 && cells <= spanned && (subs >= 2 || joined);
    return OK;
}

static enum err extend(struct top *t, size_t at, size_t *ret_first, size_t *ret_last)
{
    size_t first = at, last = at;
    bool belongs = true;
    uint32_t number = row_at(t, at)->number;
    if (find_near(t->scratch, t->sheet, number > LIST_PARTS_MOST ? number - LIST_PARTS_MOST : 1, number + LIST_PARTS_MOST, &t->near) != OK) return ERR_NOMEM;
    while (belongs && first > 0 && last - first + 1 < LIST_PARTS_MOST) {
        const struct sheet_row *above = row_at(t, first - 1), *header = row_at(t, first);
        if (above->number + 1 != header->number) break;
        if (belongs_above(t, above, header, &belongs) != OK) return ERR_NOMEM;
        first -= belongs;
    }
    belongs = true;
    while (belongs && row_at(t, last + 1) && last - first + 1 < LIST_PARTS_MOST) {
        const struct sheet_row *header = row_at(t, last), *below = row_at(t, last + 1);
        if (below->number != header->number + 1) break;
        if (belongs_below(t, header, below, &belongs) != OK) return ERR_NOMEM;
        last += belongs;
    }
    *ret_first = first;
    *ret_last = last;
    return OK;
}

enum err list_place_find(const struct list_known *known, struct arena *scratch, const struct sheet *sheet, const struct list_header *fixed, size_t rows_most,
                         struct list_place *ret)
{
    struct top t = {.known = known, .scratch = scratch, .sheet = sheet, .rows_most = rows_most};
    struct list_header header = {.score = 0};
    size_t at = SIZE_MAX, first = 0, last = 0;
    ret->name = sheet->name;
    ret->hidden = sheet->hidden;
    if (!sheet->count) return OK;
    if (fixed) {
        header = *fixed;
        header.score = 100;
    } else {
        if (find_row(&t, &at, &header) != OK) return ERR_NOMEM;
        if (at != SIZE_MAX) {
            if (extend(&t, at, &first, &last) != OK) return ERR_NOMEM;
            header.first = row_at(&t, first)->number;
            header.last = row_at(&t, last)->number;
        }
    }
    ret->header_first = header.first;
    ret->header_last = header.last;
    ret->confidence = header.score;
    size_t next = header.first ? index_of(sheet, header.last + 1) : 0;
    ret->data_first = next < sheet->count ? sheet->rows[next].number : header.last + 1;
    ret->data_last = 0;
    ret->row_count = (uint32_t)(sheet->count - next);
    return OK;
}

/* --- headings of the columns --- */

static enum err add_part(struct arena *arena, struct list_heading *h, const char *text)
{
    const char *tidy = text_tidy(arena, text), *plain = tidy ? list_heading_plain(arena, tidy) : NULL;
    if (!plain) return ERR_NOMEM;
    if (!*tidy) return OK;
    if (h->part_count && strcmp(h->parts[h->part_count - 1], tidy) == 0) return OK; /* merged over two rows */
    h->parts[h->part_count] = tidy;
    h->plain[h->part_count++] = plain;
    h->text = h->part_count == 1 ? tidy : arena_printf(arena, "%s / %s", h->text, tidy);
    return h->text ? OK : ERR_NOMEM;
}

/* In a CSV nothing is merged: a heading reaches to the right as long as its own cells are empty and something stands beneath. */
static const char *reaching(const struct sheet *sheet, const struct near *near, uint32_t row, uint32_t last, uint32_t column)
{
    const struct sheet_row *above = sheet_find_row(sheet, row), *below = sheet_find_row(sheet, last);
    const struct sheet_cell *own = below ? sheet_row_cell(below, column) : NULL;
    if (!above || !own || list_text_is_blank(own->text) || row == last || merge_of(near, row, column)) return NULL;
    for (uint32_t c = column; c-- > 0;) {
        const struct sheet_cell *up = sheet_row_cell(above, c), *down = sheet_row_cell(below, c);
        if (!down || list_text_is_blank(down->text)) return NULL;
        if (up && !list_text_is_blank(up->text)) return merge_of(near, row, c) ? NULL : up->text;
    }
    return NULL;
}

static enum err read_headings(struct arena *arena, struct arena *scratch, const struct sheet *sheet, const struct list_place *place, struct list_heading *all,
                              uint32_t columns)
{
    struct near near;
    if (find_near(scratch, sheet, place->header_first, place->header_last, &near) != OK) return ERR_NOMEM;
    for (uint32_t c = 0; c < columns; c++) {
        all[c] = (struct list_heading){.column = c, .text = ""};
        if (!place->header_first) continue;
        for (uint32_t r = place->header_first; r <= place->header_last && all[c].part_count < LIST_PARTS_MOST; r++) {
            const char *text = shown(sheet, &near, r, c);
            if (!text && r < place->header_last) text = reaching(sheet, &near, r, r + 1, c);
            if (text && strlen(text) <= HEADING_MOST * 3 && add_part(arena, &all[c], text) != OK) return ERR_NOMEM;
        }
    }
    return OK;
}

/* The first rows, some in the middle, and some before the end. Of a table wider than any office's only a few: that many cells take their time. */
static bool is_sampled(size_t i, size_t count, uint32_t columns)
{
    if (columns > WIDE) return i < 24 || (i >= count / 2 && i < count / 2 + 8);
    return i < 80 || (i >= count / 2 && i < count / 2 + 40) || (count > 40 && i + 60 >= count && i + 20 < count);
}

enum err list_place_look(const struct list_known *known, struct arena *arena, struct arena *scratch, const struct sheet *sheet, const struct list_place *place,
                         struct list_rows *judge, struct list_heading *all, size_t heading_count)
{
    uint32_t columns = sheet->columns < LIST_COLUMNS_MOST ? sheet->columns : LIST_COLUMNS_MOST;
    struct arena own = {0};
    struct list_looking *looking = arena_array(&own, columns + 1, sizeof *looking);
    struct list_heading **of = arena_array(&own, columns + 1, sizeof *of); /* by column */
    struct list_rows rows = {.serial = LIST_NOT_THERE, .name = LIST_NOT_THERE, .known = known, .width = columns, .headings = {.arena = &own}};
    enum err e = looking && of ? list_rows_begin(&rows, &own, sheet, place) : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < heading_count; i++) {
        looking[all[i].column].last = -1;
        of[all[i].column] = &all[i];
        all[i].look = (struct list_look){.choices = arena_array(arena, known->vocabulary->attribute_count + 1, sizeof *all[i].look.choices)};
        if (!all[i].look.choices) e = ERR_NOMEM;
    }
    size_t first = index_of(sheet, place->data_first), count = sheet->count - first;
    for (size_t i = 0; e == OK && i < count; i++) {
        const struct sheet_row *row = &sheet->rows[first + i];
        if (!is_sampled(i, count, columns) || (place->data_last && row->number > place->data_last)) continue;
        enum list_row_kind kind = LIST_ROW_DATA;
        enum list_passed_why why;
        arena_clear(scratch);
        if (judge) e = list_row_judge(judge, scratch, row, &kind, &why);
        else if (row->count * 3 < rows.usual) continue; /* sections, totals, signatures */
        for (size_t k = 0; e == OK && kind == LIST_ROW_DATA && k < row->count && row->cells[k].column < columns; k++) {
            uint32_t c = row->cells[k].column;
            if (of[c]) e = list_look_add(known, scratch, &of[c]->look, &looking[c], &row->cells[k]);
        }
    }
    arena_release(&own);
    return e;
}

enum err list_place_headings(const struct list_known *known, struct arena *arena, struct arena *scratch, const struct sheet *sheet, const struct list_place *place,
                             bool contents, struct list_heading **ret, size_t *ret_count)
{
    uint32_t columns = sheet->columns < LIST_COLUMNS_MOST ? sheet->columns : LIST_COLUMNS_MOST;
    struct list_heading *all = arena_array(arena, columns + 1, sizeof *all);
    if (!all) return ERR_NOMEM;
    enum err e = read_headings(arena, scratch, sheet, place, all, columns);
    if (e == OK && contents) e = list_place_look(known, arena, scratch, sheet, place, NULL, all, columns);
    size_t count = 0;
    for (uint32_t c = 0; e == OK && c < columns; c++)
        if (all[c].part_count || all[c].look.filled) all[count++] = all[c];
    *ret = all;
    *ret_count = count;
    return e;
}
