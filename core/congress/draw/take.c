/* Making the chosen people delegates, in slices of some milliseconds, so that doors and desks have their turn in between. The journal of imports knows each of them, so
 * that what breaks off is taken back, and whoever drew can take it back later. */
#include "core/base/clock.h"
#include "core/congress/badges/credential.h"
#include "core/congress/delegates/amend_private.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/draw/draw.h"
#include "core/congress/list_import/made.h"
#include "core/congress/store/store.h"

#include <stdlib.h>
#include <string.h>

#define SLICE_US 25000
#define INDEX_ROWS 500

/* What a slice hands on to the next when it was committed. */
struct state {
    size_t at, made, left; /* at: rows of the plan */
    int64_t place;
};

struct taking {
    const struct programme *programme;
    const struct draw_wish *wish;
    const struct draw_plan *plan;
    const char *actor, *detail;
    int64_t at_ms, number;
    struct state now, next;
    int64_t *ids;    /* of each row of the plan the delegate; 0: none was made */
    int64_t *sorted; /* in the order of lists, for the index of names */
    size_t indexed, index_count;
    struct arena arena, scratch;
};

static enum err begin(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct taking *t = arg;
    (void)tools;
    const struct list_made made = {t->programme->event_id, t->at_ms, "draw", t->actor, t->detail};
    return list_made_begin(db, &made, &t->number, fault);
}

static enum err is_free(struct db *db, struct taking *t, const struct draw_row *row, bool *ret)
{
    struct sql_draw_delegate_of_row delegate;
    struct sql_amend_number_taken_row number;
    struct sql_draw_person_row person;
    *ret = false;
    enum err e = sql_draw_delegate_of(db, &t->scratch, t->programme->event_id, row->person_id, &delegate);
    if (e != ERR_NOT_FOUND) return e;
    e = sql_draw_person(db, &t->scratch, row->code, &person);
    if (e != OK) return e == ERR_NOT_FOUND ? OK : e;
    if (row->number) {
        e = sql_amend_number_taken(db, &t->scratch, t->programme->event_id, row->number, &number);
        if (e != ERR_NOT_FOUND) return e;
    }
    *ret = person.id == row->person_id;
    return OK;
}

static enum err make_delegate(struct db *db, struct write_tools *tools, struct taking *t, const struct draw_row *row, int64_t id, struct fault *fault)
{
    const struct programme *programme;
    struct credential_new credential;
    const char *status = t->wish->is_alternate ? "alternate" : "summoned";
    enum err e = programme_cached(&tools->programmes, db, t->programme->slug, &programme, NULL);
    if (e != OK) return e;
    const struct amend amend = {.db = db, .arena = &t->scratch, .tools = tools, .programme = programme, .fault = fault};
    const struct amend_count count = {id, t->plan->category_id, row->delegation_id, !t->wish->is_alternate};
    const struct sql_import_delegate_write_in in = {.id = id, .event_id = programme->event_id, .person_id = row->person_id, .number = row->number,
                                                    .category_id = t->plan->category_id, .delegation_id = row->delegation_id, .mandate = t->wish->mandate,
                                                    .status = status, .sort_order = DB_NULL, .greet = 1};
    const struct credential_owner owner = {row->person_id, programme->event_id, id};
    credential_make(&tools->ids, &credential);
    e = sql_import_delegate_write(db, &in, NULL);
    if (e == OK) e = sql_import_delegate_state_insert(db, id, programme->event_id, NULL);
    if (e == OK) e = credential_add(db, &credential, &owner, 1, t->at_ms);
    if (e == OK) e = amend_recount(&amend, NULL, &count);
    return e == OK ? list_made_delegate(db, &t->scratch, t->number, t->next.place, id, row->code) : e;
}

static enum err take_row(struct db *db, struct write_tools *tools, struct taking *t, struct fault *fault)
{
    size_t at = t->next.at++;
    const struct draw_row *row = &t->plan->rows[at];
    bool good = false;
    t->ids[at] = 0;
    if (row->kind != DRAW_NEW) return OK;
    arena_clear(&t->scratch);
    enum err e = is_free(db, t, row, &good);
    if (e != OK) return e;
    t->next.place++;
    if (!good) {
        t->next.left++;
        return list_made_left(db, t->number, t->next.place, row->code);
    }
    t->ids[at] = id_next(&tools->ids);
    t->next.made++;
    return make_delegate(db, tools, t, row, t->ids[at], fault);
}

static enum err slice(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct taking *t = arg;
    int64_t until = clock_steady_us() + SLICE_US;
    enum err e = OK;
    t->next = t->now; /* it may be run again */
    while (e == OK && t->next.at < t->plan->count && (t->next.at == t->now.at || clock_steady_us() < until)) e = take_row(db, tools, t, fault);
    return e == OK || (fault && fault->code) ? e : db_fault(db, e, fault, "make the delegates");
}

/* --- found by name ----------------------------------------------------------------------------------------------------------------------------------- */

struct place {
    const char *sort;
    int64_t id;
};

static int by_place(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    int order = strcmp(a->sort, b->sort);
    return order ? order : (a->id > b->id) - (a->id < b->id);
}

static enum err sort_names(struct taking *t)
{
    struct place *places = arena_array(&t->arena, t->plan->count + 1, sizeof *places);
    if (!places) return ERR_NOMEM;
    for (size_t i = 0; i < t->plan->count; i++)
        if (t->ids[i]) places[t->index_count++] = (struct place){t->plan->rows[i].sort, t->ids[i]};
    qsort(places, t->index_count, sizeof *places, by_place);
    for (size_t i = 0; i < t->index_count; i++) t->sorted[i] = places[i].id;
    return OK;
}

static enum err index_some(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct taking *t = arg;
    size_t rest = t->index_count - t->indexed, count = rest < INDEX_ROWS ? rest : INDEX_ROWS;
    (void)tools;
    arena_clear(&t->scratch);
    enum err e = find_index_add(db, &t->scratch, t->programme->event_id, t->sorted + t->indexed, count, rest - count);
    return e == OK ? OK : db_fault(db, e, fault, "index the names");
}

static enum err end(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    const struct taking *t = arg;
    (void)tools;
    enum err e = list_made_end(db, t->number, t->programme->event_id, clock_now_ms(), t->now.made, t->now.left);
    if (e == OK) e = audit_write(db, t->at_ms, t->actor, "draw", t->programme->slug, t->detail);
    return e == OK ? OK : db_fault(db, e, fault, "end the draw");
}

/* --- all of it ----------------------------------------------------------------------------------------------------------------------------------------- */

static enum err run_all(struct taking *t, const struct list_import_door *door, struct fault *fault)
{
    size_t ignored;
    enum err e = list_import_recover(door, &ignored, fault); /* of somebody who died */
    if (e == OK) e = door->run(door->context, begin, t, fault);
    if (e != OK) return e;
    while (e == OK && t->now.at < t->plan->count) {
        e = door->run(door->context, slice, t, fault);
        if (e == OK) t->now = t->next;
        if (e == OK && door->progress) door->progress(door->progress_context, t->now.at, t->plan->count);
    }
    if (e == OK && (e = sort_names(t)) != OK) (void)fault_set(fault, e, "not enough memory");
    for (; e == OK && t->indexed < t->index_count; t->indexed += INDEX_ROWS) e = door->run(door->context, index_some, t, fault);
    if (e == OK) e = door->run(door->context, end, t, fault);
    if (e != OK) (void)list_import_recover(door, &ignored, NULL);
    return e;
}

static const char *make_detail(struct arena *arena, const struct draw_wish *wish, const struct draw_plan *plan)
{
    json_t *lot = NULL;
    if (wish->lot && json_read(wish->lot, strlen(wish->lot), &lot, NULL) != OK) return NULL;
    json_t *detail = json_pack("{s:{s:I},s:s,s:o}", "counts", "new", (json_int_t)plan->fresh, "category", wish->category, "draw", lot ? lot : json_object());
    const char *text = detail ? json_text(arena, detail) : NULL;
    json_decref(detail);
    return text;
}

enum err draw_take(const struct list_import_door *door, const struct programme *programme, const struct draw_wish *wish, const struct draw_plan *plan, const char *actor,
                   struct draw_result *ret, struct fault *fault)
{
    *ret = (struct draw_result){0};
    if (!plan->fresh) return OK;
    struct taking *t = calloc(1, sizeof *t);
    if (!t) return fault_set(fault, ERR_NOMEM, "not enough memory");
    t->programme = programme;
    t->wish = wish;
    t->plan = plan;
    t->actor = actor;
    t->at_ms = clock_now_ms();
    t->ids = arena_array(&t->arena, plan->count + 1, sizeof *t->ids);
    t->sorted = arena_array(&t->arena, plan->count + 1, sizeof *t->sorted);
    t->detail = make_detail(&t->arena, wish, plan);
    enum err e = t->ids && t->sorted && t->detail ? run_all(t, door, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) *ret = (struct draw_result){t->number, t->now.made, t->now.left};
    arena_release(&t->arena);
    arena_release(&t->scratch);
    free(t);
    return e;
}
