/* POST /admin/{event}/draw: do=look which= ticked, page, all, lot: what taking these people would do; do=take: does it, if it is still the same (digest=);
 * do= share, quota, none: how many each unit sends; do=undo number=: a draw is taken back. */
#include "core/base/file.h"
#include "core/base/text.h"
#include "server/pages/draw.h"
#include "server/refusal.h"
#include "server/turn.h"

#include <stdlib.h>
#include <string.h>

/* --- who is meant ------------------------------------------------------------------------------------------------------------------------------ */

static enum err too_many(struct draw_ask *ask)
{
    return fault_because(&ask->fault, ERR_LIMIT, "draw_too_many", "2000", "more than %d people at once", DRAW_TAKE_MOST);
}

static enum err listed(struct http_request *req, struct draw_ask *ask, const char *field)
{
    const char **codes = arena_array(&ask->arena, DRAW_TAKE_MOST + 1, sizeof *codes), *code;
    if (!codes) return ERR_NOMEM;
    for (size_t i = 0; (code = http_form_at(req, field, i)); i++) {
        if (i == DRAW_TAKE_MOST) return too_many(ask);
        codes[ask->wish.count++] = code;
    }
    ask->wish.codes = codes;
    return OK;
}

static enum err everybody(struct staff_page *page, struct draw_ask *ask)
{
    struct draw_found found;
    struct draw_filter filter = ask->filter;
    filter.with_delegates = false;
    enum err e = draw_find(page->worker->db, &ask->arena, page->programme->event_id, &filter, NULL, 0, DRAW_TAKE_MOST, &found);
    if (e != OK) return e;
    if (found.more) return too_many(ask);
    const char **codes = arena_array(&ask->arena, found.count + 1, sizeof *codes);
    for (size_t i = 0; codes && i < found.count; i++) codes[i] = found.lines[i].code;
    ask->wish.codes = codes;
    ask->wish.count = found.count;
    return codes ? OK : ERR_NOMEM;
}

static enum err by_lot(struct http_request *req, struct staff_page *page, struct draw_ask *ask)
{
    const char *seed = draw_word(req, "seed"), *count = draw_word(req, "count");
    char *end = NULL, *tidy = seed ? text_tidy(&ask->arena, seed) : NULL;
    struct draw_filter filter = ask->filter;
    if (!tidy || !*tidy || strlen(tidy) > DRAW_SEED_MOST || !text_is_printable(tidy))
        return fault_because(&ask->fault, ERR_INPUT, "draw_seed", NULL, "a seed is needed: something that nobody can choose to their liking");
    ask->seed = tidy;
    ask->seats = count ? strtoll(count, &end, 10) : 0;
    if (count && (*end || ask->seats < 1)) return fault_because(&ask->fault, ERR_INPUT, "draw_input", count, "\"%.40s\" is no number that can be meant", count);
    const struct draw_lot_wish wish = {tidy, ask->seats};
    filter.with_delegates = false;
    enum err e = draw_by_lot(page->worker->db, &ask->arena, page->programme, &filter, &wish, &ask->lot, &ask->fault);
    if (e != OK) return e;
    json_t *lot = json_pack("{s:s,s:s,s:I,s:s,s:I}", "method", DRAW_LOT_METHOD, "seed", tidy, "candidates", (json_int_t)ask->lot.candidates, "fingerprint",
                            ask->lot.fingerprint, "seats", (json_int_t)ask->seats);
    ask->wish.lot = lot ? json_text(&ask->arena, lot) : NULL;
    json_decref(lot);
    ask->wish.codes = ask->lot.codes;
    ask->wish.count = ask->lot.count;
    return ask->wish.lot ? OK : ERR_NOMEM;
}

static enum err read_people(struct http_request *req, struct staff_page *page, struct draw_ask *ask)
{
    if (strcmp(ask->which, "all") == 0) return everybody(page, ask);
    if (strcmp(ask->which, "lot") == 0) return by_lot(req, page, ask);
    return listed(req, ask, strcmp(ask->which, "page") == 0 ? "on_page" : "person");
}

static void read_wish(struct http_request *req, struct draw_ask *ask)
{
    const char *which = draw_word(req, "which"), *delegation = draw_word(req, "delegation"), *status = draw_word(req, "status");
    static const char *const known[] = {"ticked", "page", "all", "lot"};
    ask->which = known[0];
    for (size_t i = 0; which && i < 4; i++)
        if (strcmp(which, known[i]) == 0) ask->which = known[i];
    ask->wish.category = draw_word(req, "category");
    ask->wish.mandate = draw_word(req, "mandate");
    ask->wish.is_alternate = status && strcmp(status, "alternate") == 0;
    ask->wish.delegation = delegation && strcmp(delegation, "quota") == 0 ? DRAW_QUOTA_UNIT : DRAW_OWN_UNIT;
    ask->wish.first_number = draw_word(req, "numbered") ? draw_word(req, "first_number") : NULL;
}

static enum err make_plan(struct http_request *req, struct staff_page *page, struct draw_ask *ask)
{
    enum err e = draw_read_filter(req, page->worker->db, page->programme, ask);
    if (e != OK) return e;
    read_wish(req, ask);
    e = read_people(req, page, ask);
    if (e == OK && !ask->wish.count) return fault_because(&ask->fault, ERR_INPUT, "draw_nobody", NULL, "nobody is chosen");
    return e == OK ? draw_plan(page->worker->db, &ask->arena, page->programme, &ask->wish, &ask->plan, &ask->fault) : e;
}

/* What a person can put right stands on the page itself. */
static void tell(struct http_request *req, struct staff_page *page, struct draw_ask *ask, enum err e)
{
    bool theirs = e == ERR_INPUT || e == ERR_NOT_FOUND || e == ERR_LIMIT || e == ERR_CONFLICT || (e == ERR_BUSY && ask->fault.reason);
    if (!theirs) {
        reply_error(req, e, &ask->fault);
        return;
    }
    ask->status = e == ERR_CONFLICT ? 409 : e == ERR_NOT_FOUND ? 404 : e == ERR_BUSY ? 503 : 400;
    ask->problem = refusal_of_fault(req, &ask->fault);
    draw_show(page, ask);
}

/* --- the plan ------------------------------------------------------------------------------------------------------------------------------------ */

static void put_hidden(json_t *rows, const char *name, const char *value)
{
    json_t *row = json_object();
    if (!value) {
        json_decref(row);
        return;
    }
    view_put(row, "name", name);
    view_put(row, "value", value);
    json_array_append_new(rows, row);
}

/* The form says the same once more; people that are named by the filter are found anew. */
static void put_again(struct view *view, const struct draw_ask *ask)
{
    static const char *const names[] = {"category", "mandate", "status", "delegation", "numbered", "first_number", "seed", "count"};
    bool named = strcmp(ask->which, "all") == 0 || strcmp(ask->which, "lot") == 0;
    json_t *rows = json_array();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) put_hidden(rows, names[i], draw_word(view->req, names[i]));
    for (size_t i = 0; !named && i < ask->plan.count; i++)
        if (ask->plan.rows[i].kind == DRAW_NEW) put_hidden(rows, "person", ask->plan.rows[i].code);
    put_hidden(rows, "which", named ? ask->which : "ticked");
    put_hidden(rows, "digest", ask->plan.digest);
    view_put_json(view->root, "again", rows);
}

static enum err put_row(struct staff_page *page, const struct draw_row *row, json_t *rows)
{
    static const char *const kinds[] = {[DRAW_NEW] = NULL, [DRAW_ALREADY] = "draw.already", [DRAW_UNKNOWN] = "draw.unknown", [DRAW_TWICE] = "draw.twice"};
    struct view *view = &page->view;
    struct register_unit unit;
    json_t *out = json_object();
    json_array_append_new(rows, out);
    view_put(out, "code", row->code);
    view_put(out, "name", row->name ? row->name : row->code);
    view_put(out, "number", row->number);
    if (kinds[row->kind]) view_put(out, "why", view_words(view, kinds[row->kind]));
    if (row->kind != DRAW_NEW || row->delegation_id == DB_NULL) return OK;
    enum err e = register_unit_by_id(page->worker->db, view->arena, row->delegation_id, &unit);
    if (e == OK) view_put_title(view, out, "unit", unit.name);
    return e;
}

static void put_lot(struct view *view, const struct draw_ask *ask)
{
    json_t *lot = json_object();
    view_put(lot, "seed", ask->seed);
    view_put_number(lot, "candidates", (int64_t)ask->lot.candidates);
    view_put(lot, "fingerprint", ask->lot.fingerprint);
    view_put_json(view->root, "lot", lot);
}

void draw_show_plan(struct staff_page *page, struct draw_ask *ask)
{
    struct view *view = &page->view;
    json_t *fresh = json_array(), *others = json_array();
    const struct programme_category *category = programme_category_by_code(page->programme, ask->wish.category);
    draw_put_kept(view, ask);
    put_again(view, ask);
    for (size_t i = 0; i < ask->plan.count; i++) {
        const struct draw_row *row = &ask->plan.rows[i];
        enum err e = put_row(page, row, row->kind == DRAW_NEW ? fresh : others);
        if (e == OK || e == ERR_NOT_FOUND) continue;
        json_decref(fresh);
        json_decref(others);
        reply_error(view->req, e, NULL);
        return;
    }
    view_put_flag(view->root, "any_other", json_array_size(others) > 0);
    view_put_flag(view->root, "any_fresh", ask->plan.fresh > 0);
    view_put_json(view->root, "fresh", fresh);
    view_put_json(view->root, "others", others);
    view_put_number(view->root, "fresh_count", (int64_t)ask->plan.fresh);
    view_put_number(view->root, "other_count", (int64_t)(ask->plan.count - ask->plan.fresh));
    if (ask->plan.over) view_put_number(view->root, "over", ask->plan.over);
    if (category) view_put_title(view, view->root, "category_title", category->title);
    if (ask->wish.mandate) view_put(view->root, "mandate_words", view_words(view, arena_printf(view->arena, "draw.mandate.%s", ask->wish.mandate)));
    view_put_flag(view->root, "alternate", ask->wish.is_alternate);
    if (strcmp(ask->which, "lot") == 0) put_lot(view, ask);
    view_put(view->root, "problem", ask->problem);
    view_set_title(view, view_words(view, "draw.look_title"));
    view_set_style(view, "admin");
    view_reply(view, ask->status, "admin_draw_look");
}

static void look_work(struct http_request *req, void *thread_state)
{
    struct draw_ask *ask = req->state;
    struct staff_page page;
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    enum err e = make_plan(req, &page, ask);
    if (e == OK) draw_show_plan(&page, ask);
    else tell(req, &page, ask, e);
}

/* --- taking them, and back ----------------------------------------------------------------------------------------------------------------------- */

static void go_back(struct http_request *req, struct view *view, const struct draw_ask *ask, const char *done)
{
    draw_put_kept(view, ask);
    const char *query = json_string_value(json_object_get(view->root, "query"));
    http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/draw?%sdone=%s", http_param(req, "event"), query ? query : "", done));
}

/* Whether the plan is what was looked at; else it is to be looked at again: ask->problem says why. */
static enum err agreed(struct http_request *req, struct draw_ask *ask)
{
    const char *digest = draw_word(req, "digest");
    if (!digest || strcmp(digest, ask->plan.digest) != 0) {
        ask->status = 409;
        (void)fault_because(&ask->fault, ERR_CONFLICT, "draw_changed", NULL, "something changed meanwhile: look again");
    } else if (ask->plan.over && !draw_word(req, "over")) {
        ask->status = 400;
        (void)fault_because(&ask->fault, ERR_INPUT, "draw_over", NULL, "that is more than the quotas leave");
    } else {
        return OK;
    }
    ask->problem = refusal_of_fault(req, &ask->fault);
    return ask->fault.code;
}

/* The plan is made behind the lock: two who agree at once do not both fill the same quota. */
static enum err take_locked(struct http_request *req, struct staff_page *page, struct draw_ask *ask)
{
    const struct list_import_door door = turn_door(app_of(req));
    int lock = -1;
    enum err e = list_import_lock(app_of(req)->store.folder, &lock, &ask->fault);
    if (e != OK) return e;
    e = make_plan(req, page, ask);
    if (e == OK) e = agreed(req, ask);
    if (e == OK) e = draw_take(&door, page->programme, &ask->wish, &ask->plan, actor_of(req), &ask->result, &ask->fault);
    file_unlock(lock);
    return e;
}

static void take_work(struct http_request *req, void *thread_state)
{
    struct draw_ask *ask = req->state;
    struct staff_page page;
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    enum err e = take_locked(req, &page, ask);
    if (e == OK) go_back(req, &page.view, ask, ask->result.left ? "some" : ask->result.made ? "taken" : "nothing");
    else if (ask->problem) draw_show_plan(&page, ask);
    else tell(req, &page, ask, e);
}

static enum err undo_locked(struct http_request *req, struct staff_page *page, struct draw_ask *ask)
{
    const struct list_import_door door = turn_door(app_of(req));
    const char *number = draw_word(req, "number");
    int64_t asked = number ? strtoll(number, NULL, 10) : 0;
    json_t *history = NULL;
    int lock = -1;
    size_t count;
    enum err e = list_import_history(page->worker->db, page->programme->slug, asked, 1, &history, &ask->fault);
    const json_t *one = json_array_get(history, 0);
    bool here = one && json_integer_value(json_object_get(one, "number")) == asked && json_is_object(json_object_get(json_object_get(one, "detail"), "draw"));
    json_decref(history);
    if (e == OK && !here) return fault_because(&ask->fault, ERR_NOT_FOUND, "list_import_unknown", NULL, "there is no such draw");
    if (e == OK) e = list_import_lock(app_of(req)->store.folder, &lock, &ask->fault);
    if (e != OK) return e;
    e = list_import_recover(&door, &count, &ask->fault);
    if (e == OK) e = list_import_undo(&door, asked, actor_of(req), &ask->undone, &ask->fault);
    file_unlock(lock);
    return e;
}

static void undo_work(struct http_request *req, void *thread_state)
{
    struct draw_ask *ask = req->state;
    struct staff_page page;
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    enum err e = undo_locked(req, &page, ask);
    if (e == OK) go_back(req, &page.view, ask, ask->undone.left ? "undone_some" : "undone");
    else tell(req, &page, ask, e);
}

/* --- quotas -------------------------------------------------------------------------------------------------------------------------------------- */

static void quota_work(struct http_request *req, void *thread_state)
{
    struct draw_ask *ask = req->state;
    struct staff_page page;
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    enum err e = draw_quota_change(req, &page, ask);
    if (e == OK) http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/draw?done=quota#quotas", http_param(req, "event")));
    else tell(req, &page, ask, e);
}

void draw_page_post(struct http_request *req)
{
    const char *act = http_form(req, "do");
    if (!draw_enter(req)) return;
    if (act && strcmp(act, "look") == 0) draw_begin(req, "look", look_work);
    else if (act && strcmp(act, "take") == 0) draw_begin(req, "take", take_work);
    else if (act && strcmp(act, "undo") == 0) draw_begin(req, "undo", undo_work);
    else if (act && (strcmp(act, "share") == 0 || strcmp(act, "quota") == 0 || strcmp(act, "none") == 0)) draw_begin(req, act, quota_work);
    else reply_reason(req, REASON_bad_request);
}
