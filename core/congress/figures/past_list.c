/* The list of an event as it was: today's rows, and what was changed since taken back, the newest first. What an import changed leaves no trace of each row:
 * it is taken as always so (docs/decisions/0043-past.md). */
#include "core/congress/figures/past.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

struct reading {
    struct arena *arena;
    struct past *past;
};

static bool is_excused(const char *absence)
{
    json_t *value = NULL;
    if (!absence || json_read(absence, strlen(absence), &value, NULL) != OK) return false;
    bool excused = json_is_true(json_object_get(value, "excused"));
    json_decref(value);
    return excused;
}

static enum err add_person(void *context, const struct sql_figures_people_row *row)
{
    struct reading *r = context;
    struct past *past = r->past;
    if (arena_grow(r->arena, &past->people, &past->capacity, past->count, sizeof *past->people) != 0) return ERR_NOMEM;
    const char *replaces = row->replaces ? arena_strdup(r->arena, row->replaces) : NULL;
    if (row->replaces && !replaces) return ERR_NOMEM;
    past->people[past->count++] = (struct past_person){.id = row->id, .category_id = row->category_id,
                                                       .delegation_id = row->delegation_id == DB_NULL ? 0 : row->delegation_id, .replaces = replaces,
                                                       .listed = true, .named = row->named != 0, .summoned = strcmp(row->status, "summoned") == 0,
                                                       .has_absence = row->absence != NULL, .excused = is_excused(row->absence)};
    return OK;
}

static int compare_people(const void *a, const void *b)
{
    const struct past_person *x = a, *y = b;
    return x->id != y->id ? (x->id < y->id ? -1 : 1) : 0;
}

void past_sort_people(struct past *past)
{
    size_t kept = 0;
    if (past->count) qsort(past->people, past->count, sizeof *past->people, compare_people);
    for (size_t i = 0; i < past->count; i++)
        if (!kept || past->people[kept - 1].id != past->people[i].id) past->people[kept++] = past->people[i];
    past->count = kept;
}

static enum err add_changed(void *context, const struct sql_figures_changed_people_row *row)
{
    return add_person(context, &(struct sql_figures_people_row){row->id, row->category_id, row->delegation_id, row->named, row->status, row->replaces, row->absence});
}

enum err past_read_changed(struct db *db, struct arena *arena, const struct programme *p, struct past *ret)
{
    *ret = (struct past){0};
    enum err e = sql_figures_changed_people(db, p->event_id, add_changed, &(struct reading){arena, ret});
    past_sort_people(ret);
    return e;
}

struct past_person *past_find(const struct past *past, int64_t delegate_id)
{
    const struct past_person key = {.id = delegate_id};
    return past->count ? bsearch(&key, past->people, past->count, sizeof key, compare_people) : NULL;
}

/* --- taking changes back ------------------------------------------------------------------------------------------------------------------------ */

/* Where and what somebody was: told by an amendment since 2026-11; of an older one only what it made is known. */
static enum err take_back_place(struct db *db, struct arena *arena, const struct programme *p, struct past_person *one, const json_t *was)
{
    struct sql_delegation_unit_row unit;
    const char *code = json_string_value(json_object_get(was, "category")), *delegation = json_string_value(json_object_get(was, "delegation"));
    const struct programme_category *category = code ? programme_category_by_code(p, code) : NULL;
    if (category) one->category_id = category->id;
    if (!db || !json_object_get(was, "delegation")) return OK;
    one->delegation_id = 0;
    enum err e = delegation ? sql_delegation_unit(db, arena, delegation, &unit) : ERR_NOT_FOUND;
    if (e == OK) one->delegation_id = unit.id;
    return e == ERR_NOT_FOUND ? OK : e;
}

static void take_back_substitution(struct past_person *one, struct past_person *other, const json_t *detail)
{
    if (other) other->summoned = true;
    one->replaces = NULL;
    one->summoned = false;
    one->listed = json_is_true(json_object_get(detail, "alternate"));
}

static void take_back_absence(struct past_person *one, const json_t *was)
{
    one->has_absence = json_is_object(was);
    one->excused = json_is_true(json_object_get(was, "excused"));
}

enum err past_take_back(struct db *db, struct arena *arena, const struct programme *p, const struct past *past, const struct sql_figures_amendments_row *row)
{
    struct past_person *one = past_find(past, row->delegate_id);
    json_t *detail = NULL;
    enum err e = one ? json_read(row->detail, strlen(row->detail), &detail, NULL) : OK;
    if (e != OK || !one) return e;
    const json_t *was = json_object_get(detail, "was");
    if (strcmp(row->kind, "walk_in") == 0) one->listed = false;
    else if (strcmp(row->kind, "name_blank") == 0) one->named = false;
    else if (strcmp(row->kind, "absence") == 0) take_back_absence(one, was);
    else take_back_substitution(one, row->other_id == DB_NULL ? NULL : past_find(past, row->other_id), detail);
    if (strcmp(row->kind, "absence") != 0) e = take_back_place(db, arena, p, one, was);
    json_decref(detail);
    return e;
}

/* The list is as it was at the moment, as far as it was known then; an absence is knowledge only. */
static enum err take_changes_back(struct db *db, struct arena *arena, const struct programme *p, struct figures_moment moment, struct past *past)
{
    struct sql_figures_amendments_row *rows;
    struct quorum_rule rule;
    int64_t listed_ms = moment.at_ms < moment.known_ms ? moment.at_ms : moment.known_ms;
    size_t n, older = 0;
    enum err e = sql_figures_amendments(db, arena, p->event_id, &rows, &n);
    for (size_t i = 0; e == OK && i < n; i++) {
        if (rows[i].made_ms > (strcmp(rows[i].kind, "absence") == 0 ? moment.known_ms : listed_ms)) e = past_take_back(db, arena, p, past, &rows[i]);
        else rows[older++] = rows[i];
    }
    if (e == OK) e = quorum_rule_read(arena, p, &rule);
    return e == OK ? eligible_read(arena, p, &rule, past, rows, older, &past->eligible) : e;
}

enum err past_read_list(struct db *db, struct arena *arena, const struct programme *p, struct figures_moment moment, struct past *ret)
{
    *ret = (struct past){0};
    enum err e = sql_figures_people(db, p->event_id, add_person, &(struct reading){arena, ret});
    past_sort_people(ret);
    return e == OK ? take_changes_back(db, arena, p, moment, ret) : e;
}
