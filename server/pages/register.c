/* GET /admin/-/register: the tree of units with people, women and how complete the data are; q= people by name, code, unit or the end of a phone number; which data are
 * wanted. POST: do=wanted field=…: the organisation's choice of these. For organisers of all events. */
#include "server/pages/register.h"
#include "core/base/clock.h"
#include "server/access.h"

#include <string.h>

#define ROWS_MOST 2000 /* of a page: a tree that is larger shows its upper levels */
#define TYPED_MOST 200

/* How deep the tree can be shown so that it stays a page. */
static int depth_that_fits(const struct register_tree *tree)
{
    int depth = 0;
    while (depth < 64) {
        size_t rows = 0;
        for (size_t i = 0; i < tree->count; i++) rows += tree->units[i].depth <= depth + 1;
        if (rows > ROWS_MOST) return depth;
        if (rows == tree->count) return depth + 1;
        depth++;
    }
    return depth;
}

static void put_count(struct view *view, json_t *row, const struct register_count *count)
{
    view_put(row, "people", arena_printf(view->arena, "%lld", (long long)count->people));
    view_put(row, "women", arena_printf(view->arena, "%lld", (long long)count->women));
    view_put(row, "percent", register_percent(view, count->have, count->wanted));
}

static void put_tree(struct view *view, const struct register_tree *tree)
{
    json_t *rows = json_array(), *all = json_object(), *nowhere = json_object();
    int deepest = depth_that_fits(tree);
    size_t shown = 0;
    for (size_t i = 0; i < tree->count && shown < ROWS_MOST; i++) {
        const struct register_tree_unit *unit = &tree->units[i];
        if (unit->depth > deepest) continue;
        json_t *row = json_object();
        view_put_title(view, row, "name", unit->name);
        view_put(row, "href", register_href(view, "units", unit->code));
        view_put(row, "depth", arena_printf(view->arena, "%d", unit->depth > 6 ? 6 : unit->depth));
        put_count(view, row, &unit->below);
        view_put_flag(row, "closed", unit->closed_day != NULL);
        json_array_append_new(rows, row);
        shown++;
    }
    view_put_flag(view->root, "cut", shown < tree->count);
    put_count(view, all, &tree->all);
    put_count(view, nowhere, &tree->nowhere);
    view_put_json(view->root, "units", rows);
    view_put_json(view->root, "all", all);
    view_put_json(view->root, "nowhere", nowhere);
    view_put_flag(view->root, "any_unit", tree->count > 0);
}

static void put_wanted(struct register_view *r, const struct register_tree *tree)
{
    struct view *view = &r->view;
    json_t *rows = json_array();
    for (size_t i = 0; i < r->fields.count; i++) {
        const struct register_field *field = &r->fields.items[i];
        json_t *row = json_object();
        view_put(row, "code", field->code);
        view_put(row, "words", register_field_words(r, field->code));
        view_put_flag(row, "wanted", field->wanted);
        view_put_flag(row, "sensitive", field->sensitive);
        if (field->wanted) view_put(row, "lack", arena_printf(view->arena, "%lld", (long long)tree->all.missing[i]));
        json_array_append_new(rows, row);
    }
    view_put_json(view->root, "fields", rows);
}

static enum err put_found(struct register_view *r, const char *typed)
{
    struct register_line *lines;
    size_t count;
    bool more;
    if (!typed || !*typed) return OK;
    enum err e = strlen(typed) <= TYPED_MOST ? register_find(r->db, r->view.arena, typed, &lines, &count, &more) : ERR_INPUT;
    view_put_flag(r->view.root, "asked", true);
    if (e == ERR_INPUT) return OK; /* nobody is called so */
    if (e != OK) return e;
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(rows, register_line_json(r, &lines[i]));
    view_put(r->view.root, "typed", typed);
    view_put_json(r->view.root, "found", rows);
    view_put_flag(r->view.root, "more_found", more);
    return OK;
}

static void page_work(struct http_request *req, void *thread_state)
{
    struct register_view r;
    struct register_tree tree;
    const char *done = http_query(req, "done");
    if (!register_view_begin(&r, req, thread_state)) return;
    enum err e = put_found(&r, http_query(req, "q"));
    if (e == OK) e = register_tree_read(r.db, req->arena, &r.fields, &tree);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    put_tree(&r.view, &tree);
    put_wanted(&r, &tree);
    view_put_flag(r.view.root, "saved", done && strcmp(done, "wanted") == 0);
    view_set_title(&r.view, view_words(&r.view, "register.page"));
    view_set_style(&r.view, "admin");
    view_reply(&r.view, 200, "house_register");
}

void register_page_get(struct http_request *req)
{
    if (!console_enter(req, true)) return;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, page_work);
}

/* --- which data are wanted --- */

static enum err store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const char *codes[REGISTER_FIELDS_MOST];
    size_t count = 0;
    struct register_fields fields;
    struct register_doing doing = {.db = db, .arena = req->arena, .ids = &tools->ids, .at_ms = clock_now_ms(), .actor = actor_of(req), .source = "console",
                                   .fault = fault};
    enum err e = register_begin(&doing);
    if (e == OK) e = register_fields_read(db, req->arena, &fields);
    for (size_t i = 0; e == OK && i < fields.count; i++)
        if (http_form(req, fields.items[i].code)) codes[count++] = fields.items[i].code;
    if (e == OK) e = register_wanted_write(&doing, codes, count);
    return e == OK || fault->text[0] ? e : db_fault(db, e, fault, "the fields that are wanted");
}

static void stored(struct http_request *req)
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) reply_error(req, e, fault);
    else http_reply_redirect(req, 303, "/admin/-/register?done=wanted#wanted");
}

void register_page_post(struct http_request *req)
{
    const char *action = http_form(req, "do");
    if (!console_enter(req, true)) return;
    if (!action || strcmp(action, "wanted") != 0) reply_reason(req, REASON_bad_request);
    else request_write(req, store, stored);
}
