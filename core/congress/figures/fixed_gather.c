/* What there is at a moment: every delegate with their state, and the counts that follow from them. */
#include "core/base/json.h"
#include "core/congress/figures/fixed.h"
#include "core/congress/figures/past.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

struct gathering {
    struct db *db;
    struct arena *arena;
    const struct programme *programme;
    struct sql_fixed_gather_row *rows;
    size_t row_count;
    struct figures_person *seen; /* by id */
    size_t seen_count, part_capacity;
    struct fixed_content content;
};

static void add_person(struct fixed_count *c, const struct fixed_person *p)
{
    bool summoned = strcmp(p->status, "summoned") == 0;
    c->alternates += p->state == FIXED_PRESENT && strcmp(p->status, "alternate") == 0;
    if (!summoned) return;
    c->expected++;
    c->attended += p->state != FIXED_ABSENT;
    c->present += p->state == FIXED_PRESENT;
    c->absent += p->state == FIXED_ABSENT;
    c->excused += p->state == FIXED_ABSENT && p->excused;
    c->substitutes += p->state != FIXED_ABSENT && p->stands_for;
    c->by_group += p->state == FIXED_PRESENT && p->by_group;
}

/* --- people ----------------------------------------------------------------------------------------------------------------------------------- */

static int compare_seen(const void *a, const void *b)
{
    const struct figures_person *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static const struct sql_fixed_gather_row *row_of_delegation(const struct gathering *g, int64_t delegation_id)
{
    for (size_t i = 0; i < g->row_count; i++)
        if (g->rows[i].delegation_id == delegation_id) return &g->rows[i];
    return NULL;
}

/* In which delegation they were then: mostly where they are now. */
static const char *delegation_of(const struct gathering *g, const struct sql_fixed_gather_row *r, const struct figures_person *seen)
{
    if (seen->delegation_id == 0) return "";
    if (seen->delegation_id != r->delegation_id) r = row_of_delegation(g, seen->delegation_id);
    return r && r->delegation ? r->delegation : "";
}

static const char *status_of(const struct sql_fixed_gather_row *r, const struct figures_person *seen)
{
    if (seen->expected) return "summoned";
    return strcmp(r->status, "summoned") == 0 ? "alternate" : r->status; /* who is summoned by now, and was not then, was an alternate */
}

/* Why: only where an absence was known. */
static enum err put_absence(struct gathering *g, struct fixed_person *p, const char *stored)
{
    json_t *absence = NULL;
    if (!stored) return OK;
    enum err e = json_read(stored, strlen(stored), &absence, NULL);
    if (e != OK) return e;
    const char *reason = json_string_value(json_object_get(absence, "reason"));
    p->reason = reason ? arena_strdup(g->arena, reason) : NULL;
    json_decref(absence);
    return reason && !p->reason ? ERR_NOMEM : OK;
}

static enum err add_row(struct gathering *g, const struct sql_fixed_gather_row *r)
{
    struct fixed_content *c = &g->content;
    const struct figures_person key = {.id = r->id};
    const struct figures_person *seen = g->seen_count ? bsearch(&key, g->seen, g->seen_count, sizeof key, compare_seen) : NULL;
    if (!seen) return OK;
    unsigned place = programme_category_position(g->programme, seen->category_id);
    struct fixed_person *p = &c->people[c->person_count];
    *p = (struct fixed_person){.delegate_id = r->id, .code = r->code, .name = r->name, .name_fold = r->name_fold, .name_sort = r->name_sort, .number = r->number,
                               .seat = r->seat, .category = place < g->programme->category_count ? g->programme->categories[place].code : "",
                               .delegation = delegation_of(g, r, seen), .status = status_of(r, seen), .state = (enum fixed_state)seen->state,
                               .stands_for = seen->substitute_of ? r->stands_for : NULL, .by_group = seen->by_group, .first_ms = seen->first_ms,
                                       .last_ms = seen->last_ms};
    bool is_listed = seen->expected || strcmp(p->status, "alternate") == 0;
    if (!is_listed && p->state == FIXED_ABSENT) return OK; /* replaced, withdrawn: no longer of this congress */
    if (c->category && strcmp(c->category, p->category) != 0) return OK;
    p->excused = p->state != FIXED_PRESENT && seen->excused;
    enum err e = p->state != FIXED_PRESENT && seen->has_absence ? put_absence(g, p, r->absence) : OK;
    add_person(&c->count, p);
    c->person_count++;
    return e;
}

static enum err put_people(struct gathering *g)
{
    enum err e = OK;
    g->content.people = arena_array(g->arena, g->row_count + 1, sizeof *g->content.people);
    if (!g->content.people) return ERR_NOMEM;
    if (g->seen_count) qsort(g->seen, g->seen_count, sizeof *g->seen, compare_seen);
    for (size_t i = 0; e == OK && i < g->row_count; i++) e = add_row(g, &g->rows[i]);
    return e;
}

/* --- parts ------------------------------------------------------------------------------------------------------------------------------------ */

/* The part of this code, made when it is the first of it; it is mostly the last one. NULL: out of memory. */
static struct fixed_part *part_of(struct gathering *g, enum fixed_part_kind kind, const char *code, const char *title)
{
    struct fixed_content *c = &g->content;
    for (size_t i = c->part_count; i-- > 0;)
        if (c->parts[i].kind == kind && strcmp(c->parts[i].code, code) == 0) return &c->parts[i];
    if (arena_grow(g->arena, &c->parts, &g->part_capacity, c->part_count, sizeof *c->parts) != 0) return NULL;
    c->parts[c->part_count] = (struct fixed_part){.kind = kind, .code = code, .title = title ? title : ""};
    return &c->parts[c->part_count++];
}

/* Categories that have somebody, in their order; then delegations, in that of the list. */
static enum err put_parts(struct gathering *g)
{
    struct fixed_content *c = &g->content;
    struct fixed_part *part = NULL; /* of a delegation */
    for (size_t k = 0; k < g->programme->category_count; k++) {
        const struct programme_category *category = &g->programme->categories[k];
        for (size_t i = 0; i < c->person_count; i++) {
            if (strcmp(c->people[i].category, category->code) != 0) continue;
            struct fixed_part *whole = part_of(g, FIXED_CATEGORY, category->code, category->title);
            if (!whole) return ERR_NOMEM;
            add_person(&whole->count, &c->people[i]);
        }
    }
    for (size_t i = 0; i < g->row_count; i++) { /* titles and order */
        const struct sql_fixed_gather_row *r = &g->rows[i];
        bool again = i > 0 && g->rows[i - 1].delegation_id == r->delegation_id;
        if (!again && !part_of(g, FIXED_DELEGATION, r->delegation ? r->delegation : "", r->delegation_name)) return ERR_NOMEM;
    }
    for (size_t i = 0; i < c->person_count; i++) { /* mostly of the same as the one before: the list is in the order of delegations */
        bool again = part && strcmp(part->code, c->people[i].delegation) == 0;
        if (!again) part = part_of(g, FIXED_DELEGATION, c->people[i].delegation, NULL);
        if (!part) return ERR_NOMEM;
        add_person(&part->count, &c->people[i]);
        part->people++;
    }
    size_t kept = 0;
    for (size_t i = 0; i < c->part_count; i++)
        if (c->parts[i].kind == FIXED_CATEGORY || c->parts[i].people) c->parts[kept++] = c->parts[i];
    c->part_count = kept;
    return OK;
}

static enum err gather(struct gathering *g)
{
    const struct figures_moment moment = {g->content.at_ms, g->content.known_ms};
    struct figures_quorum q;
    enum err e = sql_fixed_gather(g->db, g->arena, g->programme->event_id, &g->rows, &g->row_count);
    if (e == OK) e = past_people_and_quorum(g->db, g->arena, g->programme, moment, &g->seen, &g->seen_count, &q);
    if (e == OK) e = put_people(g);
    if (e == OK) e = put_parts(g);
    g->content.quorum = (struct fixed_quorum){.since_ms = DB_NULL, .lost_ms = DB_NULL};
    if (e != OK || !q.known) return e;
    g->content.quorum = (struct fixed_quorum){.known = true, .session = q.session, .category = q.category, .eligible = q.eligible, .required = q.required,
                                              .present = q.present, .reached = q.reached, .since_ms = q.since_ms, .lost_ms = q.lost_ms};
    return OK;
}

enum err fixed_gather(struct db *db, struct arena *arena, const struct programme *programme, int64_t at_ms, int64_t known_ms, const char *category,
                      struct fixed_content *ret, struct fault *fault)
{
    struct gathering g = {.db = db, .arena = arena, .programme = programme, .content = {.at_ms = at_ms, .known_ms = known_ms}};
    if (category) {
        const struct programme_category *found = programme_category_by_code(programme, category);
        if (!found) return fault_because(fault, ERR_INPUT, "fixed_category", category, "there is no category \"%s\"", category);
        g.content.category = found->code;
        g.content.category_title = found->title;
    }
    bool is_inside = db_in_transaction(db);
    enum err e = is_inside ? OK : db_snapshot_begin(db);
    if (e == OK) e = gather(&g);
    if (!is_inside) db_snapshot_end(db);
    if (e != OK) return db_fault(db, e, fault, "count who is there");
    *ret = g.content;
    return OK;
}
