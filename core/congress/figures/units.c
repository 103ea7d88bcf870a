/* Delegations added up along the tree of units: a district has the people of all that is beneath it. Everybody is of one delegation, so a sum counts nobody twice. */
#include "core/congress/figures/count.h"

#include <stdlib.h>

#define DEEPEST 32 /* a tree of people has fewer storeys; a ring, which an import refuses, ends here too */

struct place {
    int64_t id;
    size_t at; /* index of its row */
};

struct tree {
    struct sql_figures_units_row *rows; /* in protocol order */
    size_t count;
    struct place *places; /* by id */
    size_t *first_child, *next_sibling; /* index + 1; 0: none */
    struct figures_count *counts; /* with all beneath */
    bool *counted;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->id != y->id ? (x->id < y->id ? -1 : 1) : 0;
}

/* Index + 1; 0: none. */
static size_t find_row(const struct tree *t, int64_t id)
{
    const struct place key = {.id = id}, *place = id != DB_NULL && t->count ? bsearch(&key, t->places, t->count, sizeof key, compare_places) : NULL;
    return place ? place->at + 1 : 0;
}

static enum err read_tree(struct db *db, struct arena *arena, struct tree *t)
{
    *t = (struct tree){0};
    enum err e = sql_figures_units(db, arena, &t->rows, &t->count);
    if (e != OK) return e;
    t->places = arena_array(arena, t->count, sizeof *t->places);
    t->first_child = arena_array(arena, t->count + 1, sizeof *t->first_child);
    t->next_sibling = arena_array(arena, t->count + 1, sizeof *t->next_sibling);
    t->counts = arena_array(arena, t->count, sizeof *t->counts);
    t->counted = arena_array(arena, t->count, sizeof *t->counted);
    if (!t->places || !t->first_child || !t->next_sibling || !t->counts || !t->counted) return ERR_NOMEM;
    for (size_t i = 0; i < t->count; i++) t->places[i] = (struct place){t->rows[i].id, i};
    if (t->count) qsort(t->places, t->count, sizeof *t->places, compare_places);
    for (size_t i = t->count; i-- > 0;) { /* from behind, so that children stand in order; [0] holds the uppermost */
        size_t parent = find_row(t, t->rows[i].parent_id);
        t->next_sibling[i + 1] = t->first_child[parent];
        t->first_child[parent] = i + 1;
    }
    return OK;
}

static void add_up(struct tree *t, const struct figures_part *part)
{
    size_t row = find_row(t, part->id);
    for (size_t depth = 0; row && depth < DEEPEST; depth++) {
        struct figures_count *sum = &t->counts[row - 1];
        sum->expected += part->count.expected;
        sum->attended += part->count.attended;
        sum->present += part->count.present;
        t->counted[row - 1] = true;
        row = find_row(t, t->rows[row - 1].parent_id);
    }
}

enum err figures_units_read(struct db *db, struct arena *arena, const struct figures *f, struct figures_unit **ret, size_t *ret_count)
{
    struct tree t;
    size_t path[DEEPEST], depth = 0, n = 0;
    enum err e = read_tree(db, arena, &t);
    if (e != OK) return e;
    struct figures_unit *list = arena_array(arena, t.count, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < f->delegation_count; i++) add_up(&t, &f->delegations[i]);
    for (path[0] = t.first_child[0]; depth != SIZE_MAX;) {
        size_t row = path[depth];
        if (!row) {
            depth--;
            continue;
        }
        path[depth] = t.next_sibling[row];
        if (!t.counted[row - 1]) continue; /* nor anything beneath it */
        size_t parent = find_row(&t, t.rows[row - 1].parent_id);
        list[n++] = (struct figures_unit){.code = t.rows[row - 1].code, .name = t.rows[row - 1].name, .level = t.rows[row - 1].level,
                                          .parent = parent ? t.rows[parent - 1].code : NULL, .depth = depth, .count = t.counts[row - 1]};
        if (depth + 1 < DEEPEST) path[++depth] = t.first_child[row];
    }
    *ret = list;
    *ret_count = n;
    return OK;
}

json_t *figures_units_json(const struct figures_unit *units, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        const struct figures_unit *u = &units[i];
        json_t *one = json_pack("{s:s,s:s,s:s?,s:s?,s:I,s:I,s:I,s:I}", "code", u->code, "name", u->name, "level", u->level, "parent", u->parent, "depth",
                                (json_int_t)u->depth, "expected", (json_int_t)u->count.expected, "attended", (json_int_t)u->count.attended, "present",
                                (json_int_t)u->count.present);
        if (one && json_array_append_new(list, one) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}
