/* Mappings: what a column is in one word, corrections, remembered ones. */
#include "core/base/text.h"
#include "core/congress/list/list_guess.h"

#include <string.h>

static const char *const parts[] = {"", NULL, "m", "f", "day", "month", "year"};

char *list_use_text(struct arena *arena, const struct list_use *use)
{
    if (!use->field) return arena_strdup(arena, "-");
    const char *part = use->part == LIST_PART_MARK ? use->value : parts[use->part];
    return *part ? arena_printf(arena, "%s:%s", use->field->code, part) : arena_strdup(arena, use->field->code);
}

enum err list_use_parse(const struct list_known *known, struct arena *arena, const char *word, struct list_use *ret, struct fault *fault)
{
    if (strcmp(word, "-") == 0) {
        *ret = (struct list_use){.field = NULL};
        return OK;
    }
    for (size_t i = 0; i < known->use_count; i++) {
        const char *name = list_use_text(arena, &known->uses[i]);
        if (!name) return fault_set(fault, ERR_NOMEM, "not enough memory");
        if (strcmp(name, word) != 0) continue;
        *ret = known->uses[i];
        return OK;
    }
    return fault_because(fault, ERR_INPUT, "list_field", word, "there is no field \"%.100s\" in a list of %s", word, list_target_name(known->target));
}

/* --- corrections --- */

enum err list_mapping_choose(struct list_mapping *mapping, size_t column, const struct list_use *use, struct fault *fault)
{
    if (column >= mapping->column_count) return fault_because(fault, ERR_INPUT, "list_column", NULL, "there is no such column");
    for (size_t i = 0; use->field && i < mapping->column_count; i++) {
        struct list_column *other = &mapping->columns[i];
        if (i == column || !list_use_equal(&other->use, use)) continue;
        other->use = (struct list_use){.field = NULL};
        other->why = "rival";
        other->rival = *use;
    }
    struct list_column *chosen = &mapping->columns[column];
    chosen->use = *use;
    chosen->why = use->field ? "chosen" : "ignored";
    chosen->confidence = 100;
    chosen->rival = (struct list_use){.field = NULL};
    return OK;
}

static enum err find_column(const struct list_mapping *mapping, struct arena *arena, const char *where, size_t *ret, struct fault *fault)
{
    uint32_t letter, row;
    const char *wanted = text_fold(arena, where);
    if (!wanted) return fault_set(fault, ERR_USAGE, "\"%.100s\" is no column", where);
    for (size_t i = 0; i < mapping->column_count && *wanted; i++) {
        const char *heading = text_fold(arena, mapping->columns[i].heading), *plain = heading ? list_heading_plain(arena, mapping->columns[i].heading) : NULL;
        if (!plain) return fault_set(fault, ERR_NOMEM, "not enough memory");
        if (strcmp(heading, wanted) != 0 && strcmp(plain, wanted) != 0) continue;
        *ret = i;
        return OK;
    }
    if (!sheet_parse_address(where, &row, &letter) || row) return fault_set(fault, ERR_USAGE, "there is no column \"%.100s\": give its letter or its heading", where);
    for (size_t i = 0; i < mapping->column_count; i++) {
        if (mapping->columns[i].column != letter) continue;
        *ret = i;
        return OK;
    }
    return fault_set(fault, ERR_USAGE, "column %.10s is empty", where);
}

enum err list_mapping_set(struct list_mapping *mapping, const struct list_known *known, const char *word, struct arena *arena, struct fault *fault)
{
    const char *equals = strchr(word, '=');
    struct list_use use;
    size_t column = 0;
    if (!equals || equals == word || !equals[1]) return fault_set(fault, ERR_USAGE, "\"%.100s\" is not FIELD=COLUMN", word);
    const char *field = arena_strndup(arena, word, (size_t)(equals - word));
    if (!field) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = list_use_parse(known, arena, field, &use, fault);
    if (e == OK) e = find_column(mapping, arena, equals + 1, &column, fault);
    if (e != OK) return e == ERR_INPUT ? fault_set(fault, ERR_USAGE, "there is no field \"%.100s\" in a list of %s", field, list_target_name(known->target)) : e;
    return list_mapping_choose(mapping, column, &use, fault);
}

/* --- remembered ones --- */

/* Plain headings of all columns. */
static const char **headings_of(struct arena *arena, const struct list_mapping *m)
{
    const char **all = arena_array(arena, m->column_count + 1, sizeof *all);
    for (size_t i = 0; all && i < m->column_count; i++)
        if (!(all[i] = list_heading_plain(arena, m->columns[i].heading))) return NULL;
    return all;
}

/* The column of `remembered` with the heading of column `at`, the nth when it stands more than once; SIZE_MAX: none. */
static size_t same_heading(const char *const *guessed, size_t at, const char *const *remembered, size_t count)
{
    size_t nth = 0, seen = 0;
    if (!*guessed[at]) return SIZE_MAX;
    for (size_t i = 0; i < at; i++) nth += strcmp(guessed[i], guessed[at]) == 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp(remembered[i], guessed[at]) == 0 && seen++ == nth) return i;
    return SIZE_MAX;
}

enum err list_mapping_apply(const struct list_mapping *remembered, const struct list_mapping *guessed, struct arena *arena, struct list_mapping *ret)
{
    struct list_mapping m = *guessed;
    const char **here = headings_of(arena, guessed), **there = headings_of(arena, remembered);
    m.columns = arena_memdup(arena, guessed->columns, guessed->column_count * sizeof *m.columns);
    m.places = arena_memdup(arena, guessed->places, guessed->place_count * sizeof *m.places);
    if (!here || !there || (m.column_count && !m.columns) || (m.place_count && !m.places)) return ERR_NOMEM;
    bool bare = true; /* a table without headings: only the letters are left */
    for (size_t i = 0; i < m.column_count; i++) bare = bare && !*here[i];
    for (size_t i = 0; i < m.column_count; i++) {
        size_t from = same_heading(here, i, there, remembered->column_count);
        for (size_t k = 0; bare && from == SIZE_MAX && k < remembered->column_count; k++)
            if (!*there[k] && remembered->columns[k].column == m.columns[i].column) from = k;
        if (from == SIZE_MAX) continue;
        const struct list_use *use = &remembered->columns[from].use;
        (void)list_mapping_choose(&m, i, use, NULL);
        m.columns[i].why = use->field ? "remembered" : "ignored";
    }
    const char *language = m.ways.language, *country = m.ways.country;
    m.ways = remembered->ways;
    m.ways.language = language;
    m.ways.country = country;
    *ret = m;
    return OK;
}

unsigned list_mapping_likeness(const struct list_mapping *remembered, const struct list_mapping *guessed, struct arena *arena)
{
    const char **here = headings_of(arena, guessed), **there = headings_of(arena, remembered);
    size_t named = 0, same = 0;
    if (!here || !there || remembered->target != guessed->target) return 0;
    for (size_t i = 0; i < guessed->column_count; i++) {
        if (!*here[i]) continue;
        named++;
        same += same_heading(here, i, there, remembered->column_count) != SIZE_MAX;
    }
    return named ? (unsigned)(same * 100 / named) : 0;
}

/* --- whether it can be used --- */

static bool may_stand_twice(const struct list_use *use)
{
    return use->field->kind == LIST_NOTHING || (use->field->kind == LIST_TEXT && use->part == LIST_PART_ALL && strcmp(use->field->code, "name") != 0);
}

enum err list_mapping_check(const struct list_mapping *mapping, const struct list_known *known, struct fault *fault)
{
    bool named = false, placed = false;
    char a[SHEET_ADDRESS_SIZE], b[SHEET_ADDRESS_SIZE];
    if (mapping->target != known->target) return fault_because(fault, ERR_INPUT, "list_target", NULL, "the mapping is for a list of %s",
                                                               list_target_name(mapping->target));
    for (size_t i = 0; i < mapping->column_count; i++) {
        const struct list_use *use = &mapping->columns[i].use;
        if (!use->field) continue;
        if (!list_known_field(known, use->field->code)) return fault_because(fault, ERR_INPUT, "list_field", use->field->code, "there is no field %s",
                                                                             use->field->code);
        const char *code = use->field->code;
        named = named || strcmp(code, "name") == 0 || strcmp(code, "given_name") == 0 || strcmp(code, "code") == 0 || strcmp(code, "number") == 0;
        for (size_t k = 0; k < i; k++)
            if (list_use_equal(&mapping->columns[k].use, use) && !may_stand_twice(use))
                return fault_because(fault, ERR_INPUT, "list_column_twice", code, "columns %s and %s are both \"%s\"", sheet_cell_address(0,
                    mapping->columns[k].column, a),
                                     sheet_cell_address(0, mapping->columns[i].column, b), code);
    }
    for (size_t i = 0; i < mapping->place_count; i++) placed = placed || mapping->places[i].taken;
    if (!named) return fault_because(fault, ERR_INPUT, "list_no_name", NULL, "no column is the name");
    if (!placed) return fault_because(fault, ERR_INPUT, "list_no_sheet", NULL, "no sheet is chosen");
    return OK;
}
