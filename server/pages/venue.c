/* GET /admin/{event}/venue: this machine and the venue's network, and who has reached us. Made in the job pool, because it asks itself over the network.
 * POST …/venue/probes, …/venue/plain-desk: the organiser's recorded decisions. GET /admin/{event}/poster.pdf. GET /E/{event}: the poster's code. */
#include "badges/sheets/poster.h"
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "core/congress/badges/badge_list.h"
#include "server/pages/staff_page.h"
#include "server/venue/venue.h"
#include "server/venue/watch.h"

#include <stdatomic.h>
#include <string.h>

#define ITEMS_MEMORY (32u * 1024u * 1024u)

struct venue_page {
    struct arena arena; /* of the list: files of /proc may be long */
    struct buf pdf;
};

static void release_page(void *data)
{
    struct venue_page *p = data;
    buf_release(&p->pdf);
    arena_release(&p->arena);
}

static struct venue_page *new_page(struct http_request *req)
{
    struct venue_page *p = arena_alloc(req->arena, sizeof *p);
    if (p == NULL || http_at_end(req, release_page, p) != OK) {
        reply_reason(req, REASON_busy);
        return NULL;
    }
    arena_init(&p->arena, ITEMS_MEMORY);
    buf_init(&p->pdf, BUF_LIMIT_BODY);
    req->state = p;
    req->resume = NULL;
    return p;
}

/* --- the page --------------------------------------------------------------------------------------------------------------------------- */

static void put_items(struct view *view, struct arena *arena, const struct venue_list *list)
{
    json_t *items = json_array();
    /* What is wrong first. */
    for (int grade = VENUE_BAD; grade >= VENUE_OK; grade--)
        for (size_t i = 0; i < list->count; i++) {
            const struct venue_item *item = &list->items[i];
            if ((int)item->grade != grade) continue;
            const char *name = venue_grade_name(item->grade);
            json_t *out = json_object();
            view_put(out, "grade", name);
            view_put(out, "mark", view_words(view, arena_printf(view->arena, "venue.grade.%s", name)));
            view_put(out, "what", venue_what(arena, view_i18n(view), view->language, item));
            view_put(out, "todo", venue_todo(arena, view_i18n(view), view->language, item));
            json_array_append_new(items, out);
        }
    view_put_json(view->root, "items", items);
    view_put_number(view->root, "bad", (int64_t)venue_count(list, VENUE_BAD));
    view_put_number(view->root, "warnings", (int64_t)venue_count(list, VENUE_WARNING));
    view_put_flag(view->root, "is_bad", venue_count(list, VENUE_BAD) > 0);
    view_put_flag(view->root, "is_warning", venue_count(list, VENUE_WARNING) > 0);
}

static void put_watch(struct view *view, const char *timezone, int64_t now_ms)
{
    struct watch_figures figures;
    struct live_counters live;
    int64_t begin = now_ms, end;
    (void)zone_day(timezone, now_ms, &begin, &end);
    watch_figures(view->app->watch, begin, now_ms, &figures);
    live_counters(view->app->hub, &live);
    if (figures.first_ms) view_put(view->root, "first", view_moment(view, timezone, figures.first_ms));
    view_put_number(view->root, "minute", figures.last_minute);
    view_put_number(view->root, "phones", figures.phones);
    view_put_number(view->root, "streams", live.streams);
    view_put(view->root, "since", view_moment(view, timezone, view->app->started_ms));
}

static bool may_decide(const struct http_request *req)
{
    const struct principal *p = req->principal;
    return account_may(&p->account, ACCOUNT_ORGANISER, 0); /* the server is one for all events */
}

static void page_work(struct http_request *req, void *thread_state)
{
    struct venue_page *p = req->state;
    struct staff_page page;
    struct view *view = &page.view;
    struct venue_list list;
    struct venue_plan plan;
    struct fault fault = {0};
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    enum err err = venue_look(page.worker->db, &p->arena, view->app->store.folder, page.event.slug, view->app->plain_port, &list, &plan, &fault);
    if (err != OK) {
        reply_error(req, err, &fault);
        return;
    }
    put_items(view, &p->arena, &list);
    put_watch(view, page.event.timezone, clock_now_ms());
    const bool answers = watch_answers_probes(view->app->watch);
    view_put_flag(view->root, "answers", answers);
    view_put_flag(view->root, "may_decide", may_decide(req));
    view_put(view->root, "answer", answers ? "0" : "1");
    const bool plain_desk = atomic_load(&view->app->plain_desk);
    view_put_flag(view->root, "plain_desk", plain_desk);
    view_put(view->root, "plain_desk_answer", plain_desk ? "0" : "1");
    view_set_title(view, view_words(view, "venue.page.title"));
    view_set_style(view, "venue");
    view_reply(view, 200, "admin_venue");
}

void venue_page_get(struct http_request *req)
{
    if (staff_enter(req, NULL) && new_page(req)) http_run_in_pool(req, app_of(req)->pool, page_work);
}

/* --- the decisions ----------------------------------------------------------------------------------------------------------------------- */

static bool answer_is_yes(struct http_request *req)
{
    const char *answer = http_form(req, "answer");
    return answer != NULL && strcmp(answer, "1") == 0;
}

static enum err decision_store(struct db *db, struct http_request *req, const char *setting)
{
    const char *value = answer_is_yes(req) ? "1" : "0";
    enum err err = setting_write(db, setting, value);
    return err == OK ? audit_write(db, clock_now_ms(), actor_of(req), setting, value, NULL) : err;
}

static bool decision_stored(struct http_request *req)
{
    const struct fault *fault;
    enum err err = write_result(req, &fault);
    if (err != OK) {
        reply_error(req, err, fault);
        return false;
    }
    http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/venue", http_param(req, "event")));
    return true;
}

/* Replies, where it cannot be decided. */
static bool decision_is_fine(struct http_request *req)
{
    const char *answer = http_form(req, "answer");
    struct worker *worker = worker_of(req);
    if (worker == NULL || event_of(req, worker, NULL) == NULL) return false;
    if (!may_decide(req)) {
        reply_reason(req, REASON_forbidden);
        return false;
    }
    if (answer == NULL || (strcmp(answer, "0") != 0 && strcmp(answer, "1") != 0)) {
        reply_reason(req, REASON_bad_request);
        return false;
    }
    return true;
}

static enum err probes_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    return decision_store(db, req, "answer_probes");
}

static void probes_stored(struct http_request *req)
{
    if (decision_stored(req)) watch_set_answers_probes(app_of(req)->watch, answer_is_yes(req));
}

void venue_probes_post(struct http_request *req)
{
    if (decision_is_fine(req)) request_write(req, probes_store, probes_stored);
}

static enum err plain_desk_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    (void)fault;
    return decision_store(db, req, "plain_desk");
}

/* From now on, also for who is signed in already: each request asks (server/access.c). */
static void plain_desk_stored(struct http_request *req)
{
    if (decision_stored(req)) atomic_store(&app_of(req)->plain_desk, answer_is_yes(req));
}

void venue_plain_desk_post(struct http_request *req)
{
    if (decision_is_fine(req)) request_write(req, plain_desk_store, plain_desk_stored);
}

/* --- the poster -------------------------------------------------------------------------------------------------------------------------- */

static enum err make_poster(struct http_request *req, struct worker *worker, struct venue_page *p, struct fault *fault)
{
    const char *event = http_param(req, "event"), *page = http_query(req, "page"), *base_url;
    struct poster poster;
    bool guessed;
    enum err err = public_url_choose(worker->db, &p->arena, NULL, event, worker->app->plain_port, &base_url, &guessed, fault);
    if (err == OK) err = poster_load(worker->db, &p->arena, event, base_url, http_query(req, "language"), &poster, fault);
    if (err == OK && worker->fonts == NULL) err = fonts_new(&worker->fonts, fault);
    if (err != OK) return err;
    poster.a3 = page != NULL && strcmp(page, "a3") == 0;
    poster.allow_missing = true; /* a poster with a box in it is better than none */
    return poster_write(&poster, worker->fonts, &p->pdf, fault);
}

static void poster_work(struct http_request *req, void *thread_state)
{
    struct venue_page *p = req->state;
    struct fault fault = {0};
    if (thread_state == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    enum err err = make_poster(req, thread_state, p, &fault);
    if (err != OK) {
        reply_error(req, err, &fault);
        return;
    }
    const char *name = arena_printf(req->arena, "inline; filename=\"poster-%s.pdf\"", http_param(req, "event"));
    if (name != NULL) (void)http_set_header(req, "Content-Disposition", name);
    http_reply_buf(req, 200, "application/pdf", &p->pdf);
}

void poster_get(struct http_request *req)
{
    if (staff_enter(req, NULL) && new_page(req)) http_run_in_pool(req, app_of(req)->pool, poster_work);
}

/* Slugs are in lower case; a code is smaller in upper case. */
void event_upper_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    char *slug = arena_strdup(req->arena, http_param(req, "event"));
    struct event_page event;
    if (worker == NULL) return;
    for (char *c = slug; c != NULL && *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    enum err err = slug == NULL ? ERR_NOMEM : event_page_load(worker->db, req->arena, slug, &event);
    if (err != OK) {
        if (err == ERR_NOT_FOUND) reply_reason(req, REASON_unknown_event);
        else reply_error(req, err, NULL);
        return;
    }
    struct buf location;
    buf_init(&location, BUF_LIMIT_LINE);
    buf_puts(&location, "/e/");
    buf_put_url(&location, slug);
    if (buf_ok(&location)) http_reply_redirect(req, 302, buf_text(&location));
    else reply_reason(req, REASON_busy);
    buf_release(&location);
}
