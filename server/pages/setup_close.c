/* GET and POST of /admin/{event}/close: what it means, the press, and each time that it was closed and opened again. */
#include "core/base/clock.h"
#include "core/congress/closing.h"
#include "server/pages/staff_page.h"
#include "server/refusal.h"

#include <string.h>

struct form {
    int64_t event_id;
    bool closes;
    const char *words;
};

static enum err put_history(struct staff_page *page)
{
    struct view *view = &page->view;
    struct closing *list;
    size_t count;
    enum err e = event_closings(page->worker->db, view->arena, page->event.id, &list, &count);
    if (e != OK) return e;
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_object();
        view_put(row, "closed", view_moment(view, page->event.timezone, list[i].closed_ms));
        view_put_actor(view, row, "closed_by", list[i].closed_by);
        view_put(row, "note", list[i].note);
        if (list[i].reopened_ms != DB_NULL) {
            json_t *again = json_object();
            view_put(again, "at", view_moment(view, page->event.timezone, list[i].reopened_ms));
            view_put_actor(view, again, "by", list[i].reopened_by);
            view_put(again, "reason", list[i].reason);
            view_put_json(row, "again", again);
        }
        json_array_append_new(rows, row);
    }
    view_put_flag(view->root, "has_history", count > 0);
    view_put_json(view->root, "history", rows);
    return OK;
}

static void show(struct http_request *req, int status, const char *problem)
{
    struct staff_page page;
    if (!staff_page_begin(&page, req)) return;
    struct view *view = &page.view;
    enum err e = put_history(&page);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    int64_t now_ms = clock_now_ms();
    view_put_flag(view->root, "is_closed", page.programme->closed_ms != 0);
    if (page.programme->closed_ms) view_put(view->root, "closed_since", view_moment(view, page.event.timezone, page.programme->closed_ms));
    view_put_flag(view->root, "is_over", page.programme->ends_ms <= now_ms);
    view_put_flag(view->root, "is_ahead", page.programme->opens_ms > now_ms);
    view_put(view->root, "ends", view_moment(view, page.event.timezone, page.programme->ends_ms));
    view_put(view->root, "problem", problem);
    if (problem) view_put(view->root, "words", http_form(req, "words"));
    staff_page_put_done(view, "close.done_");
    view_set_title(view, view_words(view, "close.page"));
    view_set_style(view, "setup");
    view_reply(view, status, "admin_close");
}

void event_close_get(struct http_request *req)
{
    if (staff_enter(req, NULL)) show(req, 200, NULL);
}

static enum err store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct form *f = req->state;
    const struct doing doing = {db, req->arena, &tools->ids, f->event_id, clock_now_ms(), actor_of(req), fault};
    const char *slug = http_param(req, "event");
    enum err e = f->closes ? event_close(&doing, slug, f->words) : event_reopen(&doing, slug, f->words);
    programme_cache_expire(&tools->programmes);
    return e;
}

static void stored(struct http_request *req)
{
    const struct form *f = req->state;
    const struct fault *fault = NULL;
    enum err e = write_result(req, &fault);
    if (e == OK) http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/close?done=%s", http_param(req, "event"), f->closes ? "closed" : "opened"));
    else if (e == ERR_INPUT || e == ERR_CONFLICT) show(req, e == ERR_INPUT ? 400 : 409, refusal_of_fault(req, fault));
    else reply_error(req, e, fault->text[0] ? fault : NULL);
}

void event_close_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, NULL);
    struct form *f = programme == NULL ? NULL : arena_alloc(req->arena, sizeof *f);
    const char *word = http_form(req, "do");
    if (programme == NULL) return;
    if (f == NULL || !word || (strcmp(word, "close") != 0 && strcmp(word, "open") != 0)) {
        reply_reason(req, f == NULL ? REASON_busy : REASON_bad_request);
        return;
    }
    *f = (struct form){programme->event_id, strcmp(word, "close") == 0, http_form(req, "words")};
    req->state = f;
    request_write(req, store, stored);
}
