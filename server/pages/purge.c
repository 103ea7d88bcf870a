/* GET /admin/{event}/purge: exactly who and what goes when the people of the event are erased, what stays, when that is due. POST: do= purge
 * (event_name= the slug, typed), due (until= a day), due_kind (by the kind of event again). Nothing is ever erased by itself. */
#include "core/congress/purge/purge.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/congress/store/backup_shelf.h"
#include "core/congress/store/restore_swap.h"
#include "server/pages/console.h"
#include "server/pages/staff_page.h"
#include "server/refusal.h"
#include "server/turn.h"

#include <string.h>

struct wish {
    enum { LOOK, PURGE, DUE } act;
    int64_t due_ms;
    int status;          /* of the page */
    const char *problem; /* NULL: none */
    struct purge_view view;
    struct shelf_item *backups;
    size_t backup_count, kept_count;
    const char *const *kept; /* states that restores left */
    struct fault fault;
    enum err error;
    bool is_cleared;
};

static void put_counts(struct view *view, const struct purge_view *v)
{
    const struct {
        const char *key;
        int64_t count;
    } goes[] = {{"people", v->erased}, {"photos", v->photos}, {"badges", v->badges}, {"scans", v->scans}, {"readings", v->readings}, {"questions", v->questions},
                {"pins", v->pins}, {"changes", v->changes}, {"handovers", v->handovers}, {"lines", v->lines}, {"fixed_names", v->fixed_names}};
    json_t *rows = json_array();
    for (size_t i = 0; i < sizeof goes / sizeof *goes; i++) {
        json_t *row = json_object();
        view_put(row, "words", view_words(view, arena_printf(view->arena, "purge.goes.%s", goes[i].key)));
        view_put(row, "count", arena_printf(view->arena, "%lld", (long long)goes[i].count));
        json_array_append_new(rows, row);
    }
    view_put_json(view->root, "goes", rows);
    view_put(view->root, "stay", arena_printf(view->arena, "%lld", (long long)v->stay));
    view_put(view->root, "fixed", arena_printf(view->arena, "%lld", (long long)v->fixed));
}

static void put_due(struct view *view, const struct staff_page *page, const struct purge_view *v)
{
    int64_t now_ms = clock_now_ms();
    view_put(view->root, "due", i18n_date(view->arena, view_i18n(view), view->language, page->programme->timezone, v->due_ms - 1));
    if (!v->due_by_kind) view_put(view->root, "due_day", console_day_of_end(view->arena, page->programme->timezone, v->due_ms));
    view_put_flag(view->root, "by_kind", v->due_by_kind);
    view_put(view->root, "years", arena_printf(view->arena, "%d", purge_years(v->kind)));
    view_put_flag(view->root, "is_due", v->due_ms <= now_ms);
    view_put_flag(view->root, "is_on", v->ends_ms > now_ms);
    if (v->purged_ms != DB_NULL) view_put(view->root, "purged", view_moment(view, page->programme->timezone, v->purged_ms));
}

/* Those of this machine that were made before the people went; who has everything under them can delete them. */
static void put_backups(struct view *view, const struct wish *w)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < w->backup_count; i++) {
        if (w->view.purged_ms != DB_NULL && w->view.purging_ms == DB_NULL && w->backups[i].made_ms > w->view.purged_ms) continue;
        json_t *row = json_object();
        view_put(row, "name", w->backups[i].name);
        json_array_append_new(rows, row);
    }
    for (size_t i = 0; i < w->kept_count; i++) json_array_append_new(rows, json_pack("{s:s}", "name", w->kept[i])); /* what is erased here still stands there */
    view_put_flag(view->root, "has_backups", json_array_size(rows) > 0);
    view_put_flag(view->root, "of_all", console_is_of_all(view->req));
    view_put_json(view->root, "backups", rows);
}

/* The counting is the job pool's: with 70 000 people it takes a quarter of a second. */
static void look(struct http_request *req, void *thread_state)
{
    struct wish *w = req->state;
    struct worker *worker = thread_state;
    w->error = worker ? purge_look(worker->db, req->arena, http_param(req, "event"), &w->view) : ERR_BUSY;
    if (w->error == OK) w->error = shelf_list(req->arena, app_of(req)->store.folder, &w->backups, &w->backup_count);
    if (w->error == OK) w->error = restore_kept(req->arena, app_of(req)->store.folder, &w->kept, &w->kept_count);
}

static void show(struct http_request *req)
{
    struct wish *w = req->state;
    struct staff_page page;
    bool owed = false, open = false;
    req->resume = NULL;
    if (!staff_page_begin(&page, req)) return;
    struct view *view = &page.view;
    enum err e = w->error == OK ? purge_look_traces(page.worker->db, req->arena, clock_now_ms(), &owed, &open) : w->error;
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    put_counts(view, &w->view);
    put_due(view, &page, &w->view);
    put_backups(view, w);
    view_put_flag(view->root, "is_cut_off", w->view.purging_ms != DB_NULL);
    view_put_flag(view->root, "traces", owed && w->view.purging_ms == DB_NULL);
    view_put(view->root, "problem", w->problem);
    staff_page_put_done(view, "purge.done.");
    view_set_title(view, view_words(view, "purge.title"));
    view_set_style(view, "admin");
    view_reply(view, w->status, "purge");
}

static void look_and_show(struct http_request *req, struct wish *w, int status, const char *problem)
{
    w->status = status;
    w->problem = problem;
    req->state = w;
    req->resume = show;
    http_run_in_pool(req, app_of(req)->pool, look);
}

void purge_get(struct http_request *req)
{
    struct wish *w = staff_enter(req, NULL) ? arena_alloc(req->arena, sizeof *w) : NULL;
    if (!w) return;
    *w = (struct wish){.act = LOOK};
    look_and_show(req, w, 200, NULL);
}

/* Slices of the writer, in turn with check-ins; then what was deleted is overwritten, unless an event is open: then it is done when none is (server/paper_job.c). */
static void erase(struct http_request *req, void *thread_state)
{
    struct wish *w = req->state;
    struct worker *worker = thread_state;
    struct app *app = app_of(req);
    struct db *db = NULL;
    struct fault later = {0};
    const struct list_import_door door = turn_door(app);
    w->error = worker ? purge_run(worker->db, &door, app->store.folder, http_param(req, "event"), actor_of(req), &w->fault) : ERR_BUSY;
    if (w->error != OK) return;
    enum err e = store_connect(&app->store, DB_WRITE, &db, &later);
    if (e == OK) e = purge_clear(db, app->store.folder, false, &w->is_cleared, &later);
    db_close(db);
    if (e != OK) log_line(LOG_WARNING, "purge", "the database was not made anew, and will be when no event is open: %s", later.text);
}

static void erased(struct http_request *req)
{
    const struct wish *w = req->state;
    req->resume = NULL;
    if (w->error != OK) reply_error(req, w->error, w->fault.text[0] ? &w->fault : NULL);
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/purge?done=%s", http_param(req, "event"), w->is_cleared ? "purge" : "traces"));
}

static enum err store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct wish *w = req->state;
    const char *slug = http_param(req, "event");
    int64_t now_ms = clock_now_ms();
    (void)tools;
    enum err e = purge_set_due(db, req->arena, slug, w->due_ms, actor_of(req), now_ms);
    return e == OK ? OK : db_fault(db, e, fault, "the day");
}

static void stored(struct http_request *req)
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) {
        reply_error(req, e, fault);
        return;
    }
    http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/purge?done=due", http_param(req, "event")));
}

void purge_post(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = staff_enter(req, NULL);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    struct wish *w = programme ? arena_alloc(req->arena, sizeof *w) : NULL;
    if (!programme) return;
    const char *action = http_form(req, "do"), *typed = http_form(req, "event_name");
    bool purge = action && strcmp(action, "purge") == 0, by_kind = action && strcmp(action, "due_kind") == 0;
    if (!w || !action || (!purge && !by_kind && strcmp(action, "due") != 0)) {
        reply_reason(req, w ? REASON_bad_request : REASON_busy);
        return;
    }
    *w = (struct wish){.act = purge ? PURGE : DUE, .due_ms = DB_NULL};
    enum err e = OK;
    if (purge && (!typed || strcmp(typed, programme->slug) != 0))
        e = fault_because(&fault, ERR_INPUT, "purge_name", programme->slug, "to erase them, the event's name has to be typed: %s", programme->slug);
    if (e == OK && !purge && !by_kind) e = console_read_day_end(req, "until", programme->timezone, &w->due_ms, &fault);
    if (e != OK) {
        look_and_show(req, w, 400, refusal_of_fault(req, &fault));
        return;
    }
    req->state = w;
    req->resume = erased;
    if (purge) http_run_in_pool(req, app_of(req)->print_pool, erase);
    else request_write(req, store, stored);
}
