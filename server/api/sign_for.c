/* GET /api/v1/events/{event}/sign-for.pdf?unit=&only=&to=: the sheet that is signed when badges are handed over. To print it records nothing: that they were
 * given is another act (POST …/handovers). */
#include "badges/sheets/sign_sheet.h"
#include "core/base/clock.h"
#include "server/print_badges.h"

#include <string.h>

struct sheet {
    struct arena arena; /* a list is larger than what a request may take */
    struct buf pdf;
};

static void release_sheet(void *data)
{
    struct sheet *s = data;
    buf_release(&s->pdf);
    arena_release(&s->arena);
}

static const char *query_word(struct http_request *req, const char *name)
{
    const char *word = http_query(req, name);
    return word && *word ? word : NULL;
}

static enum err make_sheet(struct http_request *req, struct worker *worker, struct sheet *s, struct fault *fault)
{
    struct badge_list_filter filter = {.unit = query_word(req, "unit")};
    const char *base_url, *event = http_param(req, "event");
    struct badge_list list;
    struct sign_book book;
    bool guessed;
    enum err e = print_badges_split(&s->arena, http_query(req, "only"), &filter, fault);
    if (e == OK) e = print_badges_scope(worker->db, &s->arena, event, &filter, fault);
    if (e == OK) e = public_url_choose(worker->db, &s->arena, NULL, event, worker->app->plain_port, &base_url, &guessed, fault);
    if (e == OK) e = badge_list_load(worker->db, &s->arena, event, &filter, base_url, &list, fault);
    if (e == OK) e = sign_book_from_list(worker->db, &s->arena, &list, clock_now_ms(), &book, fault);
    if (e == OK && !worker->fonts) e = fonts_new(&worker->fonts, fault);
    if (e != OK) return e;
    book.to_name = query_word(req, "to");
    return sign_book_write(&book, worker->fonts, &s->pdf, NULL, fault);
}

static void sheet_work(struct http_request *req, void *thread_state)
{
    struct sheet *s = req->state;
    struct fault fault = {0};
    if (!thread_state) {
        reply_reason(req, REASON_busy);
        return;
    }
    enum err e = make_sheet(req, thread_state, s, &fault);
    if (e == ERR_LIMIT) reply_reason_with(req, REASON_too_many, fault.text);
    else if (e != OK) reply_error(req, e, &fault);
    if (e != OK) return;
    char *name = arena_printf(req->arena, "inline; filename=\"sign-for-%s.pdf\"", http_param(req, "event"));
    if (name) (void)http_set_header(req, "Content-Disposition", name);
    http_reply_buf(req, 200, "application/pdf", &s->pdf);
}

void sign_for_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    struct sheet *s = arena_alloc(req->arena, sizeof *s);
    if (!s || http_at_end(req, release_sheet, s) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    buf_init(&s->pdf, BUF_LIMIT_FILE);
    arena_init(&s->arena, PRINT_BADGES_MEMORY);
    req->state = s;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, sheet_work);
}
