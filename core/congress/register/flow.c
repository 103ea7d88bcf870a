/* Sizes of units, and who came and went: a few statements over an index, added up along the tree here. */
#include "core/congress/person_facts.h"
#include "core/congress/register/history.h"
#include "core/congress/register/units.h"

#include "catalogue.h"

#include <string.h>

struct reading {
    struct db *db;
    struct arena *arena;
    struct units units;
    struct register_flow_list *list;
};

static enum err open_list(struct reading *r)
{
    enum err e = units_load(r->db, r->arena, &r->units);
    if (e != OK) return e;
    *r->list = (struct register_flow_list){.units = arena_array(r->arena, r->units.count + 1, sizeof *r->list->units), .count = r->units.count};
    if (!r->list->units) return ERR_NOMEM;
    for (size_t i = 0; i < r->units.count; i++) {
        const struct units_one *u = &r->units.items[i];
        r->list->units[i] = (struct register_flow_unit){.unit_id = u->id, .code = u->code, .name = u->name, .above = u->above, .depth = u->depth};
    }
    return OK;
}

/* Adds to a unit, and to all above it up to where `other` hangs too: a move within a tree is none of it. */
static void add(struct reading *r, int64_t unit_id, int64_t other_id, int64_t by, int64_t *(*place)(struct register_flow *flow, int kind), int kind)
{
    struct register_flow_list *l = r->list;
    size_t at = units_find(&r->units, unit_id), other = other_id == DB_NULL ? UNITS_NONE : units_find(&r->units, other_id);
    if (other_id == DB_NULL) *place(&l->all, kind) += by;
    if (at != UNITS_NONE) *place(&l->units[at].own, kind) += by;
    for (; at != UNITS_NONE && !units_is_beneath(&r->units, other, at); at = l->units[at].above) *place(&l->units[at].below, kind) += by;
}

static int64_t *opening(struct register_flow *flow, int kind)
{
    (void)kind;
    return &flow->opening;
}

static int64_t *closing(struct register_flow *flow, int kind)
{
    (void)kind;
    return &flow->closing;
}

static int64_t *began(struct register_flow *flow, int kind)
{
    return &flow->began[kind];
}

static int64_t *ended(struct register_flow *flow, int kind)
{
    return &flow->ended[kind];
}

static enum err add_openings(struct reading *r, const char *day, int64_t known_ms)
{
    struct sql_history_openings_row *rows;
    size_t count;
    enum err e = sql_history_openings(r->db, r->arena, day, known_ms, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) add(r, rows[i].unit_id, DB_NULL, rows[i].total, opening, 0);
    return e;
}

static enum err add_closings(struct reading *r, const char *day, int64_t known_ms)
{
    struct sql_history_sizes_row *rows;
    size_t count;
    enum err e = sql_history_sizes(r->db, r->arena, day, known_ms, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) add(r, rows[i].unit_id, DB_NULL, rows[i].total, closing, 0);
    return e;
}

static enum err add_began(struct reading *r, const char *first, const char *last, int64_t known_ms)
{
    struct sql_history_began_row *rows;
    size_t count;
    enum register_began kind;
    enum err e = sql_history_began(r->db, r->arena, first, last, known_ms, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++)
        if (register_began_from_name(rows[i].began, &kind)) add(r, rows[i].unit_id, rows[i].from_unit_id, rows[i].total, began, (int)kind);
    return e;
}

static enum err add_ended(struct reading *r, const char *first, const char *last, int64_t known_ms)
{
    struct sql_history_ended_row *rows;
    size_t count;
    enum register_ended kind;
    enum err e = sql_history_ended(r->db, r->arena, first, last, known_ms, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++)
        if (register_ended_from_name(rows[i].ended, &kind)) add(r, rows[i].unit_id, rows[i].to_unit_id, rows[i].total, ended, (int)kind);
    return e;
}

enum err register_flow_read(struct db *db, struct arena *arena, const char *first_day, const char *last_day, int64_t known_ms, struct register_flow_list *ret)
{
    struct register_flow_list list;
    struct reading r = {.db = db, .arena = arena, .list = &list};
    if (!person_date_is_good(first_day) || !person_date_is_good(last_day) || strcmp(first_day, last_day) > 0) return ERR_INPUT;
    enum err e = open_list(&r);
    if (e == OK) e = add_openings(&r, first_day, known_ms);
    if (e == OK) e = add_began(&r, first_day, last_day, known_ms);
    if (e == OK) e = add_ended(&r, first_day, last_day, known_ms);
    if (e == OK) e = add_closings(&r, last_day, known_ms);
    if (e == OK) *ret = list;
    return e;
}

enum err register_sizes_read(struct db *db, struct arena *arena, const char *day, int64_t known_ms, struct register_flow_list *ret)
{
    struct register_flow_list list;
    struct reading r = {.db = db, .arena = arena, .list = &list};
    if (!person_date_is_good(day)) return ERR_INPUT;
    enum err e = open_list(&r);
    if (e == OK) e = add_closings(&r, day, known_ms);
    if (e == OK) *ret = list;
    return e;
}
