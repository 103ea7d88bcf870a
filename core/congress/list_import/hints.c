/* What somebody who looks at a dry run should know about the list as a whole. */
#include "core/base/text.h"
#include "core/congress/list_import/private.h"

#include <string.h>

static bool is_taken(const struct list_import *m, size_t sheet)
{
    for (size_t i = 0; i < m->mapping.place_count; i++)
        if (m->mapping.places[i].sheet == sheet && m->mapping.places[i].taken) return true;
    return false;
}

/* The name of a unit that nobody knows; NULL: the row names none. */
static const char *unknown_unit(const struct list_row *row)
{
    const struct list_record *record = row->record;
    if (!record) return NULL;
    for (size_t i = 0; i < record->flaw_count; i++)
        if (strcmp(record->flaws[i].reason, "unit_unknown") == 0 || strcmp(record->flaws[i].reason, "unit_close") == 0) return record->flaws[i].written;
    const struct list_value *name = list_record_value(record, "unit_name");
    if (!name) name = list_record_value(record, "delegation_name");
    return name ? name->written : NULL;
}

static enum err put_names(struct arena *arena, const struct list_table *table, struct map *names)
{
    static const char *const fields[] = {"code", "name"};
    for (size_t i = 0; i < table->count; i++)
        for (size_t k = 0; k < 2; k++) {
            const struct list_value *value = list_record_value(&table->records[i], fields[k]);
            const char *fold = value ? text_fold(arena, value->value) : NULL;
            if ((value && !fold) || (fold && map_put(names, fold, names) != 0)) return ERR_NOMEM;
        }
    return OK;
}

/* How many rows wait for units of this sheet. */
static enum err count_waiting(struct list_import *m, const struct map *names, size_t *ret)
{
    for (size_t i = 0; i < m->count; i++) {
        const char *unit = unknown_unit(&m->rows[i]), *fold = unit ? text_fold(&m->scratch, unit) : NULL;
        if (unit && !fold) return ERR_NOMEM;
        *ret += fold && map_get(names, fold);
        arena_clear(&m->scratch);
    }
    return OK;
}

/* What else is in the book, read as a list of units. */
static enum err read_others(struct list_import *m, struct arena *arena)
{
    struct sheet_book others = m->book;
    struct sheet *sheets = arena_array(arena, m->book.count + 1, sizeof *sheets);
    struct list_known *known;
    struct list_mapping mapping;
    struct list_table table;
    struct map names = {.arena = arena};
    size_t waiting = 0, first = 0;
    if (!sheets) return ERR_NOMEM;
    others.count = 0;
    for (size_t i = 0; i < m->book.count; i++)
        if (!is_taken(m, i) && !m->book.sheets[i].hidden) sheets[others.count++] = m->book.sheets[i];
    others.sheets = sheets;
    if (!others.count) return OK;
    enum err e = list_prepare(arena, LIST_UNITS, &m->vocabulary, &known, NULL);
    if (e == OK) e = list_guess(known, &others, arena, &mapping, NULL);
    if (e == OK) e = list_read(known, &others, &mapping, arena, &table, NULL);
    if (e != OK) return e == ERR_NOMEM ? e : OK; /* no list of units */
    e = put_names(arena, &table, &names);
    if (e == OK) e = count_waiting(m, &names, &waiting);
    while (first < mapping.place_count && !mapping.places[first].taken) first++;
    if (e != OK || !waiting || first == mapping.place_count) return e;
    m->units_sheet = arena_strdup(&m->arena, mapping.places[first].name);
    m->units_waiting = waiting;
    return m->units_sheet ? OK : ERR_NOMEM;
}

enum err import_hints(struct list_import *m)
{
    struct arena arena = {0};
    bool any = false;
    if (m->options.target == LIST_UNITS || m->book.count < 2) return OK;
    for (size_t i = 0; !any && i < m->count; i++) any = unknown_unit(&m->rows[i]) != NULL;
    enum err e = any ? read_others(m, &arena) : OK;
    arena_release(&arena);
    return e;
}

json_t *import_hints_json(const struct list_import *m)
{
    json_t *list = json_array();
    if (list && m->units_sheet)
        (void)json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "reason", "units_sheet", "sheet", m->units_sheet, "count", (json_int_t)m->units_waiting));
    if (list && m->present) (void)json_array_append_new(list, json_pack("{s:s, s:I}", "reason", "prune_present", "count", (json_int_t)m->present));
    return list;
}
