/* GET /d/{token}/news: what an open page has to show anew, as a fragment; nearly always a 304. POST /d/{token}/ask: a question to the desk. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/congress/messages/questions.h"
#include "server/live_feed.h"
#include "server/pages/phone_papers.h"

#include <string.h>

/* The local time, so that the page can say how old it is, also with a 304. */
static void set_now(struct http_request *req, const char *timezone, int64_t now_ms)
{
    char *now = i18n_time(req->arena, timezone, now_ms);
    if (now != NULL) (void)http_set_header(req, "X-Now", now);
}

static enum err put_news(struct view *view, struct worker *worker, const struct viewer *viewer, int64_t now_ms)
{
    struct event_page event;
    enum err err = event_page_load(worker->db, view->arena, viewer->papers.event, &event);
    if (err != OK) return err;
    const struct announcement_reader reader = {ANNOUNCEMENT_ON_PHONE, viewer->papers.category, viewer->papers.delegation};
    err = view_put_announcements(view, worker->db, event.id, &reader, now_ms);
    if (err != OK) return err;
    view_put(view->root, "made_at", i18n_time(view->arena, event.timezone, now_ms));
    err = view_put_papers(view, worker->db, viewer, now_ms);
    return err == OK ? view_put_questions(view, worker->db, viewer) : err;
}

void news_get(struct http_request *req)
{
    struct view view;
    struct viewer viewer;
    const char *etag = NULL;
    int64_t now_ms = clock_now_ms();
    struct worker *worker = worker_of(req);
    if (worker == NULL) return;
    enum err err = paper_viewer_of(req, worker, now_ms, &viewer);
    if (err == OK) err = news_etag(req, worker, &viewer, now_ms, &etag);
    if (err == ERR_NOT_FOUND || err == ERR_DENIED) reply_reason(req, REASON_not_found);
    else if (err != OK) reply_error(req, err, NULL);
    if (err != OK) return;
    http_set_cache(req, viewer.by_session ? HTTP_NO_STORE : HTTP_REVALIDATE); /* /d/me is the same address for everybody: as viewer_cache_of */
    (void)http_set_header(req, "Vary", "Cookie, Accept-Language");
    set_now(req, viewer.papers.timezone, now_ms);
    if (http_not_modified(req, etag) || !view_begin(&view, req)) return;
    err = put_news(&view, worker, &viewer, now_ms);
    if (err == OK) view_reply(&view, 200, "phone_news");
    else reply_error(req, err, NULL);
}

/* --- a question ------------------------------------------------------------------------------------------------------------------------ */

struct ask {
    struct viewer viewer;
    const char *words, *browser; /* browser: its cookie, old or new; "" at /d/me */
    int64_t until_ms;            /* how long the cookie is good */
    bool is_mine;
};

static enum err ask_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct ask *ask = req->state;
    const struct question_asker asker = {ask->viewer.papers.event_id, ask->viewer.papers.delegate_id, ask->browser, i18n_tag(view_language(req))};
    return question_ask(db, req->arena, &tools->ids, &asker, ask->words, clock_now_ms(), &((struct ask *)req->state)->is_mine, fault);
}

static void ask_done(struct http_request *req)
{
    const struct ask *ask = req->state;
    const struct fault *fault = NULL;
    enum err err = write_result(req, &fault);
    if (err == ERR_LIMIT) reply_reason(req, REASON_slow_down);
    else if (err == ERR_DENIED) reply_reason_with(req, REASON_forbidden, fault->text);
    else if (err != OK) reply_error(req, err, fault);
    else {
        char name[VIEWER_PIN_COOKIE_SIZE];
        viewer_ask_cookie(ask->viewer.papers.delegate_id, name);
        live_feed_questions(app_of(req)->feed, ask->viewer.papers.event);
        if (ask->is_mine) http_set_cookie(req, name, ask->browser, "/", (long)((ask->until_ms - clock_now_ms()) / CLOCK_SECOND));
        http_reply_redirect(req, 303, arena_printf(req->arena, "%s#questions", ask->viewer.door));
    }
}

/* What was asked is shown to this browser alone, until the day after the event (and to whoever gives the PIN). */
static enum err know_browser(struct http_request *req, struct worker *worker, struct ask *ask)
{
    struct event_page event;
    ask->browser = viewer_asker(req, &ask->viewer);
    if (ask->viewer.by_session) return OK;
    if (ask->browser[0] == '\0') ask->browser = crypto_random_text(req->arena, 32);
    if (ask->browser == NULL) return ERR_NOMEM;
    enum err err = event_page_load(worker->db, req->arena, ask->viewer.papers.event, &event);
    int64_t least = clock_now_ms() + CLOCK_DAY;
    if (err == OK) ask->until_ms = event.ends_ms + CLOCK_DAY > least ? event.ends_ms + CLOCK_DAY : least;
    return err;
}

void ask_post(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    struct ask *ask = worker != NULL ? arena_alloc(req->arena, sizeof *ask) : NULL;
    if (worker == NULL) return;
    enum err err = ask != NULL ? paper_viewer_of(req, worker, clock_now_ms(), &ask->viewer) : ERR_NOMEM;
    if (err == OK && ask->viewer.is_kiosk) err = ERR_DENIED;
    if (err == ERR_NOT_FOUND || err == ERR_DENIED) {
        reply_reason(req, REASON_not_found);
        return;
    }
    if (err == OK) err = question_tidy(req->arena, http_form(req, "words"), &ask->words, &fault);
    if (err == OK) err = know_browser(req, worker, ask);
    if (err != OK) {
        reply_error(req, err, &fault);
        return;
    }
    req->state = ask;
    request_write(req, ask_store, ask_done);
}
