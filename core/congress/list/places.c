/* A whole book: which sheets have the table, what all of their rows tell about days, units and honorifics. */
#include "core/base/text.h"
#include "core/congress/list/list_guess.h"

#include <string.h>

#define ALIKE_LEAST 60     /* of a hundred headings that another sheet shares with the first */
#define UNITS_LOOKED_AT 400
#define CLOSELY_MOST 16          /* sheets whose cells are looked at at once */
#define ROUNDS_MOST 2            /* as long as none of them is a table */
#define ROWS_SEARCHED 120        /* for a header: titles of an office are never longer */
#define ROWS_SEARCHED_OF_MANY 40 /* in each of more sheets */

uint32_t list_place_column(const struct list_mapping *mapping, size_t place, size_t column)
{
    const uint32_t *at = mapping->places[place].at;
    return at ? at[column] : mapping->columns[column].column;
}

static uint32_t column_of(const struct list_mapping *mapping, size_t place, const char *field)
{
    for (size_t i = 0; i < mapping->column_count; i++) {
        const struct list_use *use = &mapping->columns[i].use;
        if (use->field && use->part == LIST_PART_ALL && strcmp(use->field->code, field) == 0) return list_place_column(mapping, place, i);
    }
    return LIST_NOT_THERE;
}

enum err list_rows_of(const struct list_known *known, struct arena *arena, const struct sheet *sheet, const struct list_mapping *mapping, size_t place,
                      struct list_rows *ret)
{
    *ret = (struct list_rows){.serial = column_of(mapping, place, "serial"), .name = column_of(mapping, place, "name"), .known = known,
                              .width = (uint32_t)mapping->column_count, .headings = {.arena = arena}};
    if (ret->name == LIST_NOT_THERE) ret->name = column_of(mapping, place, "given_name");
    if (ret->name == LIST_NOT_THERE) ret->name = column_of(mapping, place, "family_name");
    ret->code = column_of(mapping, place, "code");
    if (ret->name == LIST_NOT_THERE) ret->name = ret->code;
    for (size_t i = 0; i < mapping->column_count; i++) {
        const char *heading = mapping->columns[i].heading;
        while (*heading) { /* each part of it: on the next page all of its rows come again */
            const char *end = strstr(heading, " / ");
            const char *part = arena_strndup(arena, heading, end ? (size_t)(end - heading) : strlen(heading)), *plain = part ? list_heading_plain(arena, part) : NULL;
            if (!plain || (*plain && map_put(&ret->headings, plain, (void *)(uintptr_t)plain) != 0) || (*part && map_put(&ret->headings, part,
                (void *)(uintptr_t)plain) != 0))
                return ERR_NOMEM;
            heading = end ? end + 3 : heading + strlen(heading);
        }
    }
    return list_rows_begin(ret, arena, sheet, &mapping->places[place]);
}

/* --- days --- */

static bool is_day(const struct list_use *use)
{
    return use->field && (use->field->kind == LIST_DAY || use->field->kind == LIST_DATE) && use->part < LIST_PART_DAY;
}

static void find_order(const struct sheet *sheet, const struct list_place *place, struct list_column *column)
{
    uint32_t seen[4] = {0};
    for (size_t i = 0; i < sheet->count; i++) {
        if (sheet->rows[i].number < place->data_first) continue;
        const struct sheet_cell *cell = sheet_row_cell(&sheet->rows[i], column->column);
        bool day;
        if (cell && cell->kind == SHEET_TEXT) seen[list_day_order(cell->text, &day)]++;
    }
    uint32_t day_first = seen[LIST_DAY_FIRST], month_first = seen[LIST_MONTH_FIRST];
    if (day_first > month_first * 9) column->order = LIST_DAY_FIRST;
    else if (month_first > day_first * 9) column->order = LIST_MONTH_FIRST;
    else if (seen[LIST_YEAR_FIRST] && !day_first && !month_first) column->order = LIST_YEAR_FIRST;
    else column->order = LIST_ORDER_UNKNOWN;
}

enum err list_guess_orders(const struct sheet *sheet, const struct list_place *place, struct list_column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_day(&columns[i].use)) find_order(sheet, place, &columns[i]);
    return OK;
}

/* --- ways --- */

static enum list_order usual_order(const struct list_known *known)
{
    static const char *const month_first[] = {"US", "PH", "FM"};
    for (size_t i = 0; i < sizeof month_first / sizeof month_first[0]; i++)
        if (strcmp(known->country, month_first[i]) == 0) return LIST_MONTH_FIRST;
    return text_is_of_language(known->language, "en") && !*known->country ? LIST_ORDER_UNKNOWN : LIST_DAY_FIRST;
}

static bool has_use(const struct list_mapping *mapping, const char *field)
{
    for (size_t i = 0; i < mapping->column_count; i++)
        if (mapping->columns[i].use.field && strcmp(mapping->columns[i].use.field->code, field) == 0) return true;
    return false;
}

/* What is left of a section's title: no number before, no count behind. */
enum err list_section_name(struct arena *arena, const char *text, const char **ret)
{
    const char *p = text + strspn(text, " ");
    size_t number = strspn(p, "IVXLCDM0123456789.");
    if (number && strchr(".)-/: ", p[number]) && p[number]) p += number + strspn(p + number, ".)-/: ");
    else if (p[0] >= 'A' && p[0] <= 'Z' && p[1] && strchr(".)-", p[1])) p += 2 + strspn(p + 2, " ");
    else if (number && number < strlen(p) && p[number - 1] == '.') p += number;
    size_t length = strcspn(p, "(:");
    char *name = arena_strndup(arena, p, length ? length : strlen(p));
    *ret = name ? text_tidy(arena, name) : NULL;
    return *ret ? OK : ERR_NOMEM;
}

/* Sections above the rows, or sheets, that are called as units are. */
static enum err find_units(const struct list_known *known, const struct sheet_book *book, struct arena *scratch, struct list_mapping *mapping)
{
    struct list_finding found;
    size_t taken = 0, sheets = 0, sections = 0, units = 0, looked = 0;
    for (size_t i = 0; i < mapping->place_count; i++) {
        const struct list_place *place = &mapping->places[i];
        if (!place->taken) continue;
        taken++;
        if (list_terms_find(&known->units, scratch, scratch, place->name, true, &found) != OK) return ERR_NOMEM;
        sheets += found.found == LIST_FOUND || found.found == LIST_FOUND_CLOSE;
        struct list_rows rows;
        const struct sheet *sheet = &book->sheets[place->sheet];
        if (list_rows_of(known, scratch, sheet, mapping, i, &rows) != OK) return ERR_NOMEM;
        for (size_t k = 0; k < sheet->count && looked < UNITS_LOOKED_AT; k++) {
            enum list_row_kind kind;
            enum list_passed_why why = LIST_PASSED_EMPTY;
            if (sheet->rows[k].number < place->data_first) continue;
            if (list_row_judge(&rows, scratch, &sheet->rows[k], &kind, &why) != OK) return ERR_NOMEM;
            if (kind != LIST_ROW_PASSED || why != LIST_PASSED_SECTION) continue;
            const char *text = list_row_text(scratch, &sheet->rows[k]), *name;
            if (!text || list_section_name(scratch, text, &name) != OK || list_terms_find(&known->units, scratch, scratch, name, true, &found) != OK) return ERR_NOMEM;
            looked++;
            sections++;
            units += found.found == LIST_FOUND || found.found == LIST_FOUND_CLOSE;
        }
    }
    if (sections && units * 2 >= sections) mapping->ways.units = LIST_UNITS_SECTIONS;
    else if (taken > 1 && sheets * 2 >= taken) mapping->ways.units = LIST_UNITS_SHEETS;
    return OK;
}

enum err list_guess_ways(const struct list_known *known, const struct sheet_book *book, struct arena *scratch, struct list_mapping *mapping)
{
    mapping->ways = (struct list_ways){.order = usual_order(known), .language = known->language, .country = known->country};
    for (size_t i = 0; i < mapping->column_count; i++) {
        const struct list_column *column = &mapping->columns[i];
        if (!column->use.field || column->use.field->kind != LIST_NAME) continue;
        size_t polite = 0;
        for (size_t k = 0; k < column->sample_count; k++) polite += list_word_honorific(column->samples[k]) > 0;
        if (polite * 2 > column->sample_count) mapping->ways.honorific = true;
    }
    if (known->target == LIST_UNITS || has_use(mapping, "unit") || has_use(mapping, "unit_name")) return OK;
    return find_units(known, book, scratch, mapping);
}

/* --- the book --- */

static unsigned worth(const struct list_mapping *m)
{
    unsigned sum = 0;
    for (size_t i = 0; i < m->column_count; i++)
        if (m->columns[i].use.field && m->columns[i].use.field->kind != LIST_NOTHING) sum += m->columns[i].confidence;
    return sum;
}

static bool has_name(const struct list_mapping *m)
{
    return has_use(m, "name") || has_use(m, "given_name") || has_use(m, "code") || has_use(m, "number");
}

static const char **plain_headings(struct arena *scratch, const struct list_column *columns, size_t count)
{
    const char **plain = arena_array(scratch, count + 1, sizeof *plain);
    for (size_t i = 0; plain && i < count; i++)
        if (!(plain[i] = list_heading_plain(scratch, columns[i].heading))) return NULL;
    return plain;
}

/* Another sheet is taken when most headings are there; where they stand is kept. */
static enum err match_place(struct arena *arena, struct arena *scratch, const struct list_mapping *main, const struct list_column *own, size_t own_count,
                            struct list_place *place)
{
    uint32_t *at = arena_array(arena, main->column_count + 1, sizeof *at);
    const char **ours = plain_headings(scratch, main->columns, main->column_count), **theirs = plain_headings(scratch, own, own_count);
    size_t named = 0, same = 0;
    bool shifted = false;
    if (!at || !ours || !theirs) return ERR_NOMEM;
    for (size_t i = 0; i < main->column_count; i++) {
        const struct list_column *column = &main->columns[i];
        at[i] = LIST_NOT_THERE;
        const char *heading = ours[i];
        named += *heading != '\0';
        size_t nth = 0, seen = 0; /* a heading that stands twice: the second one here is the second one there */
        for (size_t k = 0; k < i; k++) nth += strcmp(ours[k], heading) == 0;
        for (size_t k = 0; k < own_count && at[i] == LIST_NOT_THERE; k++) {
            if (strcmp(theirs[k], heading) != 0 || (!*heading && own[k].column != column->column)) continue;
            if (*heading && seen++ < nth) continue;
            at[i] = own[k].column;
            same += *heading != '\0';
        }
        if (!*heading && at[i] == LIST_NOT_THERE) at[i] = column->column;
        shifted = shifted || at[i] != column->column;
    }
    if (named && same * 100 >= named * ALIKE_LEAST) place->taken = !place->hidden;
    else place->confidence = place->confidence > 40 ? 40 : place->confidence;
    if (shifted) place->at = at;
    return OK;
}

struct attempt {
    struct list_column *columns;
    size_t count;
    uint64_t headings; /* a hash of the header's cells: sheets of one form have the same */
    bool chosen;       /* looked at closely, or about to be */
};

/* What is asked to be taken as it is: header rows of one sheet. NULL in `header`: nothing. */
struct fixed {
    const struct list_header *header;
    uint32_t sheet;
};

static uint64_t hash_headings(const struct sheet *sheet, const struct list_place *place)
{
    const struct sheet_row *row = place->header_first ? sheet_find_row(sheet, place->header_last) : NULL;
    uint64_t hash = 1469598103934665603u;
    for (size_t i = 0; row && i < row->count; i++)
        for (const char *p = row->cells[i].text; *p; p++) hash = (hash ^ (unsigned char)*p) * 1099511628211u;
    return hash;
}

/* How likely a sheet is the one with the table, before its cells are looked at: by its headings, then by its rows. One of a form that was chosen before tells
 * nothing new. */
static uint64_t promise(const struct sheet_book *book, const struct list_place *places, const struct attempt *attempts, size_t at)
{
    const struct list_place *place = &places[at];
    uint64_t rows = place->row_count < 1000000 ? place->row_count : 1000000, all = ((uint64_t)place->confidence * 10000000 + rows + 1) * 100000;
    size_t same = 0;
    for (size_t i = 0; i < book->count; i++) same += attempts[i].chosen && attempts[i].headings == attempts[at].headings;
    return all / ((place->hidden ? 4 : 1) * (rows ? 1 : 4) * (same > 1 && place->header_first ? 1000 : 1));
}

/* Of very many sheets only the most likely ones; the others are compared with what comes out. Returns how many are new. */
static size_t choose_sheets(const struct sheet_book *book, const struct list_place *places, struct attempt *attempts)
{
    size_t n = 0;
    for (; n < CLOSELY_MOST; n++) {
        size_t best = SIZE_MAX;
        uint64_t most = 0;
        for (size_t i = 0; i < book->count; i++) {
            uint64_t here = book->sheets[i].count && !attempts[i].chosen ? promise(book, places, attempts, i) : 0;
            if (here && (best == SIZE_MAX || here > most)) best = i, most = here;
        }
        if (best == SIZE_MAX) break;
        attempts[best].chosen = true;
    }
    return n;
}

/* Looks closely at what is chosen and was not looked at before. */
static enum err look_closely(const struct list_known *known, const struct sheet_book *book, struct arena *arena, struct arena *scratch, const struct fixed *fixed,
                             const struct list_place *places, struct attempt *attempts, unsigned *points_most, size_t *ret_best)
{
    for (size_t i = 0; i < book->count; i++) {
        const struct list_place *place = &places[i];
        struct attempt *a = &attempts[i];
        if (!a->chosen || a->columns) continue;
        arena_clear(scratch);
        if (list_guess_columns(known, arena, scratch, &book->sheets[i], place, &a->columns, &a->count) != OK) return ERR_NOMEM;
        struct list_mapping one = {.columns = a->columns, .column_count = a->count};
        unsigned points = has_name(&one) ? worth(&one) + place->confidence + (place->row_count > 2 ? 20 : 0) : 0;
        if (place->hidden) points /= 4;
        if (fixed->header && fixed->sheet == i) points = UINT32_MAX;
        if (points > *points_most) *points_most = points, *ret_best = i;
    }
    return OK;
}

static enum err look_at_sheets(const struct list_known *known, const struct sheet_book *book, struct arena *arena, struct arena *scratch, const struct fixed *fixed,
                               struct list_mapping *m, struct attempt *attempts, size_t *ret_best)
{
    unsigned points = 0;
    size_t rows_most = book->count <= CLOSELY_MOST ? ROWS_SEARCHED : ROWS_SEARCHED_OF_MANY;
    *ret_best = SIZE_MAX;
    for (size_t i = 0; i < book->count; i++) {
        const struct sheet *sheet = &book->sheets[i];
        m->places[i] = (struct list_place){.sheet = (uint32_t)i, .name = sheet->name, .hidden = sheet->hidden};
        arena_clear(scratch);
        if (list_place_find(known, scratch, sheet, fixed->sheet == i ? fixed->header : NULL, rows_most, &m->places[i]) != OK) return ERR_NOMEM;
        attempts[i].headings = hash_headings(sheet, &m->places[i]);
    }
    if (fixed->header && book->sheets[fixed->sheet].count) attempts[fixed->sheet].chosen = true;
    for (int round = 0; round < ROUNDS_MOST && *ret_best == SIZE_MAX; round++) {
        if (choose_sheets(book, m->places, attempts) == 0 && round) break;
        if (look_closely(known, book, arena, scratch, fixed, m->places, attempts, &points, ret_best) != OK) return ERR_NOMEM;
    }
    for (size_t i = 0; i < book->count; i++) {
        struct attempt *a = &attempts[i];
        if (a->chosen || !book->sheets[i].count) continue;
        arena_clear(scratch);
        if (list_guess_headings(known, arena, scratch, &book->sheets[i], &m->places[i], &a->columns, &a->count) != OK) return ERR_NOMEM;
    }
    return OK;
}

static enum err count_rows(const struct list_known *known, const struct sheet_book *book, struct arena *scratch, struct list_mapping *m)
{
    for (size_t i = 0; i < m->place_count; i++) {
        struct list_place *place = &m->places[i];
        const struct sheet *sheet = &book->sheets[place->sheet];
        struct list_rows rows;
        struct arena own = {0};
        enum err e = place->taken ? list_rows_of(known, &own, sheet, m, i, &rows) : OK;
        uint32_t count = 0;
        for (size_t k = 0; e == OK && place->taken && k < sheet->count; k++) {
            enum list_row_kind kind;
            enum list_passed_why why;
            if (sheet->rows[k].number < place->data_first) continue;
            if (k % 64 == 0) arena_clear(scratch);
            e = list_row_judge(&rows, scratch, &sheet->rows[k], &kind, &why);
            count += e == OK && kind == LIST_ROW_DATA;
        }
        arena_release(&own);
        if (e != OK) return e;
        place->row_count = place->taken ? count : 0;
    }
    return OK;
}

static enum err guess(const struct list_known *known, const struct sheet_book *book, struct arena *arena, struct arena *scratch, const struct fixed *fixed,
                      struct list_mapping *ret, struct fault *fault)
{
    struct list_mapping m = {.target = known->target, .place_count = book->count};
    struct attempt *attempts = arena_array(arena, book->count + 1, sizeof *attempts);
    m.places = arena_array(arena, book->count + 1, sizeof *m.places);
    size_t best;
    if (!m.places || !attempts) return ERR_NOMEM;
    enum err e = look_at_sheets(known, book, arena, scratch, fixed, &m, attempts, &best);
    if (e != OK) return e;
    if (best == SIZE_MAX)
        return fault_because(fault, ERR_NOT_FOUND, "list_no_table", NULL,
                             "no table was found: looked for a row of headings (names, dates of birth, units, …) in each sheet");
    m.columns = attempts[best].columns;
    m.column_count = attempts[best].count;
    m.places[best].taken = true;
    e = list_guess_orders(&book->sheets[best], &m.places[best], m.columns, m.column_count);
    for (size_t i = 0; e == OK && i < book->count; i++)
        if (i != best && attempts[i].count) e = match_place(arena, scratch, &m, attempts[i].columns, attempts[i].count, &m.places[i]);
    if (e == OK && best != 0) { /* letters of columns are those of the first sheet that is taken */
        size_t first = 0;
        while (!m.places[first].taken) first++;
        for (size_t i = 0; first != best && i < m.place_count; i++) {
            if (m.places[i].at || !m.places[first].at) continue;
            uint32_t *at = arena_array(arena, m.column_count + 1, sizeof *at);
            if (!at) return ERR_NOMEM;
            for (size_t k = 0; k < m.column_count; k++) at[k] = m.columns[k].column;
            m.places[i].at = at;
        }
        for (size_t k = 0; first != best && m.places[first].at && k < m.column_count; k++)
            if (m.places[first].at[k] != LIST_NOT_THERE) m.columns[k].column = m.places[first].at[k];
    }
    if (e == OK) e = list_guess_ways(known, book, scratch, &m);
    if (e == OK) e = count_rows(known, book, scratch, &m);
    if (e == OK) *ret = m;
    return e;
}

enum err list_guess(const struct list_known *known, const struct sheet_book *book, struct arena *arena, struct list_mapping *ret, struct fault *fault)
{
    struct arena scratch = {0};
    enum err e = guess(known, book, arena, &scratch, &(struct fixed){.header = NULL}, ret, fault);
    arena_release(&scratch);
    return e == ERR_NOMEM ? fault_set(fault, ERR_NOMEM, "not enough memory") : e;
}

enum err list_mapping_place(const struct list_known *known, const struct sheet_book *book, uint32_t sheet, uint32_t header_first, uint32_t header_last,
                            struct arena *arena, struct list_mapping *ret, struct fault *fault)
{
    struct list_header header = {.first = header_first, .last = header_last};
    struct arena scratch = {0};
    if (sheet >= book->count || header_last < header_first || header_last - header_first >= LIST_PARTS_MOST || (header_first && !header_last))
        return fault_because(fault, ERR_INPUT, "list_header_rows", NULL, "headings stand in one row, or in up to %d rows below each other", LIST_PARTS_MOST);
    enum err e = guess(known, book, arena, &scratch, &(struct fixed){.header = &header, .sheet = sheet}, ret, fault);
    arena_release(&scratch);
    return e == ERR_NOMEM ? fault_set(fault, ERR_NOMEM, "not enough memory") : e;
}
