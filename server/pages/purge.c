/* GET /admin/{event}/purge: exactly who and what goes when the people of the event are erased, what stays, when that is due. POST: do= purge
 * (event_name= the slug, typed), due (until= a day), due_kind (by the kind of event again). Nothing is ever erased by itself. */
#include "core/congress/purge/purge.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "server/pages/console.h"
#include "server/pages/staff_page.h"
#include "server/refusal.h"

#include <string.h>

struct wish {
    enum { PURGE, DUE } act;
    int64_t due_ms;
    struct purge_files files;
    struct fault fault; /* of what comes after COMMIT */
    enum err error;
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

static void show(struct http_request *req, int status, const char *problem)
{
    struct staff_page page;
    struct purge_view v;
    if (!staff_page_begin(&page, req)) return;
    struct view *view = &page.view;
    enum err e = purge_look(page.worker->db, req->arena, page.programme->slug, &v);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    put_counts(view, &v);
    put_due(view, &page, &v);
    view_put(view->root, "problem", problem);
    staff_page_put_done(view, "purge.done.");
    view_set_title(view, view_words(view, "purge.title"));
    view_set_style(view, "admin");
    view_reply(view, status, "purge");
}

void purge_get(struct http_request *req)
{
    if (staff_enter(req, NULL)) show(req, 200, NULL);
}

/* On a thread of the pool, after COMMIT: what was deleted is overwritten, and the photos' files go. */
static void clear_up(struct http_request *req, void *thread_state)
{
    struct wish *w = req->state;
    struct app *app = app_of(req);
    struct db *db = NULL;
    (void)thread_state;
    w->error = purge_remove_files(app->store.folder, &w->files, &w->fault);
    if (w->error == OK) w->error = store_connect(&app->store, DB_WRITE, &db, &w->fault);
    if (w->error == OK) w->error = db_compact(db, &w->fault);
    db_close(db);
    /* People are erased; only their traces in free pages are not yet. */
    if (w->error != OK) log_line(LOG_WARNING, "purge", "the database was not made anew: %s", w->fault.text);
}

static void cleared(struct http_request *req)
{
    const struct wish *w = req->state;
    http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/purge?done=%s", http_param(req, "event"), w->error == OK ? "purge" : "traces"));
}

static enum err store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct wish *w = req->state;
    const char *slug = http_param(req, "event");
    int64_t now_ms = clock_now_ms();
    (void)tools;
    if (w->act == PURGE) return purge_apply(db, req->arena, slug, actor_of(req), now_ms, &w->files, fault);
    enum err e = purge_set_due(db, req->arena, slug, w->due_ms, actor_of(req), now_ms);
    return e == OK ? OK : db_fault(db, e, fault, "the day");
}

static void stored(struct http_request *req)
{
    const struct wish *w = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) {
        reply_error(req, e, fault);
        return;
    }
    req->resume = cleared;
    if (w->act == PURGE) http_run_in_pool(req, app_of(req)->pool, clear_up);
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/purge?done=due", http_param(req, "event")));
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
    req->state = w;
    enum err e = OK;
    if (purge && (!typed || strcmp(typed, programme->slug) != 0))
        e = fault_because(&fault, ERR_INPUT, "purge_name", programme->slug, "to erase them, the event's name has to be typed: %s", programme->slug);
    if (e == OK && !purge && !by_kind) e = console_read_day_end(req, "until", programme->timezone, &w->due_ms, &fault);
    if (e != OK) show(req, 400, refusal_of_fault(req, &fault));
    else request_write(req, store, stored);
}
