/* GET and POST of /admin/{event}/delegates/new: one person more by a short form, for an organiser whose list is not there yet. What the desk does with a walk-in
 * (core/congress/delegates/amend.h); without a script. */
#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/congress/delegates/amend.h"
#include "server/live_feed.h"
#include "server/pages/staff_page.h"
#include "server/refusal.h"

#include <string.h>

struct form {
    struct amend_person who;
    const char *request, *category, *number;
    bool anyway;
    struct amended done;
};

static void put_categories(struct staff_page *page, const char *chosen)
{
    json_t *list = json_array();
    for (size_t i = 0; i < page->programme->category_count; i++) {
        const struct programme_category *c = &page->programme->categories[i];
        json_t *row = json_object();
        view_put(row, "code", c->code);
        view_put_title(&page->view, row, "title", c->title);
        view_put_flag(row, "chosen", chosen && strcmp(chosen, c->code) == 0);
        json_array_append_new(list, row);
    }
    view_put_flag(page->view.root, "has_categories", json_array_size(list) > 0);
    view_put_json(page->view.root, "categories", list);
}

static void show(struct http_request *req, int status, const char *problem, const char *reason)
{
    static const char *const keys[] = {"name", "number", "honorific", "phone"};
    struct staff_page page;
    char request[ID_UUID_SIZE];
    if (!staff_page_begin(&page, req)) return;
    struct view *view = &page.view;
    id_uuid7(request);
    view_put(view->root, "request", arena_strdup(req->arena, request));
    for (size_t i = 0; problem && i < sizeof keys / sizeof keys[0]; i++) view_put(view->root, arena_printf(req->arena, "typed_%s", keys[i]), http_form(req, keys[i]));
    put_categories(&page, problem ? http_form(req, "category") : NULL);
    view_put(view->root, "problem", problem);
    view_put_flag(view->root, "same_name", reason && strcmp(reason, "amend_same_name") == 0);
    const char *added = http_query(req, "added");
    if (added) view_put(view->root, "added", added);
    view_set_title(view, view_words(view, "person.page"));
    view_set_style(view, "setup");
    view_reply(view, status, "admin_person");
}

void person_new_get(struct http_request *req)
{
    if (staff_enter(req, NULL)) show(req, 200, NULL, NULL);
}

static enum err store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct form *f = req->state;
    const struct programme *programme;
    enum err e = programme_cached(&tools->programmes, db, http_param(req, "event"), &programme, NULL);
    if (e != OK) return e;
    const struct amend a = {.db = db, .arena = req->arena, .tools = tools, .programme = programme, .request = f->request, .actor = actor_of(req),
                            .now_ms = clock_now_ms(), .is_organiser = true, .fault = fault};
    return amend_walk_in(&a, &f->who, f->category, f->number, f->anyway, &f->done);
}

static void stored(struct http_request *req)
{
    const struct form *f = req->state;
    const struct fault *fault = NULL;
    enum err e = write_result(req, &fault);
    if (e != OK && fault->reason) {
        show(req, e == ERR_INPUT ? 400 : 409, refusal_of_fault(req, fault), fault->reason);
    } else if (e != OK) {
        reply_error(req, e, fault->text[0] ? fault : NULL);
    } else {
        const struct live_change change = {.event = http_param(req, "event"), .code = f->done.code, .by = actor_of(req), .request = f->request};
        live_feed_changed(app_of(req)->feed, &change);
        http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/delegates/new?added=%s", http_param(req, "event"), f->done.code));
    }
}

static const char *typed(struct http_request *req, const char *key)
{
    const char *text = http_form(req, key);
    return text && *text ? text : NULL;
}

void person_new_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    struct form *f = worker && event_of(req, worker, NULL) ? arena_alloc(req->arena, sizeof *f) : NULL;
    if (!f) return;
    *f = (struct form){.who = {.name = typed(req, "name"), .honorific = typed(req, "honorific"), .phone = typed(req, "phone")}, .request = typed(req, "request"),
                       .category = typed(req, "category"), .number = typed(req, "number"), .anyway = typed(req, "anyway") != NULL};
    req->state = f;
    request_write(req, store, stored);
}
