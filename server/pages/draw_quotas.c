/* Of the page that draws delegates: how many each unit sends, what is filled of it, and the draws that were made. */
#include "core/base/clock.h"
#include "core/congress/draw/share.h"
#include "core/congress/title.h"
#include "server/pages/draw.h"
#include "server/turn.h"

#include <stdlib.h>
#include <string.h>

#define DRAWS_SHOWN 20
#define HISTORY_READ 200 /* of all imports, among which the draws are */
#define UNITS_SHOWN 2000

/* --- shown --------------------------------------------------------------------------------------------------------------------------------- */

static void put_line(struct view *view, const struct register_tree *tree, const struct draw_quota_line *line, json_t *rows)
{
    const struct register_tree_unit *unit = &tree->units[line->unit];
    int64_t left = line->seats - line->filled;
    json_t *row = json_object();
    view_put(row, "id", arena_printf(view->arena, "%lld", (long long)unit->unit_id));
    view_put(row, "code", unit->code);
    view_put_title(view, row, "name", unit->name);
    view_put(row, "depth", arena_printf(view->arena, "%d", unit->depth > 6 ? 6 : unit->depth));
    view_put(row, "members", arena_printf(view->arena, "%lld", (long long)unit->below.people));
    view_put(row, "seats", arena_printf(view->arena, "%lld", (long long)line->seats));
    view_put(row, "filled", arena_printf(view->arena, "%lld", (long long)line->filled));
    view_put(row, "left", arena_printf(view->arena, "%lld", (long long)left));
    view_put_flag(row, "full", left == 0);
    view_put_flag(row, "over", left < 0);
    json_array_append_new(rows, row);
}

/* Of quotas within another one only the upper one counts for the sum. */
static void put_sum(struct view *view, const struct register_tree *tree, const struct draw_quota_line *lines, size_t count)
{
    int64_t seats = 0, filled = 0;
    size_t behind = 0;
    for (size_t i = 0; i < count; i++) {
        if (lines[i].unit < behind) continue;
        behind = tree->units[lines[i].unit].after;
        seats += lines[i].seats;
        filled += lines[i].filled;
    }
    json_t *sum = json_object();
    view_put(sum, "seats", arena_printf(view->arena, "%lld", (long long)seats));
    view_put(sum, "filled", arena_printf(view->arena, "%lld", (long long)filled));
    view_put(sum, "left", arena_printf(view->arena, "%lld", (long long)(seats - filled)));
    view_put_json(view->root, "sum", sum);
}

static bool is_chosen(const struct draw_ask *ask, int64_t unit_id)
{
    for (size_t i = 0; i < ask->filter.unit_count; i++)
        if (ask->filter.units[i] == unit_id) return true;
    return false;
}

static json_t *put_unit(json_t *rows, const char *code, const char *name)
{
    json_t *row = json_object();
    view_put(row, "code", code);
    view_put(row, "name", name);
    json_array_append_new(rows, row);
    return row;
}

/* All of them stand in one list, for the field that is typed into: a page of 1 500 units is dear enough with that. */
static void put_units(struct view *view, const struct draw_ask *ask, const struct register_tree *tree)
{
    json_t *units = json_array(), *chosen = json_array(), *parents = json_array();
    for (size_t i = 0; i < tree->count; i++) {
        const struct register_tree_unit *unit = &tree->units[i];
        bool is_one = is_chosen(ask, unit->unit_id);
        if (i >= UNITS_SHOWN && !is_one) continue;
        const char *name = title_pick(view->arena, unit->name, view->tag);
        (void)put_unit(is_one ? chosen : units, unit->code, name);
        if (unit->after == i + 1) continue;
        json_t *row = put_unit(parents, unit->code, name);
        view_put(row, "indent", arena_printf(view->arena, "%.*s", (unit->depth > 6 ? 6 : unit->depth) * 4, "·  ·  ·  ·  ·  ·  "));
    }
    view_put_flag(view->root, "any_unit_chosen", json_array_size(chosen) > 0);
    view_put_json(view->root, "units", units);
    view_put_json(view->root, "chosen_units", chosen);
    view_put_json(view->root, "parents", parents);
}

enum err draw_put_quotas(struct staff_page *page, struct draw_ask *ask)
{
    struct view *view = &page->view;
    struct register_fields fields;
    struct register_tree tree;
    struct draw_quota quota;
    struct draw_quota_line *lines;
    size_t count;
    enum err e = register_fields_read(page->worker->db, &ask->arena, &fields);
    if (e == OK) e = register_tree_read(page->worker->db, &ask->arena, &fields, &tree);
    if (e == OK) e = draw_quota_read(page->worker->db, &ask->arena, page->programme->event_id, &quota);
    if (e == OK) e = draw_quota_fill(page->worker->db, &ask->arena, page->programme, &quota, &tree, &lines, &count);
    if (e != OK) return e;
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) put_line(view, &tree, &lines[i], rows);
    view_put_json(view->root, "quotas", rows);
    view_put_flag(view->root, "any_quota", count > 0);
    view_put(view->root, "quota_mark", quota.mark);
    view_put(view->root, "quota_category", quota.category);
    const struct programme_category *category = quota.category ? programme_category_by_code(page->programme, quota.category) : NULL;
    if (category) view_put_title(view, view->root, "quota_of", category->title);
    put_sum(view, &tree, lines, count);
    put_units(view, ask, &tree);
    return OK;
}

/* --- what was drawn ---------------------------------------------------------------------------------------------------------------------------- */

static void put_draw(struct staff_page *page, const json_t *import, json_t *rows)
{
    struct view *view = &page->view;
    const json_t *detail = json_object_get(import, "detail"), *draw = json_object_get(detail, "draw");
    const char *state = json_string_value(json_object_get(import, "state")), *began = json_string_value(json_object_get(import, "began"));
    int64_t ms;
    if (!json_is_object(draw) || json_array_size(rows) == DRAWS_SHOWN) return;
    json_t *row = json_object();
    view_put_number(row, "number", json_integer_value(json_object_get(import, "number")));
    view_put_actor(view, row, "actor", json_string_value(json_object_get(import, "actor")));
    view_put(row, "state", view_words(view, arena_printf(view->arena, "draw.state.%s", state)));
    view_put_flag(row, "may_undo", strcmp(state, "done") == 0);
    if (began && clock_parse(began, &ms) == OK) view_put(row, "at", view_moment(view, page->programme->timezone, ms));
    view_put_number(row, "made", json_integer_value(json_object_get(json_object_get(detail, "counts"), "new")));
    view_put(row, "seed", json_string_value(json_object_get(draw, "seed")));
    view_put(row, "fingerprint", json_string_value(json_object_get(draw, "fingerprint")));
    if (json_object_get(draw, "seed")) view_put_number(row, "candidates", json_integer_value(json_object_get(draw, "candidates")));
    json_array_append_new(rows, row);
}

enum err draw_put_history(struct staff_page *page, struct draw_ask *ask)
{
    json_t *history = NULL, *import, *rows = json_array();
    size_t i;
    enum err e = list_import_history(page->worker->db, page->programme->slug, 0, HISTORY_READ, &history, &ask->fault);
    json_array_foreach(history, i, import) put_draw(page, import, rows);
    json_decref(history);
    view_put_flag(page->view.root, "any_draw", json_array_size(rows) > 0);
    view_put_json(page->view.root, "draws", rows);
    return e;
}

/* --- changed ----------------------------------------------------------------------------------------------------------------------------------- */

static enum err add_seats(struct draw_quota *quota, int64_t unit_id, int64_t seats)
{
    quota->units[quota->count++] = (struct draw_quota_unit){unit_id, seats};
    return OK;
}

static enum err read_seats(const char *text, int64_t *ret, struct fault *fault)
{
    char *end = NULL;
    *ret = text && *text ? strtoll(text, &end, 10) : 0;
    if ((!end || *end == '\0') && *ret >= 0 && *ret <= DRAW_SEATS_MOST) return OK;
    return fault_because(fault, ERR_INPUT, "draw_input", text, "\"%.40s\" is no number that can be meant", text);
}

/* Each unit of the page with its field; an empty one has no quota any more. */
static enum err by_hand(struct http_request *req, const struct draw_quota *stored, struct draw_quota *quota, struct fault *fault)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < stored->count; i++) {
        const char *text = http_form(req, arena_printf(req->arena, "seats-%lld", (long long)stored->units[i].unit_id));
        int64_t seats = stored->units[i].seats;
        if (text && !*text) continue;
        if (text) e = read_seats(text, &seats, fault);
        if (e == OK) e = add_seats(quota, stored->units[i].unit_id, seats);
    }
    return e;
}

static bool is_beneath(const struct register_tree *tree, size_t at, size_t above)
{
    return tree->units[at].above == above;
}

static enum err shared(struct http_request *req, const struct register_tree *tree, struct draw_quota *quota, struct fault *fault)
{
    const char *beneath = http_form(req, "beneath"), *basis = http_form(req, "basis");
    size_t above = SIZE_MAX, count = 0;
    int64_t seats, least;
    int64_t *members = arena_array(req->arena, tree->count + 1, sizeof *members), *shares = arena_array(req->arena, tree->count + 1, sizeof *shares);
    size_t *units = arena_array(req->arena, tree->count + 1, sizeof *units);
    if (!members || !shares || !units) return ERR_NOMEM;
    bool said = basis && strcmp(basis, "said") == 0;
    for (size_t i = 0; beneath && *beneath && i < tree->count; i++)
        if (strcmp(tree->units[i].code, beneath) == 0) above = i;
    if (beneath && *beneath && above == SIZE_MAX) return fault_because(fault, ERR_NOT_FOUND, "amend_unit", beneath, "there is no unit \"%.64s\"", beneath);
    for (size_t i = 0; i < tree->count; i++) {
        const struct register_tree_unit *unit = &tree->units[i];
        if (!is_beneath(tree, i, above)) continue;
        units[count] = i;
        members[count++] = !said ? unit->below.people : unit->members == DB_NULL ? 0 : unit->members;
    }
    enum err e = read_seats(http_form(req, "total"), &seats, fault);
    if (e == OK) e = read_seats(http_form(req, "least"), &least, fault);
    if (e != OK) return e;
    e = draw_share(req->arena, members, count, seats, least, shares);
    if (e == ERR_LIMIT) return fault_because(fault, ERR_INPUT, "draw_least", NULL, "the least number alone is more than all seats");
    if (e == ERR_INPUT) return fault_because(fault, e, "draw_input", http_form(req, "total"), "the numbers are too large");
    for (size_t i = 0; e == OK && i < count; i++)
        if (members[i] > 0) e = add_seats(quota, tree->units[units[i]].unit_id, shares[i]);
    return e;
}

struct storing {
    const char *event, *mark, *actor;
    const struct draw_quota *quota;
};

static enum err store(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    const struct storing *s = arg;
    const struct programme *programme;
    struct arena arena = {0};
    enum err e = programme_cached(&tools->programmes, db, s->event, &programme, NULL);
    e = e == OK ? draw_quota_write(db, &arena, programme, s->quota, s->mark, s->actor, clock_now_ms(), fault) : db_fault(db, e, fault, "read the event");
    arena_release(&arena);
    return e;
}

enum err draw_quota_change(struct http_request *req, struct staff_page *page, struct draw_ask *ask)
{
    const char *category = draw_word(req, "quota_category");
    struct db *db = page->worker->db;
    struct register_fields fields;
    struct register_tree tree;
    struct draw_quota stored, quota = {.category = category};
    enum err e = register_fields_read(db, &ask->arena, &fields);
    if (e == OK) e = register_tree_read(db, &ask->arena, &fields, &tree);
    if (e == OK) e = draw_quota_read(db, &ask->arena, page->programme->event_id, &stored);
    if (e != OK) return db_fault(db, e, &ask->fault, "read the quotas");
    quota.units = arena_array(&ask->arena, tree.count + stored.count + 1, sizeof *quota.units);
    if (!quota.units) return fault_set(&ask->fault, ERR_NOMEM, "not enough memory");
    if (strcmp(ask->act, "share") == 0) e = shared(req, &tree, &quota, &ask->fault);
    else if (strcmp(ask->act, "quota") == 0) e = by_hand(req, &stored, &quota, &ask->fault);
    struct storing storing = {page->programme->slug, http_form(req, "mark"), actor_of(req), &quota};
    const struct list_import_door door = turn_door(app_of(req));
    return e == OK ? door.run(door.context, store, &storing, &ask->fault) : e;
}
