/* What the columns mean: as it was said, as it was agreed for an earlier list with these headings, or guessed. */
#include "catalogue.h"
#include "core/base/crypto.h"
#include "core/base/text.h"
#include "core/congress/list_import/private.h"

#include <stdlib.h>
#include <string.h>

#define REMEMBERED_MOST 20
#define LIKE_ENOUGH 80 /* of a hundred headings */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *import_headings(struct arena *arena, const struct list_mapping *mapping)
{
    const char **headings = arena_array(arena, mapping->column_count + 1, sizeof *headings);
    struct crypto_sha256_state state;
    char hex[CRYPTO_HASH_HEX];
    if (!headings) return NULL;
    for (size_t i = 0; i < mapping->column_count; i++) {
        headings[i] = text_fold(arena, mapping->columns[i].heading);
        if (!headings[i]) return NULL;
    }
    qsort(headings, mapping->column_count, sizeof *headings, by_text);
    crypto_sha256_start(&state);
    for (size_t i = 0; i < mapping->column_count; i++) crypto_sha256_add(&state, headings[i], strlen(headings[i]) + 1);
    crypto_sha256_end(&state, hex);
    return arena_strdup(arena, hex);
}

/* The one of the last few that knows most of the headings. */
static enum err find_remembered(struct list_import *m)
{
    struct sql_list_import_mappings_row *rows;
    struct list_mapping best;
    size_t count = 0;
    unsigned likeness = 0;
    if (!m->db || m->options.forget_mapping) return OK;
    enum err e = sql_list_import_mappings(m->db, &m->arena, list_target_name(m->options.target), REMEMBERED_MOST, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        struct list_mapping one;
        /* one of an older version, or with a field that has gone, is passed over */
        if (list_mapping_read(m->known, rows[i].mapping, strlen(rows[i].mapping), &m->arena, &one, NULL) != OK) continue;
        unsigned like = list_mapping_likeness(&one, &m->mapping, &m->scratch);
        if (like <= likeness) continue;
        likeness = like;
        best = one;
    }
    if (e != OK || likeness < LIKE_ENOUGH) return e;
    struct list_mapping both;
    e = list_mapping_apply(&best, &m->mapping, &m->arena, &both);
    if (e != OK) return e;
    m->mapping = both;
    m->remembered = true;
    return OK;
}

static bool is_named(const struct list_mapping *mapping, size_t i, const char *sheet)
{
    char *end;
    unsigned long number = strtoul(sheet, &end, 10);
    return strcmp(mapping->places[i].name, sheet) == 0 || (*sheet && !*end && number == i + 1);
}

static enum err choose_sheet(struct list_import *m, struct fault *fault)
{
    const char *sheet = m->options.sheet;
    struct list_mapping *mapping = &m->mapping;
    size_t at = 0;
    if (!sheet && !m->options.header_first) return OK;
    while (at < mapping->place_count && (sheet ? !is_named(mapping, at, sheet) : !mapping->places[at].taken)) at++;
    if (at == mapping->place_count) return fault_set(fault, ERR_INPUT, "there is no sheet \"%.60s\" in the file", sheet ? sheet : "1");
    if (m->options.header_first || !mapping->places[at].taken) {
        uint32_t first = m->options.header_first ? m->options.header_first : mapping->places[at].header_first;
        uint32_t last = m->options.header_last ? m->options.header_last : m->options.header_first ? m->options.header_first : mapping->places[at].header_last;
        enum err e = list_mapping_place(m->known, &m->book, (uint32_t)at, first, last, &m->arena, mapping, fault);
        if (e != OK) return e;
    }
    for (size_t i = 0; sheet && i < mapping->place_count; i++) mapping->places[i].taken = i == at;
    return OK;
}

enum err import_find_mapping(struct list_import *m, struct fault *fault)
{
    const struct list_import_options *o = &m->options;
    if (o->mapping) {
        enum err e = list_mapping_read(m->known, o->mapping, strlen(o->mapping), &m->arena, &m->mapping, fault);
        return e == OK ? list_mapping_check(&m->mapping, m->known, fault) : e;
    }
    enum err e = list_guess(m->known, &m->book, &m->arena, &m->mapping, fault);
    if (e == OK) e = choose_sheet(m, fault);
    if (e != OK) return e;
    e = find_remembered(m);
    if (e != OK) return m->db ? db_fault(m->db, e, fault, "look for what was agreed before") : e;
    for (size_t i = 0; e == OK && i < o->map_count; i++) e = list_mapping_set(&m->mapping, m->known, o->map[i], &m->arena, fault);
    if (o->capitals) m->mapping.ways.capitals = true;
    if (o->new_units) m->mapping.ways.new_units = true;
    return e == OK ? list_mapping_check(&m->mapping, m->known, fault) : e;
}
